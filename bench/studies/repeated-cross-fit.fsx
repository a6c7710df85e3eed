// What it is worth to cross-fit again on other partitions of the same rows: macro-F1 A, micro-F1 and P@1 of the strong preset over seeds, and their spread. `choose` looks at
// training rows alone (three times three tenths of them are held out and measure), `test` fits on all of them and measures test rows. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/repeated-cross-fit.fsx choose|test SEEDS REPEATS,... NAME ...
#load "limen.fsx"
#load "spread.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core
open Spread

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"

let metrics = [ F1.macro (AllLabels AsZero); F1.micro; AtK.precision 1 ]

/// The metrics [metric][seed] of models that are cross-fitted so many times, and seconds a fit.
let measured seeds repeats (labels, input, rows: Split<Dataset>) =
    let clock = Stopwatch.StartNew()

    let found =
        [|
            for seed in 1..seeds do
                let options =
                    { Presets.strong Objective.standard with
                        DecisionRows = Some(DecisionRows.CrossFit(5, repeats))
                        Seed = Seed.ofInt seed
                    }

                let model =
                    Model.fit options labels input rows.Train None ignore CancellationToken.None

                let evidence = Evaluation.model rows.Test.Value model
                [| for metric in metrics -> Metric.number metric evidence |]
        |]

    Array.transpose found, clock.Elapsed.TotalSeconds / float seeds

/// Rows to fit on and rows to measure on.
let problems way (rows: Split<LabelledRows>) =
    let train = rows.Train

    [|
        if way = "test" then
            train, rows.Test.Value
        else
            for cut in 1..3 do
                train |> LabelledRows.holdOut 0.3 (Seed.ofInt (20261128 + cut))
    |]
    |> Array.map (fun (kept, fresh) ->
        Pipeline.prepare
            (Presets.vectorisers ())
            FeatureKind.Automatic
            {
                Train = kept
                Validation = None
                Test = Some fresh
            })

let report way seeds (repeats: int[]) name =
    let folder = Folder.read Folder.defaults (Path.Combine(data, name))
    let problems = problems way folder.Rows

    // [repeats][problem]: metrics and seconds
    let found =
        repeats |> Array.map (fun times -> problems |> Array.map (measured seeds times))

    for times, ofProblems in Array.zip repeats found do
        let over f =
            [
                for metric in 0 .. metrics.Length - 1 ->
                    ofProblems |> Array.averageBy (fun (values, _) -> f (Array.item metric values))
            ]

        let said (values: float list) =
            values |> List.map (fun v -> $"{v:F4}") |> String.concat " / "

        let seconds = ofProblems |> Array.averageBy snd
        printfn $"| {name} | {times} | {said (over Array.average)} | {said (over deviation)} | {seconds:F1} s |"

    /// A statistic of two variants over the same seeds, averaged over problems.
    let compare metric statistic at draw =
        Array.map2
            (fun (first: float[][], _) (other: float[][], _) ->
                let drawn (values: float[][]) =
                    draw |> Array.map (Array.get values[metric])

                statistic (drawn first) (drawn other))
            found[0]
            found[at]
        |> Array.average

    let all = [| 0 .. seeds - 1 |]

    for at in 1 .. repeats.Length - 1 do
        for metric, title in List.indexed [ "macro-F1"; "micro-F1" ] do
            let ratio draw =
                compare metric (fun a b -> log (deviation b / deviation a)) at draw |> exp

            let gain draw =
                compare metric (fun a b -> Array.average b - Array.average a) at draw

            let low, high = interval seeds ratio
            let least, most = interval seeds gain

            printfn
                $"| {name} | {repeats[at]} against {repeats[0]} | {title}: spread x {ratio all:F2} ({low:F2} to {high:F2}), mean {gain all:``+0.0000;-0.0000;0.0000``} ({least:``+0.0000;-0.0000;0.0000``} to {most:``+0.0000;-0.0000;0.0000``}) |"

match List.tail (List.ofArray fsi.CommandLineArgs) with
| way :: seeds :: repeats :: (_ :: _ as names) when way = "choose" || way = "test" ->
    names |> List.iter (report way (int seeds) (repeats.Split ',' |> Array.map int))
| _ ->
    eprintfn
        "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/repeated-cross-fit.fsx choose|test SEEDS REPEATS,... NAME ..."

    exit 2
