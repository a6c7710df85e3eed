// How far behind the best a simpler basis of the default rule may be: for several slacks, halves of the validation rows of a data set decide each other, six times.
// After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/fused-slack.fsx NAME ...
#I "../../src/Cli/bin/Release/net10.0"
#r "Limen.Kernels.dll"
#r "Limen.Core.dll"
#r "TorchSharp.dll"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core

/// The values of a slack in every half: macro-F1 A and micro-F1.
let measure (scores: Scores) (validation: Dataset) (rarity: float32[]) slack =
    let (Scores z) = scores

    let halves =
        [
            for cut in 1..6 do
                let order = Seed.permutation validation.Rows (Seed.derive "cut" cut (Seed.ofInt 5))

                for half in 0..1 do
                    let take wanted =
                        order
                        |> Array.indexed
                        |> Array.filter (fun (at, _) -> (at % 2 = half) = wanted)
                        |> Array.map snd

                    let inside, outside = take true, take false

                    let truth rows =
                        LabelSets(Csr.selectRows rows validation.Labels)

                    let rule =
                        Fused.withSlack
                            slack
                            Objective.standard
                            (Seed.ofInt 1)
                            rarity
                            None
                            (Scores(Csr.selectRows outside z))
                            (truth outside)

                    let predicted =
                        Thresholds.decide (Fused.thresholds rule) (Scores(Csr.selectRows inside z))

                    Evidence.ofSets predicted (truth inside)
        ]

    let mean metric =
        halves |> List.averageBy (Metric.number metric)

    mean (F1.macro (AllLabels AsZero)), mean F1.micro

let slacks = [ 0.0; 0.5; 1.0; 2.0; infinity ]
let head = slacks |> List.map string |> String.concat " | "
let dashes = slacks |> List.map (fun _ -> "---") |> String.concat "|"
printfn $"macro-F1 A / micro-F1 of halves, by slack\n\n| data, seed | {head} |\n|---|{dashes}|"

for name in List.tail (List.ofArray fsi.CommandLineArgs) do
    let folder =
        Folder.read Folder.defaults (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", name))

    let labels, input, parts =
        Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic folder.Rows

    for seed in 1..2 do
        let train, validation =
            match parts.Validation with
            | Some rows -> parts.Train, rows
            | None -> Dataset.holdOut 0.2 (Seed.ofInt seed) parts.Train

        let options =
            { Presets.strong Objective.standard with
                Seed = Seed.ofInt seed
            }

        let model =
            Model.fit options labels input train (Some validation) ignore CancellationToken.None

        let scores = Model.scores validation.Features model

        let cells =
            slacks
            |> List.map (fun slack ->
                let macroF1, microF1 = measure scores validation model.Ranker.Rarity slack
                $"{macroF1:F4} / {microF1:F4}")
            |> String.concat " | "

        printfn $"| {name}, {seed} | {cells} |"
