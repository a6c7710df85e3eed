namespace Limen

/// What the numbers of feature rows are. Missing values (NaN) become the training rows' median of the feature, with a further feature that says where they were missing; only
/// term counts may not be missing.
type FeatureKind =
    /// Judged by the training rows: measurements or values where many entries are stored or one is no whole number from 1, and the scaling chosen on held-out rows; otherwise term counts
    /// (also 0/1 presence).
    | Automatic = 0
    /// Taken as they are.
    | Values = 1
    /// Term counts, weighted by TF-IDF that is fitted on the training rows; each row then has Euclidean norm 1.
    | TermCounts = 2
    /// Measurements on scales of their own, standardised by the training rows.
    | Measurements = 3
    /// Measurements with far values: less the median, in interquartile ranges.
    | Robust = 4
    /// Measurements of which only the order counts: the normal quantile of their ranks among the training rows.
    | Quantiles = 5

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
    /// Numbers [N, D], some of them perhaps missing, on a scale of the training rows.
    | Measurements of Imputer * FittedScaling
    /// Features [N, D] as they are, of which none is missing.
    | Features of dimension: int
    /// Features of which the training rows have some alone: what becomes of these. The others mean nothing to the model.
    | Known of ColumnChoice * InputSpace
    /// Several views of the same rows, their features beside each other.
    | Views of InputSpace list
    /// Blocks of the same rows, each read in a way of its own, their features beside each other.
    | Blocks of InputSpace list

[<RequireQualifiedAccess>]
module InputSpace =

    /// Rows of which more entries than this share are stored are measurements, be they whole numbers or not.
    let private dense = 0.5

    /// Whole numbers of which fewer entries than this share are stored are term counts.
    let private sparse = 0.1

    /// More numbers than this are not stored for the sake of a scaling.
    let private most = 50_000_000L

    /// The kinds that numbers of training rows [N, D], each feature that of some row, may be under Automatic, of which held-out rows choose: the simplest first. Density decides before whole numbers do: counts
    /// in most entries (pixels, histograms, cells) are measurements. A scaling that stores every entry is none of them where rows are sparse and would become large.
    let kinds (x: CsrMatrix) : FeatureKind list =
        let entries = int64 x.Rows * int64 x.Columns
        let stored = float x.NonZeros / float (max 1L entries)

        let whole =
            Seq.truncate x.NonZeros x.Values |> Seq.forall (fun v -> v >= 1f && v = round v)

        let scaled = [ FeatureKind.Measurements; FeatureKind.Quantiles; FeatureKind.Robust ]

        if stored > dense then
            scaled
        elif whole && (stored < sparse || entries > most) then
            [ FeatureKind.TermCounts ]
        elif whole then
            FeatureKind.TermCounts :: scaled
        elif entries > most then
            [ FeatureKind.Values ]
        else
            FeatureKind.Values :: scaled

    let private measured scaling (x: CsrMatrix) =
        let imputer = Imputer.fit x
        Measurements(imputer, Imputer.apply imputer x |> Scaling.fit scaling)

    let private counted (x: CsrMatrix) =
        match FeatureValues.withMissing x with
        | [||] -> x
        | missing -> invalidArg "rows" $"expected term counts, received a missing value (NaN) for feature {missing[0]}"

    let rec private ofFeatures (kind: FeatureKind) (x: CsrMatrix) : InputSpace =
        match kind with
        | FeatureKind.Automatic -> ofFeatures (kinds x).Head x
        | FeatureKind.Values -> measured Scaling.Raw x
        | FeatureKind.TermCounts -> TermCounts(counted x |> TfIdfWeights.fit Sublinear)
        | FeatureKind.Measurements -> measured Scaling.Standardised x
        | FeatureKind.Robust -> measured Scaling.Robust x
        | FeatureKind.Quantiles -> measured Scaling.Quantiles x
        | other -> invalidArg (nameof kind) $"expected a kind of features, received {int other}"

    /// What becomes of chosen features.
    let internal among (choice: ColumnChoice) (input: InputSpace) : InputSpace =
        if ColumnChoice.isAll choice then
            input
        else
            Known(choice, input)

    /// What is wrong with vectorisers, and with a kind of features for rows.
    let faults (vectorisers: VectoriserOptions list) (kind: FeatureKind) (rows: Rows) : string list =
        let texts, features = Rows.blocks rows |> List.partition _.IsTexts

        [
            yield! vectorisers |> List.collect Vectoriser.faults |> List.distinct
            if not (System.Enum.IsDefined kind) then
                $"features: expected a kind of features, received {int kind}"
            elif features.IsEmpty && kind <> FeatureKind.Automatic then
                $"features: expected rows of numbers for {kind}, received {rows.Kind}"
            if vectorisers.IsEmpty && not texts.IsEmpty then
                "vectoriser: expected at least one for texts, received none"
        ]

    let rec private ofRows (vectorisers: VectoriserOptions list) (kind: FeatureKind) (train: Rows) : InputSpace =
        Rows.tryFeatures train |> Option.iter (FeatureValues.require true)

        match train with
        | Rows.Blocks blocks -> blocks |> List.map (ofRows vectorisers kind) |> Blocks
        | Rows.Texts texts ->
            match vectorisers |> List.map (fun options -> Texts(Vectoriser.fit options texts)) with
            | [ one ] -> one
            | several -> Views several
        | Rows.Features _
        | Rows.Dense _ ->
            let x = (Rows.tryFeatures train).Value
            let choice = ColumnChoice.ofEntries x
            ColumnChoice.apply choice x |> ofFeatures kind |> among choice

    /// Fits on training rows: vectorisers with the given options on texts, each a view of its own, what the kind of the numbers asks for on features, of which those that no row has an entry of cost nothing; on
    /// blocks, each of these on each. Throws ConfigurationException for faulty options, a kind of features said of texts alone, and where no term is frequent enough.
    let fit (vectorisers: VectoriserOptions list) (kind: FeatureKind) (train: Rows) : InputSpace =
        faults vectorisers kind train |> Configuration.require
        ofRows vectorisers kind train

    /// D, the number of features that rows become.
    let rec dimension (input: InputSpace) : int =
        match input with
        | Views parts
        | Blocks parts -> parts |> List.sumBy dimension
        | Known(_, known) -> dimension known
        | Texts vectoriser -> vectoriser.Features
        | TermCounts weights -> weights.Idf.Length
        | Measurements(imputer, _) -> Imputer.dimension imputer
        | Features dimension -> dimension

    /// What reads each view, in their order.
    let rec private readers (input: InputSpace) : InputSpace list =
        match input with
        | Views parts
        | Blocks parts -> parts |> List.collect readers
        | one -> [ one ]

    /// The views of rows as runs of their features: those of each block's texts, and each block of numbers; one where there is but one.
    let views (input: InputSpace) : Columns list =
        readers input |> List.map dimension |> Columns.beside

    let rec private givesUnitRows (reader: InputSpace) : bool =
        match reader with
        | Texts _
        | TermCounts _ -> true
        | Known(_, known) -> givesUnitRows known
        | _ -> false

    /// The views in which a row has Euclidean norm 1, or no entry: those weighted by TF-IDF.
    let unitViews (input: InputSpace) : Columns list =
        List.zip (readers input) (views input)
        |> List.filter (fst >> givesUnitRows)
        |> List.map snd

    /// What rows it reads, in a message, as Rows.Kind: "texts", "features", or "texts and features".
    let rec kind (input: InputSpace) : string =
        match input with
        | Texts _ -> "texts"
        | Views(first :: _) -> kind first
        | Blocks blocks -> System.String.Join(" and ", blocks |> List.map kind)
        | _ -> "features"

    /// What texts are read with, a vectoriser for each view; none where rows are features.
    let rec vectorisers (input: InputSpace) : Vectoriser list =
        match input with
        | Texts vectoriser -> [ vectoriser ]
        | Views parts
        | Blocks parts -> parts |> List.collect vectorisers
        | Known(_, known) -> vectorisers known
        | TermCounts _
        | Measurements _
        | Features _ -> []

    /// What was chosen for each view of the rows, in a line each.
    let rec describe (input: InputSpace) : string list =
        match input with
        | Texts vectoriser -> [ Vectoriser.describe vectoriser ]
        | TermCounts _ -> [ "term counts, weighted by TF-IDF" ]
        | Measurements(_, FittedScaling.Raw _)
        | Features _ -> [ "numbers as they are" ]
        | Measurements(_, FittedScaling.Affine _) -> [ "numbers less their centre, in units of their spread" ]
        | Measurements(_, FittedScaling.Ranks _) -> [ "normal quantiles of the numbers' ranks" ]
        | Known(_, known) -> describe known
        | Views parts
        | Blocks parts -> parts |> List.collect describe

    let private wide (columns: int) (x: CsrMatrix) : CsrMatrix =
        if x.Columns > columns then
            invalidArg "rows" $"expected features from 0 to {columns - 1}, received feature {x.Columns - 1}"

        FeatureValues.require true x
        Csr.widen columns x

    /// The features [N, D] that a model sees of rows, which may have fewer features than the training rows had. Throws ArgumentException for
    /// rows of another kind than the training rows, a feature of D or above, a value beyond Limits.feature in magnitude, and a missing term count.
    let rec apply (input: InputSpace) (rows: Rows) : CsrMatrix =
        match input, rows, Rows.tryFeatures rows with
        | Views views, _, _ -> views |> List.map (fun view -> apply view rows) |> Columns.join
        | Blocks inputs, Rows.Blocks blocks, _ when kind input = rows.Kind ->
            List.map2 apply inputs blocks |> Columns.join
        | Blocks _, _, _ -> Rows.mismatch (kind input) rows
        | Texts vectoriser, Rows.Texts texts, _ -> Vectoriser.apply vectoriser texts
        | Texts _, _, _ -> Rows.mismatch "texts" rows
        | _, _, None -> Rows.mismatch "features" rows
        | Known(choice, known), _, Some x ->
            wide choice.Of x |> ColumnChoice.apply choice |> Rows.Features |> apply known
        | TermCounts weights, _, Some x -> wide weights.Idf.Length x |> counted |> TfIdfWeights.apply weights
        | Measurements(imputer, scaling), _, Some x ->
            wide imputer.Medians.Length x |> Imputer.apply imputer |> Scaling.apply scaling
        | Features dimension, _, Some x -> wide dimension x
