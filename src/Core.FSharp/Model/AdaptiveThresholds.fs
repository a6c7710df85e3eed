namespace Limen.Core

open Limen.Kernels

/// How thresholds for the scores of another model are put together.
[<RequireQualifiedAccess; ReferenceEquality>]
type ThresholdOptions =
    {
        /// The global signal: label rarity.
        Global: IdfSmoothing option
        /// The local signal. What it needs of predictions it takes from the scores; most look at features too.
        Local: LocalSignalSpec option
        Decision: DecisionOptions
        Seed: Seed
    }

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

[<RequireQualifiedAccess>]
module ThresholdOptions =

    /// Rarity as the only signal, and the model's own decision.
    let defaults: ThresholdOptions =
        {
            Global = Some IdfSmoothing.AddOne
            Local = None
            Decision = DecisionOptions.defaults
            Seed = Seed.ofInt 1
        }

    /// Whether a local signal looks at the features of rows, and not at their scores alone.
    let rec readsFeatures (local: LocalSignalSpec) : bool =
        match local with
        | LocalSignalSpec.FeatureKnn _
        | LocalSignalSpec.MlKnn _
        | LocalSignalSpec.TfIdf _ -> true
        | LocalSignalSpec.LabelAgreement _
        | LocalSignalSpec.LabelNeighbours _
        | LocalSignalSpec.LearnedGraph _ -> false
        | LocalSignalSpec.Weighted parts -> parts |> List.exists (snd >> readsFeatures)

    /// Every fault of the options for L labels, in plain sentences.
    let faults (labels: int) (o: ThresholdOptions) : string list =
        [
            match o.Local with
            | Some local -> yield! LocalSignalSpec.faults local
            | None -> ()
            yield! Rule.faults o.Decision.Rule
            yield! Objective.faults labels o.Decision.Objective
        ]

/// The way to put this library's thresholds behind a classifier that is there already, without training it again.
[<RequireQualifiedAccess>]
module AdaptiveThresholds =

    let private noEntries (rows: int) (columns: int) =
        CsrMatrix(rows, columns, Array.zeroCreate (rows + 1), [||], [||])

    let private sigmoid (z: float32) = 1f / (1f + exp -z)

    /// What signals that read predictions take for probabilities [N, L].
    let private probabilities (rows: ForeignRows) =
        rows.Scores |> Csr.mapValues (fun _ _ z -> sigmoid z)

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
        | None -> noEntries rows.Scores.Rows 0

    let private apply (rows: ForeignRows) (signal: FittedSignal) : CsrMatrix =
        (FittedSignal.apply
            {
                Features = features (looksAtFeatures signal) rows
                Predicted = Some(probabilities rows)
            }
            signal)
            .Values

    /// The score lists of rows with their local signal: a function of their scores and features alone.
    let scoreLists (rows: ForeignRows) (thresholds: AdaptiveThresholds) : ScoreLists =
        Shape.require "scores" "[L]" [ thresholds.Model.Labels.Count ] [ rows.Scores.Columns ]

        match thresholds.Model.Local with
        | None -> noEntries rows.Scores.Rows rows.Scores.Columns
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
                LocalSignalSpec.fit spec seed evidence (Some(OutOfFold(probabilities rows)))

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

    /// Fits signals and decision on rows that the other model did not learn from, with their label sets [N, L].
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
            | None -> noEntries truth.Rows labels.Count

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

    /// Every listed label of each row with the parts of its threshold.
    let explain (rows: ForeignRows) (thresholds: AdaptiveThresholds) : PairExplanation list[] =
        Explanation.ofLists (scoreLists rows thresholds) thresholds.Model

    /// Saves to a folder, as models are saved.
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
