// What the mean of several perceptrons is worth, in the strong preset: macro-F1 A, micro-F1 and P@1 over seeds, and their spread. A fifth of the training rows is held out and
// measures; test rows are not looked at. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/ensemble.fsx SEEDS NAMES...
#load "limen.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"
let members = [ 1; 2; 4; 8 ]

let deviation (values: float list) =
    let mean = List.average values
    sqrt (values |> List.averageBy (fun v -> (v - mean) ** 2.0))

let measure seeds name =
    let folder =
        Folder.read
            { Folder.defaults with
                Format = Some(InputFormats.find "svmlight")
            }
            (Path.Combine(data, name))

    let kept, fresh = LabelledRows.holdOut 0.2 (Seed.ofInt 20261128) folder.Rows.Train

    let labels, input, rows =
        Pipeline.prepare
            (Presets.vectorisers ())
            FeatureKind.Automatic
            {
                Train = kept
                Validation = None
                Test = Some fresh
            }

    for count in members do
        let clock = Stopwatch.StartNew()

        let found =
            [
                for seed in 1..seeds do
                    let options =
                        { Presets.strong Objective.standard with
                            Scorers =
                                [
                                    Ensemble.scorer (Some count) (Perceptron.scorer (PerceptronOptions()))
                                    Linear.scorer LinearOptions.standard
                                ]
                            Seed = Seed.ofInt (100 * seed)
                        }

                    let model =
                        Model.fit options labels input rows.Train None ignore CancellationToken.None

                    Evaluation.model rows.Test.Value model
            ]

        let said metric =
            let values = found |> List.map (Metric.number metric)
            $"{List.average values:F4} ± {deviation values:F4}"

        printfn
            $"| {name} | {count} | {said (F1.macro (AllLabels AsZero))} | {said F1.micro} | {said (AtK.precision 1)} | {clock.Elapsed.TotalSeconds / float seeds:F0} s |"

match List.tail (List.ofArray fsi.CommandLineArgs) with
| seeds :: (_ :: _ as names) -> names |> List.iter (measure (int seeds))
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/ensemble.fsx SEEDS NAMES..."
    exit 2
