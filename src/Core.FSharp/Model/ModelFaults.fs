namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// What is wrong with a model whose parts were read from files, each by itself: whether they fit each other, so that nothing is left to fail when rows are predicted. A model
/// that was fitted has no fault.
[<RequireQualifiedAccess>]
module internal ModelFaults =

    let private vectoriser (v: Vectoriser) : string list =
        [
            yield! Vectoriser.faults v.Options
            yield! Unfit.finite "IDF of the terms" v.Features v.Weights.Idf
            match
                v.Terms
                |> Seq.pairwise
                |> Seq.tryFind (fun (a, b) -> String.CompareOrdinal(a, b) >= 0)
            with
            | Some(a, b) -> $"terms: expected them in ordinal order, found \"{b}\" after \"{a}\""
            | None -> ()
        ]

    let private scaling (dimension: int) (fitted: FittedScaling) : string list =
        match fitted with
        | FittedScaling.Raw found ->
            Unfit.unless (found = dimension) $"scaling: expected {dimension} features, found {found}"
        | FittedScaling.Affine(centre, spread) ->
            [
                yield! Unfit.finite "centres" dimension centre
                yield! Unfit.finite "spreads" dimension spread
                yield! Unfit.firstOf "spreads" "numbers above 0" (fun s -> s > 0f) spread
            ]
        | FittedScaling.Ranks knots ->
            [
                yield! Unfit.unless (knots.Columns > 0) "knots: expected one or more of a feature, found none"
                yield! Unfit.dense "knots" (dimension, knots.Columns) knots
            ]

    let private imputer (i: Imputer) : string list =
        [
            yield! Unfit.finite "medians" i.Medians.Length i.Medians
            yield! Unfit.ascending "features with missing values" i.Indicated
            yield!
                Unfit.firstOf
                    "features with missing values"
                    $"0 to {i.Medians.Length - 1}"
                    (fun f -> f >= 0 && f < i.Medians.Length)
                    i.Indicated
        ]

    /// Features that were chosen, before they become those of the model.
    let private chosen (choice: ColumnChoice) (width: int) : string list =
        [
            yield! Unfit.length "features that are known" (int64 width) choice.Ids
            yield! Unfit.ascending "features that are known" choice.Ids
            yield!
                Unfit.firstOf
                    "features that are known"
                    $"0 to {choice.Of - 1}"
                    (fun f -> f >= 0 && f < choice.Of)
                    choice.Ids
        ]

    let rec private view (input: InputSpace) : string list =
        match input with
        | Known(choice, (TermCounts { Idf = idf } as known)) -> chosen choice idf.Length @ view known
        | Known(choice, (Measurements(i, _) as known)) -> chosen choice i.Medians.Length @ view known
        | Known _ -> [ "features that are known: expected numbers of these, found another input" ]
        | Texts v -> vectoriser v
        | TermCounts weights -> Unfit.finite "IDF of the features" weights.Idf.Length weights.Idf
        | Measurements(i, s) -> imputer i @ scaling (Imputer.dimension i) s
        | Features dimension -> Unfit.unless (dimension >= 0) $"features: expected 0 or more, found {dimension}"
        | Views _
        | Blocks _ -> [ "views: expected texts or numbers, found views or blocks of them" ]

    let private notTooWide (what: string) (parts: InputSpace list) : string list =
        Unfit.unless
            (parts |> List.sumBy (InputSpace.dimension >> int64) <= int64 Array.MaxLength)
            $"{what}: expected fewer features in all"

    let rec private input (space: InputSpace) : string list =
        match space with
        | Blocks blocks ->
            [
                yield! Unfit.unless (blocks.Length > 1) "blocks: expected two or more, found fewer"
                yield!
                    Unfit.unless
                        (blocks |> List.forall (_.IsBlocks >> not))
                        "blocks: expected texts or numbers, found blocks of blocks"
                yield! blocks |> List.filter (_.IsBlocks >> not) |> List.collect input
                yield! notTooWide "blocks" blocks
            ]
        | Views views ->
            [
                yield! Unfit.unless (views.Length > 1) "views: expected two or more, found fewer"
                yield! views |> List.collect view
                yield! notTooWide "views" views
            ]
        | one -> view one

    let private counts (labels: int) (c: LabelCounts) : string list =
        Unfit.doubles "training rows" 0.0 1L [| c.Rows |]
        @ Unfit.doubles "training rows of each label" 0.0 labels c.Positives

    let private stack (scorers: int) (s: Stack) : string list =
        let slopes =
            Array.append s.Margins [| s.Local; s.LogLocal; s.Intercept |]
            |> Array.collect (fun slope -> [| slope.Common; slope.Rare |])

        Unfit.length "slopes of the stack" (int64 scorers) s.Margins
        @ Unfit.doubles "slopes of the stack" Double.NegativeInfinity slopes.Length slopes
        @ FusionTrees.faults (scorers + 2) s.Trees

    let private constraints (labels: int) (c: LabelConstraint) : string list =
        let known ids =
            Unfit.firstOf "labels of a constraint" $"0 to {labels - 1}" (fun l -> l >= 0 && l < labels) ids

        match c with
        | AtLeastLabels n
        | AtMostLabels n -> Unfit.unless (n >= 0) $"labels of a row: expected 0 or more, found {n}"
        | OnlyLabels ids
        | WithoutLabels ids
        | ExclusiveLabels ids -> known ids
        | LabelThreshold(label, threshold) -> known [| label |] @ Unfit.finite "threshold of a label" 1 [| threshold |]

    let private calibration (sizes: Sizes) (c: FittedCalibration) : string list =
        [
            yield! Unfit.length "curve of each label" sizes.LabelCount c.CurveOf
            yield!
                Unfit.firstOf
                    "curve of each label"
                    $"0 to {c.Curves.Length - 1}"
                    (fun k -> k >= 0 && k < c.Curves.Length)
                    c.CurveOf
            for curve in c.Curves do
                yield! curve.Stored.Faults sizes
        ]

    let private sets (s: ConformalSets) : string list =
        [
            yield! Unfit.unless (Enum.IsDefined s.Norm) $"norm: expected L1 or L2, found {s.Norm}"
            yield! Unfit.doubles "nonconformity" 0.0 s.Nonconformity.Length s.Nonconformity
            yield!
                Unfit.unless
                    (s.Nonconformity |> Seq.pairwise |> Seq.forall (fun (a, b) -> a <= b))
                    "nonconformity: expected ascending numbers, found others"
        ]

    let private decision (sizes: Sizes) (scorers: int) (d: FittedDecision) : string list =
        [
            yield! d.Stack |> Option.toList |> List.collect (stack scorers)
            yield! d.Rule.Stored.Faults sizes
            yield! d.Constraints |> List.collect (constraints sizes.LabelCount)
            yield! d.Calibration |> Option.toList |> List.collect (calibration sizes)
            yield! d.Sets |> Option.toList |> List.collect sets
        ]

    let private local (sizes: Sizes) (l: LocalModel) : string list =
        [
            yield! l.Signal.Stored.Faults sizes
            yield! l.Base |> Option.toList |> List.collect (fun b -> b.Stored.Faults sizes)
            yield!
                Unfit.unless
                    (l.Base.IsSome = List.contains Predictions l.Signal.Reads)
                    "local signal: expected a base scorer where it reads predictions, and none elsewhere"
        ]

    /// Everything that is wrong with a model, in plain sentences.
    let ofModel (m: Model) : string list =
        let sizes =
            {
                FeatureCount = InputSpace.dimension m.Input
                LabelCount = m.Labels.Count
            }

        [
            yield! input m.Input
            yield! counts sizes.LabelCount m.Counts
            yield! Unfit.within "rarity" (0f, 1f) sizes.LabelCount m.Ranker.Rarity
            yield! m.Ranker.Local |> Option.toList |> List.collect (local sizes)
            yield! Unfit.unless (not m.Ranker.Scorers.IsEmpty) "scorers: expected one or more, found none"
            for scorer in m.Ranker.Scorers do
                yield! scorer.Stored.Faults sizes
            yield!
                Unfit.unless (m.Ranker.Candidates > 0) $"candidates: expected one or more, found {m.Ranker.Candidates}"
            yield! decision sizes m.Ranker.Scorers.Length m.Decision
        ]

    /// Everything that is wrong with thresholds for the scores of another model.
    let ofThresholds (t: PostHocThresholds) : string list =
        let sizes =
            {
                FeatureCount = InputSpace.dimension t.Input
                LabelCount = t.Labels.Count
            }

        [
            yield! input t.Input
            yield! counts sizes.LabelCount t.Counts
            yield! Unfit.within "rarity" (0f, 1f) sizes.LabelCount t.Rarity
            yield! t.Signal |> Option.toList |> List.collect (fun s -> s.Stored.Faults sizes)
            yield! decision sizes 1 t.Decision
        ]

    /// What of its training rows a model holds, in words; nothing where it holds none.
    let rowsOf (m: Model) : string list =
        [
            match m.Ranker.Local with
            | Some l ->
                yield! l.Signal.Stored.Holds
                yield! l.Base |> Option.toList |> List.collect _.Stored.Holds
            | None -> ()
            yield! m.Ranker.Scorers |> List.collect _.Stored.Holds
        ]
        |> List.distinct
