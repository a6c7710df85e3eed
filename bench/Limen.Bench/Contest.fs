namespace Limen.Bench

open System
open System.Diagnostics
open System.IO
open System.Text.Json.Nodes

/// One measurement of one side.
type Sample =
    {
        Seconds: float
        Check: float
        Trajectory: (float * float) list
    }

/// A process that works when it is told to, over `Worker.serve` or its Python twin.
[<Sealed>]
type Contestant(start: ProcessStartInfo) =
    let running =
        start.RedirectStandardInput <- true
        start.RedirectStandardOutput <- true
        Process.Start start

    let hear () : JsonNode =
        match running.StandardOutput.ReadLine() with
        | null -> invalidOp $"`{start.FileName} {String.Join(' ', start.ArgumentList)}` ended without an answer"
        | line -> JsonNode.Parse line

    do hear () |> ignore

    member _.Run() : Sample =
        running.StandardInput.WriteLine "run"
        running.StandardInput.Flush()
        let answer = hear ()

        {
            Seconds = answer["seconds"].GetValue<float>()
            Check = answer["check"].GetValue<float>()
            Trajectory =
                [
                    for pair in answer["trajectory"].AsArray() -> pair[0].GetValue<float>(), pair[1].GetValue<float>()
                ]
        }

    /// Ends the process; its peak of resident memory in MB.
    member _.Finish() : float =
        running.StandardInput.Close()
        let peak = hear ()
        running.WaitForExit()
        peak["peak_mb"].GetValue<float>()

    interface IDisposable with
        member _.Dispose() =
            if not running.HasExited then
                running.Kill()

            running.Dispose()

/// What one side came to over all runs.
type Standing = { Samples: Sample list; PeakMb: float }

[<RequireQualifiedAccess>]
module Contest =

    /// Both sides get the same threads; the waiting of OpenMP's threads is set to what is best for torch beside OpenBLAS.
    /// blas: threads of one matrix product; ours has one, and cuts products among its own threads.
    let private start (threads: int) (blas: int) (program: string) (arguments: string list) =
        let info =
            match threads with
            | 1 -> ProcessStartInfo("taskset", [ "-c"; "0"; program ] @ arguments)
            | _ -> ProcessStartInfo(program, arguments)

        for name in [ "LIMEN_THREADS"; "DOTNET_PROCESSOR_COUNT"; "OMP_NUM_THREADS" ] do
            info.Environment[name] <- string threads

        info.Environment["OPENBLAS_NUM_THREADS"] <- string blas

        info.Environment["OMP_WAIT_POLICY"] <- "PASSIVE"
        info.Environment["GOMP_SPINCOUNT"] <- "10000"
        new Contestant(info)

    let ours (threads: int) (arguments: string list) : Contestant =
        let dll = Path.Combine(AppContext.BaseDirectory, "Limen.Bench.dll")
        start threads 1 "dotnet" (dll :: "worker" :: arguments)

    let private python = "/usr/bin/python3"

    /// Debian's Python, where the peers' packages are.
    let peer (threads: int) (scripts: string) (script: string) (arguments: string list) : Contestant =
        start threads threads python (Path.Combine(scripts, script) :: arguments)

    let private succeeds (program: string) (arguments: string list) =
        try
            use probe =
                Process.Start(
                    ProcessStartInfo(program, arguments, RedirectStandardError = true, RedirectStandardOutput = true)
                )

            probe.StandardOutput.ReadToEnd() |> ignore
            probe.WaitForExit()
            probe.ExitCode = 0
        with :? ComponentModel.Win32Exception ->
            false

    /// Whether a Debian package of the peers is there.
    let hasPackage (name: string) : bool =
        match name with
        | "fasttext" -> succeeds "sh" [ "-c"; "command -v fasttext" ]
        | name -> succeeds python [ "-c"; $"""import {name.Replace("python3-", "")}""" ]

    /// So many runs of each, in turn.
    let interleaved (runs: int) (a: Contestant) (b: Contestant) : Standing * Standing =
        let samples = [ for _ in 1..runs -> a.Run(), b.Run() ]

        {
            Samples = List.map fst samples
            PeakMb = a.Finish()
        },
        {
            Samples = List.map snd samples
            PeakMb = b.Finish()
        }

    /// One side alone.
    let alone (runs: int) (a: Contestant) : Standing =
        let samples = [ for _ in 1..runs -> a.Run() ]

        {
            Samples = samples
            PeakMb = a.Finish()
        }

[<RequireQualifiedAccess>]
module Standing =

    let median (s: Standing) : float =
        let sorted = s.Samples |> List.map _.Seconds |> List.sort
        sorted[sorted.Length / 2]

    let check (s: Standing) : float = s.Samples.Head.Check

    /// The seconds after which a training first reached a value; None where it never did.
    let reached (value: float) (s: Standing) : float option =
        s.Samples.Head.Trajectory
        |> List.tryFind (fun (_, v) -> v >= value)
        |> Option.map fst

    let best (s: Standing) : float =
        s.Samples.Head.Trajectory |> List.map snd |> List.max
