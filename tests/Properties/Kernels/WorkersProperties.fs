namespace Limen.Properties

open System
open System.Threading
open System.Threading.Tasks
open FsCheck
open NUnit.Framework
open FsCheck.NUnit
open Limen.Kernels

module WorkersProperties =

    let private runs tasks =
        let counts = Array.zeroCreate<int> tasks
        Workers.For(tasks, fun task -> Interlocked.Increment(&counts[task]) |> ignore)
        counts

    [<Property>]
    let ``every task runs once, for any number of threads`` (NonNegativeInt tasks) =
        Across.threads (fun () -> runs tasks)
        |> List.forall ((=) (Array.create tasks 1))

    [<Test>]
    let ``calls from inside a task and from several threads at once all run every task once`` () =
        Across.threads (fun () ->
            let totals = Array.zeroCreate<int> 8

            Parallel.For(
                0,
                8,
                fun caller ->
                    for _ in 1..200 do
                        Workers.For(
                            5,
                            fun _ -> Workers.For(3, (fun _ -> Interlocked.Increment(&totals[caller]) |> ignore))
                        )
            )
            |> ignore

            totals)
        |> List.iter (fun totals -> Assert.That(totals, Is.All.EqualTo(200 * 5 * 3)))

    [<Test>]
    let ``an exception of a task reaches the caller and the next call works`` () =
        Across.threads (fun () ->
            let fail =
                Action(fun () ->
                    Workers.For(
                        10,
                        (fun task ->
                            if task = 7 then
                                invalidOp "seven")
                    ))

            Assert.That(Assert.Throws<InvalidOperationException>(fail).Message, Is.EqualTo "seven")
            runs 10)
        |> List.iter (fun counts -> Assert.That(counts, Is.All.EqualTo 1))

    [<Test>]
    let ``a count below one is refused`` () =
        Assert.Throws<ArgumentOutOfRangeException>(Action(fun () -> Workers.Count <- 0))
        |> ignore
