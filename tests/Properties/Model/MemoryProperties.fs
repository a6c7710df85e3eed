/// What a process keeps of many trainings.
module Limen.Properties.MemoryProperties

open System
open System.Diagnostics
open Expecto
open Limen
open Limen.Core
open TorchSharp

let private options loss =
    SmallProblem.options |> SmallProblem.withPerceptron (fun p -> p.Loss <- loss)

let private fit loss =
    SmallProblem.fit (options loss) (SmallProblem.dataset 120 1) (Some(SmallProblem.dataset 40 2))
    |> ignore

/// Resident memory in MB, garbage collected.
let private resident () =
    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true)
    use me = Process.GetCurrentProcess()
    float me.WorkingSet64 / 1e6

[<Tests>]
let tests =
    testList
        "Memory"
        [
            for name, loss in
                [
                    "fused", Losses.paper 0.1 0.1 MarginForm.Symmetric
                    "composed", Focal.loss 2.0
                ] do
                testCase $"twenty fits of a {name} loss leave no tensor behind and no memory that grows" (fun () ->
                    for _ in 1..5 do
                        fit loss

                    // other tests of the process come and go beside this one: a leak grows in every round
                    let rounds =
                        [
                            for _ in 1..3 do
                                let tensors, memory = torch.Tensor.TotalCount, resident ()

                                for _ in 1..20 do
                                    fit loss

                                torch.Tensor.TotalCount - tensors, resident () - memory
                        ]

                    Require.equal 0L (rounds |> List.map (fst >> int64) |> List.min)
                    Require.below 20.0 (rounds |> List.map snd |> List.min))
        ]
