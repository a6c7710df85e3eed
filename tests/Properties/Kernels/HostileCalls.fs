namespace Limen.Properties

open System
open Limen.Kernels

/// A public function of the kernels by its name and those of its parameters, and how it is called with arguments of any kind.
type HostileKernel = string * (HostileArguments -> unit)

/// How arguments are handed to a kernel, and how what it does with them is judged.
module HostileCalls =

    /// The room of numbers that are written, and nothing of what stands beside it.
    let span (room: ArraySegment<float32>) : Span<float32> = room.AsSpan()

    let read (values: 'a[]) : ReadOnlySpan<'a> = ReadOnlySpan values

    /// How many numbers a matrix holds, without overflow.
    let times (x: int) (y: int) = int64 x * int64 y

    /// Rows gathered from a small matrix.
    let touched (a: HostileArguments) =
        let t = TouchedRows()
        let x = CsrMatrix(2, 3, [| 0; 1; 3 |], [| 1; 0; 2 |], [| 1f; 2f; 3f |])
        t.Gather(x, read (Array.init a.Small (fun i -> i % 2)))
        t

    /// Calls a kernel with the arguments of a seed; returns whether it left alone what was not given to it. What it throws beside the exceptions that kernels
    /// document is thrown on.
    let leavesAlone (kernel: HostileArguments -> unit) (seed: int) : bool =
        let arguments = HostileArguments(Random seed)

        try
            kernel arguments
        with
        | :? ArgumentException
        | :? ObjectDisposedException -> ()

        arguments.IsIntact
