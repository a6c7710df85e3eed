namespace Limen.Core

open Limen.Kernels

/// A signal about each row and label, A [N, L] in [0, 1], sparse; and how many rows it knew nothing about.
[<ReferenceEquality>]
type LocalSignal =
    {
        Values: CsrMatrix
        /// Rows whose neighbourhood is silent: they have no entries, so that the global signal decides.
        Fallbacks: int
    }

/// Predicted probabilities [N, L] of training rows, each made by a model that did not see the row (cross-fitting).
/// Only such predictions have, in training, the distribution that predictions have at inference.
[<ReferenceEquality>]
type OutOfFold = OutOfFold of CsrMatrix

/// What a signal looks at in a row to be predicted. Never labels.
type SignalSource =
    /// The features [B, D].
    | RowFeatures
    /// The probabilities [B, L] that a base scorer gave; in training, out-of-fold ones.
    | Predictions

/// What a signal may know of rows at inference: their features [B, D] and, where a scorer has run, its probabilities [B, L]. Never labels.
[<ReferenceEquality>]
type SignalInput =
    {
        Features: CsrMatrix
        Predicted: CsrMatrix option
    }

/// What a signal is fitted on.
[<NoEquality; NoComparison>]
type SignalTraining =
    {
        /// The training rows.
        Rows: Dataset
        /// Over the training features; built once, by the first signal that looks for neighbours.
        Index: Lazy<CosineIndex>
        /// Of the training rows; None where no signal reads predictions.
        Predicted: OutOfFold option
        Seed: Seed
    }

/// A training row that votes for a row, with its share of the total weight.
[<Struct>]
type RowNeighbour =
    {
        Row: int
        Cosine: float32
        Weight: float
    }

/// Which training rows vote on rows of features [B, D], heaviest first, and what labels these have.
[<NoEquality; NoComparison>]
type Votes =
    {
        Of: CsrMatrix -> RowNeighbour[][]
        /// The training label sets [N, L].
        Labels: CsrMatrix
    }

/// A local signal that was fitted on training rows.
[<NoEquality; NoComparison>]
type FittedSignal =
    {
        Reads: SignalSource list
        /// The signal [B, L] of rows that are not training rows, each from its own features and predictions alone.
        Apply: SignalInput -> LocalSignal
        /// Where training rows vote.
        Voters: Votes option
        Stored: Stored
    }

/// A local signal before it has seen any row: what says, row by row, how much each label is expected to apply. A new one is a file of its own with
/// `signal` (its options to this record) and `entry`, and a line in `LocalSignals.all`.
[<NoEquality; NoComparison>]
type LocalSignalSpec =
    {
        /// What the signal is made of.
        Name: string
        /// Every number that is out of its range, in words.
        Faults: string list
        Reads: SignalSource list
        /// The second result is the signal [N, L] of the training rows themselves, which a row's own labels do not reach (leave-one-out, or
        /// cross-fitted): what to train with.
        Fit: SignalTraining -> FittedSignal * LocalSignal
    }

/// What the registry says of a local signal.
[<NoEquality; NoComparison>]
type LocalSignalEntry =
    {
        /// How a fitted one is read back.
        Codec: Codec<FittedSignal>
        /// Its function in C#'s `Signals`.
        Door: string
        /// Where it was published.
        Source: string
        /// With its defaults, in every form that it has: what the laws are tested on.
        Examples: LocalSignalSpec list
        /// With numbers out of range: each must have a fault.
        Faulty: LocalSignalSpec list
    }

[<RequireQualifiedAccess>]
module FittedSignal =

    /// The signal [B, L] of rows that are not training rows. Throws ArgumentException when predictions are needed and missing, or D or L differ
    /// from the training rows'.
    let apply (input: SignalInput) (fitted: FittedSignal) : LocalSignal = fitted.Apply input

    /// A fitted signal that looks at features alone.
    let ofFeatures (stored: Stored) (apply: CsrMatrix -> LocalSignal) : FittedSignal =
        {
            Reads = [ RowFeatures ]
            Apply = fun input -> apply input.Features
            Voters = None
            Stored = stored
        }

    /// A fitted signal that looks at predictions alone.
    let ofPredictions (stored: Stored) (apply: CsrMatrix -> LocalSignal) : FittedSignal =
        let predicted (input: SignalInput) =
            match input.Predicted with
            | Some p -> p
            | None ->
                invalidArg
                    (nameof input)
                    "expected predicted probabilities [B, L], which this signal reads; received none"

        {
            Reads = [ Predictions ]
            Apply = predicted >> apply
            Voters = None
            Stored = stored
        }

    /// Whether it looks at the features of rows, and not at predictions alone.
    let readsFeatures (fitted: FittedSignal) : bool = List.contains RowFeatures fitted.Reads

[<RequireQualifiedAccess>]
module LocalSignalSpec =

    /// A name that says what the signal is made of.
    let name (spec: LocalSignalSpec) : string = spec.Name

    /// Every number that is out of its range, in words.
    let faults (spec: LocalSignalSpec) : string list = spec.Faults

    /// Whether it reads predicted probabilities, out-of-fold in training.
    let needsPredictions (spec: LocalSignalSpec) : bool = List.contains Predictions spec.Reads

    /// Whether it looks at the features of rows, and not at predictions alone.
    let readsFeatures (spec: LocalSignalSpec) : bool = List.contains RowFeatures spec.Reads

    /// A signal that is fitted on features and label sets.
    let ofFeatures
        (name: string)
        (faults: string list)
        (fit: SignalTraining -> FittedSignal * LocalSignal)
        : LocalSignalSpec =
        {
            Name = name
            Faults = faults
            Reads = [ RowFeatures ]
            Fit = fit
        }

    /// A signal that is fitted on label sets and out-of-fold predictions. Fit throws ArgumentException where there are none.
    let ofPredictions
        (name: string)
        (faults: string list)
        (fit: SignalTraining -> OutOfFold -> FittedSignal * LocalSignal)
        : LocalSignalSpec =
        {
            Name = name
            Faults = faults
            Reads = [ Predictions ]
            Fit =
                fun training ->
                    match training.Predicted with
                    | Some p -> fit training p
                    | None -> invalidArg "predicted" $"{name} learns from out-of-fold predictions [N, L]; received none"
        }

    /// Fits on training rows; the second result is the signal [N, L] of the training rows themselves. Throws ConfigurationException with every
    /// fault of the numbers, ArgumentException when predictions are needed and missing.
    let fit
        (spec: LocalSignalSpec)
        (seed: Seed)
        (predicted: OutOfFold option)
        (train: Dataset)
        : FittedSignal * LocalSignal =
        match spec.Faults with
        | [] ->
            spec.Fit
                {
                    Rows = train
                    Index = lazy CosineIndex.Build train.Features
                    Predicted = predicted
                    Seed = seed
                }
        | faults -> raise (ConfigurationException faults)
