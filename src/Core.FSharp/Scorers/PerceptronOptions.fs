namespace Limen

open System
open System.Collections.Generic
open Limen.Core

/// The settings of a perceptron: a multi-layer network over sparse rows whose thresholds theta are learned with it. They are read when the scorer is made of
/// them, and changes after that have no effect.
[<Sealed>]
type PerceptronOptions() =

    /// Widths of the one to three hidden layers, each 1 to 65,536. Default: 512.
    member val HiddenLayers: IReadOnlyList<int> = List.toArray NetworkOptions.defaults.Hidden with get, set

    /// The share of hidden units that training drops, in [0, 1). Default: 0.4.
    member val Dropout = NetworkOptions.defaults.Dropout with get, set

    /// What it is trained with. Default: the paper's loss, BCE + 0.1 margin with Delta = 0.1.
    member val Loss: Loss = Losses.paper 0.1 0.1 MarginForm.Symmetric with get, set

    /// Passes over the training rows, 1 to 100,000; early stopping may end before. Default: null, 500,000 / N, but 15 at least and 60 at most.
    member val Epochs = Nullable<int>() with get, set

    /// Rows of a training step, 1 to 1,000,000. Default: 256, less where there are few rows.
    member val BatchSize = Nullable<int>() with get, set

    /// AdamW's learning rate, which falls linearly to 0; above 0, at most 1. Default: 0.002.
    member val LearningRate = OptimiserOptions.defaults.LearningRate with get, set

    /// AdamW's decoupled weight decay, in [0, 1). Default: 0.
    member val WeightDecay = OptimiserOptions.defaults.WeightDecay with get, set

    /// Epochs without a better validation score before training ends, 1 to 100,000. Default: 5.
    member val Patience = 5 with get, set

    /// Which labels share the weight of rarity. Default: all of them.
    member val Alpha = AlphaSharing.OneForAll() with get, set

    /// Labels drawn at random for each step, 0 to 10,000,000, beside those of its rows and of their neighbours: a step then learns this shortlist alone, and its cost
    /// does not grow with L; as many as there are labels, or more: every label in every step. The loss must be BCE, with a margin term or without.
    /// Default: null, 2,000 from 20,000 labels on where the loss can be learned so, every label elsewhere.
    member val Shortlist = Nullable<int>() with get, set

    /// Of weights, order and dropout. Default: null, the model's.
    member val Seed = Nullable<int>() with get, set
