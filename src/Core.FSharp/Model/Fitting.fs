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

    /// Fits on training rows; networks stop early, and the lists are, on validation rows.
    let heldOut
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let report = tell progress 0 options.Scorers.Length
        let signals, rows = Ranker.ofSignals options cancellation train
        let held = Ranker.rows validation signals
        let stop = if validation.Rows > 0 then Some held else None

        let ranker =
            signals
            |> Ranker.withScorers (fun _ -> rows, stop) noEnd options.Scorers options.Seed report cancellation

        {
            Ranker = ranker
            Train = train
            Lists = Ranker.candidatesWith held.Local held.Features ranker
            Labels = validation.Truth
            Weights = validation.Weights
        }

    let private select (chosen: int[]) (rows: TrainingRows) : TrainingRows =
        {
            Features = Csr.selectRows chosen rows.Features
            Labels = Csr.selectRows chosen rows.Labels
            Local = Csr.selectRows chosen rows.Local
            Weights = rows.Weights |> Option.map (fun w -> chosen |> Array.map (Array.get w))
        }

    /// A ranker of the rows outside a fold with the lists of those inside. Networks stop early on a tenth of the rows
    /// outside, so that nothing about the fold's labels reaches its scores.
    let private ofFold (options: ModelOptions) (train: Dataset) report cancellation (inside: int[], outside: int[]) =
        let training = Dataset.selectRows outside train
        let signals, rows = Ranker.ofSignals options cancellation training

        let kept, stop =
            Dataset.partition stopShare (Seed.derive "early stopping" 0 options.Seed) outside.Length

        let rowsFor (scorer: Scorer) =
            if Scorer.stopsEarly scorer && stop.Length > 0 then
                select kept rows, Some(select stop rows)
            else
                rows, None

        let ranker =
            signals
            |> Ranker.withScorers rowsFor noEnd options.Scorers options.Seed report cancellation

        let inner = Dataset.selectRows inside train

        {
            Ranker = ranker
            Train = training
            Lists = Ranker.candidates inner.Features ranker
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

    /// Where the model's own scorers end, which have no rows to stop on: at the mean of the folds' best epochs, on the folds' schedule, so that their
    /// scores are like the folds' scores.
    let private meanBest (best: int option list list) (scorer: int) : int option =
        match best |> List.choose (List.item scorer) with
        | [] -> None
        | epochs -> epochs |> List.averageBy float |> Math.Round |> int |> Some

    /// The lists of all training rows, each row scored by a ranker that was fitted without its fold (foldOf: the fold of
    /// each row), and a ranker of all rows. Cancelled, it ends with the first fold's ranker and lists, whose rows were held out.
    let crossFit
        (foldOf: int[])
        (options: ModelOptions)
        (train: Dataset)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let scorers = options.Scorers.Length
        let folds = 1 + Array.max foldOf
        let splits = [ for fold in 0 .. folds - 1 -> Folds.split fold foldOf ]

        let report k =
            tell progress (k * scorers) ((folds + 1) * scorers)

        let fit k =
            ofFold options train (report k) cancellation splits[k]

        let summary (part: DecisionEvidence) =
            part.Lists, part.Ranker.Scorers |> List.map bestEpoch

        let first = fit 0

        let rest () =
            [
                for k in 1 .. folds - 1 do
                    cancellation.ThrowIfCancellationRequested()
                    let part = fit k
                    Ranker.dispose part.Ranker
                    summary part
            ]

        let ofAll epochs =
            cancellation.ThrowIfCancellationRequested()
            let signals, rows = Ranker.ofSignals options cancellation train

            signals
            |> Ranker.withScorers
                (fun _ -> rows, None)
                (meanBest epochs)
                options.Scorers
                options.Seed
                (report folds)
                cancellation

        try
            let parts = summary first :: rest ()
            let ranker = parts |> List.map snd |> ofAll
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
        with :? OperationCanceledException when cancellation.IsCancellationRequested ->
            first

    /// The evidence of validation rows where there are any, and of the training rows as the options say where not. Of a
    /// single training row nothing can be held out: the decision is then fitted on no row at all.
    let evidence
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset option)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let holdOut share =
            let kept, held = Dataset.holdOut share (Seed.derive "held out" 0 options.Seed) train

            heldOut options kept held progress cancellation

        match validation, options.DecisionRows |> Option.defaultValue (DecisionRows.forRows train.Rows) with
        | Some rows, _ -> heldOut options train rows progress cancellation
        | None, DecisionRows.HoldOut share -> holdOut share
        | None, DecisionRows.CrossFit folds when train.Rows < 2 -> holdOut (1.0 / float folds)
        | None, DecisionRows.CrossFit folds ->
            let foldOf =
                Folds.stratified (min folds train.Rows) (Seed.derive "folds" 0 options.Seed) train.Truth

            crossFit foldOf options train progress cancellation
