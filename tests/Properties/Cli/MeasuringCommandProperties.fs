module Limen.Properties.MeasuringCommandProperties

open System.IO
open Expecto
open Limen
open Limen.Core
open Limen.Properties.CommandCases

let private asking =
    testList
        "evaluate, explain, labels, info"
        [
            testCase "evaluate gives every metric, within its interval" (fun () ->
                let report =
                    run [ "evaluate"; "text"; "--data"; "data"; "--json"; "--resamples"; "50" ]
                    |> json

                let _, _, evidence = Evaluation.ofRows (testRows ()) (model "text")

                for name, value in Metric.evaluate Metrics.all evidence do
                    report[name].GetValue<float>() |> Require.equal value

                let range = report["intervals"].["micro_f1"].AsArray()
                let micro = report["micro_f1"].GetValue<float>()
                Expect.isTrue (range[0].GetValue<float>() <= micro && micro <= range[1].GetValue<float>()) "interval")

            testCase "evaluate on training rows says so" (fun () ->
                let ran =
                    run [ "evaluate"; "text"; "--data"; "data/train.jsonl"; "--resamples"; "0" ]

                Expect.stringContains ran.Error "120 of the 120 rows" "the warning"
                let ran = run [ "evaluate"; "text"; "--data"; "data"; "--resamples"; "0" ]
                Expect.isFalse (ran.Error.Contains "learned from") "no warning on others")

            testCase "the table of labels is a file, standard output and what the model says" (fun () ->
                run
                    [
                        "evaluate"
                        "text"
                        "--data"
                        "data"
                        "--per-label"
                        "labels.csv"
                        "--resamples"
                        "0"
                    ]
                |> ignore

                let expected = LabelTable.measured (testRows ()) (model "text") |> LabelTable.csv

                File.ReadAllLines(Path.Combine(folder (), "labels.csv"))
                |> List.ofArray
                |> Require.equal expected

                (run [ "labels"; "text"; "--data"; "data"; "--csv" ]).Output
                |> CommandLine.lines
                |> Require.equal expected)

            testCase "report writes the page that Report.write and Report.compare write" (fun () ->
                let page name =
                    File.ReadAllText(Path.Combine(folder (), name))

                let expected = Path.Combine(folder (), "expected.html")
                let shared = [ "--data"; "data"; "--resamples"; "5"; "--title"; "A page" ]
                run ([ "report"; "text"; "--out"; "one.html" ] @ shared) |> ignore
                let options = ReportOptions(Title = "A page", Name = "text", Resamples = 5)
                Report.write options (model "text") (testRows ()) expected
                page "one.html" |> Require.equal (File.ReadAllText expected)

                run ([ "report"; "text"; "--against"; "text/model"; "--out"; "two.html" ] @ shared)
                |> ignore

                options.OtherName <- "text/model"
                Report.compare options (model "text") (model "text") (testRows ()) expected
                page "two.html" |> Require.equal (File.ReadAllText expected)

                let refused =
                    CommandLine.run (folder ()) [ "report"; "text"; "--data"; "data"; "--examples"; "-1" ]

                Expect.notEqual refused.Code 0 "refused"
                Expect.stringContains refused.Error "Examples" "named")

            testCase "explain says why not" (fun () ->
                let x = Model.features (Rows.Texts [| "the kite" |]) (model "text")
                let reason = Explanation.label "nature" 0 x (model "text")
                let ran = run [ "explain"; "text"; "the"; "kite"; "--label"; "nature" ]
                Expect.stringContains ran.Output reason.Message "the reason"

                let document =
                    run [ "explain"; "text"; "the kite"; "--label"; "nature"; "--json" ] |> json

                document["reasons"].[0].["reason"].GetValue<string>()
                |> Require.equal reason.Message)

            testCase "info says what the model is and what rows it holds" (fun () ->
                let info = run [ "info"; "text"; "--json" ] |> json
                info["labels"].GetValue<int>() |> Require.equal 3
                info["reads"].GetValue<string>() |> Require.equal "texts"
                Expect.stringContains (info["rowsHeld"].GetValue<string>()) "120 training rows" "rows"
                info["dataHash"].GetValue<string>() |> Require.equal (model "text").Origin.Data
                info["options"].["decision"].GetValue<string>() |> Require.equal "fused"
                info["settings"].["seed"].GetValue<int>() |> Require.equal 1)

            testCase "help has examples for every command, and the version is known" (fun () ->
                for command in
                    [
                        "train"
                        "predict"
                        "evaluate"
                        "report"
                        "decide"
                        "explain"
                        "labels"
                        "info"
                        "search"
                        "demo"
                        "completion"
                    ] do
                    let ran = run [ command; "--help" ]
                    Expect.stringContains ran.Output $"  limen {command}" "an example"
                    ran.Error |> Require.equal ""

                (run [ "--version" ]).Output.Trim().Split('+')[0]
                |> Require.equal (typeof<Model>.Assembly.GetName().Version.ToString 3))

            testCase "a shell is told what a word may become" (fun () ->
                (run [ "[suggest:9]"; "limen tra" ]).Output
                |> CommandLine.lines
                |> Require.equal [ "train" ])
        ]

[<Tests>]
let tests = testList "CommandLine" [ asking ]
