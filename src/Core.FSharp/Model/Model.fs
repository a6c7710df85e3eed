namespace Limen.Core

open System
open System.Threading
open Limen.Kernels

/// How a model is put together. Everything has a default (ModelOptions.defaults).
[<ReferenceEquality>]
type ModelOptions =
    {
        /// The global signal: label rarity. None: thresholds do not know it.
        Global: IdfSmoothing option
        /// The local signal: the labels of the row's neighbours. None: thresholds do not know them.
        Local: LocalSignalSpec option
        /// One or more; several are stacked by the decision.
        Scorers: ScorerOptions list
        /// What turns scores into label sets, fitted on held-out rows.
        Decision: DecisionOptions
        /// Labels that each scorer proposes for a row; no other label can be predicted, save those the neighbours carry.
        Candidates: int
        /// The share of the training rows that is held out where no validation rows are given.
        HeldOut: float
        Seed: Seed
    }

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

/// The stages of fitting, in their order.
type FitPhase =
    | FittingSignals
    | FittingScorer of index: int * count: int
    | FittingDecision

/// Where a fit stands: the stage, the share of that stage that is done, and the training's own numbers.
type FitProgress =
    {
        Phase: FitPhase
        Done: float
        Training: TrainingProgress option
    }

[<RequireQualifiedAccess>]
module ModelOptions =

    let defaults =
        {
            Global = Some IdfSmoothing.AddOne
            Local = Some(LocalSignalSpec.FeatureKnn FeatureKnnOptions.standard)
            Scorers = [ Perceptron(NetworkOptions.defaults, TrainingOptions.defaults) ]
            Decision = DecisionOptions.defaults
            Candidates = 60
            HeldOut = 0.1
            Seed = Seed.ofInt 1
        }

    /// Every fault of the options, in plain sentences.
    let faults (o: ModelOptions) =
        [
            if o.Scorers.IsEmpty then
                "scorers: expected at least one"
            yield! o.Scorers |> List.collect Scorer.faults
            match o.Local with
            | Some local -> yield! LocalSignalSpec.faults local
            | None -> ()
            if o.Candidates < 1 then
                $"candidates: expected at least 1, received {o.Candidates}"
            if not (o.HeldOut > 0.0 && o.HeldOut < 1.0) then
                $"held-out share: expected above 0 and below 1, received {o.HeldOut}"
        ]

[<RequireQualifiedAccess>]
module Model =

    /// The local signal that makes a label a candidate though no scorer proposes it.
    let private localFloor = 0.03f

    let private noLocal (rows: int) (labels: int) =
        CsrMatrix(rows, labels, Array.zeroCreate (rows + 1), [||], [||])

    /// IDF divided by its largest value, so that one unit means "as rare as labels get".
    let private scaledIdf (options: ModelOptions) (train: Dataset) =
        match options.Global with
        | None -> Array.zeroCreate train.Labels.Columns
        | Some smoothing ->
            let idf = Idf.fit smoothing train
            let largest = Array.max idf

            if largest > 0f then
                idf |> Array.map (fun v -> v / largest)
            else
                idf

    /// The local signal [N, L] of any rows, from their features alone.
    let localSignal (x: CsrMatrix) (model: Model) : LocalSignal =
        match model.Local with
        | Some local -> LocalModel.apply model.Idf x local
        | None ->
            {
                Values = noLocal x.Rows model.Labels.Count
                Fallbacks = x.Rows
            }

    /// The candidate pairs of rows with every scorer's margin and the local signal.
    let scoreLists (x: CsrMatrix) (model: Model) : ScoreLists =
        let local = (localSignal x model).Values

        model.Scorers
        |> List.map (Scorer.margins model.Idf x local)
        |> Candidates.collect model.Candidates localFloor local

    /// The fused scores of the candidate pairs, in log-odds: what P@k and nDCG rank by.
    let scores (x: CsrMatrix) (model: Model) : CsrMatrix =
        scoreLists x model |> Decision.scores model.Idf model.Decision

    /// The predicted label sets [N, L] of rows of features.
    let predict (x: CsrMatrix) (model: Model) : CsrMatrix =
        scores x model |> Decision.decide model.Decision

    /// Features of texts. Throws InvalidOperationException where the model was not fitted on texts.
    let ofTexts (texts: string[]) (model: Model) : CsrMatrix = InputSpace.ofTexts texts model.Input

    /// Features of rows [N, D] as the data file gives them. Throws InvalidOperationException where the model was fitted on texts.
    let ofRows (rows: CsrMatrix) (model: Model) : CsrMatrix = InputSpace.ofRows rows model.Input

    /// Fits a model: signals (leave-one-out) and scorers on the training rows, early stopping and the decision on the
    /// validation rows (a seeded share of the training rows where none are given).
    /// Cancelling keeps the best state so far, and still fits the decision.
    /// Throws ConfigurationException with every fault of the options; ArgumentException where sizes disagree.
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

        let train, validation =
            match validation with
            | Some v -> train, v
            | None -> Dataset.holdOut options.HeldOut (Seed.derive "held out" 0 options.Seed) train

        let tell phase share training =
            progress
                {
                    Phase = phase
                    Done = share
                    Training = training
                }

        let idf = scaledIdf options train
        tell FittingSignals 0.0 None

        let fitted =
            options.Local
            |> Option.map (fun spec ->
                LocalModel.fit spec options.Scorers.Head idf (Seed.derive "local" 0 options.Seed) train cancellation)

        let localModel = Option.map fst fitted

        let local =
            match fitted with
            | Some(_, signal) -> signal.Values
            | None -> noLocal train.Rows labels.Count

        let heldOutLocal =
            match localModel with
            | Some l -> (LocalModel.apply idf validation.Features l).Values
            | None -> noLocal validation.Rows labels.Count

        let rows (d: Dataset) (local: CsrMatrix) : TrainingRows =
            {
                Features = d.Features
                Labels = d.Labels
                Local = local
            }

        let heldOut = rows validation heldOutLocal

        let scorers =
            options.Scorers
            |> List.mapi (fun i o ->
                let phase = FittingScorer(i + 1, options.Scorers.Length)

                o
                |> Scorer.fit
                    idf
                    localModel.IsSome
                    (rows train local)
                    (if validation.Rows > 0 then Some heldOut else None)
                    (fun p -> tell phase p.Done (Some p))
                    cancellation)

        tell FittingDecision 0.0 None
        let support = Csr.columnCounts train.Labels

        let lists =
            scorers
            |> List.map (Scorer.margins idf validation.Features heldOutLocal)
            |> Candidates.collect options.Candidates localFloor heldOutLocal

        let decision =
            Decision.fit
                options.Decision
                {
                    Support = support
                    Rows = train.Rows
                    Idf = idf
                    Seed = options.Seed
                }
                lists
                validation.Labels

        tell FittingDecision 1.0 None

        {
            Labels = labels
            Input = input
            Support = support
            Rows = train.Rows
            Idf = idf
            Local = localModel
            Scorers = scorers
            Decision = decision
            Candidates = options.Candidates
        }
