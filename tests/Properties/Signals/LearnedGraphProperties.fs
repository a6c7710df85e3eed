module Limen.Properties.LearnedGraphProperties

open Expecto
open Limen.Core

let private seed = Seed.ofInt 1

let private start (case: SignalCase) =
    (LabelAgreement.fit LearnedGraph.defaults.Start None case.Training.Labels).Conditional

let private loss graph v (case: SignalCase) =
    let struct (value, _) =
        LearnedGraph.gradient graph v case.Training.Labels case.Predicted

    value

let private cases = Cases.from [ typeof<SignalArbitraries> ] |> Cases.times 50

[<Tests>]
let tests =
    testList
        "LearnedGraph"
        [
            property cases "the gradient is the central difference of the loss" (fun (case: SignalCase) ->
                let graph = start case

                let v =
                    LearnedGraph.logits graph
                    |> Array.mapi (fun e x -> 0.4 * x + 0.1 * float (e % 3))

                let struct (_, gradient) =
                    LearnedGraph.gradient graph v case.Training.Labels case.Predicted

                gradient
                |> Array.indexed
                |> Array.forall (fun (e, g) ->
                    let at h =
                        loss graph (v |> Array.mapi (fun k x -> if k = e then x + h else x)) case

                    let difference = (at 1e-5 - at -1e-5) / 2e-5
                    Tolerance.close { Absolute = 1e-6; Relative = 1e-5 } difference g))

            property
                cases
                "a graph that was not trained says what the counted conditionals say"
                (fun (case: SignalCase) ->
                    let untrained =
                        LearnedGraph.fit
                            { LearnedGraph.defaults with
                                Epochs = 0
                            }
                            seed
                            None
                            case.Training.Labels
                            (OutOfFold case.Predicted)

                    SignalCase.close
                        { Absolute = 2e-3; Relative = 1e-5 }
                        (LearnedGraph.apply case.Predicted untrained).Values
                        (LabelAgreement.fit LearnedGraph.defaults.Start None case.Training.Labels
                         |> LabelAgreement.apply case.Predicted)
                            .Values)

            property cases "a small step of training does not raise the loss" (fun (case: SignalCase) ->
                let graph = start case

                let trained =
                    LearnedGraph.fit
                        { LearnedGraph.defaults with
                            Epochs = 40
                            LearningRate = 0.02
                        }
                        seed
                        None
                        case.Training.Labels
                        (OutOfFold case.Predicted)

                loss graph (LearnedGraph.logits trained.Weights) case
                <= loss graph (LearnedGraph.logits graph) case + 1e-3)

            property cases "a row that does not count teaches nothing, whatever its labels" (fun (case: SignalCase) ->
                let labels = case.Training.Labels

                let weights = Array.init labels.Rows (fun i -> if i = case.Row then 0f else 1f)

                let graph labels =
                    (LearnedGraph.fit LearnedGraph.defaults seed (Some weights) labels (OutOfFold case.Predicted))
                        .Weights

                let changed =
                    Array.init labels.Rows (fun i -> if i = case.Row then case.Other else Csr.set i labels)
                    |> Csr.ofSets labels.Columns

                SignalCase.close { Absolute = 0.0; Relative = 0.0 } (graph labels) (graph changed))

            property cases "training keeps the edges and the weights within 0 and 1" (fun (case: SignalCase) ->
                let trained =
                    LearnedGraph.fit LearnedGraph.defaults seed None case.Training.Labels (OutOfFold case.Predicted)

                trained.Weights.Indices = (start case).Indices
                && trained.Weights.Values |> Array.forall (fun w -> w > 0f && w < 1f))

            property
                cases
                "the graphs that a row's training signal comes from have not seen the row"
                (fun (case: SignalCase) ->
                    let crossFit (train: Dataset) =
                        LearnedGraph.crossFit LearnedGraph.defaults seed None train.Labels (OutOfFold case.Predicted)

                    let before = crossFit case.Training
                    let after = crossFit (SignalCase.changed case)
                    Csr.row case.Row before.Values = Csr.row case.Row after.Values)
        ]
