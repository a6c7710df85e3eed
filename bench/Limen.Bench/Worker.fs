namespace Limen.Bench

open System
open System.Diagnostics
open System.IO
open System.Text.Json.Nodes

/// What a piece of work came to.
type Outcome =
    {
        /// A value that the other side must reach too.
        Check: float
        /// Of a training: (seconds, value) on the way.
        Trajectory: (float * float) list
        /// What else is reported, by name.
        Measures: (string * float) list
    }

[<RequireQualifiedAccess>]
module Outcome =

    let ofCheck (check: float) : Outcome =
        {
            Check = check
            Trajectory = []
            Measures = []
        }

/// A piece of work over inputs that are read already.
[<ReferenceEquality>]
type Job =
    {
        /// What Work does of the unit that seconds are counted in: steps, rows.
        Units: int
        /// Whether it runs once, and for half a second, before and in each measurement; a whole training runs once.
        Warm: bool
        /// What restores the inputs that Work consumes, outside its time.
        Prepare: unit -> unit
        Work: unit -> Outcome
    }

[<RequireQualifiedAccess>]
module Job =

    let repeated (units: int) (work: unit -> float) : Job =
        {
            Units = units
            Warm = true
            Prepare = ignore
            Work = work >> Outcome.ofCheck
        }

    /// Repeated work that consumes its inputs.
    let prepared (prepare: unit -> unit) (work: unit -> float) : Job =
        { repeated 1 work with
            Prepare = prepare
        }

    let once (work: unit -> Outcome) : Job =
        {
            Units = 1
            Warm = false
            Prepare = ignore
            Work = work
        }

/// Peak memory of this process, as Linux counts it.
[<RequireQualifiedAccess>]
module Peak =

    let private trim () =
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true)

    /// Starts the count of VmHWM anew (man 5 proc, clear_refs); where that is not allowed the peak is the whole process's.
    let forget () : unit =
        trim ()

        try
            File.WriteAllText("/proc/self/clear_refs", "5")
        with
        | :? IOException
        | :? UnauthorizedAccessException -> ()

    let megabytes () : float =
        File.ReadLines "/proc/self/status"
        |> Seq.find _.StartsWith("VmHWM")
        |> fun line ->
            float (line.Split([| ' '; '\t' |], StringSplitOptions.RemoveEmptyEntries)[1])
            / 1024.0

/// The loop that the harness drives; bench/peers/peer.py and Peer.cs are its twins.
[<RequireQualifiedAccess>]
module Worker =

    let private node (fields: (string * JsonNode) list) : JsonNode =
        let o = JsonObject()
        fields |> List.iter (fun (key, value) -> o[key] <- value)
        o

    let private say answer =
        Console.WriteLine((node answer).ToJsonString())

    let private measure (job: Job) =
        let clock = Stopwatch()

        let rec go times =
            job.Prepare()
            clock.Start()
            let outcome = job.Work()
            clock.Stop()

            if job.Warm && clock.Elapsed.TotalSeconds < 0.5 then
                go (times + 1)
            else
                outcome, clock.Elapsed.TotalSeconds / float ((times + 1) * job.Units)

        go 0

    /// Answers each line "run" by the mean seconds of a unit; at the end of input, by the peak of resident memory.
    let serve (job: Job) : unit =
        if job.Warm then
            measure job |> ignore
            measure job |> ignore
            Peak.forget ()

        say [ "ready", JsonValue.Create true ]

        let rec answer () =
            if Console.ReadLine() = "run" then
                let outcome, seconds = measure job

                let pair (s: float, v: float) : JsonNode =
                    JsonArray(JsonValue.Create s, JsonValue.Create v)

                say
                    [
                        "seconds", JsonValue.Create seconds
                        "check", JsonValue.Create outcome.Check
                        "trajectory", JsonArray(outcome.Trajectory |> List.map pair |> List.toArray)
                        "measures",
                        outcome.Measures
                        |> List.map (fun (name, value) -> name, JsonValue.Create value :> JsonNode)
                        |> node
                    ]

                answer ()

        answer ()
        say [ "peak_mb", JsonValue.Create(Peak.megabytes ()) ]
