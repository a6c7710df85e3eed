module Limen.Properties.ReportProperties

open System
open System.Collections.Generic
open System.IO
open System.Text.Json
open Expecto
open Limen
open Limen.Core
open Limen.Core.Reporting

let private model =
    lazy
        (Model.fit
            SmallProblem.options
            SmallProblem.space
            (InputSpace.Features SmallProblem.features)
            (SmallProblem.dataset 200 1)
            (Some(SmallProblem.dataset 80 2))
            ignore
            Threading.CancellationToken.None)

let private rows: Lazy<LabelledRows> =
    lazy
        (let d = SmallProblem.dataset 60 3

         { LabelledRows.create SmallProblem.space (Rows.Features d.Features) d.Truth with
             Weights = Some(Array.init 60 (fun i -> float32 (i % 4) / 2f))
         })

let private measured =
    lazy (Measured.ofModels rows.Value [ model.Value ] |> List.head)

/// Labels by other ids, all of the rows' among them.
let private renamed (rows: LabelledRows) : LabelledRows =
    let space =
        LabelSpace [| yield "of no row"; yield! Seq.rev rows.Space.Names; yield "neither" |]

    LabelledRows.relabel space rows

/// Precision at every recall that a threshold among the scores gives, each counted anew.
let private plainCurve (positives: float) (pairs: (float32 * bool * float)[]) =
    [|
        for theta in
            pairs
            |> Array.map (fun (s, _, _) -> s)
            |> Array.distinct
            |> Array.sortDescending do
            let above = pairs |> Array.filter (fun (s, _, _) -> s >= theta)
            let seen = above |> Array.sumBy (fun (_, _, w) -> w)
            let hits = above |> Array.sumBy (fun (_, y, w) -> if y then w else 0.0)
            hits / positives, hits / seen
    |]

[<Tests>]
let tests =
    testList
        "Report"
        [
            property
                Cases.any
                "a curve is precision and recall at each threshold"
                (fun (drawn: (byte * bool * byte) list) ->
                    let pairs =
                        drawn
                        |> List.map (fun (s, y, w) -> float32 (s % 16uy), y, 0.5 + float (w % 4uy))
                        |> Array.ofList

                    let positives = 2.0 + (pairs |> Array.sumBy (fun (_, y, w) -> if y then w else 0.0))

                    let found =
                        pairs
                        |> Array.map (fun (s, y, w) -> struct (s, y, w))
                        |> BucketCurves.curve positives

                    let expected = plainCurve positives pairs

                    found.Length = expected.Length
                    && Array.forall2
                        (fun (r, p) (r', p') -> abs (r - r': float) < 1e-9 && abs (p - p': float) < 1e-9)
                        found
                        expected)

            property
                Cases.any
                "co-occurrence is the share of a label's rows that have the other"
                (fun (drawn: byte list list) ->
                    let sets =
                        drawn
                        |> List.map (List.map (fun b -> int b % 6) >> Array.ofList)
                        |> Array.ofList

                    let weights = Array.init sets.Length (fun i -> float32 (1 + i % 3))
                    let labels = [| 4; 0; 2 |]

                    let found = CoOccurrence.shares labels (Some weights) (LabelSets(Csr.ofSets 6 sets))

                    let weight has =
                        Array.zip sets weights
                        |> Array.filter (fst >> has)
                        |> Array.sumBy (snd >> float)

                    Array.allPairs [| 0..2 |] [| 0..2 |]
                    |> Array.forall (fun (i, j) ->
                        let all = weight (Array.contains labels[i])

                        let both =
                            weight (fun set -> Array.contains labels[i] set && Array.contains labels[j] set)

                        let expected = if i = j || all = 0.0 then nan else both / all
                        let share: float = found[i][j]
                        (Double.IsNaN expected && Double.IsNaN share) || abs (share - expected) < 1e-9))

            testCase "buckets hold every label that rows have or were given, once"
            <| fun () ->
                let m = measured.Value
                let all = Bucket.all m |> List.collect (fun b -> List.ofArray b.Labels)

                let expected =
                    [
                        for l in 0 .. m.Labels.Count - 1 do
                            if m.Counts[l] <> Confusion.zero then
                                l
                    ]

                Expect.equal (List.sort all) expected "labels"

            testCase "a model does not depend on the ids that rows give their labels"
            <| fun () ->
                let there = Measured.ofModels (renamed rows.Value) [ model.Value ] |> List.head
                let here = measured.Value

                for name in SmallProblem.space.Names do
                    let l, k = (here.Labels.TryId name).Value, (there.Labels.TryId name).Value
                    Expect.equal there.Counts[k] here.Counts[l] name
                    Expect.equal there.Support[k] here.Support[l] name
                    Expect.equal there.Thresholds[k] here.Thresholds[l] name

                let unknown = (there.Labels.TryId "of no row").Value
                Expect.equal there.Support[unknown] 0.0 "a label that the model does not know"
                Expect.isTrue (Double.IsNaN there.Thresholds[unknown]) "no threshold"

            testCase "two models are measured among the same labels, whatever their ids"
            <| fun () ->
                let space = LabelSpace(Seq.rev SmallProblem.space.Names |> Seq.toArray)

                let relabelled (d: Dataset) =
                    { d with
                        Labels = (LabelSpace.relabel SmallProblem.space space d.Truth).Matrix
                    }

                let other =
                    Model.fit
                        SmallProblem.options
                        space
                        (InputSpace.Features SmallProblem.features)
                        (relabelled (SmallProblem.dataset 200 1))
                        (Some(relabelled (SmallProblem.dataset 80 2)))
                        ignore
                        Threading.CancellationToken.None

                let both = Measured.ofModels rows.Value [ model.Value; other ]
                let alone = Measured.ofModels rows.Value [ other ] |> List.head

                Expect.equal
                    both[1].Evidence.Truth.Matrix.Indices
                    both[0].Evidence.Truth.Matrix.Indices
                    "the same truth"

                for name in SmallProblem.space.Names do
                    let l, k = (both[1].Labels.TryId name).Value, (alone.Labels.TryId name).Value
                    Expect.equal l (SmallProblem.space.TryId name).Value "the first model's ids"
                    Expect.equal both[1].Counts[l] alone.Counts[k] name

                for metric in [ F1.micro; AtK.precision 1; Calibrated.brier ] do
                    Expect.floatClose
                        Accuracy.high
                        (Metric.number metric both[1].Evidence)
                        (Metric.number metric alone.Evidence)
                        metric.Name

            testCase "a model differs from itself in nothing"
            <| fun () ->
                let e = measured.Value.Evidence
                let found = Headline.differences (ReportOptions(Resamples = 10)) e e
                Expect.isGreaterThan found.Length 10 "metrics"

                for metric, interval in found do
                    Expect.equal (interval.Difference, interval.Lower, interval.Upper) (0.0, 0.0, 0.0) metric.Name

            testCase "every lost pair is explained, and its row is one of those on which most is lost"
            <| fun () ->
                let m = measured.Value

                let (LabelSets truth), (LabelSets predicted) =
                    m.Evidence.Truth, m.Evidence.Predicted.Value

                let lost row =
                    let t, p = Csr.set row truth, Csr.set row predicted
                    (Array.except t p).Length + (Array.except p t).Length

                // rows of weight 0 count nowhere
                let all =
                    Array.init truth.Rows (fun row -> if row % 4 = 0 then 0 else lost row)
                    |> Array.filter (fun n -> n > 0)
                    |> Array.sortDescending

                let found = LostRows.worst (ReportOptions(Examples = 5)) rows.Value.Rows m

                Expect.equal
                    [ for row in found -> row.Lost.Length ]
                    (all |> Array.truncate 5 |> List.ofArray)
                    "the worst"

                for row in found do
                    Expect.equal row.Lost.Length (lost (row.Number - 1)) "all of the row's"

                    for l in row.Lost do
                        let id = (m.Labels.TryId l.Label).Value
                        Expect.equal l.IsFalsePositive (Array.contains id (Csr.set (row.Number - 1) predicted)) l.Label
                        Expect.stringContains l.Reason "threshold" "a reason"

            testCase "the parts of thresholds add up to the mean threshold"
            <| fun () ->
                let m = measured.Value

                let everything =
                    {
                        Name = "all"
                        Labels = [| 0 .. m.Labels.Count - 1 |]
                    }

                let predictions = Explanation.rows m.Features m.Model

                let means =
                    ThresholdMeans.ofPredictions m [ everything ] predictions |> List.exactlyOne

                let candidates = predictions |> Seq.collect _.Candidates |> Seq.toArray
                Expect.equal means.Pairs candidates.Length "pairs"

                Expect.floatClose
                    Accuracy.medium
                    (means.Global + means.Local + means.Bias + means.Correction)
                    (candidates |> Array.averageBy _.Threshold)
                    "the sum"

            property
                Cases.any
                "the table of labels reads back, and nothing in it ends a script"
                (fun (names: string list) ->
                    let names =
                        names
                        |> List.map (fun name -> if isNull name then "" else name + "</script>")
                        |> Array.ofList

                    let json =
                        LabelColumns.json
                            [
                                {
                                    Title = "label"
                                    About = ""
                                    IsWide = false
                                    Cells = Cells.Texts names
                                }
                                {
                                    Title = "n"
                                    About = ""
                                    IsWide = true
                                    Cells = Cells.Numbers(2, [| 1.234; nan |])
                                }
                            ]

                    use read = JsonDocument.Parse json

                    let values i =
                        [
                            for v in read.RootElement[i].GetProperty("values").EnumerateArray() -> v.Clone()
                        ]
                    // half of a pair of surrogates is no text, and becomes the sign for that
                    let whole (s: string) =
                        Text.Encoding.UTF8.GetString(Text.Encoding.UTF8.GetBytes s)

                    not (json.Contains '<')
                    && [ for v in values 0 -> v.GetString() ] = [ for name in names -> whole name ]
                    && [ for v in values 1 -> v.ToString() ] = [ "1.23"; "" ])

            testCase "rows that a model cannot read are refused, and no file is left"
            <| fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "report.html")
                    let texts = LabelledRows.ofNames (Rows.Texts [| "a text" |]) [| [| "label 1" |] |]
                    let none = LabelledRows.selectRows [||] rows.Value

                    for refused in [ texts; none ] do
                        Expect.throwsT<ArgumentException>
                            (fun () -> Report.write (ReportOptions(Resamples = 0)) model.Value refused path)
                            "refused"

                    Expect.isFalse (File.Exists path) "no file")
        ]
