namespace Limen.Core

/// The value of a ratio whose numerator and denominator are both 0 (scikit-learn's zero_division).
type ZeroDivision =
    | AsZero
    | AsOne

/// Ratios of one confusion, in [0, 1]; the policy says what 0/0 is.
[<RequireQualifiedAccess>]
module Ratio =

    let private divide policy (numerator: float) (denominator: float) =
        match policy with
        | _ when denominator > 0.0 -> numerator / denominator
        | AsZero -> 0.0
        | AsOne -> 1.0

    /// TP / (TP + FP); 0/0 where nothing is predicted.
    let precision (policy: ZeroDivision) (c: Confusion) : float = divide policy c.TP (c.TP + c.FP)

    /// TP / (TP + FN); 0/0 where nothing is true.
    let recall (policy: ZeroDivision) (c: Confusion) : float = divide policy c.TP (c.TP + c.FN)

    /// 2 TP / (2 TP + FP + FN); 0/0 where nothing is true and nothing predicted.
    let f1 (policy: ZeroDivision) (c: Confusion) : float =
        divide policy (2.0 * c.TP) (2.0 * c.TP + c.FP + c.FN)

    /// TP / (TP + FP + FN), the intersection over the union; 0/0 where nothing is true and nothing predicted.
    let jaccard (policy: ZeroDivision) (c: Confusion) : float = divide policy c.TP (c.TP + c.FP + c.FN)

/// The ways from many confusions to one number; the ratio is any of `Ratio`, so `Average.macro (Ratio.jaccard AsZero)` is macro
/// Jaccard.
[<RequireQualifiedAccess>]
module Average =

    let internal meanOrZero (values: float[]) =
        if Array.isEmpty values then 0.0 else Array.average values

    /// The mean of the ratio over all L labels; 0 without labels.
    let macro (ratio: Confusion -> float) (c: Counts) : float =
        Counts.perLabel c |> Array.map ratio |> meanOrZero

    /// The ratio of all pairs counted together.
    let micro (ratio: Confusion -> float) (c: Counts) : float = ratio (Counts.total c)

    /// The mean over labels, each weighted by its positives TP + FN; 0 without positives.
    let weighted (ratio: Confusion -> float) (c: Counts) : float =
        let labels = Counts.perLabel c
        let positives = labels |> Array.sumBy (fun l -> l.TP + l.FN)

        if positives = 0.0 then
            0.0
        else
            (labels |> Array.sumBy (fun l -> (l.TP + l.FN) * ratio l)) / positives
