namespace Limen.Core

open System.Threading
open Limen.Kernels

/// A fitted model: one immutable record, and all there is. Prediction is a function of it and of features.
[<ReferenceEquality>]
type Model =
    {
        Labels: LabelSpace
        /// What a row is before it becomes features.
        Input: InputSpace
        /// n_l: positives of each label in the training rows.
        Support: int[]
        /// N, the training rows.
        Rows: int
        /// IDF_l divided by the largest, in [0, 1]; zeros without a global signal.
        Idf: float32[]
        Local: LocalModel option
        Scorers: FittedScorer list
        Decision: Decision
        /// Labels that each scorer proposes for a row.
        Candidates: int
    }

[<RequireQualifiedAccess>]
module Model =

    let private ranker (model: Model) : Ranker =
        {
            Idf = model.Idf
            Local = model.Local
            Scorers = model.Scorers
            Candidates = model.Candidates
        }

    /// The local signal [N, L] of any rows, from their features alone.
    let localSignal (x: CsrMatrix) (model: Model) : LocalSignal = ranker model |> Ranker.localSignal x

    /// The candidate pairs of rows with every scorer's margin and the local signal.
    let scoreLists (x: CsrMatrix) (model: Model) : ScoreLists = ranker model |> Ranker.scoreLists x

    /// The fused scores of the candidate pairs, in log-odds: what P@k and nDCG rank by.
    let scores (x: CsrMatrix) (model: Model) : CsrMatrix =
        scoreLists x model |> Decision.scores model.Idf model.Decision

    /// The predicted label sets [N, L] of rows of features.
    let predict (x: CsrMatrix) (model: Model) : CsrMatrix =
        scores x model |> Decision.decide model.Decision

    /// The probabilities [N, L] of the candidate pairs, calibrated where the decision is.
    let probabilities (x: CsrMatrix) (model: Model) : CsrMatrix =
        scores x model |> Decision.probabilities model.Decision

    /// The same label sets with probabilities calibrated on labelled rows of their own.
    let withCalibration (options: CalibrationOptions) (rows: Dataset) (model: Model) : Model =
        { model with
            Decision =
                model.Decision
                |> Decision.withCalibration options model.Support (scores rows.Features model) rows.Labels
        }

    /// The same model with another rule: the expected share of a row's labels that is missed is at most the level, for rows
    /// exchangeable with these, none of which was used in fitting (Decision.withRisk).
    let withRisk (level: float) (rows: Dataset) (model: Model) : Model =
        { model with
            Decision =
                model.Decision
                |> Decision.withRisk level (scores rows.Features model) rows.Labels
        }

    /// The same model with what it takes to say which label sets are possible, from rows not used in fitting.
    let withSets (norm: ConformalNorm) (rows: Dataset) (model: Model) : Model =
        { model with
            Decision =
                model.Decision
                |> Decision.withSets norm (scores rows.Features model) rows.Labels
        }

    /// The label sets that are possible for each row at significance epsilon, at most cap of a row: the true one is among
    /// all of them with probability at least 1 - epsilon (ConformalSets). Throws InvalidOperationException without withSets.
    let possibleSets (epsilon: float) (cap: int) (x: CsrMatrix) (model: Model) : SetPrediction[] =
        model.Decision |> Decision.possibleSets epsilon cap (scores x model)

    /// Features of texts. Throws InvalidOperationException where the model was not fitted on texts.
    let ofTexts (texts: string[]) (model: Model) : CsrMatrix = InputSpace.ofTexts texts model.Input

    /// Features of rows [N, D] as the data file gives them. Throws InvalidOperationException where the model was fitted on texts.
    let ofRows (rows: CsrMatrix) (model: Model) : CsrMatrix = InputSpace.ofRows rows model.Input

    /// Fits a model: signals (leave-one-out) and scorers on the training rows, early stopping and the decision on the
    /// validation rows, or on what DecisionRows says where none are given.
    /// Cancelling keeps the best state so far, and still fits the decision; a cross-fit then gives the model of its first
    /// fold. Throws ConfigurationException with every fault of the options; ArgumentException where sizes disagree.
    let fit
        (options: ModelOptions)
        (labels: LabelSpace)
        (input: InputSpace)
        (train: Dataset)
        (validation: Dataset option)
        (progress: FitProgress -> unit)
        (cancellation: CancellationToken)
        : Model =

        match ModelOptions.faults options with
        | [] -> ()
        | faults -> raise (ConfigurationException faults)

        if train.Rows = 0 then
            invalidArg (nameof train) "expected at least one training row, received none"

        if train.Labels.Columns <> labels.Count then
            invalidArg
                (nameof labels)
                $"expected {train.Labels.Columns} labels as in the training rows, received {labels.Count}"

        train.Features.Validate() |> ignore
        validation |> Option.iter (fun v -> v.Features.Validate() |> ignore)

        let tell phase share =
            progress
                {
                    Phase = phase
                    Done = share
                    Training = None
                }

        tell FittingSignals 0.0
        let evidence = Fitting.evidence options train validation progress cancellation
        tell FittingDecision 0.0
        let support = Csr.columnCounts evidence.Train.Labels

        let decision =
            Decision.fit
                options.Decision
                {
                    Support = support
                    Rows = evidence.Train.Rows
                    Idf = evidence.Ranker.Idf
                    Seed = options.Seed
                }
                evidence.Lists
                evidence.Labels

        tell FittingDecision 1.0

        {
            Labels = labels
            Input = input
            Support = support
            Rows = evidence.Train.Rows
            Idf = evidence.Ranker.Idf
            Local = evidence.Ranker.Local
            Scorers = evidence.Ranker.Scorers
            Decision = decision
            Candidates = options.Candidates
        }
