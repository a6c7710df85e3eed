namespace Limen.Core

open System
open System.Threading
open Limen

/// A ranker with the score lists of rows that are new to it or, cross-fitted, to rankers like it: what a decision is
/// fitted on.
[<NoEquality; NoComparison>]
type DecisionEvidence =
    {
        Ranker: Ranker
        /// The rows that the ranker was fitted on.
        Train: Dataset
        /// Of M rows and their candidate labels.
        Lists: CandidateScores
        /// The label sets of these rows [M, L].
        Labels: LabelSets
        /// How much these rows count [M]; None: 1 each.
        Weights: float32[] option
        /// How often each row was scored: of S scorings of N rows the M = S N rows are the N rows S times, one scoring after the other, each row of 1/S of its weight.
        Scorings: int
    }

/// Where a fit tells how far it is, leaves its work, and looks whether it is cancelled.
[<RequireQualifiedAccess; NoEquality; NoComparison>]
type internal FittingContext =
    {
        Report: int -> EpochProgress -> unit
        /// How many fits of about the same rows this is one of, whose scores count together (ScorerTraining.Repeats).
        Repeats: int
        Checkpoint: Checkpoint
        Cancellation: CancellationToken
    }

/// Rankers, with the lists of rows that they have not seen.
[<RequireQualifiedAccess>]
module internal RankerFitting =

    /// The share of a fold's training rows on which its networks stop early.
    let private stopShare = 0.1

    /// Without anything kept of a cancelled fit.
    let throwing (options: ModelOptions) : ModelOptions =
        { options with
            WhenCancelled = WhenCancelled.Throw
        }

    let private noEnd (_: int) : int option = None

    /// A ranker of these signals. The functions say on which rows a scorer is fitted and stops early, and after which pass it ends.
    let private withScorers
        (options: ModelOptions)
        (context: FittingContext)
        (rowsFor: Scorer -> TrainingRows * TrainingRows option)
        (until: int -> int option)
        (signals: Ranker)
        : Ranker =
        signals
        |> Ranker.withScorers
            rowsFor
            until
            options.Scorers
            options.Seed
            context.Repeats
            context.Report
            options.WhenCancelled
            context.Checkpoint
            context.Cancellation

    let private ofSignals (options: ModelOptions) (context: FittingContext) (train: Dataset) : Ranker * TrainingRows =
        Ranker.ofSignals options context.Checkpoint context.Cancellation train

    /// The lists of rows that a ranker has not seen. They make it a model that can be kept, so where the best so far is asked for, they come though it was cancelled.
    let private lists (options: ModelOptions) (context: FittingContext) (work: unit -> CandidateScores) =
        context.Checkpoint
        |> Checkpoint.once "lists" (fun _ ->
            match options.WhenCancelled with
            | WhenCancelled.Throw -> work ()
            | WhenCancelled.BestSoFar -> Cancellation.shielded work)

    /// Fits on training rows; networks stop early, and the lists are, on validation rows.
    let heldOut (options: ModelOptions) context (train: Dataset) (validation: Dataset) : DecisionEvidence =
        let signals, rows = ofSignals options context train
        let held = Ranker.rows validation signals
        let stop = if validation.Rows > 0 then Some held else None
        let ranker = signals |> withScorers options context (fun _ -> rows, stop) noEnd

        {
            Ranker = ranker
            Train = train
            Lists = lists options context (fun () -> Ranker.candidatesWith held.Local held.Features ranker)
            Labels = validation.Truth
            Weights = validation.Weights
            Scorings = 1
        }

    /// Held-out rows of an input space that was fitted on them too, as rows that are new to a model of the training rows are read.
    let asNew (input: InputSpace) (train: Dataset) (held: Dataset) : Dataset =
        { held with
            Features = UnseenFeatures.drop input train.Features held.Features
        }

    let private select (chosen: int[]) (rows: TrainingRows) : TrainingRows =
        {
            Features = Csr.selectRows chosen rows.Features
            Labels = Csr.selectRows chosen rows.Labels
            Local = Csr.selectRows chosen rows.Local
            Weights = rows.Weights |> Option.map (fun w -> chosen |> Array.map (Array.get w))
        }

    /// Fits on the rows outside a fold; the lists are of those inside, read as new rows are. Networks stop early on a tenth of the rows
    /// outside, so that nothing about the fold's labels reaches its scores.
    let ofFold
        (options: ModelOptions)
        context
        (input: InputSpace)
        (train: Dataset)
        (inside: int[], outside: int[])
        : DecisionEvidence =
        let training = Dataset.selectRows outside train
        let signals, rows = ofSignals options context training

        let kept, stop =
            Dataset.partition stopShare (Seed.derive "early stopping" 0 options.Seed) outside.Length

        let rowsFor (scorer: Scorer) =
            if Scorer.stopsEarly scorer && stop.Length > 0 then
                select kept rows, Some(select stop rows)
            else
                rows, None

        let ranker = signals |> withScorers options context rowsFor noEnd
        let inner = Dataset.selectRows inside train |> asNew input training

        {
            Ranker = ranker
            Train = training
            Lists = lists options context (fun () -> Ranker.candidates inner.Features ranker)
            Labels = inner.Truth
            Weights = inner.Weights
            Scorings = 1
        }

    /// Fits on all rows, which leave none to stop on: scorers that train in passes end after the pass of their number. A cancelled one is nothing to keep.
    let ofAll (options: ModelOptions) (context: FittingContext) (until: int -> int option) (all: Dataset) : Ranker =
        let within =
            { context with
                FittingContext.Checkpoint = context.Checkpoint |> Checkpoint.within "all-rows"
            }

        let signals, rows = ofSignals options within all
        signals |> withScorers (throwing options) within (fun _ -> rows, None) until

    /// The epoch of the best score on the rows for early stopping, of each scorer that has such.
    let bestEpochs (ranker: Ranker) : int option list =
        let best (scorer: FittedScorer) =
            match scorer.Log with
            | Some { Epochs = (_ :: _ as epochs) } ->
                let best = epochs |> List.maxBy (fun e -> defaultArg e.Validation 0.0)
                Some best.Epoch
            | _ -> None

        ranker.Scorers |> List.map best
