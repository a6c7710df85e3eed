namespace Limen.Core

open Limen.Kernels

/// A local signal before it has seen any row: what says, row by row, how much each label is expected to apply. In [0, 1] but for
/// weighted combinations, sparse [N, L].
[<RequireQualifiedAccess>]
type LocalSignalSpec =
    | FeatureKnn of FeatureKnnOptions
    | MlKnn of MlKnnOptions
    | TfIdf of TfIdfOptions
    | LabelAgreement of LabelAgreementOptions
    | LabelNeighbours of FeatureKnnOptions
    | LearnedGraph of LearnedGraphOptions
    /// The sum of weight times signal; weights are not negative. A row is a fallback where all parts are silent.
    | Weighted of (float32 * LocalSignalSpec) list

/// A local signal that was fitted on training rows.
[<RequireQualifiedAccess; NoComparison>]
type FittedSignal =
    | FeatureKnn of FeatureKnn
    | MlKnn of CosineIndex * MlKnn
    | TfIdf of TfIdf
    | LabelAgreement of LabelAgreement
    | LabelNeighbours of FeatureKnn
    | LearnedGraph of LearnedGraph
    | Weighted of (float32 * FittedSignal) list

/// What a signal may know of rows at inference: their features [B, D] and, where a scorer has run, its probabilities [B, L]. Never labels.
[<ReferenceEquality>]
type SignalInput =
    {
        Features: CsrMatrix
        Predicted: CsrMatrix option
    }

[<RequireQualifiedAccess>]
module FittedSignal =

    let internal weighted (parts: (float32 * LocalSignal) list) : LocalSignal =
        let first = (snd parts.Head).Values

        SparseRows.build first.Rows first.Columns (fun sums i ->
            for weight, part in parts do
                if weight > 0f then
                    for struct (l, v) in Csr.row i part.Values do
                        sums.Add(l, float weight * float v)

            sums.DrainRow())
        |> SparseRows.signal

    let private predicted input =
        match input.Predicted with
        | Some p -> p
        | None ->
            invalidArg (nameof input) "expected predicted probabilities [B, L], which this signal reads; received none"

    /// The signal [B, L] of rows that are not training rows, each from its own features and predictions alone. Throws ArgumentException
    /// when predictions are needed and missing, or D or L differ from the training rows'.
    let rec apply (input: SignalInput) (fitted: FittedSignal) : LocalSignal =
        match fitted with
        | FittedSignal.FeatureKnn knn -> FeatureKnn.apply input.Features knn
        | FittedSignal.MlKnn(index, m) -> MlKnn.apply (index.Search(input.Features, m.Options.K)) m
        | FittedSignal.TfIdf profiles -> TfIdf.apply input.Features profiles
        | FittedSignal.LabelAgreement agreement -> LabelAgreement.apply (predicted input) agreement
        | FittedSignal.LabelNeighbours knn -> LabelNeighbours.apply (predicted input) knn
        | FittedSignal.LearnedGraph graph -> LearnedGraph.apply (predicted input) graph
        | FittedSignal.Weighted parts -> parts |> List.map (fun (w, part) -> w, apply input part) |> weighted

[<RequireQualifiedAccess>]
module LocalSignalSpec =

    /// A name that says what the signal is made of.
    let rec name spec =
        match spec with
        | LocalSignalSpec.FeatureKnn _ -> "feature-knn"
        | LocalSignalSpec.MlKnn _ -> "ml-knn"
        | LocalSignalSpec.TfIdf _ -> "tf-idf"
        | LocalSignalSpec.LabelAgreement _ -> "label-agreement"
        | LocalSignalSpec.LabelNeighbours _ -> "label-neighbours"
        | LocalSignalSpec.LearnedGraph _ -> "learned-graph"
        | LocalSignalSpec.Weighted parts ->
            parts |> List.map (fun (w, part) -> $"{w} {name part}") |> String.concat " + "

    /// Whether it reads predicted probabilities, out-of-fold in training.
    let rec needsPredictions spec =
        match spec with
        | LocalSignalSpec.LabelAgreement _
        | LocalSignalSpec.LabelNeighbours _
        | LocalSignalSpec.LearnedGraph _ -> true
        | LocalSignalSpec.Weighted parts -> parts |> List.exists (snd >> needsPredictions)
        | LocalSignalSpec.FeatureKnn _
        | LocalSignalSpec.MlKnn _
        | LocalSignalSpec.TfIdf _ -> false

    let private knnFaults options =
        try
            FeatureKnnOptions.validate options |> ignore
            []
        with :? ConfigurationException as e ->
            e.Faults

    let private agreementFaults (o: LabelAgreementOptions) =
        [
            if not (o.Floor >= 0f && o.Floor <= 1f) then
                $"LabelAgreement.Floor: expected a value in 0 .. 1, received {o.Floor}"
            if o.TopPerLabel < 1 then
                $"LabelAgreement.TopPerLabel: expected at least 1, received {o.TopPerLabel}"
            if o.LabelsPerRow < 1 then
                $"LabelAgreement.LabelsPerRow: expected at least 1, received {o.LabelsPerRow}"
            if not (o.MassFloor >= 0f) then
                $"LabelAgreement.MassFloor: expected at least 0, received {o.MassFloor}"
        ]

    /// Every number that is out of its range, in words.
    let rec faults spec : string list =
        match spec with
        | LocalSignalSpec.FeatureKnn options
        | LocalSignalSpec.LabelNeighbours options -> knnFaults options
        | LocalSignalSpec.MlKnn o ->
            [
                if o.K < 1 then
                    $"MlKnn.K: expected at least 1, received {o.K}"
                if not (o.Smoothing > 0.0) then
                    $"MlKnn.Smoothing: expected above 0, received {o.Smoothing}"
            ]
        | LocalSignalSpec.TfIdf o ->
            [
                if o.Terms < 1 then
                    $"TfIdf.Terms: expected at least 1, received {o.Terms}"
                if o.LabelsPerRow < 1 then
                    $"TfIdf.LabelsPerRow: expected at least 1, received {o.LabelsPerRow}"
                if not (o.Floor >= 0f && o.Floor <= 1f) then
                    $"TfIdf.Floor: expected a value in 0 .. 1, received {o.Floor}"
            ]
        | LocalSignalSpec.LabelAgreement o -> agreementFaults o
        | LocalSignalSpec.LearnedGraph o ->
            [
                yield! agreementFaults o.Start
                if o.Epochs < 0 then
                    $"LearnedGraph.Epochs: expected at least 0, received {o.Epochs}"
                if not (o.LearningRate > 0.0) then
                    $"LearnedGraph.LearningRate: expected above 0, received {o.LearningRate}"
                if not (o.Damping > 0.0) then
                    $"LearnedGraph.Damping: expected above 0, received {o.Damping}"
                if o.Folds < 2 then
                    $"LearnedGraph.Folds: expected at least 2, received {o.Folds}"
            ]
        | LocalSignalSpec.Weighted parts ->
            [
                if parts.IsEmpty then
                    "Weighted: expected at least one signal, received none"
                for weight, part in parts do
                    if not (weight >= 0f) || System.Single.IsInfinity weight then
                        $"Weighted: expected finite weights of at least 0, received {weight} for {name part}"

                    yield! faults part
            ]

    /// index: of the training features; built once, by the first signal that looks for neighbours, for all parts of a combination.
    let rec private fitChecked
        spec
        seed
        (train: Dataset)
        (index: Lazy<CosineIndex>)
        (predicted: OutOfFold option)
        : FittedSignal * LocalSignal =
        let labels = train.Labels

        let outOfFold () =
            match predicted with
            | Some p -> p
            | None ->
                invalidArg (nameof predicted) $"{name spec} learns from out-of-fold predictions [N, L]; received none"

        match spec with
        | LocalSignalSpec.FeatureKnn options ->
            let knn = FeatureKnn.ofIndex options index.Value labels
            FittedSignal.FeatureKnn knn, FeatureKnn.leaveOneOut knn
        | LocalSignalSpec.MlKnn options ->
            let neighbours = index.Value.LeaveOneOut options.K
            let m = MlKnn.fit options neighbours labels
            FittedSignal.MlKnn(index.Value, m), MlKnn.leaveOneOut neighbours m
        | LocalSignalSpec.TfIdf options ->
            let fitted, signal = TfIdf.fitLeaveOneOut options train
            FittedSignal.TfIdf fitted, signal
        | LocalSignalSpec.LabelAgreement options ->
            FittedSignal.LabelAgreement(LabelAgreement.fit options labels),
            LabelAgreement.leaveOneOut options labels (outOfFold ())
        | LocalSignalSpec.LabelNeighbours options ->
            let knn = LabelNeighbours.fit options labels
            FittedSignal.LabelNeighbours knn, LabelNeighbours.leaveOneOut (outOfFold ()) knn
        | LocalSignalSpec.LearnedGraph options ->
            FittedSignal.LearnedGraph(LearnedGraph.fit options seed labels (outOfFold ())),
            LearnedGraph.crossFit options seed labels (outOfFold ())
        | LocalSignalSpec.Weighted parts ->
            let fitted =
                parts
                |> List.map (fun (w, part) ->
                    let signal, values = fitChecked part seed train index predicted
                    (w, signal), (w, values))

            FittedSignal.Weighted(List.map fst fitted), fitted |> List.map snd |> FittedSignal.weighted

    /// Fits on training rows. The second result is the signal [N, L] of the training rows themselves, which a row's own labels do not
    /// reach (leave-one-out, cross-fitted for LearnedGraph): what to train with. Throws ConfigurationException with every fault of
    /// the numbers, ArgumentException when predictions are needed and missing.
    let fit
        (spec: LocalSignalSpec)
        (seed: Seed)
        (train: Dataset)
        (predicted: OutOfFold option)
        : FittedSignal * LocalSignal =
        match faults spec with
        | [] -> fitChecked spec seed train (lazy CosineIndex.Build train.Features) predicted
        | faults -> raise (ConfigurationException faults)

    /// Every local signal with its defaults, and one combination: what the laws are tested on.
    let all: LocalSignalSpec list =
        [
            LocalSignalSpec.FeatureKnn FeatureKnnOptions.standard
            LocalSignalSpec.MlKnn MlKnn.defaults
            LocalSignalSpec.TfIdf TfIdf.defaults
            LocalSignalSpec.LabelAgreement LabelAgreement.defaults
            LocalSignalSpec.LabelNeighbours FeatureKnnOptions.standard
            LocalSignalSpec.LearnedGraph LearnedGraph.defaults
            LocalSignalSpec.Weighted
                [
                    0.75f, LocalSignalSpec.FeatureKnn FeatureKnnOptions.standard
                    0.25f, LocalSignalSpec.LabelAgreement LabelAgreement.defaults
                ]
        ]
