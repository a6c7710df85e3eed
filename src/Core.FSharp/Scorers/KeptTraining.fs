namespace Limen.Core

open Limen.Kernels

/// What a training begins with and uses up: a network, and the threshold's numbers over the scaled IDF [L].
[<ReferenceEquality>]
type UntrainedNetwork =
    {
        Network: Network
        /// The share of hidden units dropped in a step.
        Dropout: float
        Fusion: Fusion
        Idf: float32[]
    }

/// The two moments of AdamW for so many numbers.
[<RequireQualifiedAccess; ReferenceEquality>]
type internal Moments = { First: float32[]; Second: float32[] }

[<RequireQualifiedAccess>]
module internal Moments =

    /// Before the first step.
    let zero count : Moments =
        {
            First = Array.zeroCreate count
            Second = Array.zeroCreate count
        }

/// What a training state is as a value: restored into a state of the same start and options, the steps that follow are the same, bit for bit.
[<ReferenceEquality>]
type KeptTraining =
    {
        Network: Network
        /// The threshold's numbers and b, as SignalParameters has them.
        Signals: float32[]
        Bias: float32[]
        /// First and second moments: of the input bias, of each inner layer's weights and bias, of signals and of b.
        Moments: (float32[] * float32[]) list
        /// Of the first layer's rows.
        Input: KeptMoments
        /// Of the output layer's rows, where a step learns a shortlist of them.
        Listed: KeptMoments option
        /// Of the output layer, two numbers of 16 bits in one, where a step learns every row.
        Output: int[]
        Steps: int
    }
