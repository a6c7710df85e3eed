namespace Limen.Core

open Limen.Kernels

/// Rows that another model has scored: score lists [N, L] in log-odds and, for a local signal, features [N, D].
[<RequireQualifiedAccess; ReferenceEquality>]
type ForeignRows =
    {
        Scores: CsrMatrix
        Features: CsrMatrix option
    }

/// Thresholds and a decision for the scores of any other model: a model of this library without scorers.
[<RequireQualifiedAccess; ReferenceEquality>]
type AdaptiveThresholds =
    {
        /// Label space, signals and decision; no scorers.
        Model: Model
    }

/// The way to put this library's thresholds behind a classifier that is there already, without training it again.
[<RequireQualifiedAccess>]
module AdaptiveThresholds =


    /// What signals that read predictions take for probabilities [N, L].
    let private predictions (rows: ForeignRows) =
        rows.Scores |> Csr.mapValues (fun _ _ z -> Logistic.ofLogit32 z)

    let private listsOf (scores: CsrMatrix) (local: CsrMatrix) : ScoreLists =
        ScoreLists.create [| scores |] (scores |> Csr.mapValues (fun row label _ -> Csr.item row label local))

    let rec private looksAtFeatures (signal: FittedSignal) =
        match signal with
        | FittedSignal.FeatureKnn _
        | FittedSignal.MlKnn _
        | FittedSignal.TfIdf _ -> true
        | FittedSignal.LabelAgreement _
        | FittedSignal.LabelNeighbours _
        | FittedSignal.LearnedGraph _ -> false
        | FittedSignal.Weighted parts -> parts |> List.exists (snd >> looksAtFeatures)

    /// The features of rows, or none of them where they are not looked at.
    let private features (needed: bool) (rows: ForeignRows) =
        match rows.Features with
        | Some x when x.Rows <> rows.Scores.Rows ->
            invalidArg "rows" $"expected {rows.Scores.Rows} rows of features as of scores, received {x.Rows}"
        | Some x -> x
        | None when needed ->
            invalidArg "rows" "the local signal looks at the features of the rows: expected features, received none"
        | None -> Csr.empty rows.Scores.Rows 0

    let private apply (rows: ForeignRows) (signal: FittedSignal) : CsrMatrix =
        (FittedSignal.apply
            {
                Features = features (looksAtFeatures signal) rows
                Predicted = Some(predictions rows)
            }
            signal)
            .Values

    /// The score lists of rows with their local signal: a function of their scores and features alone.
    let scoreLists (rows: ForeignRows) (thresholds: AdaptiveThresholds) : ScoreLists =
        Shape.require "scores" "[L]" [ thresholds.Model.Labels.Count ] [ rows.Scores.Columns ]

        match thresholds.Model.Local with
        | None -> Csr.empty rows.Scores.Rows rows.Scores.Columns
        | Some local -> apply rows local.Signal
        |> listsOf rows.Scores

    /// The local signal fitted on training rows and applied to the scored ones; without training rows fitted on the scored ones, of
    /// which none reaches its own signal: what the other model says of rows that it did not learn from is out of fold.
    let private fitLocal
        (spec: LocalSignalSpec)
        seed
        (training: Dataset option)
        (rows: ForeignRows)
        (evidence: Dataset)
        =
        match training with
        | None ->
            let signal, values =
                LocalSignalSpec.fit spec seed evidence (Some(OutOfFold(predictions rows)))

            signal, values.Values
        | Some t when LocalSignalSpec.needsPredictions spec ->
            raise (
                ConfigurationException
                    [
                        $"signals: {LocalSignalSpec.name spec} learns from predictions, and there are none for the {t.Rows} training rows: leave them out"
                    ]
            )
        | Some t ->
            let signal, _ = LocalSignalSpec.fit spec seed t None
            signal, apply rows signal

    /// Fits signals and decision on rows that the other model did not learn from (held out, or scored out of fold), with their label
    /// sets [N, L]. Scores are taken to be such: there is nothing here to cross-fit.
    /// training: the rows that rarity is counted in and that a local signal learns from; None: the scored rows themselves, of
    /// which none reaches its own signal. input: what becomes of a row before it has the features that are given here.
    /// Throws ConfigurationException with every fault of the options; ArgumentException where sizes disagree.
    let fit
        (options: ThresholdOptions)
        (labels: LabelSpace)
        (input: InputSpace)
        (training: Dataset option)
        (rows: ForeignRows)
        (truth: CsrMatrix)
        : AdaptiveThresholds =
        match ThresholdOptions.faults labels.Count options with
        | [] -> ()
        | faults -> raise (ConfigurationException faults)

        Shape.require (nameof truth) "[N; L]" [ rows.Scores.Rows; labels.Count ] [ truth.Rows; truth.Columns ]
        Shape.require "scores" "[L]" [ labels.Count ] [ rows.Scores.Columns ]
        let needed = options.Local |> Option.exists ThresholdOptions.readsFeatures

        let evidence =
            training
            |> Option.defaultWith (fun () -> Dataset.create (features needed rows) truth)

        Shape.require (nameof training) "[L]" [ labels.Count ] [ evidence.Labels.Columns ]

        let idf =
            match options.Global with
            | Some smoothing -> Idf.fit smoothing evidence |> Rarity.ofIdf
            | None -> Array.zeroCreate labels.Count

        let local =
            options.Local
            |> Option.map (fun spec -> fitLocal spec (Seed.derive "local" 0 options.Seed) training rows evidence)

        let values =
            match local with
            | Some(_, values) -> values
            | None -> Csr.empty truth.Rows labels.Count

        let support = Csr.columnCounts evidence.Labels

        let decision =
            Decision.fit
                options.Decision
                {
                    Support = support
                    Rows = evidence.Rows
                    Idf = idf
                    Seed = options.Seed
                }
                (listsOf rows.Scores values)
                truth

        {
            Model =
                {
                    Labels = labels
                    Input = input
                    Support = support
                    Rows = evidence.Rows
                    Idf = idf
                    Local = local |> Option.map (fun (signal, _) -> { Signal = signal; Base = None })
                    Scorers = []
                    Decision = decision
                    Candidates = labels.Count
                }
        }

    /// The fused scores [N, L] of rows, in log-odds: what P@k and nDCG rank by.
    let scores (rows: ForeignRows) (thresholds: AdaptiveThresholds) : CsrMatrix =
        scoreLists rows thresholds
        |> Decision.scores thresholds.Model.Idf thresholds.Model.Decision

    /// The label sets [N, L] of rows: among the listed pairs only.
    let decide (rows: ForeignRows) (thresholds: AdaptiveThresholds) : CsrMatrix =
        scores rows thresholds |> Decision.decide thresholds.Model.Decision

    /// The probabilities [N, L] of the listed pairs, calibrated where the decision is.
    let probabilities (rows: ForeignRows) (thresholds: AdaptiveThresholds) : CsrMatrix =
        scores rows thresholds |> Decision.probabilities thresholds.Model.Decision

    let private decidedBy (decision: Decision) (thresholds: AdaptiveThresholds) : AdaptiveThresholds =
        {
            Model =
                { thresholds.Model with
                    Decision = decision
                }
        }

    let private scoresOf (rows: ForeignRows) (truth: CsrMatrix) (thresholds: AdaptiveThresholds) =
        let l = thresholds.Model.Labels.Count
        Shape.require (nameof truth) "[N; L]" [ rows.Scores.Rows; l ] [ truth.Rows; truth.Columns ]
        scores rows thresholds

    /// The same label sets with probabilities calibrated on scored rows of their own and their label sets [N, L].
    let withCalibration options (rows: ForeignRows) (truth: CsrMatrix) (thresholds: AdaptiveThresholds) =
        let decision = thresholds.Model.Decision

        thresholds
        |> decidedBy (
            Decision.withCalibration options thresholds.Model.Support (scoresOf rows truth thresholds) truth decision
        )

    /// Another rule: the expected share of a row's labels that is missed is at most the level (Decision.withRisk).
    let withRisk (level: float) (rows: ForeignRows) (truth: CsrMatrix) (thresholds: AdaptiveThresholds) =
        thresholds
        |> decidedBy (Decision.withRisk level (scoresOf rows truth thresholds) truth thresholds.Model.Decision)

    /// The same with what it takes to say which label sets are possible (Decision.withSets).
    let withSets (norm: ConformalNorm) (rows: ForeignRows) (truth: CsrMatrix) (thresholds: AdaptiveThresholds) =
        thresholds
        |> decidedBy (Decision.withSets norm (scoresOf rows truth thresholds) truth thresholds.Model.Decision)

    /// The label sets that are possible for each row at significance epsilon, at most cap of a row. Throws
    /// InvalidOperationException without withSets.
    let possibleSets
        (epsilon: float)
        (cap: int)
        (rows: ForeignRows)
        (thresholds: AdaptiveThresholds)
        : SetPrediction[] =
        thresholds.Model.Decision
        |> Decision.possibleSets epsilon cap (scores rows thresholds)

    /// Every listed label of each row with the parts of its threshold.
    let explain (rows: ForeignRows) (thresholds: AdaptiveThresholds) : PairExplanation list[] =
        Explanation.ofLists (scoreLists rows thresholds) thresholds.Model

    /// Saves to a folder, as models are saved: a saved model is replaced, anything else in the way is refused (Store.save).
    let save (folder: string) (thresholds: AdaptiveThresholds) : unit = Store.save folder thresholds.Model

    /// Loads what save wrote. Throws ModelFormatException with the reason where it is damaged, newer, or holds a whole model.
    let load (folder: string) : AdaptiveThresholds =
        match Store.load folder with
        | { Scorers = [] } as model -> { Model = model }
        | model ->
            raise (
                ModelFormatException(
                    folder,
                    $"expected thresholds for the scores of another model, found a model with {model.Scorers.Length} scorers of its own"
                )
            )
