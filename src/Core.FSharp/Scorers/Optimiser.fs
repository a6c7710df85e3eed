namespace Limen.Core

open Limen.Kernels

/// How the learning rate moves over a training of T steps.
type Schedule =
    /// The same rate throughout.
    | Constant
    /// Falls linearly to zero: rate * (1 - step / T).
    | LinearDecay

/// AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101): moments beta1, beta2; decoupled weight decay.
type OptimiserOptions =
    {
        LearningRate: float
        WeightDecay: float
        Schedule: Schedule
    }

[<RequireQualifiedAccess>]
module OptimiserOptions =
    let defaults =
        {
            LearningRate = 2e-3
            WeightDecay = 0.0
            Schedule = LinearDecay
        }

    let faults (o: OptimiserOptions) =
        [
            yield! Limits.above0 "learning rate" 1.0 o.LearningRate
            if not (o.WeightDecay >= 0.0 && o.WeightDecay < 1.0) then
                $"weight decay: expected at least 0 and below 1, received {o.WeightDecay}"
        ]

    /// The rate of a step (counted from 0) out of so many.
    let rate (step: int) (steps: int) (o: OptimiserOptions) =
        match o.Schedule with
        | Constant -> o.LearningRate
        | LinearDecay -> o.LearningRate * (1.0 - float step / float (max 1 steps))

[<RequireQualifiedAccess>]
module Optimiser =

    /// The kernel's settings of one step; moments and epsilon are PyTorch's defaults.
    let settings (rate: float) (o: OptimiserOptions) =
        AdamWSettings(Rate = float32 rate, WeightDecay = float32 o.WeightDecay)
