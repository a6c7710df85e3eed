namespace Limen.Core

open System.Threading
open Limen
open Limen.Kernels

/// A fitted model: one immutable record, and all there is. Prediction is a function of it and of features.
[<NoEquality; NoComparison>]
type Model =
    {
        Labels: LabelSpace
        /// What a row is before it becomes features.
        Input: InputSpace
        /// How often labels occur in the training rows.
        Counts: LabelCounts
        /// Signals and scorers.
        Ranker: Ranker
        Decision: FittedDecision
        /// What it was made from.
        Origin: Origin
    }

[<RequireQualifiedAccess>]
module Model =

    /// The features of rows as the model's parts take them. Throws ArgumentException for another number of features, and for values beyond Limits.feature.
    let private fitting (x: CsrMatrix) (model: Model) : CsrMatrix =
        let expected = InputSpace.dimension model.Input

        if x.Columns <> expected then
            invalidArg (nameof x) $"expected rows of {expected} features, received {x.Columns}"

        FeatureValues.require false x
        x

    /// The local signal [N, L] of any rows, from their features [N, D] alone. Throws ArgumentException as `candidates` does.
    let localSignal (x: CsrMatrix) (model: Model) : LocalSignal =
        Ranker.localSignal (fitting x model) model.Ranker

    /// The candidate pairs of rows with every scorer's margin and the local signal. Throws ArgumentException for another number of features than the model's, for
    /// values beyond Limits.feature in magnitude or NaN, and where a score is not finite.
    let candidates (x: CsrMatrix) (model: Model) : CandidateScores =
        Ranker.candidates (fitting x model) model.Ranker

    /// The fused scores of the candidate pairs, in log-odds: what P@k and nDCG rank by.
    let scores (x: CsrMatrix) (model: Model) : Scores =
        candidates x model |> FittedDecision.scores model.Decision

    /// The predicted label sets [N, L] of rows of features.
    let predict (x: CsrMatrix) (model: Model) : LabelSets =
        scores x model |> FittedDecision.decide model.Decision

    /// The probabilities [N, L] of the candidate pairs, calibrated where the decision is.
    let probabilities (x: CsrMatrix) (model: Model) : PairProbabilities =
        scores x model |> FittedDecision.probabilities model.Decision

    let private decidedBy decide (rows: Dataset) (model: Model) : Model =
        { model with
            Decision = decide (scores rows.Features model) rows.Truth model.Decision
        }

    let private withOrigin (change: Origin -> Origin) (model: Model) : Model =
        { model with
            Origin = change model.Origin
        }

    /// The same label sets with probabilities calibrated on labelled rows of their own.
    let withCalibration (options: CalibrationOptions) (rows: Dataset) (model: Model) : Model =
        model
        |> decidedBy (FittedDecision.withCalibration options model.Counts rows.Weights) rows
        |> withOrigin (Origin.changed "calibration" options rows)

    /// The same model with another rule, its constraints and objective, fitted on labelled rows that nothing was fitted on; signals and scorers stay as they are.
    /// Throws ConfigurationException with every fault of rule and objective (FittedDecision.withRule).
    let withDecision (rule: Decision) (objective: Objective) (seed: Seed) (rows: Dataset) (model: Model) : Model =
        let context =
            {
                Labels = model.Labels
                Counts = model.Counts
                Rarity = model.Ranker.Rarity
                Scorings = 1
                Seed = seed
            }

        let decided =
            model
            |> decidedBy (FittedDecision.withRule rule objective context rows.Weights) rows

        { decided with
            Origin = model.Origin |> Origin.decidedAgain rule objective rows
        }

    /// The same model with the constraints of a decision in the place of its own; its rule stays (FittedDecision.withConstraints).
    let withConstraints (constraints: Decision) (model: Model) : Model =
        { model with
            Decision = FittedDecision.withConstraints model.Labels constraints model.Decision
            Origin = model.Origin |> Origin.constrained constraints
        }

    /// The same model with another rule: the expected share of a row's labels that is missed is at most the level, for rows
    /// exchangeable with these, none of which was used in fitting (FittedDecision.withRisk).
    let withRisk (level: float) (rows: Dataset) (model: Model) : Model =
        model
        |> decidedBy (FittedDecision.withRisk level rows.Weights) rows
        |> withOrigin (Origin.changed "risk" level rows)

    /// The same model with what it takes to say which label sets are possible, from rows not used in fitting.
    let withSets (norm: ConformalNorm) (rows: Dataset) (model: Model) : Model =
        model
        |> decidedBy (FittedDecision.withSets norm rows.Weights) rows
        |> withOrigin (Origin.changed "possible sets" norm rows)

    /// The label sets that are possible for each row at significance epsilon, at most cap of a row: the true one is among
    /// all of them with probability at least 1 - epsilon (ConformalSets). Throws InvalidOperationException without withSets.
    let possibleSets (epsilon: float) (cap: int) (x: CsrMatrix) (model: Model) : SetPrediction[] =
        model.Decision |> FittedDecision.possibleSets epsilon cap (scores x model)

    /// The features [N, D] that the model sees of rows. Throws ArgumentException where they are not what it was fitted on (InputSpace.apply).
    let features (rows: Rows) (model: Model) : CsrMatrix = InputSpace.apply model.Input rows

    let private decide (options: ModelOptions) labels input train validation (evidence: DecisionEvidence) : Model =
        let context =
            {
                Labels = labels
                Counts = LabelCounts.ofRows evidence.Train
                Rarity = evidence.Ranker.Rarity
                Scorings = evidence.Scorings
                Seed = options.Seed
            }

        {
            Labels = labels
            Input = input
            Counts = context.Counts
            Ranker = evidence.Ranker
            Decision = FittedDecision.fit options.Decision context evidence.Weights evidence.Lists evidence.Labels
            Origin = Origin.ofModel options train validation
        }

    /// scorers: those of the options, with what they learn from the labels' names; a model's origin and a checkpoint's identity are of the options alone.
    let private fitted (options: ModelOptions) scorers labels input train validation progress checkpoint cancellation =
        progress TrainingProgress.signals

        let evidence =
            Fitting.evidence { options with Scorers = scorers } input train validation progress checkpoint cancellation

        progress TrainingProgress.decision

        let model =
            match options.WhenCancelled with
            | WhenCancelled.Throw -> decide options labels input train validation evidence
            | WhenCancelled.BestSoFar ->
                Cancellation.shielded (fun () -> decide options labels input train validation evidence)

        progress TrainingProgress.finished
        model

    /// What tells a fit from others: what its checkpoint is good for. What cancelling does is no part of it.
    let private identity (options: ModelOptions) (train: Dataset) (validation: Dataset option) =
        let options =
            { options with
                WhenCancelled = WhenCancelled.Throw
                Checkpoints = None
            }

        [
            "library", $"{typeof<Model>.Assembly.GetName().Version} {typeof<Model>.Module.ModuleVersionId:N}"
            "training rows", Origin.hash train
            "validation rows", validation |> Option.map Origin.hash |> Option.defaultValue "none"
            yield! Fingerprint.ofValue options
        ]

    let private withCheckpoint (options: ModelOptions) train validation (cancellation: CancellationToken) fit : Model =
        match options.Checkpoints with
        | None -> fit Checkpoint.none
        | Some checkpoints ->
            let isWhole () =
                options.WhenCancelled = WhenCancelled.Throw
                || not cancellation.IsCancellationRequested

            let checkpoint, held =
                CheckpointFolder.start checkpoints isWhole (identity options train validation)

            use _ = held
            fit checkpoint

    /// Fits a model: signals (leave-one-out), scorers, and the decision on scores of rows that these had not seen, as DecisionRows says.
    /// Throws ConfigurationException with every fault of the options; ArgumentException where sizes disagree; OperationCanceledException soon after it is cancelled, in
    /// every stage, save that WhenCancelled.BestSoFar gives the best model so far where there is one: a network's best epoch, the first fold of a cross-fit, the first of
    /// two fits. Its decision is still fitted, and is not cancelled. With Checkpoints, it goes on from what an earlier fit of the same options and rows left in the folder, and
    /// gives the model of one that did not end early; what CheckpointFolder.start throws, it throws.
    let fit
        (options: ModelOptions)
        (labels: LabelSpace)
        (input: InputSpace)
        (train: Dataset)
        (validation: Dataset option)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        : Model =

        ModelOptions.faultsFor labels options |> Configuration.require

        if train.Rows = 0 then
            invalidArg (nameof train) "expected at least one training row, received none"

        if train.Labels.Columns <> labels.Count then
            invalidArg
                (nameof labels)
                $"expected {train.Labels.Columns} labels as in the training rows, received {labels.Count}"

        for rows in train :: Option.toList validation do
            rows.Features.Validate() |> FeatureValues.require false
            rows.Labels.Validate() |> ignore
            rows.Weights |> Option.iter (RowWeights.require rows.Rows)

        let options = options |> ModelOptions.onViews (InputSpace.views input)

        Cancellation.within cancellation (fun () ->
            let scorers = ModelOptions.namingScorers input labels options

            withCheckpoint options train validation cancellation (fun checkpoint ->
                fitted options scorers labels input train validation progress checkpoint cancellation))
