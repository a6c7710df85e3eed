/// The allocator's figures, its limit and its cache; threads and BLAS.
module Limen.Properties.MemoryProperties

open System
open Expecto
open FsCheck
open Limen.Core

let private settle () =
    GC.Collect()
    GC.WaitForPendingFinalizers()

let private exactly () =
    if TensorRuntime.liveBytes () < 0L then
        skiptest $"{TensorRuntime.engine} does not count live bytes"

    settle ()

let private step (x: Tensor) =
    Tensor.using (fun () ->
        x |> Tensor.mm x |> Tensor.sigmoid |> Tensor.sum |> Tensor.backward
        Tensor.grad x |> ignore
        Tensor.zeroGrad x)

[<Tests>]
let tests =
    testList
        "Memory"
        [
            property Cases.any "live bytes are exact" (fun (NonNegativeInt rows) (NonNegativeInt columns) ->
                exactly ()
                let before = TensorRuntime.liveBytes ()
                use _ = Tensor.empty [| rows; columns |]
                use _ = Tensor.zeros DType.Int64 [| rows |]
                TensorRuntime.liveBytes () - before = 4L * int64 rows * int64 columns + 8L * int64 rows)

            testCase "the peak holds what a step took, and live bytes fall back after it" (fun () ->
                exactly ()
                let before = TensorRuntime.liveBytes ()
                Tensor.using (fun () -> Tensor.empty [| 1 <<< 20 |] |> ignore)
                Require.atLeast (before + (4L <<< 20)) (TensorRuntime.peakBytes ())
                Require.equal before (TensorRuntime.liveBytes ()))

            property
                Cases.any
                "each tensor has memory of its own, whatever its size"
                (fun (sizes: NonNegativeInt list) ->
                    Tensor.using (fun () ->
                        let tensors =
                            [
                                for NonNegativeInt n in sizes do
                                    for size in [ n; n * 13; n * 997 ] -> Tensor.empty [| size |]
                            ]

                        tensors |> List.iteri (fun i t -> (Tensor.span t).Fill(float32 i))

                        tensors
                        |> List.indexed
                        |> List.forall (fun (i, t) -> Tensor.toArray t |> Array.forall ((=) (float32 i)))))

            testCase "threads that make and dispose at once leave the count exact" (fun () ->
                exactly ()
                let before = TensorRuntime.liveBytes ()

                Threading.Tasks.Parallel.For(
                    0,
                    400,
                    fun i ->
                        Tensor.using (fun () ->
                            let x = Tensor.full Float32 [| 1 + i % 50; 7 |] (float i)
                            Require.near 1e-3 (float i + 1.0) (Tensor.item (Tensor.mean (Tensor.shift 1.0 x))))
                )
                |> ignore

                Require.equal before (TensorRuntime.liveBytes ()))

            testCase "a steady loop takes nothing from the system" (fun () ->
                exactly ()
                use x = Tensor.scope (fun () -> Tensor.leaf (Tensor.ones Float32 [| 64; 64 |]))

                for _ in 1..3 do
                    step x

                let before = TensorRuntime.systemAllocations ()

                for _ in 1..50 do
                    step x

                Require.equal before (TensorRuntime.systemAllocations ()))

            testCase "what exceeds the limit is refused, naming the bytes, and nothing is lost" (fun () ->
                exactly ()
                let live = TensorRuntime.liveBytes ()

                try
                    TensorRuntime.setMemoryLimit (Some(live + 4000L))
                    use _ = Tensor.empty [| 1000 |]

                    let e = Require.thrown<TensorException>(fun () -> Tensor.empty [| 1 |])

                    Require.contains "4 bytes" e.Message
                    Require.contains $"{live + 4000L} bytes" e.Message
                    Require.equal (live + 4000L) (TensorRuntime.liveBytes ())
                finally
                    TensorRuntime.setMemoryLimit None

                use _ = Tensor.empty [| 1000 |]
                Require.equal (live + 4000L) (TensorRuntime.liveBytes ()))

            testCase "ten thousand undisposed tensors of 4 MB do not grow memory without bound" (fun () ->
                exactly ()
                let before = TensorRuntime.liveBytes ()
                let mutable most = 0L

                for _ in 1..10_000 do
                    Tensor.empty [| 1 <<< 20 |] |> ignore
                    most <- max most (TensorRuntime.liveBytes ())

                Require.below (1L <<< 30) (most - before))

            testCase "the number of threads is what was set" (fun () ->
                let before = TensorRuntime.threads ()
                Require.equal Environment.ProcessorCount before

                try
                    TensorRuntime.setThreads 1
                    Require.equal 1 (TensorRuntime.threads ())
                    Require.throws<ArgumentException>(fun () -> TensorRuntime.setThreads 0)
                finally
                    TensorRuntime.setThreads before)

            testCase "work on one thread has one, and the number is as before afterwards, whatever happened" (fun () ->
                exactly ()
                let before = TensorRuntime.threads ()
                Require.equal 1 (TensorRuntime.onOneThread TensorRuntime.threads)

                Require.throws<TimeoutException>(fun () ->
                    TensorRuntime.onOneThread (fun () -> raise (TimeoutException())))

                Require.equal before (TensorRuntime.threads ()))

            testCase "the reference BLAS is warned of, with the fix, and others are not" (fun () ->
                let warned = not (List.isEmpty (TensorRuntime.warnings ()))

                match TensorRuntime.blas () with
                | Some file ->
                    Require.equal
                        (not (file.Contains "openblas" || file.Contains "mkl" || file.Contains "blis"))
                        warned
                | None -> Require.isFalse warned)
        ]
    |> testSequenced
