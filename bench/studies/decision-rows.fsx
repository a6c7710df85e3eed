// Which rows the decision is fitted on where there are no validation rows: holding rows out against cross-fitting, on data
// sets as svmlight files below the folder that LIMEN_DATA names. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/decision-rows.fsx SEEDS NAME NAME ...
#load "limen.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core
open Limen.Kernels

let ways =
    [
        "hold out 10 %", DecisionRows.HoldOut 0.1
        "hold out 20 %", DecisionRows.HoldOut 0.2
        "cross-fit 5", DecisionRows.CrossFit(5, 1)
    ]

/// Labels, features, training and test rows; validation rows of a data set's own count as training rows here.
let read (name: string) =
    let folder =
        Folder.read
            { Folder.defaults with
                Format = Some(Svmlight.format Svmlight.defaults)
            }
            (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", name))

    let training = folder.Rows.Train :: Option.toList folder.Rows.Validation

    let append (part: LabelledRows -> CsrMatrix) =
        training |> List.map part |> List.reduce Csr.append

    let all =
        LabelledRows.create
            folder.Labels
            (Rows.Features(append (fun part -> (Rows.tryFeatures part.Rows).Value)))
            (LabelSets(append _.Truth.Matrix))

    let input = InputSpace.fit (Presets.vectorisers ()) FeatureKind.Automatic all.Rows
    folder.Labels, input, LabelledRows.dataset input all, LabelledRows.dataset input folder.Rows.Test.Value

let measure (labels: LabelSpace, input, train: Dataset, test) rows seed =
    let options =
        { Presets.strong Objective.standard with
            Seed = Seed.ofInt seed
            DecisionRows = Some rows
        }

    let clock = Stopwatch.StartNew()
    let model = Model.fit options labels input train None ignore CancellationToken.None
    let seconds = clock.Elapsed.TotalSeconds
    let m = Evaluation.model test model

    [
        for metric in [ F1.macro (AllLabels AsZero); F1.micro; AtK.precision 1; AtK.precision 5 ] do
            Metric.number metric m
        seconds
    ]

let seeds, names =
    match List.tail (List.ofArray fsi.CommandLineArgs) with
    | seeds :: names -> int seeds, names
    | [] ->
        eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/decision-rows.fsx SEEDS NAME NAME ..."
        exit 2

printfn "| data | rows for the decision | macro-F1 A | micro-F1 | P@1 | P@5 | seconds |"
printfn "|---|---|---|---|---|---|---|"

for name in names do
    let data = read name

    for way, rows in ways do
        let runs = [ for seed in 1..seeds -> measure data rows seed ]

        let mean = List.transpose runs |> List.map List.average

        let figures = mean |> List.map (fun v -> v.ToString "F3") |> String.concat " | "
        printfn $"| {name} | {way} | {figures} |"
