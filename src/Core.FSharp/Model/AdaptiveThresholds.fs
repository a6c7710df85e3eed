namespace Limen.Core

open Limen.Kernels

/// How thresholds for the scores of another model are put together.
[<RequireQualifiedAccess; ReferenceEquality>]
type ThresholdOptions =
    {
        /// The global signal: label rarity.
        Global: IdfSmoothing option
        /// The local signal: the labels of the row's neighbours. It needs features.
        Local: FeatureKnnOptions option
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

    /// Every fault of the options for L labels, in plain sentences.
    let faults (labels: int) (o: ThresholdOptions) : string list =
        [
            match o.Local with
            | Some knn -> yield! FeatureKnnOptions.faults knn
            | None -> ()
            yield! Rule.faults o.Decision.Rule
            yield! Objective.faults labels o.Decision.Objective
        ]

/// The way to put this library's thresholds behind a classifier that is there already, without training it again.
[<RequireQualifiedAccess>]
module AdaptiveThresholds =

    let private empty (like: CsrMatrix) =
        CsrMatrix(like.Rows, like.Columns, Array.zeroCreate (like.Rows + 1), [||], [||])

    let private required (features: CsrMatrix option) =
        match features with
        | Some x -> x
        | None -> invalidArg "rows" "a local signal looks at the features of the rows: expected features, received none"

    let private listsOf (scores: CsrMatrix) (local: CsrMatrix) : ScoreLists =
        ScoreLists.create [| scores |] (scores |> Csr.mapValues (fun row label _ -> Csr.item row label local))

    /// The score lists of rows with their local signal, from features alone.
    let scoreLists (rows: ForeignRows) (thresholds: AdaptiveThresholds) : ScoreLists =
        Shape.require "scores" "[L]" [ thresholds.Model.Labels.Count ] [ rows.Scores.Columns ]

        match thresholds.Model.Local with
        | None -> listsOf rows.Scores (empty rows.Scores)
        | Some local ->
            listsOf rows.Scores (LocalModel.apply thresholds.Model.Idf (required rows.Features) local).Values

    /// Fits signals and decision on rows that the other model did not learn from, with their label sets [N, L].
    /// training: the rows that rarity is counted in and that vote as neighbours; None: the scored rows themselves, of which
    /// none votes on itself. input: what becomes of a row before it has the features that are given here.
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

        let evidence =
            match training, options.Local with
            | Some t, _ -> t
            | None, Some _ -> Dataset.create (required rows.Features) truth
            | None, None -> Dataset.create truth truth

        Shape.require (nameof training) "[L]" [ labels.Count ] [ evidence.Labels.Columns ]

        let idf =
            match options.Global with
            | Some smoothing -> Idf.fit smoothing evidence |> Rarity.ofIdf
            | None -> Array.zeroCreate labels.Count

        let knn = options.Local |> Option.map (fun o -> FeatureKnn.fit o evidence)

        let local =
            match knn, training with
            | None, _ -> empty rows.Scores
            | Some k, None -> (FeatureKnn.leaveOneOut k).Values
            | Some k, Some _ -> (FeatureKnn.apply (required rows.Features) k).Values

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
                (listsOf rows.Scores local)
                truth

        {
            Model =
                {
                    Labels = labels
                    Input = input
                    Support = support
                    Rows = evidence.Rows
                    Idf = idf
                    Local =
                        knn
                        |> Option.map (fun k ->
                            {
                                Signal = FittedSignal.FeatureKnn k
                                Base = None
                            })
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
