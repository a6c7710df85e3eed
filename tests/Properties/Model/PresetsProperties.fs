module Limen.Properties.PresetsProperties

open System.IO
open System.Threading
open Expecto
open Limen
open Limen.Core

/// Rows of the words of their labels, as JSON lines.
let private write folder name rows =
    File.WriteAllLines(
        Path.Combine(folder, name + ".jsonl"),
        seq {
            for row in 0 .. rows - 1 do
                let l = row % 5
                $$"""{"text": "word{{l}} word{{l}} and word{{(l + row / 5) % 7}}", "labels": ["label {{l}}", "kind {{row % 3}}"]}"""
        }
    )

[<Tests>]
let tests =
    testList
        "Presets"
        [
            testCase "the command line trains the preset" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let data = Path.Combine(folder, "data")
                    Directory.CreateDirectory data |> ignore
                    write data "train" 120
                    write data "dev" 40
                    write data "test" 30

                    Limen.Cli.Program.main
                        [|
                            "train"
                            "--data"
                            data
                            "--out"
                            Path.Combine(folder, "out")
                            "--seed"
                            "3"
                        |]
                    |> Require.equal 0

                    let rows = (Folder.read Folder.defaults data).Rows

                    let preset =
                        Pipeline.fit
                            { Presets.strong Objective.standard with
                                Seed = Seed.ofInt 3
                            }
                            (Presets.vectorisers ())
                            FeatureKind.Automatic
                            rows.Train
                            rows.Validation
                            ignore
                            CancellationToken.None

                    let scores (model: Model) =
                        let features = Model.features rows.Test.Value.Rows model
                        SmallProblem.entries (Model.scores features model).Matrix

                    Path.Combine(folder, "out", "model")
                    |> Store.load
                    |> scores
                    |> Require.equal (scores preset)))
        ]
