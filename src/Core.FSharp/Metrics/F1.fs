namespace Limen.Core

/// The value of a ratio whose numerator and denominator are both 0 (scikit-learn's zero_division).
type ZeroDivision =
    | AsZero
    | AsOne

/// Which macro-F1: five conventions are in use and differ by more than methods do, so a figure names its own.
/// Letters as this library prints them; F, macro-F1@k, is `AtK.macroF1`.
type MacroConvention =
    /// The mean over all L labels. AsZero is A (LibMultiLabel, scikit-learn's default): a label without test positives
    /// scores 0 whether it is predicted or not. AsOne is B: such a label scores 1 as long as it is not predicted.
    | AllLabels of undefined: ZeroDivision
    /// C: the mean over labels with at least one true positive or false negative; false positives of the others are
    /// free.
    | PresentInTest
    /// D: the mean over labels with TP + FP + FN > 0.
    | Active
    /// E: the harmonic mean of macro precision and macro recall, both over all L labels with 0/0 = 0.
    | Harmonic

/// Ratios of one confusion, in [0, 1]; the policy says what 0/0 is.
[<RequireQualifiedAccess>]
module Ratio =

    let private divide policy (numerator: float) (denominator: float) =
        match policy with
        | _ when denominator > 0.0 -> numerator / denominator
        | AsZero -> 0.0
        | AsOne -> 1.0

    /// TP / (TP + FP); 0/0 where nothing is predicted.
    let precision (policy: ZeroDivision) (c: Confusion) =
        divide policy (float c.TP) (float (c.TP + c.FP))

    /// TP / (TP + FN); 0/0 where nothing is true.
    let recall (policy: ZeroDivision) (c: Confusion) =
        divide policy (float c.TP) (float (c.TP + c.FN))

    /// (1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP): recall weighs beta times as much as precision (beta > 0);
    /// 0/0 where nothing is true and nothing predicted.
    let fBeta (beta: float) (policy: ZeroDivision) (c: Confusion) =
        let hits = (1.0 + beta * beta) * float c.TP
        divide policy hits (hits + beta * beta * float c.FN + float c.FP)

    /// 2 TP / (2 TP + FP + FN).
    let f1 (policy: ZeroDivision) (c: Confusion) = fBeta 1.0 policy c

    /// TP / (TP + FP + FN), the intersection over the union.
    let jaccard (policy: ZeroDivision) (c: Confusion) =
        divide policy (float c.TP) (float (c.TP + c.FP + c.FN))

/// The ways from many confusions to one number; the ratio is any of `Ratio`, so `Average.macro (Ratio.jaccard AsZero)`
/// is macro Jaccard and `RowCounts.mean (Ratio.f1 AsZero)` samples-F1.
[<RequireQualifiedAccess>]
module Average =

    let internal meanOrZero (values: float[]) =
        if Array.isEmpty values then 0.0 else Array.average values

    /// The mean of the ratio over all L labels; 0 without labels.
    let macro (ratio: Confusion -> float) (c: Counts) : float =
        Counts.perLabel c |> Array.map ratio |> meanOrZero

    /// The ratio of all pairs counted together.
    let micro (ratio: Confusion -> float) (c: Counts) : float = ratio (Counts.total c)

    /// The mean over labels, each weighted by its support TP + FN; 0 without positives.
    let weighted (ratio: Confusion -> float) (c: Counts) : float =
        let support = Counts.support c |> Array.map float

        let sum =
            Array.map2 (fun n confusion -> n * ratio confusion) support (Counts.perLabel c)
            |> Array.sum

        let positives = Array.sum support
        if positives = 0.0 then 0.0 else sum / positives

[<RequireQualifiedAccess>]
module MacroConvention =

    /// A to E.
    let all = [ AllLabels AsZero; AllLabels AsOne; PresentInTest; Active; Harmonic ]

    /// The letter to print with the number.
    let letter (convention: MacroConvention) : char =
        match convention with
        | AllLabels AsZero -> 'A'
        | AllLabels AsOne -> 'B'
        | PresentInTest -> 'C'
        | Active -> 'D'
        | Harmonic -> 'E'

    /// The convention in words, for tables and reports.
    let describe (convention: MacroConvention) : string =
        match convention with
        | AllLabels AsZero -> "all labels, 0/0 = 0"
        | AllLabels AsOne -> "all labels, 0/0 = 1"
        | PresentInTest -> "labels with test positives"
        | Active -> "labels true or predicted"
        | Harmonic -> "harmonic mean of macro precision and macro recall"

/// F1 and F-beta from counts, in [0, 1].
[<RequireQualifiedAccess>]
module F1 =

    let private harmonic beta precision recall =
        let denominator = beta * beta * precision + recall

        if denominator = 0.0 then
            0.0
        else
            (1.0 + beta * beta) * precision * recall / denominator

    let private meanOver keep ratio counts =
        Counts.perLabel counts
        |> Array.filter keep
        |> Array.map ratio
        |> Average.meanOrZero

    /// Macro F-beta under a convention; 0 where the convention leaves no label to average over.
    let macroBeta (beta: float) (convention: MacroConvention) (c: Counts) : float =
        let f = Ratio.fBeta beta

        match convention with
        | AllLabels policy -> Average.macro (f policy) c
        | PresentInTest -> meanOver (fun label -> label.TP + label.FN > 0L) (f AsZero) c
        | Active -> meanOver (fun label -> label.TP + label.FP + label.FN > 0L) (f AsZero) c
        | Harmonic -> harmonic beta (Average.macro (Ratio.precision AsZero) c) (Average.macro (Ratio.recall AsZero) c)

    /// Macro-F1 under a convention; 0 where the convention leaves no label to average over.
    let macro (convention: MacroConvention) (c: Counts) : float = macroBeta 1.0 convention c

    /// F1 of all pairs counted together; 0 where nothing is true and nothing predicted.
    let micro (c: Counts) : float = Average.micro (Ratio.f1 AsZero) c

    /// The mean F1 of the labels, weighted by support; 0 without positives.
    let weighted (c: Counts) : float = Average.weighted (Ratio.f1 AsZero) c

    /// The mean F1 of the rows; the policy says what a row without true and predicted labels scores.
    let samples (policy: ZeroDivision) (c: RowCounts) : float = RowCounts.mean (Ratio.f1 policy) c

    /// F1 of one label; 0 where it is neither true nor predicted.
    let ofLabel (label: int) (c: Counts) : float = Counts.label label c |> Ratio.f1 AsZero
