module Limen.Properties.TrainCommandProperties

open System
open System.IO
open System.Text.Json.Nodes
open Expecto
open Limen
open Limen.Core
open Limen.Properties.CommandCases

let private training =
    testList
        "train"
        [
            testCase "writes model, settings and report, and the table alone to standard output" (fun () ->
                let out = Path.Combine(folder (), "text")

                for file in [ "model/manifest.json"; "settings.json"; "report.json" ] do
                    Expect.isTrue (File.Exists(Path.Combine(out, file))) file)

            testCase "its settings train the same model again" (fun () ->
                run [ "train"; "data"; "--out"; "again"; "--settings"; "text/settings.json" ]
                |> ignore

                for file in [ "weights.safetensors"; "strings.json" ] do
                    File.ReadAllBytes(Path.Combine(folder (), "again", "model", file))
                    |> Require.equal (File.ReadAllBytes(Path.Combine(folder (), "text", "model", file))))

            testCase "options say what the settings say, whichever way they come" (fun () ->
                TemporaryFolder.using (fun own ->
                    let ran =
                        CommandLine.run
                            (folder ())
                            [
                                "train"
                                "data"
                                "--out"
                                own
                                "--objective"
                                "micro"
                                "--at-most"
                                "1"
                                "--calibration"
                                "platt"
                                "--scorer"
                                "linear(c=0.5)"
                                "--candidates"
                                "3"
                                "--min-df"
                                "2"
                                "--seed"
                                "7"
                                "--dev-only"
                            ]
                        |> CommandLine.succeeds

                    let settings = JsonNode.Parse(File.ReadAllText(Path.Combine(own, "settings.json")))
                    settings["objective"].GetValue<string>() |> Require.equal "microF1"
                    settings["seed"].GetValue<int>() |> Require.equal 7
                    names settings["scorers"] |> Require.equal [ "linear(c=0.5)" ]
                    let model = Store.load (Path.Combine(own, "model"))
                    model.Ranker.Candidates |> Require.equal 3
                    model.Decision.Calibration.IsSome |> Require.equal true
                    model.Decision.Constraints.Length |> Require.equal 1

                    (InputSpace.vectorisers model.Input).Head.Options.MinDocumentFrequency
                    |> Require.equal (Nullable 2)

                    Expect.stringContains ran.Error "Written" "what was written"))

            testCase "brackets in a path are a path" (fun () ->
                run ([ "train"; "data"; "--out"; "o/[run-1]" ] @ CommandLine.quick) |> ignore
                run [ "predict"; "--model"; "o/[run-1]/model"; "the [kite]" ] |> ignore)

            testCase "three rows are enough where --min-df says so" (fun () ->
                TemporaryFolder.using (fun own ->
                    File.WriteAllLines(Path.Combine(own, "train.jsonl"), CommandLine.jsonLines 0 3)

                    CommandLine.run own [ "train"; "."; "--out"; "out"; "--min-df"; "1"; "--scorer"; "linear" ]
                    |> CommandLine.succeeds
                    |> ignore))

            testCase "labels that only test rows have are named" (fun () ->
                TemporaryFolder.using (fun own ->
                    CommandLine.writeTexts own

                    File.AppendAllText(
                        Path.Combine(own, "test.jsonl"),
                        "{\"text\": \"the sea\", \"labels\": [\"water\"]}\n"
                    )

                    let ran =
                        CommandLine.run own ([ "train"; "."; "--out"; "out" ] @ CommandLine.quick)
                        |> CommandLine.succeeds

                    Expect.stringContains ran.Error "not known to the model" "the line"
                    Expect.stringContains ran.Error "water" "the label"))

            testCase "a log has a line for each epoch, and TensorBoard's records their checksums" (fun () ->
                TemporaryFolder.using (fun own ->
                    run
                        [
                            "train"
                            "data"
                            "--out"
                            Path.Combine(own, "out")
                            "--scorer"
                            "perceptron(epochs=3, hiddenLayers=[8], patience=3)"
                            "--dev-only"
                            "--log"
                            Path.Combine(own, "log.csv")
                            "--tensorboard"
                            Path.Combine(own, "board")
                        ]
                    |> ignore

                    let lines = File.ReadAllLines(Path.Combine(own, "log.csv"))
                    lines.Length |> Require.equal 4

                    lines[0]
                    |> Require.equal
                        "seconds,done,stage,scorer,epoch,epochs,loss,validation_ndcg_at_5,shortlist_recall"

                    let records =
                        Directory.GetFiles(Path.Combine(own, "board"))
                        |> Array.exactlyOne
                        |> File.ReadAllBytes
                        |> TensorBoardRecords.read

                    records.Length |> Require.equal 4))
        ]

[<Tests>]
let tests = testList "CommandLine" [ training ]
