// Presets.strong on seeded samples of so many training rows, measured on up to 2,000 others (no test row is read). After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/few-rows.fsx SEEDS ROWS,ROWS,... NAMES...
#load "limen.fsx"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"
let metrics = [ F1.macro (AllLabels AsZero); F1.micro; AtK.precision 1 ]

let measure (all: LabelledRows) (count: int) (seed: int) : float list =
    let order = Seed.permutation all.Count (Seed.ofInt seed)
    let some rows = LabelledRows.selectRows rows all

    let labels, input, parts =
        Pipeline.prepare
            (Presets.vectorisers ())
            FeatureKind.Automatic
            {
                Train = some (Array.truncate count order)
                Validation = None
                Test = Some(order |> Array.skip count |> Array.truncate 2000 |> some)
            }

    let model =
        Model.fit (Presets.strong Objective.standard) labels input parts.Train None ignore CancellationToken.None

    let evidence = Evaluation.model parts.Test.Value model
    metrics |> List.map (fun metric -> Metric.number metric evidence)

match List.tail (List.ofArray fsi.CommandLineArgs) with
| seeds :: rows :: (_ :: _ as names) ->
    for name in names do
        let all = (Folder.read Folder.defaults (Path.Combine(data, name))).Rows.Train

        for count in rows.Split ',' |> Array.map int |> Array.filter (fun count -> count < all.Count) do
            let found = List.init (int seeds) (fun s -> measure all count (s + 1))

            let each (values: float list) =
                String.Join(" / ", values |> List.map (fun v -> $"{v:F3}"))

            let means = found |> List.transpose |> List.map List.average
            let ofSeeds = found |> List.map each |> String.concat ", "
            printfn $"| {name} | {count} | {each means} | {ofSeeds} |"
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/few-rows.fsx SEEDS ROWS,... NAMES..."
    exit 2
