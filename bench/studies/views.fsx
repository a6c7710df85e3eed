// What a second view of texts is worth, read by linear models, beside words read by everything. The validation rows are cut in two by chance: one part decides, the other
// measures; test rows are not looked at. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/views.fsx SEEDS NAMES...
#load "limen.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"

let views =
    [
        "words", [ VectoriserOptions() ]
        "words + pairs", [ VectoriserOptions(); VectoriserOptions(LongestTerm = Nullable 2) ]
        "words + characters", [ VectoriserOptions(); VectoriserOptions(Tokens = Tokens.Characters(3, 5)) ]
    ]

let measure seeds name =
    let folder = Folder.read Folder.defaults (Path.Combine(data, name))

    for said, vectorisers in views do
        let labels, input, parts =
            Pipeline.prepare vectorisers FeatureKind.Automatic { folder.Rows with Test = None }

        let held = parts.Validation.Value
        let order = Seed.permutation held.Rows (Seed.ofInt 1)

        let part rows =
            Dataset.selectRows (Array.sort rows) held

        let validation, fresh =
            part order[.. held.Rows / 2 - 1], part order[held.Rows / 2 ..]

        let clock = Stopwatch.StartNew()

        let found =
            [
                for seed in 1..seeds do
                    let options =
                        { Presets.strong Objective.standard with
                            DecisionRows = Some DecisionRows.ValidationOnly
                            Seed = Seed.ofInt seed
                        }

                    let model =
                        Model.fit options labels input parts.Train (Some validation) ignore CancellationToken.None

                    Evaluation.model fresh model
            ]

        let mean metric =
            found |> List.averageBy (Metric.number metric)

        printfn
            $"| {name} | {said} | {mean (F1.macro (AllLabels AsZero)):F4} | {mean F1.micro:F4} | {mean (AtK.precision 1):F4} | {clock.Elapsed.TotalSeconds / float seeds:F0} s |"

match List.tail (List.ofArray fsi.CommandLineArgs) with
| seeds :: (_ :: _ as names) -> names |> List.iter (measure (int seeds))
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/views.fsx SEEDS NAMES..."
    exit 2
