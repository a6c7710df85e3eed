namespace Limen.Properties

open System
open Limen.Kernels

/// Results that must not depend on the machine: its vector width, its thread count.
[<RequireQualifiedAccess>]
module Across =

    /// The results of an action under lanes of every width, widest first.
    let widths (action: unit -> 'a) =
        let widest = Lanes.Widest

        try
            [
                for width in [ 512; 256; 128; 32 ] do
                    Lanes.Widest <- width
                    action ()
            ]
        finally
            Lanes.Widest <- widest

    /// The results of an action under one, two and three threads.
    let threads (action: unit -> 'a) =
        let count = Workers.Count

        try
            [
                for threads in [ 1; 2; 3 ] do
                    Workers.Count <- threads
                    action ()
            ]
        finally
            Workers.Count <- count

    /// Bytes that the calling thread allocates in one call, once it is warm.
    let allocated (action: unit -> unit) =
        for _ in 1..50 do
            action ()

        let before = GC.GetAllocatedBytesForCurrentThread()

        for _ in 1..10 do
            action ()

        GC.GetAllocatedBytesForCurrentThread() - before

    /// float32 results for the tolerance, which compares float64.
    let widen (x: float32[]) = Array.map float x

    let zeros n : float32[] = Array.zeroCreate n

    /// Memory that a kernel must write: a number that it leaves out stays NaN and fails the comparison.
    let unwritten n : float32[] = Array.create n nanf
