namespace Limen.Core

open Limen
open Limen.Kernels

/// Rows that another model has scored: scores [N, L] in log-odds and, for a local signal, features [N, D].
[<NoEquality; NoComparison>]
type ExternalRows =
    {
        Scores: Scores
        Features: CsrMatrix option
        /// How much each row counts [N]; None: 1 each.
        Weights: float32[] option
    }

/// Thresholds and a decision for the scores of any other model.
[<NoEquality; NoComparison>]
type PostHocThresholds =
    {
        Labels: LabelSpace
        /// What a row is before it becomes features, where the local signal looks at them.
        Input: InputSpace
        /// How often labels occur in the rows that rarity was counted in.
        Counts: LabelCounts
        Rarity: float32[]
        Signal: FittedSignal option
        Decision: FittedDecision
        /// What they were made from.
        Origin: Origin
    }

/// The way to put this library's thresholds behind a classifier that is there already, without training it again.
[<RequireQualifiedAccess>]
module PostHocThresholds =

    /// What signals that read predictions take for probabilities [N, L].
    let private predictions (rows: ExternalRows) =
        rows.Scores.Matrix |> Csr.mapValues (fun _ _ z -> Logistic.ofLogit32 z)

    let private listsOf rarity (Scores scores) (local: CsrMatrix) : CandidateScores =
        scores
        |> Csr.mapValues (fun row label _ -> Csr.item row label local)
        |> CandidateScores.create rarity [| scores |]

    /// The features of rows, or none of them where they are not looked at.
    let private features (needed: bool) (rows: ExternalRows) =
        match rows.Features with
        | Some x when x.Rows <> rows.Scores.Matrix.Rows ->
            invalidArg "rows" $"expected {rows.Scores.Matrix.Rows} rows of features as of scores, received {x.Rows}"
        | Some x -> x
        | None when needed ->
            invalidArg "rows" "the local signal looks at the features of the rows: expected features, received none"
        | None -> Csr.empty rows.Scores.Matrix.Rows 0

    let private apply (rows: ExternalRows) (signal: FittedSignal) : CsrMatrix =
        (FittedSignal.apply
            {
                Features = features (FittedSignal.readsFeatures signal) rows
                Predicted = Some(predictions rows)
            }
            signal)
            .Values

    /// The candidate pairs of rows with their local signal: a function of their scores and features alone.
    let candidates (rows: ExternalRows) (thresholds: PostHocThresholds) : CandidateScores =
        let scores = rows.Scores.Matrix
        Shape.require "scores" "[L]" [ thresholds.Labels.Count ] [ scores.Columns ]

        match thresholds.Signal with
        | None -> Csr.empty scores.Rows scores.Columns
        | Some signal -> apply rows signal
        |> listsOf thresholds.Rarity rows.Scores

    /// The local signal fitted on training rows and applied to the scored ones; without training rows fitted on the scored ones, of
    /// which none reaches its own signal: what the other model says of rows that it did not learn from is out of fold.
    let private fitLocal
        (spec: LocalSignalSpec)
        seed
        (training: Dataset option)
        (rows: ExternalRows)
        (evidence: Dataset)
        =
        match training with
        | None ->
            let signal, values =
                LocalSignalSpec.fit spec seed (Some(OutOfFold(predictions rows))) evidence

            signal, values.Values
        | Some t when LocalSignalSpec.needsPredictions spec ->
            raise (
                ConfigurationException
                    [
                        $"signals: {LocalSignalSpec.name spec} learns from predictions, and there are none for the {t.Rows} training rows: leave them out"
                    ]
            )
        | Some t ->
            let signal, _ = LocalSignalSpec.fit spec seed None t
            signal, apply rows signal

    /// Fits signals and decision on rows that the other model did not learn from (held out, or scored out of fold), with their label
    /// sets [N, L]. Scores are taken to be such: there is nothing here to cross-fit.
    /// training: the rows that rarity is counted in and that a local signal learns from; None: the scored rows themselves, of
    /// which none reaches its own signal. input: what becomes of a row before it has the features that are given here.
    /// Throws ConfigurationException with every fault of the options; ArgumentException where sizes disagree.
    let fit
        (options: PostHocOptions)
        (labels: LabelSpace)
        (input: InputSpace)
        (training: Dataset option)
        (rows: ExternalRows)
        (truth: LabelSets)
        : PostHocThresholds =
        PostHocOptions.faultsFor labels options |> Configuration.require

        let scores, sets = rows.Scores.Matrix, truth.Matrix
        Shape.require (nameof truth) "[N; L]" [ scores.Rows; labels.Count ] [ sets.Rows; sets.Columns ]
        Shape.require "scores" "[L]" [ labels.Count ] [ scores.Columns ]
        let needed = options.Local |> Option.exists LocalSignalSpec.readsFeatures

        let evidence =
            training
            |> Option.defaultWith (fun () ->
                { Dataset.create (features needed rows) sets with
                    Weights = rows.Weights
                })

        Shape.require (nameof training) "[L]" [ labels.Count ] [ evidence.Labels.Columns ]
        let counts = LabelCounts.ofRows evidence
        let rarity = GlobalSignals.rarity options.Global counts

        let local =
            options.Local
            |> Option.map (fun spec -> fitLocal spec (Seed.derive "local" 0 options.Seed) training rows evidence)

        let values =
            match local with
            | Some(_, values) -> values
            | None -> Csr.empty sets.Rows labels.Count

        {
            Labels = labels
            Input = input
            Counts = counts
            Rarity = rarity
            Signal = local |> Option.map fst
            Decision =
                FittedDecision.fit
                    options.Decision
                    {
                        Labels = labels
                        Counts = counts
                        Rarity = rarity
                        Scorings = 1
                        Seed = options.Seed
                    }
                    rows.Weights
                    (listsOf rarity rows.Scores values)
                    truth
            Origin =
                { Dataset.create scores sets with
                    Weights = rows.Weights
                }
                |> Origin.ofThresholds options.Global options.Local options.Decision options.Seed
        }

    /// The fused scores [N, L] of rows, in log-odds: what P@k and nDCG rank by.
    let scores (rows: ExternalRows) (thresholds: PostHocThresholds) : Scores =
        candidates rows thresholds |> FittedDecision.scores thresholds.Decision

    /// The label sets [N, L] of rows: among the listed pairs only.
    let decide (rows: ExternalRows) (thresholds: PostHocThresholds) : LabelSets =
        scores rows thresholds |> FittedDecision.decide thresholds.Decision

    /// The probabilities [N, L] of the listed pairs, calibrated where the decision is.
    let probabilities (rows: ExternalRows) (thresholds: PostHocThresholds) : PairProbabilities =
        scores rows thresholds |> FittedDecision.probabilities thresholds.Decision

    let private decidedBy decide (rows: ExternalRows) (truth: LabelSets) (thresholds: PostHocThresholds) =
        let sets = truth.Matrix

        Shape.require
            (nameof truth)
            "[N; L]"
            [ rows.Scores.Matrix.Rows; thresholds.Labels.Count ]
            [ sets.Rows; sets.Columns ]

        { thresholds with
            Decision = decide (scores rows thresholds) truth thresholds.Decision
        }

    /// The same label sets with probabilities calibrated on scored rows of their own and their label sets [N, L].
    let withCalibration options (rows: ExternalRows) (truth: LabelSets) (thresholds: PostHocThresholds) =
        thresholds
        |> decidedBy (FittedDecision.withCalibration options thresholds.Counts rows.Weights) rows truth

    /// Another rule: the expected share of a row's labels that is missed is at most the level (FittedDecision.withRisk).
    let withRisk (level: float) (rows: ExternalRows) (truth: LabelSets) (thresholds: PostHocThresholds) =
        thresholds |> decidedBy (FittedDecision.withRisk level rows.Weights) rows truth

    /// The same with what it takes to say which label sets are possible (FittedDecision.withSets).
    let withSets (norm: ConformalNorm) (rows: ExternalRows) (truth: LabelSets) (thresholds: PostHocThresholds) =
        thresholds |> decidedBy (FittedDecision.withSets norm rows.Weights) rows truth

    /// The label sets that are possible for each row at significance epsilon, at most cap of a row. Throws
    /// InvalidOperationException without withSets.
    let possibleSets
        (epsilon: float)
        (cap: int)
        (rows: ExternalRows)
        (thresholds: PostHocThresholds)
        : SetPrediction[] =
        thresholds.Decision
        |> FittedDecision.possibleSets epsilon cap (scores rows thresholds)

    /// Every listed label of each row with the parts of its threshold.
    let explain (rows: ExternalRows) (thresholds: PostHocThresholds) : Prediction[] =
        candidates rows thresholds
        |> Explanation.ofCandidates
            {
                Labels = thresholds.Labels
                Rarity = thresholds.Rarity
                Thresholds = [||]
                Decision = thresholds.Decision
            }
