module Limen.Properties.DecideCommandProperties

open System.IO
open System.Text.Json.Nodes
open Expecto
open Limen
open Limen.Core
open Limen.Properties.CommandCases

let private deciding =
    testList
        "decide"
        [
            testCase "another objective is Model.withDecision on the same rows" (fun () ->
                run [ "decide"; "text"; "--data"; "data"; "--objective"; "micro"; "--out"; "micro" ]
                |> ignore

                let dev =
                    InputFormats.read None (Path.Combine(folder (), "data", "dev.jsonl"))
                    |> LabelledRows.relabel (model "text").Labels
                    |> LabelledRows.dataset (model "text").Input

                let expected =
                    model "text"
                    |> Model.withDecision FusedRule.rule Objective.MicroF1 (Seed.ofInt 1) dev

                predicted (model "micro")
                |> List.map (fun p -> List.ofSeq p.Labels)
                |> Require.equal (predicted expected |> List.map (fun p -> List.ofSeq p.Labels)))

            testCase "constraints need no rows" (fun () ->
                run [ "decide"; "text"; "--at-most"; "1"; "--out"; "one" ] |> ignore

                for p in predicted (model "one") do
                    Expect.isLessThanOrEqual p.Labels.Count 1 "labels of a row")

            testCase "a risk is kept" (fun () ->
                run [ "decide"; "text"; "--data"; "data"; "--risk"; "0.2"; "--out"; "careful" ]
                |> ignore

                (model "careful").Decision.Rule.Stored.Tag |> Require.equal "risk-control")
        ]

let private searching =
    testCase "search writes its trials and settings that train, and goes on from its journal" (fun () ->
        TemporaryFolder.using (fun own ->
            let arguments =
                [ "search"; "data"; "--out"; own; "--folds"; "2"; "--json" ]
                @ [ "--scorer"; "linear"; "--view"; "longestTerm=1" ]
                @ [ "--vary"; "objective=macroF1|microF1"; "--vary"; "candidates=2|3" ]

            let first = run arguments
            let trials = CommandLine.lines first.Output |> List.map JsonNode.Parse
            trials.Length |> Require.equal 4
            Expect.isTrue (trials |> List.exists (fun t -> t["front"].GetValue<bool>())) "a front"
            (run arguments).Output |> Require.equal first.Output
            File.ReadAllLines(Path.Combine(own, "trials.csv")).Length |> Require.equal 5

            run
                [
                    "train"
                    "data"
                    "--settings"
                    Path.Combine(own, "settings.json")
                    "--out"
                    Path.Combine(own, "best")
                ]
            |> ignore

            CommandLine.run (folder ()) [ "search"; "data"; "--out"; own; "--vary"; "candidates=none" ]
            |> CommandLine.refuses 2 [ "candidates"; "none" ]))

let private converting =
    testList
        "convert"
        [
            testCase "the same rows in another format" (fun () ->
                TemporaryFolder.using (fun own ->
                    let convert source target format =
                        CommandLine.run own [ "convert"; source; "--to"; format; "--out"; target ]
                        |> CommandLine.succeeds
                        |> _.Output
                        |> CommandLine.lines

                    let source = Path.Combine(folder (), "data")
                    let files = convert source "csv" "csv"
                    Require.isTrue (files |> List.exists _.EndsWith("train.csv"))
                    convert "csv" "jsonl" "jsonl" |> ignore
                    convert "jsonl" "again" "csv" |> ignore

                    let text name =
                        File.ReadAllText(Path.Combine(own, name, "train.csv"))

                    Require.equal (text "csv") (text "again")))

            testCase "the files that are read are never written over" (fun () ->
                let before = File.ReadAllBytes(Path.Combine(folder (), "data", "train.jsonl"))

                CommandLine.run (folder ()) [ "convert"; "data"; "--to"; "jsonl"; "--out"; "data" ]
                |> CommandLine.refuses 1 [ "data"; "an empty folder" ]

                Require.equal before (File.ReadAllBytes(Path.Combine(folder (), "data", "train.jsonl"))))

            testCase "a format that cannot be written is refused" (fun () ->
                CommandLine.run (folder ()) [ "convert"; "data"; "--to"; "arff"; "--out"; "never" ]
                |> CommandLine.refuses 2 [ "--to"; "csv"; "arff" ])
        ]

[<Tests>]
let tests = testList "CommandLine" [ deciding; searching; converting ]
