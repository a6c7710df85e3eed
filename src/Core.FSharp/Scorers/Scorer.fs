namespace Limen.Core

open System.Threading
open Limen.Kernels

/// What a scorer looks at in rows: their features X [N, D] and their local signal A [N, L]; beside it the labels' rarity [L], in [0, 1], zeros without a
/// global signal. Never labels.
[<NoEquality; NoComparison>]
type ScorerInput =
    {
        Rarity: float32[]
        Features: CsrMatrix
        Local: CsrMatrix
    }

/// What a scorer is fitted on.
[<NoEquality; NoComparison>]
type ScorerTraining =
    {
        Rows: TrainingRows
        /// Rows on which scorers that train in passes stop early.
        Stop: TrainingRows option
        /// The pass after which such scorers end where there are no rows to stop on; None: their last.
        Until: int option
        Rarity: float32[]
        /// Whether the rows have a local signal.
        HasLocal: bool
        Seed: Seed
        /// How many fits of about the same rows, each from a seed of its own, this is one of, whose scores count together: what averages over seeds itself can share that
        /// out among them. 1: it stands alone.
        Repeats: int
        Progress: EpochProgress -> unit
        Cancellation: CancellationToken
        /// What scorers that train in passes do when cancelled; all others throw.
        WhenCancelled: WhenCancelled
        /// Where work on its way is left: what `fit` returns is left by the caller.
        Checkpoint: Checkpoint
    }

/// How a scorer that trains in passes came to its end.
type TrainingLog =
    {
        Epochs: EpochReport list
        End: TrainingEnd
    }

/// A fitted scorer: gives margins m = z - theta.
[<NoEquality; NoComparison>]
type FittedScorer =
    {
        /// The margins of any of the rows, for all labels.
        Margins: ScorerInput -> BatchScorer
        /// The parts of the threshold theta that its margins have taken off, from the rarity [L], a label and its local signal; nothing for a
        /// scorer that learned no threshold.
        Threshold: float32[] -> int -> float32 -> ThresholdParts
        Log: TrainingLog option
        /// Gives back memory early; the scorer must not be used afterwards.
        Release: unit -> unit
        Stored: Stored
    }

namespace Limen

open Limen.Core

/// What gives rows a score for every label. C# makes them by `Scorers`, F# by the modules of their names (`Perceptron.scorer`). A new one is a file of its own
/// with `scorer` and `entry`, and a line in `Scorers.all`.
[<Sealed>]
type Scorer internal (name: string, faults: string list, stopsEarly: bool, fit: ScorerTraining -> FittedScorer) =

    member internal _.Faults = faults

    /// Whether it trains in passes, and rows to stop on do it good.
    member internal _.StopsEarly = stopsEarly

    member internal _.Fit(training: ScorerTraining) = fit training

    /// The scorer's name.
    override _.ToString() = name

namespace Limen.Core

open Limen
open Limen.Kernels

/// What the registry says of a scorer.
[<NoEquality; NoComparison>]
type ScorerEntry =
    {
        /// How a fitted one is read back.
        Codec: Codec<FittedScorer>
        /// Its function in C#'s `Scorers`.
        Door: string
        /// Where it was published.
        Source: string
        /// With its defaults, quick enough for small data: what the laws are tested on.
        Examples: Scorer list
        /// With numbers out of range: each must have a fault. Empty for a scorer without numbers.
        Faulty: Scorer list
    }

[<RequireQualifiedAccess>]
module Scorer =

    /// A scorer that is fitted at once. faults: every number that is out of its range, in words.
    let create (name: string) (faults: string list) (fit: ScorerTraining -> FittedScorer) : Scorer =
        Scorer(name, faults, false, fit)

    /// A scorer that trains in passes, and stops early on rows of their own.
    let stopping (name: string) (faults: string list) (fit: ScorerTraining -> FittedScorer) : Scorer =
        Scorer(name, faults, true, fit)

    /// Every number that is out of its range, in words.
    let faults (scorer: Scorer) : string list = scorer.Faults

    /// Whether it trains in passes, and rows to stop on do it good.
    let stopsEarly (scorer: Scorer) : bool = scorer.StopsEarly

    /// The same scorer, fitted in another way.
    let internal around (fit: ScorerTraining -> FittedScorer) (scorer: Scorer) : Scorer =
        Scorer(string scorer, scorer.Faults, scorer.StopsEarly, fit)

    /// Fits on training rows. Throws ConfigurationException with every fault; OperationCanceledException when cancelled, save that a scorer that trains in passes
    /// may give its best pass (WhenCancelled).
    let fit (training: ScorerTraining) (scorer: Scorer) : FittedScorer =
        match scorer.Faults with
        | [] -> Cancellation.within training.Cancellation (fun () -> scorer.Fit training)
        | faults -> raise (ConfigurationException faults)

    /// The margins of rows.
    let margins (input: ScorerInput) (scorer: FittedScorer) : BatchScorer = scorer.Margins input

    /// A fitted scorer whose margins are its scores: it has learned no threshold.
    let withoutThreshold (stored: Stored) (scores: CsrMatrix -> BatchScorer) : FittedScorer =
        {
            Margins = fun input -> scores input.Features
            Threshold = fun _ _ _ -> ThresholdParts.none
            Log = None
            Release = ignore
            Stored = stored
        }
