namespace Limen.Bench

open System
open System.Diagnostics
open System.IO
open System.Text.Json.Nodes

/// One measurement of one side.
type Sample = { Seconds: float; Outcome: Outcome }

/// A process that works when it is told to, over `Worker.serve` or one of its twins.
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
            Outcome =
                {
                    Check = answer["check"].GetValue<float>()
                    Trajectory =
                        [
                            for pair in answer["trajectory"].AsArray() ->
                                pair[0].GetValue<float>(), pair[1].GetValue<float>()
                        ]
                    Measures =
                        match answer["measures"] with
                        | null -> []
                        | measures -> [ for m in measures.AsObject() -> m.Key, m.Value.GetValue<float>() ]
                }
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

    let peer (threads: int) (peer: Peer) : Contestant =
        Peer.command peer ||> start threads threads

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

    /// What its first measurement came to.
    let outcome (s: Standing) : Outcome = s.Samples.Head.Outcome

    /// The seconds of a whole training.
    let trained (s: Standing) : float = fst (List.last (outcome s).Trajectory)

    /// The seconds after which a training first reached a value; None where it never did.
    let reached (value: float) (s: Standing) : float option =
        (outcome s).Trajectory
        |> List.tryFind (fun (_, v) -> v >= value)
        |> Option.map fst

    let best (s: Standing) : float =
        (outcome s).Trajectory |> List.map snd |> List.max
