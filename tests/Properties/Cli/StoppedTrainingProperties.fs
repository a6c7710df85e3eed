module Limen.Properties.StoppedTrainingProperties

open System
open System.IO
open System.Threading
open Expecto
open Limen
open Limen.Core
open Limen.Properties.CommandCases

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
                            "--decide-on"
                            "crossFit(folds=5)"
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

[<Tests>]
let tests = testList "CommandLine" [ interrupted; resumed ]
