namespace Limen.Core

open System
open System.Threading
open Limen.Kernels

/// A ranker with the score lists of rows that are new to it or, cross-fitted, to rankers like it: what a decision is
/// fitted on.
[<ReferenceEquality>]
type DecisionEvidence =
    {
        Ranker: Ranker
        /// The rows that the ranker was fitted on.
        Train: Dataset
        /// Of M rows and their candidate labels.
        Lists: ScoreLists
        /// The label sets of these rows [M, L].
        Labels: CsrMatrix
    }

/// Score lists for the decision without a row that its own labels reach.
[<RequireQualifiedAccess>]
module Fitting =

    /// The share of a fold's training rows on which its networks stop early.
    let private stopShare = 0.1

    /// Reports the scorers of a ranker, of which so many come after `before` others.
    let private tell (progress: FitProgress -> unit) before count i (training: TrainingProgress) =
        progress
            {
                Phase = FittingScorer(before + i + 1, count)
                Done = training.Done
                Training = Some training
            }

    /// Fits on training rows; networks stop early, and the lists are, on validation rows.
    let heldOut
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset)
        (progress: FitProgress -> unit)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let report = tell progress 0 options.Scorers.Length
        let signals, rows = Ranker.ofSignals options train cancellation
        let held = Ranker.rows validation signals
        let stop = if validation.Rows > 0 then Some held else None

        let ranker =
            signals
            |> Ranker.withScorers (fun _ -> rows, stop) options.Scorers report cancellation

        {
            Ranker = ranker
            Train = train
            Lists = Ranker.scoreListsWith held.Local held.Features ranker
            Labels = validation.Labels
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
        let signals, rows = Ranker.ofSignals options training cancellation

        let kept, stop =
            Dataset.partition stopShare (Seed.derive "early stopping" 0 options.Seed) outside.Length

        let rowsFor (scorer: ScorerOptions) =
            match scorer with
            | Perceptron _ when stop.Length > 0 -> select kept rows, Some(select stop rows)
            | Perceptron _
            | Linear _ -> rows, None

        let ranker =
            signals |> Ranker.withScorers rowsFor options.Scorers report cancellation

        let x = Csr.selectRows inside train.Features

        {
            Ranker = ranker
            Train = training
            Lists = Ranker.scoreLists x ranker
            Labels = Csr.selectRows inside train.Labels
        }

    /// The epoch of the best score on the rows for early stopping.
    let private bestEpoch (scorer: FittedScorer) =
        match scorer with
        | FittedPerceptron(_, _, history, _) when not history.IsEmpty ->
            let best = history |> List.maxBy (fun e -> defaultArg e.Validation 0.0)
            Some best.Epoch
        | FittedPerceptron _
        | FittedLinear _ -> None

    /// The scorers of the model itself: networks without rows to stop on train until the mean of the folds' best epochs, on the
    /// folds' schedule, so that their scores are like the folds' scores.
    let private finalScorers (options: ModelOptions) (best: int option list list) =
        options.Scorers
        |> List.mapi (fun i scorer ->
            match scorer, best |> List.choose (List.item i) with
            | Perceptron(network, training), (_ :: _ as epochs) ->
                let mean = epochs |> List.averageBy float |> Math.Round |> int
                Perceptron(network, { training with Until = Some mean })
            | _ -> scorer)

    /// The lists of all training rows, each row scored by a ranker that was fitted without its fold (foldOf: the fold of
    /// each row), and a ranker of all rows. Cancelled, it ends with the first fold's ranker and lists, whose rows were held out.
    let crossFit
        (foldOf: int[])
        (options: ModelOptions)
        (train: Dataset)
        (progress: FitProgress -> unit)
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
            let signals, rows = Ranker.ofSignals options train cancellation

            signals
            |> Ranker.withScorers (fun _ -> rows, None) (finalScorers options epochs) (report folds) cancellation

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
                    |> List.reduce ScoreLists.append
                    |> ScoreLists.selectRows (splits |> List.map fst |> Folds.places)
                Labels = train.Labels
            }
        with :? OperationCanceledException when cancellation.IsCancellationRequested ->
            first

    /// The evidence of validation rows where there are any, and of the training rows as the options say where not. Of a
    /// single training row nothing can be held out: the decision is then fitted on no row at all.
    let evidence
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset option)
        (progress: FitProgress -> unit)
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
                Folds.stratified (min folds train.Rows) (Seed.derive "folds" 0 options.Seed) train.Labels

            crossFit foldOf options train progress cancellation
