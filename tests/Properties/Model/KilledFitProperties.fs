/// Fits whose process is killed, in processes of their own.
module Limen.Properties.KilledFitProperties

open System
open System.Diagnostics
open System.IO
open System.Reflection
open System.Threading
open Expecto
open Limen
open Limen.Core

/// Names the folder of a process that is there to be killed.
let private variable = "LIMEN_FIT_TO_KILL"

let private options =
    { SmallProblem.options with
        Scorers =
            [
                Perceptron.scorer (SmallProblem.perceptron ()) |> Ensemble.scorer (Some 2)
                Linear.scorer LinearOptions.standard
            ]
        DecisionRows = Some(DecisionRows.CrossFit(3, 1))
    }

let private fit (options: ModelOptions) progress : Model =
    Model.fit
        options
        SmallProblem.space
        (Features SmallProblem.features)
        (SmallProblem.dataset 90 1)
        (Some(SmallProblem.dataset 40 2))
        progress
        CancellationToken.None

let private checkpoint folder = Path.Combine(folder, "checkpoint")
let private model folder = Path.Combine(folder, "model")
let private log folder = Path.Combine(folder, "reports.txt")

/// How far a fit was at a report: the stage, and the share that is done.
let private line (p: TrainingProgress) =
    FormattableString.Invariant $"{p.Stage}\t{p.Done:R}\n"

/// The whole work of the process: every step is left, so that no more than the one at work is ever lost.
let private work (folder: string) : unit =
    let kept =
        { options with
            Checkpoints =
                Some
                    {
                        Folder = checkpoint folder
                        Every = TimeSpan.Zero
                    }
        }

    fit kept (fun p -> File.AppendAllText(log folder, line p))
    |> Store.save (model folder)

let private reports (folder: string) : (string * float)[] =
    if File.Exists(log folder) then
        [|
            for line in File.ReadAllLines(log folder) do
                match line.Split '\t' with
                | [| stage; share |] -> stage, Double.Parse(share, Globalization.CultureInfo.InvariantCulture)
                | _ -> ()
        |]
    else
        [||]

let private start (name: string) (folder: string) : Process =
    let program =
        ProcessStartInfo(Environment.ProcessPath, RedirectStandardOutput = true)

    if Path.GetFileNameWithoutExtension Environment.ProcessPath = "dotnet" then
        program.ArgumentList.Add(Assembly.GetEntryAssembly().Location)

    program.ArgumentList.Add "--run"
    program.ArgumentList.Add name
    program.Environment[variable] <- folder
    Process.Start program

/// Waits until the process has made so many reports, and kills it; false where it ended before.
let private killAfter (count: int) (folder: string) (child: Process) : bool =
    while not child.HasExited && (reports folder).Length < count do
        Thread.Sleep 5

    let killed = not child.HasExited
    child.Kill()
    child.WaitForExit()
    killed

let private saved folder =
    [
        for file in Directory.GetFiles folder |> Array.sort -> Path.GetFileName file, File.ReadAllBytes file
    ]

let private kills = if Cases.isProof then 30 else 3

/// Kills one fit after another, each a few reports on; whatever comes to its end has the model of a fit that was not killed, and another one begins, until so many were
/// killed. What stage each was in, and whether the next one went on from there.
let private resumes (name: string) =
    TemporaryFolder.using (fun folder ->
        fit options ignore |> Store.save (Path.Combine(folder, "whole"))
        let whole = saved (Path.Combine(folder, "whole"))
        let stages = Collections.Generic.List<string>()

        let rec go (before: float) =
            File.Delete(log folder)
            use child = start name folder

            let wanted =
                if stages.Count < kills then
                    1 + stages.Count % 6
                else
                    Int32.MaxValue

            let isKilled = killAfter wanted folder child
            let made = reports folder
            // signals are reported before anything that could have been left
            let training = made |> Array.filter (fun (stage, _) -> stage.StartsWith "scorer")

            match Array.tryHead training with
            | Some(_, first) -> Require.atLeast (before - 1e-9) first
            | None -> ()

            if isKilled then
                stages.Add(fst (Array.last made))
                go (max before (snd (Array.last made)))
            else
                Require.equal whole (saved (model folder))

                if stages.Count < kills then
                    CheckpointFolder.remove (checkpoint folder)
                    go 0.0

        go 0.0
        Require.equal kills stages.Count

        if Cases.isProof then
            for stage, count in stages |> Seq.countBy id do
                printfn $"killed {count} times in: {stage}")

let private name = "a fit that is killed again and again"

[<Tests>]
let tests =
    testList
        "Killed fit"
        [
            testCase $"{name} comes to the model of one that was not" (fun () ->
                match Environment.GetEnvironmentVariable variable with
                | null -> resumes $"Killed fit.{name} comes to the model of one that was not"
                | folder -> work folder)
        ]
