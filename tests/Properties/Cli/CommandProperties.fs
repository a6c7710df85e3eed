module Limen.Properties.CommandLineProperties

open System
open System.IO
open System.Text.Json.Nodes
open System.Threading
open Expecto
open Limen
open Limen.Core

let private folder () = CommandLine.shared.Value

let private run arguments =
    CommandLine.run (folder ()) arguments |> CommandLine.succeeds

let private json (ran: Ran) = JsonNode.Parse(ran.Output).AsObject()

let private model name =
    Store.load (Path.Combine(folder (), name, "model"))

let private testRows () =
    InputFormats.read None (Path.Combine(folder (), "data", "test.jsonl"))

let private names (node: JsonNode) =
    node.AsArray() |> Seq.map (fun n -> n.GetValue<string>()) |> List.ofSeq

/// The labels of the model for the test texts.
let private predicted (model: Model) =
    let rows = testRows ()
    Explanation.rows (Model.features rows.Rows model) model |> Array.toList

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
            |> CommandLine.refuses 1 [ "candidates"; "none" ]))

let private interrupted =
    testCase "Ctrl+C ends with 130, and leaves no model" (fun () ->
        if OperatingSystem.IsWindows() then
            skiptest "signals are another matter there"

        TemporaryFolder.using (fun own ->
            use running =
                CommandLine.start
                    (folder ())
                    [
                        "train"
                        "data"
                        "--out"
                        own
                        "--scorer"
                        "ensemble(perceptron(epochs=60, patience=60), members=100)"
                    ]

            let error = running.StandardError
            // the first line says that the data are read
            error.ReadLine() |> ignore
            Thread.Sleep 1500
            CommandLine.interrupt running
            let ended = running.WaitForExit 10_000
            let said = if ended then error.ReadToEnd() else ""

            if not ended then
                running.Kill()

            ended |> Require.equal true
            running.ExitCode |> Require.equal 130
            Expect.stringContains said "Stopp" "what it says"
            Directory.Exists(Path.Combine(own, "model")) |> Require.equal false))

let private models (folder: string) =
    [
        for file in Directory.GetFiles(Path.Combine(folder, "model")) |> Array.sort ->
            Path.GetFileName file, File.ReadAllBytes file
    ]

let private resumed =
    testList
        "resuming"
        [
            testCase "a training that was stopped goes on to the model of one that was not" (fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "signals are another matter there"

                TemporaryFolder.using (fun own ->
                    let at name = Path.Combine(own, name)

                    let train out rest =
                        [
                            "train"
                            "data"
                            "--out"
                            at out
                            "--scorer"
                            "ensemble(perceptron(epochs=3), members=4)"
                        ]
                        @ rest

                    let kept = [ "--checkpoint"; at "work"; "--every"; "5" ]
                    use running = CommandLine.start (folder ()) (train "stopped" kept)
                    let error = running.StandardError.ReadToEndAsync()

                    // some members are there
                    while not running.HasExited
                          && not (File.Exists(at "work/fold-1/scorer-1/member-2.json")) do
                        Thread.Sleep 10

                    CommandLine.interrupt running
                    running.WaitForExit()
                    running.ExitCode |> Require.equal 130
                    error.Result |> Require.contains ("The work so far is in " + at "work")

                    CommandLine.run (folder ()) (train "stopped" kept)
                    |> CommandLine.refuses 2 [ "--checkpoint"; "--resume goes on" ]

                    CommandLine.run (folder ()) (train "stopped" (kept @ [ "--resume"; "--candidates"; "2" ]))
                    |> fun ran -> ran.Error |> Require.contains "Candidates is"

                    CommandLine.run (folder ()) (train "stopped" (kept @ [ "--resume" ]))
                    |> CommandLine.succeeds
                    |> ignore

                    CommandLine.run (folder ()) (train "whole" []) |> CommandLine.succeeds |> ignore
                    models (at "stopped") |> Require.equal (models (at "whole"))
                    Directory.Exists(at "work") |> Require.equal false))

            testCase "what there is nothing of cannot be gone on from" (fun () ->
                TemporaryFolder.using (fun own ->
                    let train = [ "train"; "data"; "--out"; own ]

                    CommandLine.run (folder ()) (train @ [ "--resume" ])
                    |> CommandLine.refuses 2 [ "--resume"; "--checkpoint DIR" ]

                    CommandLine.run (folder ()) (train @ [ "--checkpoint"; Path.Combine(own, "none"); "--resume" ])
                    |> CommandLine.refuses 2 [ "nothing to go on from" ]))
        ]

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
let tests =
    testList
        "CommandLine"
        [
            training
            predicting
            asking
            deciding
            searching
            interrupted
            resumed
            converting
        ]
