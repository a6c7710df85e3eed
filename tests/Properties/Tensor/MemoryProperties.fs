namespace Limen.Properties

open System
open FsCheck
open NUnit.Framework
open FsCheck.NUnit
open Limen.Core

/// The allocator's figures, its limit and its cache; threads and BLAS.
[<NonParallelizable>]
module MemoryProperties =

    let private settle () =
        GC.Collect()
        GC.WaitForPendingFinalizers()

    let private exactly () =
        if TensorRuntime.liveBytes () < 0L then
            Assert.Ignore $"{TensorRuntime.engine} does not count live bytes"

        settle ()

    [<Property>]
    let ``live bytes are exact`` (NonNegativeInt rows) (NonNegativeInt columns) =
        exactly ()
        let before = TensorRuntime.liveBytes ()
        use _ = Tensor.empty [| rows; columns |]
        use _ = Tensor.zeros DType.Int64 [| rows |]
        TensorRuntime.liveBytes () - before = 4L * int64 rows * int64 columns + 8L * int64 rows

    [<Test>]
    let ``the peak holds what a step took, and live bytes fall back after it`` () =
        exactly ()
        let before = TensorRuntime.liveBytes ()
        Tensor.using (fun () -> Tensor.empty [| 1 <<< 20 |] |> ignore)
        Assert.That(TensorRuntime.peakBytes (), Is.GreaterThanOrEqualTo(before + (4L <<< 20)))
        Assert.That(TensorRuntime.liveBytes (), Is.EqualTo before)

    [<Property>]
    let ``each tensor has memory of its own, whatever its size`` (sizes: NonNegativeInt list) =
        Tensor.using (fun () ->
            let tensors =
                [
                    for NonNegativeInt n in sizes do
                        for size in [ n; n * 13; n * 997 ] -> Tensor.empty [| size |]
                ]

            tensors |> List.iteri (fun i t -> (Tensor.span t).Fill(float32 i))

            tensors
            |> List.indexed
            |> List.forall (fun (i, t) -> Tensor.toArray t |> Array.forall ((=) (float32 i))))

    [<Test>]
    let ``threads that make and dispose at once leave the count exact`` () =
        exactly ()
        let before = TensorRuntime.liveBytes ()

        Threading.Tasks.Parallel.For(
            0,
            400,
            fun i ->
                Tensor.using (fun () ->
                    let x = Tensor.full Float32 [| 1 + i % 50; 7 |] (float i)
                    Assert.That(Tensor.item (Tensor.mean (Tensor.shift 1.0 x)), Is.EqualTo(float i + 1.0).Within 1e-3))
        )
        |> ignore

        Assert.That(TensorRuntime.liveBytes (), Is.EqualTo before)

    let private step (x: Tensor) =
        Tensor.using (fun () ->
            x |> Tensor.mm x |> Tensor.sigmoid |> Tensor.sum |> Tensor.backward
            Tensor.grad x |> ignore
            Tensor.zeroGrad x)

    [<Test>]
    let ``a steady loop takes nothing from the system`` () =
        exactly ()
        use x = Tensor.scope (fun () -> Tensor.leaf (Tensor.ones Float32 [| 64; 64 |]))

        for _ in 1..3 do
            step x

        let before = TensorRuntime.systemAllocations ()

        for _ in 1..50 do
            step x

        Assert.That(TensorRuntime.systemAllocations (), Is.EqualTo before)

    [<Test>]
    let ``what exceeds the limit is refused, naming the bytes, and nothing is lost`` () =
        exactly ()
        let live = TensorRuntime.liveBytes ()

        try
            TensorRuntime.setMemoryLimit (Some(live + 4000L))
            use _ = Tensor.empty [| 1000 |]

            let e = Thrown.by<TensorException>(fun () -> Tensor.empty [| 1 |] |> ignore)

            Assert.That(e.Message, Does.Contain("4 bytes").And.Contain($"{live + 4000L} bytes"))
            Assert.That(TensorRuntime.liveBytes (), Is.EqualTo(live + 4000L))
        finally
            TensorRuntime.setMemoryLimit None

        use _ = Tensor.empty [| 1000 |]
        Assert.That(TensorRuntime.liveBytes (), Is.EqualTo(live + 4000L))

    [<Test>]
    let ``ten thousand undisposed tensors of 4 MB do not grow memory without bound`` () =
        exactly ()
        let before = TensorRuntime.liveBytes ()
        let mutable most = 0L

        for _ in 1..10_000 do
            Tensor.empty [| 1 <<< 20 |] |> ignore
            most <- max most (TensorRuntime.liveBytes ())

        Assert.That(most - before, Is.LessThan(1L <<< 30))

    [<Test>]
    let ``the number of threads is what was set`` () =
        let before = TensorRuntime.threads ()
        Assert.That(before, Is.EqualTo Environment.ProcessorCount)

        try
            TensorRuntime.setThreads 1
            Assert.That(TensorRuntime.threads (), Is.EqualTo 1)
            Thrown.check<ArgumentException>(fun () -> TensorRuntime.setThreads 0)
        finally
            TensorRuntime.setThreads before

    [<Test>]
    let ``work on one thread has one, and the number is as before afterwards, whatever happened`` () =
        exactly ()
        let before = TensorRuntime.threads ()
        Assert.That(TensorRuntime.onOneThread TensorRuntime.threads, Is.EqualTo 1)
        Thrown.check<TimeoutException>(fun () -> TensorRuntime.onOneThread (fun () -> raise (TimeoutException())))
        Assert.That(TensorRuntime.threads (), Is.EqualTo before)

    [<Test>]
    let ``the reference BLAS is warned of, with the fix, and others are not`` () =
        let warned = not (List.isEmpty (TensorRuntime.warnings ()))

        match TensorRuntime.blas () with
        | Some file ->
            Assert.That(
                warned,
                Is.EqualTo(not (file.Contains "openblas" || file.Contains "mkl" || file.Contains "blis"))
            )
        | None -> Assert.That(warned, Is.False)
