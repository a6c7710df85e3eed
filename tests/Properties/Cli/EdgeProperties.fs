module Limen.Properties.CommandLineEdgeProperties

open System
open System.Diagnostics
open System.IO
open Expecto

let private folder () = CommandLine.shared.Value

let private program = Path.Combine(AppContext.BaseDirectory, "Limen.Cli.dll")

/// Runs a program of the system; None where there is none.
let private tryRun (name: string) (arguments: string list) : (int * string) option =
    try
        let info =
            ProcessStartInfo(
                name,
                arguments,
                WorkingDirectory = folder (),
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        use running = Process.Start info
        let error = running.StandardError.ReadToEndAsync()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        Some(running.ExitCode, output + error.Result)
    with :? ComponentModel.Win32Exception ->
        None

/// A training that takes minutes, at a terminal where keys are pressed once a text was written.
let private atTerminal (steps: string list) (arguments: string list) : int * string =
    TemporaryFolder.using (fun own ->
        let script = Path.Combine(own, "terminal.py")
        File.WriteAllText(script, Fixtures.text "terminal.py")

        let training =
            [
                "train"
                "data"
                "--out"
                Path.Combine(own, "out")
                "--scorer"
                "ensemble(perceptron(epochs=60, patience=60), members=100)"
            ]
            @ arguments

        match tryRun "python3" (script :: steps @ [ "--"; "dotnet"; program ] @ training) with
        | Some ran when not ((snd ran).Contains "ModuleNotFoundError") -> ran
        | _ -> skiptest "there is no pseudo terminal here")

let private started = "training rows"
let private interrupt = "\u0003"

let private interrupting =
    testList
        "Ctrl+C at a terminal"
        [
            testCase "asks, goes on where the answer is no, and stops where it is yes" (fun () ->
                TemporaryFolder.using (fun own ->
                    let work = Path.Combine(own, "work")

                    let code, said =
                        atTerminal
                            [ $"{started}={interrupt}"; "[y/N]=n"; $"Going on={interrupt}"; "[y/N]=y" ]
                            [ "--checkpoint"; work ]

                    Require.contains $"Stop training? Finished parts are in {work}, go on with --resume. [y/N]" said
                    Require.contains "Going on." said
                    Require.contains "The work so far is in" said
                    Require.equal 130 code))

            testCase "a second one ends at once, and without a checkpoint nothing is promised" (fun () ->
                let code, said = atTerminal [ $"{started}={interrupt}"; $"[y/N]={interrupt}" ] []

                Require.contains "Stop training? Nothing will be kept" said
                Require.equal 130 code)
        ]

/// What a run with these bytes on standard input left behind.
let private withBytes (input: byte[]) (arguments: string list) : Ran =
    use running = CommandLine.start (folder ()) arguments
    let error = running.StandardError.ReadToEndAsync()
    running.StandardInput.BaseStream.Write(input, 0, input.Length)
    running.StandardInput.Close()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()

    {
        Code = running.ExitCode
        Output = output
        Error = error.Result
    }

let private reading =
    testList
        "reading"
        [
            testCase "bytes that are no text are named by line and column on standard input too" (fun () ->
                let bytes = [| yield! "the kite\nthe "B; 0xFFuy; 10uy |]

                withBytes bytes [ "predict"; "--model"; "text"; "--top"; "1" ]
                |> fun ran -> { ran with Output = "" }
                |> CommandLine.refuses 1 [ "standard input:2:5"; "text in UTF-8"; "\\xFF" ])

            testCase "the field of the text can be named, and those that are there are listed" (fun () ->
                TemporaryFolder.using (fun own ->
                    let file = Path.Combine(own, "rows.jsonl")
                    File.WriteAllText(file, "{\"words\": \"the kite\", \"by\": \"me\"}\n")

                    let predict rest =
                        CommandLine.run (folder ()) ([ "predict"; "--model"; "text"; "--data"; file ] @ rest)

                    (predict [ "--text"; "words" ] |> CommandLine.succeeds).Output
                    |> Require.equal "toys\n"

                    predict []
                    |> CommandLine.refuses 1 [ $"{file}:1:1"; "a field \"text\""; "--text"; "the fields words, by" ]

                    CommandLine.run (folder ()) [ "train"; file; "--out"; own ]
                    |> CommandLine.refuses 1 [ $"{file}:1:"; "--text"; "the fields \"words\", \"by\"" ]))

            testCase "two files of one part are named, with what to do" (fun () ->
                TemporaryFolder.using (fun own ->
                    CommandLine.writeTexts own
                    File.Copy(Path.Combine(own, "dev.jsonl"), Path.Combine(own, "valid.jsonl"))

                    CommandLine.run own [ "train"; "."; "--out"; "o" ]
                    |> CommandLine.refuses
                        1
                        [ "validation rows"; "dev.jsonl and"; "valid.jsonl"; "move all but one away" ]))

            testCase "what a terminal would obey is shown by its number" (fun () ->
                for arguments in
                    [
                        [ "predict"; "--model"; "no\u001b[2Jmodel"; "the kite" ]
                        [ "train"; "data"; "--out"; "o"; "--objective"; "no\u001b[2J" ]
                        [ "train"; "data"; "--out"; "o"; "--no\u001b[2J" ]
                        [ "train"; "no\u001b[2Jdata"; "--out"; "o" ]
                        [ "explain"; "text"; "the kite"; "--label"; "no\u001b[2J" ]
                    ] do
                    let ran = CommandLine.run (folder ()) arguments
                    Require.contains "\\u{1B}[2J" ran.Error
                    Require.isFalse (ran.Error.Contains '\u001b'))

            testCase "what may not be read is no missing model" (fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "rights of Unix"

                // the folder of the tests is this user's alone
                let text = Path.Combine(folder (), "text")

                if Environment.UserName <> "root" then
                    skiptest "nobody else can be played here"

                for arguments in [ [ "info"; text ]; [ "evaluate"; text; "--data"; text ] ] do
                    match
                        tryRun
                            "setpriv"
                            ([ "--reuid=65534"; "--regid=65534"; "--clear-groups"; "dotnet"; program ]
                             @ arguments)
                    with
                    | Some(code, said) when said.StartsWith "limen: " ->
                        Require.contains text said
                        Require.contains "access is denied" said
                        Require.equal 1 code
                    | _ -> skiptest "another user cannot run the program here")
        ]

let private deciding =
    testCase "a decision on rows that the model learned from is refused, unless it is asked for" (fun () ->
        TemporaryFolder.using (fun own ->
            let at name = Path.Combine(own, name)

            CommandLine.run
                (folder ())
                [
                    "train"
                    "data"
                    "--out"
                    at "both"
                    "--scorer"
                    "linear"
                    "--decide-on"
                    "validationThenAll"
                ]
            |> CommandLine.succeeds
            |> ignore

            let decide rest =
                CommandLine.run
                    (folder ())
                    ([ "decide"; at "both"; "--objective"; "micro"; "--out"; at "anew" ] @ rest)

            for learned in
                [
                    [ "--data"; "data" ]
                    [ "--data"; "data"; "--part"; "train" ]
                    [ "--data"; "data/dev.jsonl" ]
                ] do
                decide learned
                |> CommandLine.refuses 1 [ "did not learn from"; "--dev-only"; "--on-learned-rows" ]

                Require.isFalse (Directory.Exists(at "anew/model"))

            decide [ "--data"; "data"; "--part"; "test" ] |> CommandLine.succeeds |> ignore

            decide [ "--data"; "data"; "--on-learned-rows" ]
            |> CommandLine.succeeds
            |> ignore))

let private converting =
    testCase "ids, groups and times are kept where they have a place, and missed aloud where not" (fun () ->
        TemporaryFolder.using (fun own ->
            let at name = Path.Combine(own, name)

            File.WriteAllLines(
                at "rows.csv",
                [
                    "doc,text,labels,patient,day"
                    "r1,the kite,toys,p1,2026-01-02"
                    "\"r\"\"2\",the lamp,home,p2,2026-01-03"
                ]
            )

            let named = [ "--id"; "doc"; "--group"; "patient"; "--time"; "day" ]

            let convert source target format columns =
                CommandLine.run own ([ "convert"; source; "--to"; format; "--out"; target ] @ columns)
                |> CommandLine.succeeds

            convert "rows.csv" "json" "jsonl" named |> ignore

            File.ReadAllLines(at "json/train.jsonl")
            |> List.ofArray
            |> Require.equal
                [
                    "{\"labels\":[\"toys\"],\"text\":\"the kite\",\"id\":\"r1\",\"group\":\"p1\",\"time\":\"2026-01-02\"}"
                    "{\"labels\":[\"home\"],\"text\":\"the lamp\",\"id\":\"r\\\"2\",\"group\":\"p2\",\"time\":\"2026-01-03\"}"
                ]

            let usual = [ "--id"; "id"; "--group"; "group"; "--time"; "time" ]
            convert "json" "table" "csv" usual |> ignore
            convert "table" "again" "jsonl" usual |> ignore

            File.ReadAllText(at "again/train.jsonl")
            |> Require.equal (File.ReadAllText(at "json/train.jsonl"))

            (convert "json" "words" "fasttext" usual).Error
            |> Require.contains "fasttext has no place for ids, groups, times"))

[<Tests>]
let tests =
    testList "CommandLineEdges" [ interrupting; reading; deciding; converting ]
