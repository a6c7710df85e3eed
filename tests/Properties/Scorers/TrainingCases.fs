/// Trainings on the small problem, without a local signal.
module Limen.Properties.TrainingCases

open System.Threading
open Limen.Core

let rows (d: Dataset) : TrainingRows =
    {
        Features = d.Features
        Labels = d.Labels
        Local = Csr.ofRows d.Labels.Columns (Array.create d.Rows [||])
        Weights = None
    }

let start labels : Fusion =
    {
        Lambda = 0.5f
        Alpha = Shared 0f
        Beta = Array.zeroCreate labels
        Bias = Array.zeroCreate labels
    }

let untrained dropout : UntrainedNetwork =
    {
        Network = Network.init SmallProblem.network 40 8 (Seed.ofInt 5)
        Dropout = dropout
        Fusion = start 8
        Idf = Array.zeroCreate 8
    }

let trainUntil whenCancelled (data: TrainingRows) options progress token =
    Training.fit
        options
        (untrained 0.1)
        data
        (Some(rows (SmallProblem.dataset 40 2)))
        progress
        whenCancelled
        Checkpoint.none
        token

let trainOn (data: TrainingRows) options progress token =
    trainUntil WhenCancelled.Throw data options progress token

let train options progress token =
    trainOn (rows (SmallProblem.dataset 120 1)) options progress token

/// A training's losses and the output layer that it came to.
let outcome (data: TrainingRows) =
    let trained = trainOn data SmallProblem.training ignore CancellationToken.None
    trained.History |> List.map _.Loss, trained.Network.Output.ToArray(), trained.Fusion.Bias
