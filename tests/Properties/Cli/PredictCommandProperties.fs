module Limen.Properties.PredictCommandProperties

open System
open System.IO
open System.Text.Json.Nodes
open Expecto
open Limen
open Limen.Core
open Limen.Properties.CommandCases

let private predicting =
    testList
        "predict"
        [
            testCase "words without quotes are one text" (fun () ->
                let quoted =
                    run [ "predict"; "--model"; "text"; "--json"; "the kite over the river" ]

                let free =
                    run
                        [
                            "predict"
                            "--model"
                            "text"
                            "--json"
                            "the"
                            "kite"
                            "over"
                            "the"
                            "river"
                        ]

                free.Output |> Require.equal quoted.Output

                names (json quoted).["labels"]
                |> List.sort
                |> Require.equal [ "nature"; "toys" ])

            testCase "rows of a file and of standard input are what the model says" (fun () ->
                let expected =
                    predicted (model "text") |> List.map (fun p -> String.Join('\t', p.Labels))

                let file = run [ "predict"; "--model"; "text"; "--data"; "data/test.jsonl" ]
                CommandLine.lines file.Output |> Require.equal expected

                let piped =
                    CommandLine.runWith
                        (File.ReadAllText(Path.Combine(folder (), "data", "test.jsonl")))
                        (folder ())
                        [ "predict"; "--model"; "text" ]

                CommandLine.lines piped.Output |> Require.equal expected)

            testCase "--top gives as many labels, --all-scores every one that was weighed" (fun () ->
                let rows arguments =
                    (run (
                        [ "predict"; "--model"; "text"; "--data"; "data/test.jsonl"; "--json" ]
                        @ arguments
                    ))
                        .Output
                    |> CommandLine.lines
                    |> List.map (fun line -> (JsonNode.Parse line).["scores"].AsArray().Count)

                rows [ "--top"; "2" ] |> List.distinct |> Require.equal [ 2 ]

                rows [ "--all-scores" ]
                |> Require.equal (predicted (model "text") |> List.map (fun p -> p.Candidates.Count)))

            testCase "a text may begin with a hyphen after --" (fun () ->
                run [ "predict"; "--model"; "text"; "--json"; "--"; "--kite" ] |> ignore)

            testCase "a model of features reads features" (fun () ->
                let line = run [ "predict"; "--model"; "features"; "--json"; "0:2.5 4:0.5" ]
                names (json line).["labels"] |> Require.equal [ "0" ]
                let file = run [ "predict"; "--model"; "features"; "--data"; "svm/test.svm" ]
                (CommandLine.lines file.Output).Length |> Require.equal 30)
        ]

[<Tests>]
let tests = testList "CommandLine" [ predicting ]
