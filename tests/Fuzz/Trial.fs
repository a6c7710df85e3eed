namespace Limen.Fuzz

open System
open System.Collections.Generic
open System.IO
open System.Threading.Tasks

/// How many inputs of a target became what.
type Tally =
    {
        Accepted: int64
        Refused: int64
        Wrong: int64
        Crashed: int64
        Hung: int64
        /// Inputs at most three edits away from a valid one.
        Near: int64
    }

    /// All inputs.
    member tally.Inputs =
        tally.Accepted + tally.Refused + tally.Wrong + tally.Crashed + tally.Hung

    /// Those that must not be.
    member tally.Finds = tally.Wrong + tally.Crashed + tally.Hung

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Tally =

    let add (a: Tally) (b: Tally) : Tally =
        {
            Accepted = a.Accepted + b.Accepted
            Refused = a.Refused + b.Refused
            Wrong = a.Wrong + b.Wrong
            Crashed = a.Crashed + b.Crashed
            Hung = a.Hung + b.Hung
            Near = a.Near + b.Near
        }

/// One input after the other.
[<RequireQualifiedAccess>]
module Trial =

    /// What an input may take.
    let patience = TimeSpan.FromSeconds 5.0

    /// An input of a target, by its number: the same for the same seed, whatever ran before. Also whether it is near a valid one.
    let input (seed: int) (target: Target) (number: int64) : byte[] * bool =
        let mixed =
            (uint64 seed * 0x9E3779B97F4A7C15UL) ^^^ (uint64 number * 0xBF58476D1CE4E5B9UL)

        let random = Random(int ((mixed ^^^ (mixed >>> 32)) &&& 0x7FFFFFFFUL))
        let seeds = target.Seeds.Value
        target.Mutate random seeds[random.Next seeds.Length]

    /// What becomes of an input in that time.
    let within (patience: TimeSpan) (target: Target) (folder: string) (input: byte[]) : Outcome =
        let reading =
            Task.Run(fun () ->
                try
                    target.Run folder input
                with e ->
                    Crashed $"{e}")

        if reading.Wait patience then reading.Result else Hung

    /// A folder that lasts as long as the function that is given its path.
    let inFolder (action: string -> 'result) : 'result =
        let folder = Directory.CreateTempSubdirectory "limen-fuzz-"

        try
            action folder.FullName
        finally
            folder.Delete true

    /// The finds among the inputs of a target from a number on, each with what it is. The count of inputs that were accepted comes too.
    let finds
        (patience: TimeSpan)
        (seed: int)
        (target: Target)
        (first: int64)
        (count: int64)
        : (byte[] * Outcome) list * int64 =
        inFolder (fun folder ->
            let found = List()
            let mutable accepted = 0L

            for number in first .. first + count - 1L do
                let input, _ = input seed target number

                match within patience target folder input with
                | Accepted -> accepted <- accepted + 1L
                | Refused -> ()
                | find -> found.Add(input, find)

            List.ofSeq found, accepted)
