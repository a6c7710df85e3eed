namespace Limen.Core

open System.Threading
open Limen
open Limen.Kernels

/// Signals and scorers that were fitted on the same training rows: a model before its decision.
[<NoEquality; NoComparison>]
type Ranker =
    {
        /// The labels' rarity [L], in [0, 1]; zeros without a global signal.
        Rarity: float32[]
        Local: LocalModel option
        Scorers: FittedScorer list
        /// Labels that each scorer proposes for a row.
        Candidates: int
    }

[<RequireQualifiedAccess>]
module Ranker =

    /// The local signal that makes a label a candidate though no scorer proposes it.
    let private localFloor = 0.03f

    /// The signals alone, fitted on training rows, and these rows with their own local signal, which their labels do not reach.
    let ofSignals
        (options: ModelOptions)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        (train: Dataset)
        : Ranker * TrainingRows =
        let rarity = GlobalSignals.rarity options.Global (LabelCounts.ofRows train)
        let seed = Seed.derive "local" 0 options.Seed

        let fitted =
            options.Local
            |> Option.map (fun spec ->
                checkpoint
                |> Checkpoint.once "local-signal" (fun _ ->
                    let local, signal =
                        LocalModel.fit spec options.Scorers.Head rarity seed cancellation train

                    local, signal.Values))

        {
            Rarity = rarity
            Local = Option.map fst fitted
            Scorers = []
            Candidates = options.Candidates
        },
        {
            Features = train.Features
            Labels = train.Labels
            Local =
                match fitted with
                | Some(_, values) -> values
                | None -> Csr.empty train.Rows rarity.Length
            Weights = train.Weights
        }

    /// The local signal [N, L] of any rows, from their features alone.
    let localSignal (x: CsrMatrix) (ranker: Ranker) : LocalSignal =
        match ranker.Local with
        | Some local -> LocalModel.apply ranker.Rarity x local
        | None ->
            {
                Values = Csr.empty x.Rows ranker.Rarity.Length
                Fallbacks = x.Rows
            }

    /// Rows that the signals were not fitted on, with their local signal.
    let rows (d: Dataset) (ranker: Ranker) : TrainingRows =
        {
            Features = d.Features
            Labels = d.Labels
            Local = (localSignal d.Features ranker).Values
            Weights = d.Weights
        }

    /// The first scorer has the model's own seed; those after it start elsewhere.
    let private scorerSeed (seed: Seed) (index: int) =
        if index = 0 then seed else Seed.derive "scorer" index seed

    /// The same with scorers, each fitted on its training rows and, where there are any, stopped early on others; where there are none, scorers that
    /// train in passes end after the pass that `until` gives for their number.
    /// repeats: ScorerTraining.Repeats. progress receives the number of the scorer, counted from 0.
    let withScorers
        (rowsFor: Scorer -> TrainingRows * TrainingRows option)
        (until: int -> int option)
        (scorers: Scorer list)
        (seed: Seed)
        (repeats: int)
        (progress: int -> EpochProgress -> unit)
        (whenCancelled: WhenCancelled)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        (ranker: Ranker)
        : Ranker =
        let fit i scorer (checkpoint: Checkpoint) =
            let train, stop = rowsFor scorer

            scorer
            |> Scorer.fit
                {
                    Rows = train
                    Stop = stop
                    Until = until i
                    Rarity = ranker.Rarity
                    HasLocal = ranker.Local.IsSome
                    Seed = scorerSeed seed i
                    Repeats = repeats
                    Progress = progress i
                    Cancellation = cancellation
                    WhenCancelled = whenCancelled
                    Checkpoint = checkpoint
                }

        { ranker with
            Scorers =
                scorers
                |> List.mapi (fun i scorer -> checkpoint |> Checkpoint.once $"scorer-{i + 1}" (fit i scorer))
        }

    /// The scorers' margins of rows of features [N, D] whose local signal [N, L] is known, for all labels.
    let margins (local: CsrMatrix) (x: CsrMatrix) (ranker: Ranker) : BatchScorer list =
        ranker.Scorers
        |> List.map (
            Scorer.margins
                {
                    Rarity = ranker.Rarity
                    Features = x
                    Local = local
                }
        )

    /// The candidate pairs of rows of features [N, D] whose local signal [N, L] is known.
    let candidatesWith (local: CsrMatrix) (x: CsrMatrix) (ranker: Ranker) : CandidateScores =
        margins local x ranker
        |> Candidates.collect ranker.Candidates localFloor ranker.Rarity local

    /// The candidate pairs of rows of features [N, D] with every scorer's margin and the local signal.
    let candidates (x: CsrMatrix) (ranker: Ranker) : CandidateScores =
        candidatesWith (localSignal x ranker).Values x ranker

    /// Gives back the memory of the scorers.
    let dispose (ranker: Ranker) : unit =
        for scorer in ranker.Scorers do
            scorer.Release()
