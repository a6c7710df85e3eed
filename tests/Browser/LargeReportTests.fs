/// Reports of many labels and rows: small enough to send, and soon there.
module Limen.Browser.LargeReportTests

open System
open System.IO
open Expecto
open Limen
open Limen.Core
open Limen.Kernels

let private drawn = "() => document.documentElement.dataset.drawn !== undefined"

let private isProof =
    not (String.IsNullOrEmpty(Environment.GetEnvironmentVariable "LIMEN_PROOF"))

/// Rows whose labels follow Zipf's law, with features that a scorer takes for scores: most true labels stand out, others do here and there.
let private problem (labels: int) (rows: int) : LabelledRows =
    let random = Random 7

    let label () =
        int (Math.Exp(random.NextDouble() * Math.Log(float labels))) - 1

    let sets =
        Array.init rows (fun _ -> Array.init (2 + random.Next 7) (fun _ -> label ()) |> Array.distinct)

    let features =
        sets
        |> Array.map (fun set ->
            [|
                for l in set -> struct (l, float32 (random.NextDouble() * 4.0 - 1.0))
                for _ in 1..20 -> struct (random.Next labels, float32 (random.NextDouble() * 3.0 - 2.5))
            |]
            |> Array.distinctBy (fun struct (l, _) -> l)
            |> Array.sortBy (fun struct (l, _) -> l))

    LabelledRows.create
        (LabelSpace(Array.init labels (fun l -> $"subject heading {l}, with a qualifier")))
        (Rows.Features(Csr.ofRows labels features))
        (LabelSets(Csr.ofSets labels sets))

/// A model whose scores are the features of a row: what is to be shown is large, and nothing need be learned.
let private model (rows: LabelledRows) : Model =
    let labels = rows.Space.Count

    let scores (x: CsrMatrix) : BatchScorer =
        fun chosen ->
            let margins = new DenseMatrix(chosen.Length, labels)
            margins.Span.Fill -8f

            chosen
            |> Array.iteri (fun i row ->
                for struct (l, z) in Csr.row row x do
                    margins.Row(i)[l] <- z)

            margins

    let counts = LabelCounts.create rows.Count (Csr.columnCounts rows.Truth.Matrix)

    let none: Stored = Stored.create "features" (fun _ () -> []) ()

    {
        Labels = rows.Space
        Input = InputSpace.Features labels
        Counts = counts
        Ranker =
            {
                Rarity = Array.zeroCreate labels
                Local = None
                Scorers = [ Scorer.withoutThreshold none scores ]
                Candidates = 30
            }
        Decision =
            {
                Stack = None
                Rule = FittedRule.ofThresholds "fixed" (Array.init labels (fun l -> 0.2f * float32 (l % 7)))
                Constraints = []
                Calibration = None
                Sets = None
            }
        Origin =
            {
                Data = String('0', 64)
                Seed = Seed.ofInt 1
                Options = Map []
            }
    }

let private at (name: string) (opened: Opened) : float =
    opened |> Chromium.ask $"() => Number(document.documentElement.dataset.{name})"

/// Milliseconds from the start of reading to the labels on the screen, and to the last chart.
let private times (path: string) : float * float =
    let mutable found = nan, nan

    Chromium.visit path 1280 (fun opened ->
        opened |> Chromium.until drawn
        found <- at "listed" opened, at "painted" opened)

    found

/// The table has rows for its window alone, and answers.
let private answers (labels: int) (opened: Opened) : unit =
    opened |> Chromium.until drawn

    let rows (selector: string) =
        opened
        |> Chromium.ask<int> $"() => document.querySelectorAll('#label-table tbody {selector}').length"

    Expect.isLessThan (rows "tr") 100 "rows of the table"
    opened |> Chromium.fill "#label-search" $"heading {labels - 1},"
    Expect.equal (rows "tr:not(.gap)") 1 "found"
    opened |> Chromium.pictures "large-1280"
    Expect.isEmpty opened.Faults "no errors in the console"

let private written (labels: int) (rows: int) (test: string -> unit) : unit =
    let folder = Directory.CreateTempSubdirectory "limen-"

    try
        let path = Path.Combine(folder.FullName, "report.html")
        let rows = problem labels rows
        Report.write (ReportOptions(Resamples = 5)) (model rows) rows path
        test path
    finally
        folder.Delete true

[<Tests>]
let tests =
    testList
        "LargeReport"
        [
            testCase "5,000 labels of 1,000 rows are listed and searched"
            <| fun () -> written 5_000 1_000 (fun path -> Chromium.visit path 1280 (answers 5_000))

            if isProof then
                // half a minute: a billion margins
                testCase "41,218 labels of 26,000 rows are at most 10 MB, and shown within 3 s"
                <| fun () ->
                    written 41_218 26_000 (fun path ->
                        let size = FileInfo(path).Length
                        Expect.isLessThanOrEqual size 10_000_000L "bytes"
                        // the best of three: other work of the machine is no part of it
                        let listed, painted = List.init 3 (fun _ -> times path) |> List.minBy snd
                        printfn $"{size} bytes, labels after {listed:F0} ms, the last chart after {painted:F0} ms"
                        Expect.isLessThanOrEqual painted 3_000.0 "milliseconds to the last chart"
                        Chromium.visit path 1280 (answers 41_218))
        ]
