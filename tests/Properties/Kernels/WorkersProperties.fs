module Limen.Properties.WorkersProperties

open System
open System.Threading
open System.Threading.Tasks
open Expecto
open FsCheck
open Limen.Kernels

let private runs tasks =
    let counts = Array.zeroCreate<int> tasks
    Workers.For(tasks, fun task -> Interlocked.Increment(&counts[task]) |> ignore)
    counts

[<Tests>]
let tests =
    testList
        "Workers"
        [
            property Cases.any "every task runs once, for any number of threads" (fun (NonNegativeInt tasks) ->
                Across.threads (fun () -> runs tasks)
                |> List.forall ((=) (Array.create tasks 1)))

            testCase "calls from inside a task and from several threads at once all run every task once" (fun () ->
                Across.threads (fun () ->
                    let totals = Array.zeroCreate<int> 8

                    Parallel.For(
                        0,
                        8,
                        fun caller ->
                            for _ in 1..200 do
                                Workers.For(
                                    5,
                                    fun _ ->
                                        Workers.For(3, (fun _ -> Interlocked.Increment(&totals[caller]) |> ignore))
                                )
                    )
                    |> ignore

                    totals)
                |> List.iter (fun totals -> Require.all (200 * 5 * 3) totals))

            testCase "an exception of a task reaches the caller and the next call works" (fun () ->
                Across.threads (fun () ->
                    let fail () =
                        Workers.For(
                            10,
                            (fun task ->
                                if task = 7 then
                                    invalidOp "seven")
                        )

                    Require.equal "seven" (Require.refusal<InvalidOperationException>(fun () -> fail ()))
                    runs 10)
                |> List.iter (fun counts -> Require.all 1 counts))

            testCase "a count below one is refused" (fun () ->
                let none () = Workers.Count <- 0
                Require.throws<ArgumentOutOfRangeException>(fun () -> none ()))
        ]
