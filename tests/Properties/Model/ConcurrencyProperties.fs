/// Many threads, many models, and rows in batches of any size: each row's prediction is its own, to the last bit.
module Limen.Properties.ConcurrencyProperties

open System
open System.Threading
open System.Threading.Tasks
open Expecto
open Limen
open Limen.Core

let private test = SmallProblem.dataset 70 3

let private fit scorers seed =
    SmallProblem.fit
        { SmallProblem.options with
            Scorers = scorers
            Seed = Seed.ofInt seed
        }
        (SmallProblem.dataset 80 1)
        (Some(SmallProblem.dataset 40 2))

let private network () =
    [ Perceptron.scorer (SmallProblem.perceptron ()) ]

let private said (rows: int[]) (model: Model) : string[] =
    let x = Csr.selectRows rows test.Features

    Explanation.rows x model
    |> Array.map (fun p ->
        p.Candidates
        |> Seq.map (fun c -> $"{c.Label} {c.Score:R} {c.Threshold:R} {c.Probability:R} {c.IsPredicted}")
        |> String.concat "\n")

let private all = [| 0 .. test.Rows - 1 |]

/// Work on so many threads of its own at once; the first exception is thrown.
let private onThreads (count: int) (work: int -> 'a) : 'a[] =
    let tasks =
        Array.init count (fun i -> Task.Factory.StartNew((fun () -> work i), TaskCreationOptions.LongRunning))

    tasks |> Array.map _.GetAwaiter().GetResult()

[<Tests>]
let tests =
    testList
        "Concurrency"
        [
            testTheory
                "a model says the same of a row in batches of any size, to the bit"
                [ 1; 2; 3; 7; 16; 33; 64 ]
                (fun (size: int) ->
                    for scorers in [ network (); Scorers.examples |> List.tail ] do
                        let model = fit scorers 1

                        let inBatches =
                            all |> Array.chunkBySize size |> Array.collect (fun rows -> said rows model)

                        Require.equal (said all model) inBatches)

            testCase "24 threads predict what one thread predicts, to the bit" (fun () ->
                let model = SmallProblem.model.Value
                let expected = all |> Array.map (fun row -> (said [| row |] model)[0])
                let predictions = if Cases.isProof then 10_000 else 50

                let wrong =
                    onThreads 24 (fun thread ->
                        Seq.init predictions (fun i -> (i + 7 * thread) % test.Rows)
                        |> Seq.filter (fun row -> (said [| row |] model)[0] <> expected[row])
                        |> Seq.length)

                Require.equal 0 (Array.sum wrong))

            testCase "fits beside fits beside predictions are as each alone" (fun () ->
                let model = SmallProblem.model.Value
                let predicted = said all model
                let seeds = [| 1; 2; 3 |]
                let alone = seeds |> Array.map (fun seed -> fit (network ()) seed |> said all)

                let beside =
                    onThreads 6 (fun i ->
                        if i < 3 then
                            fit (network ()) seeds[i] |> said all = alone[i]
                        else
                            Seq.init 20 (fun _ -> said all model) |> Seq.forall ((=) predicted))

                Require.all true beside)

            testCase "a model that is disposed while it predicts says what is right, or that it is disposed" (fun () ->
                let other = SmallProblem.model.Value

                for seed in 1 .. (if Cases.isProof then 200 else 8) do
                    let model = fit (network ()) seed
                    let expected = said all model
                    use started = new CountdownEvent(4)

                    // the memory that is given back is taken at once by another model's predictions
                    let right =
                        onThreads 6 (fun i ->
                            if i = 0 then
                                started.Wait()
                                Thread.Sleep(seed % 5)
                                Ranker.dispose model.Ranker
                                true
                            elif i = 1 then
                                Seq.init 20 (fun _ -> said all other) |> Seq.distinct |> Seq.length = 1
                            else
                                started.Signal() |> ignore

                                let rec predict n =
                                    n = 0
                                    || (match
                                            (try
                                                Some(said all model)
                                             with :? ObjectDisposedException ->
                                                 None)
                                        with
                                        | None -> true
                                        | Some now -> now = expected && predict (n - 1))

                                predict 200)

                    Require.all true right

                    Require.throws<ObjectDisposedException>(fun () -> said all model |> box))
        ]
