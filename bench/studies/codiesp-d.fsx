// The figures of codiesp-d in README: the default model (Presets.strong on texts, train and dev rows cross-fitted), measured once on the test rows, with mean average precision: of a row the sum,
// over its codes that are listed, of the share of true ones up to their place, divided by the number of its codes; codes that are not listed add nothing, as the script of the task has it.
// After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/codiesp-d.fsx
#load "limen.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core

let clock = Stopwatch.StartNew()

let rows =
    (Folder.read Folder.defaults (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", "codiesp-d"))).Rows

let model =
    Pipeline.fit
        (Presets.strong Objective.standard)
        (Presets.vectorisers ())
        FeatureKind.Automatic
        rows.Train
        rows.Validation
        ignore
        CancellationToken.None

let _, test, evidence = Evaluation.ofRows rows.Test.Value model
let number metric = Metric.number metric evidence

/// Of the k best listed codes of each row.
let meanAveragePrecision k =
    let (Scores scores) = evidence.Scores.Value

    Seq.init test.Rows (fun row ->
        let truth = Csr.set row test.Labels

        let hits =
            Ranked.row k scores row |> Array.map (fun code -> Array.contains code truth)

        let precisions =
            hits
            |> Array.mapi (fun place hit ->
                if hit then
                    float (hits[..place] |> Array.filter id |> Array.length) / float (place + 1)
                else
                    0.0)

        Array.sum precisions / float truth.Length)
    |> Seq.average

printfn
    $"macro-F1 A {number (F1.macro (AllLabels AsZero)):F4}, C {number (F1.macro PresentInTest):F4}, micro-F1 {number F1.micro:F4}, P@1 {number (AtK.precision 1):F4}, P@5 {number (AtK.precision 5):F4}"

printfn
    $"mean average precision {meanAveragePrecision 100_000:F4}, of the 30 best {meanAveragePrecision 30:F4}; {clock.Elapsed.TotalSeconds:F0} s"
