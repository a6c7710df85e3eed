module Limen.Properties.CommandLineFaultProperties

open System
open System.IO
open Expecto
open Limen.Core

let private folder () = CommandLine.shared.Value

/// Wrong uses, each with words of its one line.
let private wrong: (string list * string list) list =
    [
        [], [ "expected a command"; "train"; "predict" ]
        [ "trian" ], [ "there is no command \"trian\""; "train" ]
        [ "train"; "--out"; "o" ], [ "--data" ]
        [ "train"; "data" ], [ "--out" ]
        [ "train"; "data"; "--data"; "data"; "--out"; "o" ], [ "as arguments or by --data" ]
        [ "train"; "data"; "--out"; "o"; "--epoch"; "3" ], [ "no option --epoch" ]
        [ "train"; "data"; "--out"; "o"; "--epochs"; "few" ], [ "epochs"; "whole number"; "few" ]
        [ "train"; "data"; "--out"; "o"; "--epochs"; "0" ], [ "epochs"; "expected 1"; "received 0" ]
        [ "train"; "data"; "--out"; "o"; "--seed"; "x" ], [ "--seed"; "whole number"; "\"x\"" ]
        [ "train"; "data"; "--out"; "o"; "--min-df"; "0" ], [ "1 or more"; "0" ]
        [ "train"; "data"; "--out"; "o"; "--objective"; "mikro" ], [ "objective"; "microF1"; "mikro" ]
        [ "train"; "data"; "--out"; "o"; "--loss"; "focal(gama=2)" ], [ "focal"; "gamma"; "gama" ]
        [ "train"; "data"; "--out"; "o"; "--loss"; "focal(gamma=2" ], [ "character 14"; "the end" ]
        [
            "train"
            "data"
            "--out"
            "o"
            "--decision"
            "fused"
            "--at-least"
            "3"
            "--at-most"
            "2"
        ],
        [ "at least 3"; "at most 2" ]
        [ "train"; "data"; "--out"; "o"; "--scorer"; "linear"; "--epochs"; "3" ], [ "without scorers" ]
        [ "train"; "data"; "--out"; "o"; "--threshold"; "toys" ], [ "LABEL=NUMBER"; "toys" ]
        [ "train"; "data"; "--out"; "o"; "--risk"; "0.1" ], [ "--risk-rows" ]
        [ "train"; "data"; "--out"; "o"; "--format"; "csvv" ], [ "--format"; "jsonl"; "csvv" ]
        [ "predict"; "--model"; "text"; "--jsn"; "the kite" ], [ "no option --jsn" ]
        [ "predict"; "the kite" ], [ "--model DIR"; "limen demo" ]
        [ "predict"; "--model"; "text"; "--top"; "two"; "the kite" ], [ "--top"; "whole number"; "\"two\"" ]
        [ "explain"; "text"; "--data"; "data"; "--row"; "one" ], [ "--row"; "whole number"; "\"one\"" ]
        [ "search"; "data"; "--out"; "o"; "--trials"; "many" ], [ "--trials"; "whole number"; "\"many\"" ]
        [ "evaluate"; "text"; "--data"; "data"; "--level"; "half" ], [ "--level"; "a number"; "\"half\"" ]
        [ "train"; "data"; "--out" ], [ "--out: expected DIR, received nothing" ]
        [ "train"; "data"; "--out"; "o"; "--delimiter"; "#" ], [ "--delimiter"; "one character"; "\"#\"" ]
        [ "train"; "data"; "--out"; "o"; "--delimiter"; "é" ], [ "--delimiter"; "of ASCII"; "\"é\"" ]
        [ "train"; "data"; "--out"; "o"; "--separator"; "" ], [ "--separator"; "between two labels"; "nothing" ]
        [ "predict"; "--model"; "text"; "--top"; "0"; "the kite" ], [ "--top"; "at least 1" ]
        [ "predict"; "--model"; "text"; "the kite"; "--data"; "data" ], [ "a text or --data" ]
        [ "evaluate" ], [ "expected MODEL: folder of a saved model" ]
        [ "evaluate"; "text" ], [ "--data" ]
        [ "evaluate"; "text"; "--data"; "data/test.jsonl"; "--part"; "dev" ], [ "--part"; "a folder" ]
        [ "decide"; "text"; "--out"; "o" ], [ "something to decide" ]
        [ "decide"; "text"; "--at-most"; "2" ], [ "--out" ]
        [ "decide"; "text"; "--at-most"; "2"; "--out"; "text" ], [ "--out"; "another folder"; "would be lost" ]
        [ "decide"; "text"; "--objective"; "micro"; "--out"; "o" ], [ "--data"; "did not learn from" ]
        [ "explain"; "text"; "--data"; "data"; "--row"; "99" ], [ "--row"; "40 rows"; "99" ]
        [ "explain"; "text" ], [ "expected a text"; "--data" ]
        [ "completion"; "tcsh" ], [ "bash"; "tcsh" ]
        [ "search"; "data"; "--out"; "o"; "--trials"; "0" ], [ "--trials"; "1 to"; "\"0\"" ]
        [ "search"; "data"; "--out"; "o"; "--folds"; "1" ], [ "--folds"; "2 to"; "\"1\"" ]
        [ "search"; "data"; "--out"; "o"; "--keep"; "1" ], [ "--keep"; "at least 2" ]
        [ "search"; "data"; "--out"; "o"; "--vary"; "objective=mikro" ], [ "objective"; "microF1"; "mikro" ]
        [ "search"; "data"; "--out"; "o"; "--vary"; "candidates=0" ], [ "candidates"; "received 0" ]
        [ "search"; "data"; "--out"; "o"; "--vary"; "objective=" ], [ "--vary"; "no value" ]
        [ "train"; "data"; "--out"; "o"; "--scorer"; "linear(c=1e30)" ], [ "C"; "1E+30" ]
        [ "train"; "data"; "--out"; "o"; "--loss"; "1e38 bceWithThreshold" ], [ "loss"; "1E+38" ]
        [ "train"; "data"; "--out"; "o"; "--signal"; "mlKnn(k=-1)" ], [ "K"; "-1" ]
        [ "train"; "data/train.jsonl"; "--out"; "o"; "--split"; "0.9,0.2" ], [ "--split"; "0.9"; "0.2" ]
        [
            "train"
            "data"
            "--out"
            "o"
            "--risk"
            "7"
            "--risk-rows"
            "data/dev.jsonl"
        ],
        [ "--risk"; "above 0 and below 1"; "\"7\"" ]
        [ "train"; "data"; "--out"; "o"; "--checkpoint"; "w"; "--every"; "-1" ], [ "--every"; "\"-1\"" ]
        [ "train"; "data"; "--out"; "o"; "--delimiter"; ";;" ], [ "--delimiter"; "one character"; ";;" ]
        [ "decide"; "text"; "--data"; "data"; "--out"; "o"; "--risk"; "0" ], [ "--risk"; "above 0"; "\"0\"" ]
        [ "decide"; "text"; "--data"; "data"; "--out"; "o"; "--decision"; "rCut(k=0)" ], [ "k"; "received 0" ]
        [
            "decide"
            "text"
            "--data"
            "data"
            "--out"
            "o"
            "--calibration"
            "platt(eachLabel=-3)"
        ],
        [ "calibration"; "-3" ]
        [ "decide"; "text"; "--out"; "o"; "--at-least"; "5"; "--at-most"; "2" ], [ "at least 5"; "at most 2" ]
        [ "evaluate"; "text"; "--data"; "data"; "--resamples"; "-1" ], [ "--resamples"; "\"-1\"" ]
        [ "evaluate"; "text"; "--data"; "data"; "--level"; "2" ], [ "--level"; "below 1"; "\"2\"" ]
        [ "report"; "text"; "--data"; "data"; "--resamples"; "-1" ], [ "Resamples"; "-1" ]
        [ "explain"; "text"; "--data"; "data"; "--row"; "0" ], [ "--row"; "at least 1" ]
    ]

/// Faults of files, folders and values.
let private faults: (string list * string list) list =
    [
        [ "train"; "nothing"; "--out"; "o" ], [ "nothing: there is no such file or folder" ]
        [ "train"; "empty"; "--out"; "o" ], [ "empty"; "train.jsonl" ]
        [ "train"; "data"; "--out"; "data/test.jsonl" ], [ "data/test.jsonl"; "found a file" ]
        [ "train"; "data"; "--out"; "data/test.jsonl/o" ], [ "data/test.jsonl/o"; "cannot be written" ]
        [ "train"; "data"; "--out"; "o"; "--log"; "data" ], [ "data"; "found a folder" ]
        [ "train"; "data"; "--out"; "o"; "--settings"; "none.json" ], [ "none.json"; "no such file" ]
        [ "predict"; "--model"; "nothing"; "the kite" ], [ "nothing"; "limen train" ]
        [ "train"; "data/train.jsonl"; "data/../data/train.jsonl"; "--out"; "o" ],
        [ "train.jsonl"; "each file once"; "2 times"; "split" ]
        [ "report"; "text"; "--data"; "data"; "--against"; "features" ],
        [ "features on data"; "8 features"; "are texts" ]
        [ "info"; "data/test.jsonl" ], [ "data/test.jsonl"; "found a file" ]
        [ "predict"; "--model"; "data"; "the kite" ], [ "data"; "no saved model" ]
        [ "predict"; "--model"; "features"; "the kite" ], [ "ID:VALUE"; "features"; "\"the\"" ]
        [ "predict"; "--model"; "features"; "--data"; "data/test.jsonl" ],
        [ "data/test.jsonl:1:1"; "8 features"; "0 to 7"; "a JSON object" ]
        [ "evaluate"; "features"; "--data"; "data/test.jsonl" ], [ "data/test.jsonl"; "8 features"; "are texts" ]
        [ "evaluate"; "text"; "--data"; "svm" ], [ "svm"; "reads texts"; "are features" ]
        [ "labels"; "features"; "--data"; "data" ], [ "data"; "8 features"; "are texts" ]
        [ "report"; "text"; "--data"; "svm" ], [ "svm"; "reads texts" ]
        [
            "decide"
            "text"
            "--data"
            "data"
            "--part"
            "train"
            "--objective"
            "micro"
            "--out"
            "o"
        ],
        [ "data"; "learned"; "--on-learned-rows" ]
        [ "predict"; "--model"; "features"; "0:1 99:1" ], [ "0 to 7"; "99" ]
        [ "predict"; "--model"; "features"; "0:1 0:2" ], [ "each feature once" ]
        [ "predict"; "--model"; "text"; "--data"; "svm/test.svm" ], [ "texts"; "features" ]
        [ "evaluate"; "text"; "--data"; "nothing" ], [ "nothing" ]
        [ "explain"; "text"; "the kite"; "--label"; "sea" ], [ "\"sea\""; "3 labels" ]
        [ "decide"; "text"; "--without"; "sea"; "--out"; "o" ], [ "\"sea\"" ]
        [
            "decide"
            "text"
            "--data"
            "svm/test.svm"
            "--objective"
            "micro"
            "--out"
            "o"
        ],
        [ "svm/test.svm"; "reads texts"; "are features" ]
    ]

let private listed name code (cases: (string list * string list) list) : Test =
    testList
        name
        [
            for arguments, words in cases do
                testCase $"""limen {String.Join(' ', arguments)}""" (fun () ->
                    CommandLine.run (folder ()) arguments |> CommandLine.refuses code words)
        ]

[<Tests>]
let tests =
    testList
        "CommandLineFaults"
        [
            listed "wrong use ends with 2" 2 wrong
            listed "a fault ends with 1" 1 faults

            testCase "settings with another name in them are refused by the line" (fun () ->
                TemporaryFolder.using (fun own ->
                    let file = Path.Combine(own, "s.json")
                    File.WriteAllText(file, "{\n  \"sed\": 1\n}")

                    CommandLine.run (folder ()) [ "train"; "data"; "--out"; "o"; "--settings"; file ]
                    |> CommandLine.refuses 1 [ file; "seed"; "found \"sed\" in line 2" ]))

            testCase "a file of another kind is told by what it begins with" (fun () ->
                TemporaryFolder.using (fun own ->
                    for name, (bytes: byte[]), expected in
                        [
                            "table.xlsx", "PK\003\004\020\000"B, "found a ZIP archive, as Excel"
                            "paper.pdf", "%PDF-1.7\n"B, "found a PDF"
                            "script.py", "print('hello')\n"B, "found \"print('hello')\""
                        ] do
                        let file = Path.Combine(own, name)
                        File.WriteAllBytes(file, bytes)

                        CommandLine.run own [ "train"; file; "--out"; "o" ]
                        |> CommandLine.refuses 1 [ name; "expected a name that ends in .parquet"; expected ]))

            testCase "a file without rows is no prediction, and said" (fun () ->
                TemporaryFolder.using (fun own ->
                    let file = Path.Combine(own, "rows.txt")
                    File.WriteAllText(file, "")

                    let ran =
                        CommandLine.run (folder ()) [ "predict"; "--model"; "text"; "--data"; file ]
                        |> CommandLine.succeeds

                    Require.equal "" ran.Output
                    Require.contains "warning: there is no row" ran.Error))

            testCase "rows that a format has no form for are refused with those that have" (fun () ->
                TemporaryFolder.using (fun own ->
                    for source, format, expected in
                        [
                            "svm", "jsonl", "these rows are features: expected svmlight"
                            "data", "svmlight", "these rows are texts: expected jsonl or json"
                        ] do
                        let ran =
                            CommandLine.run
                                (folder ())
                                [ "convert"; source; "--to"; format; "--out"; Path.Combine(own, format) ]

                        Require.equal 1 ran.Code
                        Require.equal "" ran.Output
                        Require.contains expected (CommandLine.lines ran.Error |> List.last)))

            testCase "what cannot be written is found before the data are read" (fun () ->
                TemporaryFolder.using (fun own ->
                    File.WriteAllText(Path.Combine(own, "train.jsonl"), "no JSON")
                    File.WriteAllText(Path.Combine(own, "out"), "")

                    CommandLine.run own [ "train"; own; "--out"; "out" ]
                    |> CommandLine.refuses 1 [ "out"; "found a file" ]))

            testCase "a folder beside a model is not overwritten" (fun () ->
                TemporaryFolder.using (fun own ->
                    CommandLine.writeTexts (Path.Combine(own, "data"))
                    Directory.CreateDirectory(Path.Combine(own, "out", "model")) |> ignore
                    File.WriteAllText(Path.Combine(own, "out", "model", "mine.txt"), "")

                    CommandLine.run own [ "train"; "data"; "--out"; "out" ]
                    |> CommandLine.refuses 1 [ "mine.txt" ]))

            testCase "rows without any label are refused, to learn from, to decide by and to measure on" (fun () ->
                TemporaryFolder.using (fun own ->
                    let place name = Path.Combine(own, name)
                    let train = place "train.jsonl"
                    let rows = [ for i in 1..20 -> $"{{\"text\": \"kite {i}\", \"labels\": []}}" ]

                    let lastLine (code: int) (words: string list) (ran: Ran) =
                        let last = CommandLine.lines ran.Error |> List.last
                        CommandLine.refuses code words { ran with Error = last }

                    File.WriteAllLines(train, rows)

                    CommandLine.run (folder ()) [ "train"; train; "--out"; place "o" ]
                    |> lastLine 1 [ "a label in at least one training row"; "20 rows" ]

                    CommandLine.run (folder ()) [ "evaluate"; "text"; "--data"; train ]
                    |> CommandLine.refuses 1 [ train; "a label in at least one row"; "20 rows" ]

                    CommandLine.run
                        (folder ())
                        [
                            "decide"
                            "text"
                            "--data"
                            train
                            "--objective"
                            "micro"
                            "--out"
                            place "o"
                        ]
                    |> CommandLine.refuses 1 [ train; "a label in at least one row" ]

                    File.WriteAllLines(train, CommandLine.jsonLines 0 30)
                    File.WriteAllLines(place "dev.jsonl", rows)

                    CommandLine.run (folder ()) ([ "train"; own; "--out"; place "o" ] @ CommandLine.quick)
                    |> lastLine 1 [ "a label in at least one validation row"; "20 rows" ]))

            testCase "a manifest that is no object is damage" (fun () ->
                TemporaryFolder.using (fun own ->
                    for manifest in [ "null"; "[]"; "1"; "" ] do
                        File.WriteAllText(Path.Combine(own, "manifest.json"), manifest)

                        let ran = CommandLine.run own [ "predict"; "--model"; own; "the kite" ]
                        ran |> CommandLine.refuses 1 [ "manifest.json"; "damaged" ]
                        ran.Error.Contains "a fault of limen itself" |> Require.equal false))

            testCase "a loss that needs torch says what to do without it" (fun () ->
                TemporaryFolder.using (fun own ->
                    let ran =
                        CommandLine.run
                            (folder ())
                            [ "train"; "data"; "--out"; own; "--loss"; "focal(gamma=2)"; "--epochs"; "1" ]

                    let last = CommandLine.lines ran.Error |> List.last

                    if ran.Code <> 0 then // the tests may have torch beside the program
                        CommandLine.refuses 1 [ "torch"; "bceWithThreshold" ] { ran with Error = last }

                    last.Contains "a fault of limen itself" |> Require.equal false))

            testCase "bytes that are no text are refused, in a file as on standard input" (fun () ->
                TemporaryFolder.using (fun own ->
                    let file = Path.Combine(own, "rows")
                    File.WriteAllBytes(file, [| 0x6buy; 0xffuy; 0xc0uy; 0x0auy |])

                    CommandLine.run (folder ()) [ "predict"; "--model"; "text"; "--data"; file ]
                    |> CommandLine.refuses 1 [ file; "expected text in UTF-8" ]))

            testCase "an empty file is taken for what its name says" (fun () ->
                TemporaryFolder.using (fun own ->
                    File.WriteAllText(Path.Combine(own, "train.jsonl"), "")

                    CommandLine.run own [ "train"; own; "--out"; "o" ]
                    |> CommandLine.refuses 1 [ "train.jsonl"; "at least one row"; "read as jsonl" ]))

            testCase "a warning is one line, and a training file that is not read is said" (fun () ->
                TemporaryFolder.using (fun own ->
                    let write name (lines: string list) =
                        File.WriteAllLines(Path.Combine(own, name), lines)

                    write "train.jsonl" (CommandLine.jsonLines 0 30)
                    write "train.csv" [ "text,labels"; "a kite,toys" ]

                    write
                        "test.jsonl"
                        [
                            "{\"text\": \"the kite\", \"labels\": [\"another label that no training row has\"]}"
                        ]

                    let lines =
                        CommandLine.run own ([ "train"; own; "--out"; "o"; "--scorer"; "linear" ])
                        |> CommandLine.succeeds
                        |> _.Error
                        |> CommandLine.lines

                    Expect.stringContains (List.head lines) "not read: train.csv" "the report"

                    lines
                    |> List.filter _.StartsWith("warning: 1 label of these rows")
                    |> List.forall _.EndsWith("another label that no training row has")
                    |> Require.equal true

                    lines
                    |> List.exists _.StartsWith("warning: 1 label of these rows")
                    |> Require.equal true))

            testCase "a line that is not as it should be is named" (fun () ->
                TemporaryFolder.using (fun own ->
                    File.WriteAllText(Path.Combine(own, "train.jsonl"), "{\"text\": 3}\n")

                    CommandLine.run own [ "train"; own; "--out"; Path.Combine(own, "out") ]
                    |> CommandLine.refuses 1 [ "train.jsonl:1:" ]))

            testCase "a stack trace comes with --debug alone" (fun () ->
                let ran =
                    CommandLine.run (folder ()) [ "evaluate"; "nothing"; "--data"; "data"; "--debug" ]

                Expect.stringContains ran.Error "   at Limen" "the trace"
                ran.Code |> Require.equal 1)

            testCase "thresholds for another model's scores say what they need" (fun () ->
                TemporaryFolder.using (fun own ->
                    let model = SmallProblem.model.Value

                    Store.saveThresholds
                        own
                        {
                            Labels = model.Labels
                            Input = model.Input
                            Counts = model.Counts
                            Rarity = model.Ranker.Rarity
                            Signal = None
                            Decision = model.Decision
                            Origin = model.Origin
                        }

                    for arguments in [ [ "predict"; "--model"; own; "the kite" ]; [ "labels"; own ] ] do
                        CommandLine.run own arguments
                        |> CommandLine.refuses 1 [ "thresholds for the scores of another model"; "scores" ]))
        ]
