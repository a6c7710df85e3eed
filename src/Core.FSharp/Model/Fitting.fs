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
    }

/// Score lists for the decision without a row that its own labels reach.
[<RequireQualifiedAccess>]
module Fitting =

    /// The share of a fold's training rows on which its networks stop early.
    let private stopShare = 0.1

    /// Reports the scorers of a ranker, of which so many come after `before` others.
    let private tell (progress: TrainingProgress -> unit) before count i (e: EpochProgress) =
        progress (TrainingProgress.scorer (before + i + 1) count e)

    let private noEnd (_: int) : int option = None

    /// The lists of rows that a ranker has not seen. They make it a model that can be kept, so where the best so far is asked for, they come though it was cancelled.
    let private lists (options: ModelOptions) checkpoint (work: unit -> CandidateScores) : CandidateScores =
        checkpoint
        |> Checkpoint.once "lists" (fun _ ->
            match options.WhenCancelled with
            | WhenCancelled.Throw -> work ()
            | WhenCancelled.BestSoFar -> Cancellation.shielded work)

    let private onHeld options train (validation: Dataset) report checkpoint cancellation : DecisionEvidence =
        let signals, rows = Ranker.ofSignals options checkpoint cancellation train
        let held = Ranker.rows validation signals
        let stop = if validation.Rows > 0 then Some held else None

        let ranker =
            signals
            |> Ranker.withScorers
                (fun _ -> rows, stop)
                noEnd
                options.Scorers
                options.Seed
                report
                options.WhenCancelled
                checkpoint
                cancellation

        {
            Ranker = ranker
            Train = train
            Lists = lists options checkpoint (fun () -> Ranker.candidatesWith held.Local held.Features ranker)
            Labels = validation.Truth
            Weights = validation.Weights
        }

    /// Fits on training rows; networks stop early, and the lists are, on validation rows.
    let heldOut
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset)
        (progress: TrainingProgress -> unit)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        onHeld options train validation (tell progress 0 options.Scorers.Length) checkpoint cancellation

    let private select (chosen: int[]) (rows: TrainingRows) : TrainingRows =
        {
            Features = Csr.selectRows chosen rows.Features
            Labels = Csr.selectRows chosen rows.Labels
            Local = Csr.selectRows chosen rows.Local
            Weights = rows.Weights |> Option.map (fun w -> chosen |> Array.map (Array.get w))
        }

    /// A ranker of the rows outside a fold with the lists of those inside. Networks stop early on a tenth of the rows
    /// outside, so that nothing about the fold's labels reaches its scores.
    let private ofFold options train report checkpoint cancellation (inside: int[], outside: int[]) : DecisionEvidence =
        let training = Dataset.selectRows outside train
        let signals, rows = Ranker.ofSignals options checkpoint cancellation training

        let kept, stop =
            Dataset.partition stopShare (Seed.derive "early stopping" 0 options.Seed) outside.Length

        let rowsFor (scorer: Scorer) =
            if Scorer.stopsEarly scorer && stop.Length > 0 then
                select kept rows, Some(select stop rows)
            else
                rows, None

        let ranker =
            signals
            |> Ranker.withScorers
                rowsFor
                noEnd
                options.Scorers
                options.Seed
                report
                options.WhenCancelled
                checkpoint
                cancellation

        let inner = Dataset.selectRows inside train

        {
            Ranker = ranker
            Train = training
            Lists = lists options checkpoint (fun () -> Ranker.candidates inner.Features ranker)
            Labels = inner.Truth
            Weights = inner.Weights
        }

    /// The epoch of the best score on the rows for early stopping.
    let private bestEpoch (scorer: FittedScorer) =
        match scorer.Log with
        | Some { Epochs = (_ :: _ as epochs) } ->
            let best = epochs |> List.maxBy (fun e -> defaultArg e.Validation 0.0)
            Some best.Epoch
        | _ -> None

    /// A ranker of all rows, which has none to stop on: scorers that train in passes end after the pass of their number.
    let private ofAll options all (until: int -> int option) report checkpoint cancellation : Ranker =
        let checkpoint = checkpoint |> Checkpoint.within "all-rows"
        let signals, rows = Ranker.ofSignals options checkpoint cancellation all

        signals
        |> Ranker.withScorers
            (fun _ -> rows, None)
            until
            options.Scorers
            options.Seed
            report
            WhenCancelled.Throw
            checkpoint
            cancellation

    /// Where the model's own scorers end, which have no rows to stop on: at the mean of the folds' best epochs, on the folds' schedule, so that their
    /// scores are like the folds' scores.
    let private meanBest (best: int option list list) (scorer: int) : int option =
        match best |> List.choose (List.item scorer) with
        | [] -> None
        | epochs -> epochs |> List.averageBy float |> Math.Round |> int |> Some

    let private keepsBest (options: ModelOptions) (cancellation: CancellationToken) =
        cancellation.IsCancellationRequested
        && options.WhenCancelled = WhenCancelled.BestSoFar

    /// The lists of all training rows, each row scored by a ranker that was fitted without its fold (foldOf: the fold of
    /// each row), and a ranker of all rows. The best so far of a cancelled one is the first fold's ranker and lists, whose rows were held out.
    let crossFit
        (foldOf: int[])
        (options: ModelOptions)
        (train: Dataset)
        (progress: TrainingProgress -> unit)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let scorers = options.Scorers.Length
        let folds = 1 + Array.max foldOf
        let splits = [ for fold in 0 .. folds - 1 -> Folds.split fold foldOf ]

        let report k =
            tell progress (k * scorers) ((folds + 1) * scorers)

        let fit options k checkpoint =
            ofFold options train (report k) checkpoint cancellation splits[k]

        let summary (part: DecisionEvidence) =
            part.Lists, part.Ranker.Scorers |> List.map bestEpoch

        let first = fit options 0 (checkpoint |> Checkpoint.within "fold-1")

        let throwing =
            { options with
                WhenCancelled = WhenCancelled.Throw
            }

        let rest () =
            [
                for k in 1 .. folds - 1 do
                    cancellation.ThrowIfCancellationRequested()

                    checkpoint
                    |> Checkpoint.once $"fold-{k + 1}" (fun checkpoint ->
                        let part = fit throwing k checkpoint
                        Ranker.dispose part.Ranker
                        summary part)
            ]

        try
            let parts = summary first :: rest ()
            cancellation.ThrowIfCancellationRequested()
            let until = parts |> List.map snd |> meanBest
            let ranker = ofAll options train until (report folds) checkpoint cancellation
            cancellation.ThrowIfCancellationRequested()
            Ranker.dispose first.Ranker

            {
                Ranker = ranker
                Train = train
                Lists =
                    parts
                    |> List.map fst
                    |> List.reduce CandidateScores.append
                    |> CandidateScores.selectRows (splits |> List.map fst |> Folds.places)
                Labels = train.Truth
                Weights = train.Weights
            }
        with :? OperationCanceledException when keepsBest options cancellation ->
            first

    /// Decides on validation rows, and fits signals and scorers again on the training rows and these, scorers that train in passes as long as was best before. The lists
    /// are those of the first fit, whose rows were held out. The best so far of a cancelled one is the first fit.
    let heldOutThenAll
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset)
        (progress: TrainingProgress -> unit)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let scorers = options.Scorers.Length

        let report k =
            tell progress (k * scorers) (2 * scorers)

        let first =
            onHeld options train validation (report 0) (checkpoint |> Checkpoint.within "held-out") cancellation


        try
            cancellation.ThrowIfCancellationRequested()
            let all = Dataset.append train validation
            let best = first.Ranker.Scorers |> List.map bestEpoch
            let ranker = ofAll options all (fun i -> best[i]) (report 1) checkpoint cancellation
            cancellation.ThrowIfCancellationRequested()
            Ranker.dispose first.Ranker

            { first with
                Ranker = ranker
                Train = all
            }
        with :? OperationCanceledException when keepsBest options cancellation ->
            first

    /// The evidence of the rows that the options name or, by default, DecisionRows.forRows. Of a single row nothing can be held out: the decision is then fitted on no row
    /// at all. Throws ConfigurationException where validation rows are named and there are none.
    let evidence
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset option)
        (progress: TrainingProgress -> unit)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let held =
            validation |> Option.defaultWith (fun () -> Dataset.selectRows [||] train)

        let rule =
            options.DecisionRows
            |> Option.defaultWith (fun () -> DecisionRows.forRows train.Rows held.Rows)

        match DecisionRows.faultsFor held.Rows rule with
        | [] -> ()
        | faults -> raise (ConfigurationException faults)

        let all () =
            if held.Rows = 0 then train else Dataset.append train held

        let holdOut share =
            let kept, held =
                all () |> Dataset.holdOut share (Seed.derive "held out" 0 options.Seed)

            heldOut options kept held progress checkpoint cancellation

        match rule with
        | DecisionRows.ValidationOnly -> heldOut options train held progress checkpoint cancellation
        | DecisionRows.ValidationThenAll -> heldOutThenAll options train held progress checkpoint cancellation
        | DecisionRows.HoldOut share -> holdOut share
        | DecisionRows.CrossFit folds when train.Rows + held.Rows < 2 -> holdOut (1.0 / float folds)
        | DecisionRows.CrossFit folds ->
            let all = all ()

            let foldOf =
                Folds.stratified (min folds all.Rows) (Seed.derive "folds" 0 options.Seed) all.Truth

            crossFit foldOf options all progress checkpoint cancellation
