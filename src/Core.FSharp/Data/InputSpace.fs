namespace Limen

/// What the numbers of feature rows are.
type FeatureKind =
    /// Judged by the training rows: dense rows are measurements, whole numbers from 1 (also 0/1 presence) are term counts, anything else is taken
    /// as it is.
    | Automatic = 0
    /// Taken as they are.
    | Values = 1
    /// Term counts, weighted by TF-IDF that is fitted on the training rows; each row then has Euclidean norm 1.
    | TermCounts = 2
    /// Measurements on scales of their own, standardised by the training rows.
    | Measurements = 3

namespace Limen.Core

open Limen
open Limen.Kernels

/// What a model reads, and how that becomes the features that its parts see.
[<ReferenceEquality>]
type InputSpace =
    /// Texts, through a vectoriser fitted on the training texts.
    | Texts of Vectoriser
    /// Term counts [N, D], weighted by TF-IDF fitted on the training rows.
    | TermCounts of TfIdfWeights
    /// Measurements [N, D], standardised by the training rows.
    | Measurements of Standardiser
    /// Features [N, D] as they are.
    | Features of dimension: int
    /// Several views of the same rows, their features beside each other.
    | Views of InputSpace list

[<RequireQualifiedAccess>]
module InputSpace =

    /// Rows of which more entries than this share are stored are taken for measurements.
    let private dense = 0.5

    /// What the numbers of training rows [N, D] are. Term counts before measurements: counts may be dense too.
    let private judge (x: CsrMatrix) : FeatureKind =
        let stored = float x.NonZeros / (float x.Rows * float x.Columns)

        let whole =
            Seq.truncate x.NonZeros x.Values |> Seq.forall (fun v -> v >= 1f && v = round v)

        if whole then FeatureKind.TermCounts
        elif stored > dense then FeatureKind.Measurements
        else FeatureKind.Values

    let rec private ofFeatures (kind: FeatureKind) (x: CsrMatrix) : InputSpace =
        match kind with
        | FeatureKind.Automatic -> ofFeatures (judge x) x
        | FeatureKind.Values -> Features x.Columns
        | FeatureKind.TermCounts -> TermCounts(TfIdfWeights.fit Sublinear x)
        | FeatureKind.Measurements -> Measurements(Standardiser.fit x)
        | other -> invalidArg (nameof kind) $"expected a kind of features, received {int other}"

    /// What is wrong with vectorisers, and with a kind of features for rows.
    let faults (vectorisers: VectoriserOptions list) (kind: FeatureKind) (rows: Rows) : string list =
        [
            if vectorisers.IsEmpty then
                "vectoriser: expected at least one, received none"
            yield! vectorisers |> List.collect Vectoriser.faults |> List.distinct
            match rows with
            | _ when not (System.Enum.IsDefined kind) -> $"features: expected a kind of features, received {int kind}"
            | Rows.Texts _ when kind <> FeatureKind.Automatic ->
                $"features: {kind} is said of the numbers of feature rows, received texts"
            | _ -> ()
        ]

    /// Fits on training rows: vectorisers with the given options on texts, each a view of its own, what the kind of the numbers asks for on features. Throws
    /// ConfigurationException for faulty options, a kind of features said of texts, and where no term is frequent enough.
    let fit (vectorisers: VectoriserOptions list) (kind: FeatureKind) (train: Rows) : InputSpace =
        match faults vectorisers kind train with
        | [] -> ()
        | found -> raise (ConfigurationException found)

        match train with
        | Rows.Texts texts ->
            match vectorisers |> List.map (fun options -> Texts(Vectoriser.fit options texts)) with
            | [ one ] -> one
            | several -> Views several
        | Rows.Features x -> ofFeatures kind x
        | Rows.Dense _ -> train |> Rows.tryFeatures |> Option.get |> ofFeatures kind

    /// D, the number of features that rows become.
    let rec dimension (input: InputSpace) : int =
        match input with
        | Views views -> views |> List.sumBy dimension
        | Texts vectoriser -> vectoriser.Features
        | TermCounts weights -> weights.Idf.Length
        | Measurements standardiser -> standardiser.Mean.Length
        | Features dimension -> dimension

    /// The views of rows as blocks of their features; one where there is but one.
    let views (input: InputSpace) : Columns list =
        match input with
        | Views views -> views |> List.map dimension |> Columns.beside
        | one -> [ { First = 0; Count = dimension one } ]

    let private wide (input: InputSpace) (x: CsrMatrix) : CsrMatrix =
        let columns = dimension input

        if x.Columns > columns then
            invalidArg "rows" $"expected features from 0 to {columns - 1}, received feature {x.Columns - 1}"

        Csr.widen columns x

    /// The features [N, D] that a model sees of rows, which may have fewer features than the training rows had. Throws ArgumentException for
    /// texts where the training rows were features, features where they were texts, and a feature that the training rows did not have.
    let rec apply (input: InputSpace) (rows: Rows) : CsrMatrix =
        match input, rows, Rows.tryFeatures rows with
        | Views views, _, _ -> views |> List.map (fun view -> apply view rows) |> Columns.join
        | Texts vectoriser, Rows.Texts texts, _ -> Vectoriser.apply vectoriser texts
        | Texts _, _, _ -> Rows.mismatch "texts" rows
        | _, _, None -> Rows.mismatch "features" rows
        | TermCounts weights, _, Some x -> wide input x |> TfIdfWeights.apply weights
        | Measurements standardiser, _, Some x -> wide input x |> Standardiser.apply standardiser
        | Features _, _, Some x -> wide input x
