// What becomes of validation rows: they decide alone, decide and are then learned from, are cross-fitted with the training rows, or a tenth of all decides. The validation
// rows of a data set are cut in two by chance: the first part plays validation rows, the second measures. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/validation-rows.fsx ROWS NAMES...
// ROWS validation rows, or their half where ROWS is 0.
#load "limen.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"

/// Rules that take more fits than this are passed over where rows are many.
let manyRows = 20_000

let rules =
    [
        "they decide alone", DecisionRows.ValidationOnly
        "decide, then learned from", DecisionRows.ValidationThenAll
        "a tenth of all decides", DecisionRows.HoldOut 0.1
        "cross-fitted with the others", DecisionRows.CrossFit(5, 1)
    ]

let measure name wanted =
    let folder = Folder.read Folder.defaults (Path.Combine(data, name))

    let labels, input, parts =
        Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic { folder.Rows with Test = None }

    let held = parts.Validation.Value
    let order = Seed.permutation held.Rows (Seed.ofInt 1)
    let count = if wanted = 0 then held.Rows / 2 else wanted
    let validation = held |> Dataset.selectRows (Array.sort order[.. count - 1])
    let fresh = held |> Dataset.selectRows (Array.sort order[count..])

    printfn
        $"{name}: {parts.Train.Rows} training rows, {validation.Rows} validation rows, measured on {fresh.Rows} others"

    for rule, rows in rules do
        if rows <> DecisionRows.CrossFit(5, 1) || parts.Train.Rows <= manyRows then
            let clock = Stopwatch.StartNew()

            let options =
                { Presets.strong Objective.standard with
                    DecisionRows = Some rows
                }

            let model =
                Model.fit options labels input parts.Train (Some validation) ignore CancellationToken.None

            let m = Evaluation.model fresh model
            let number metric = Metric.number metric m

            printfn
                $"| {name} | {validation.Rows} | {rule} | {number (F1.macro (AllLabels AsZero)):F3} | {number F1.micro:F3} | {number (AtK.precision 1):F3} | {clock.Elapsed.TotalSeconds:F0} s |"

match List.tail (List.ofArray fsi.CommandLineArgs) with
| rows :: (_ :: _ as names) -> names |> List.iter (fun name -> measure name (int rows))
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/validation-rows.fsx ROWS NAMES..."
    exit 2
