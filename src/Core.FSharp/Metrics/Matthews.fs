namespace Limen.Core

/// The correlation of truth and prediction, (TP TN - FP FN) / sqrt((TP + FP) (TP + FN) (TN + FP) (TN + FN)) in [-1, 1]; 0 where it
/// is 0/0: everything or nothing is true, or everything or nothing predicted. Matthews 1975,
/// https://doi.org/10.1016/0005-2795(75)90109-9; Gorodkin 2004, https://doi.org/10.1016/j.compbiolchem.2004.09.006.
[<RequireQualifiedAccess>]
module MatthewsCorrelation =

    let private ofPairs (pairs: float) (c: Confusion) : float =
        let tn = pairs - c.TP - c.FP - c.FN

        let scale =
            sqrt (c.TP + c.FP)
            * sqrt (c.TP + c.FN)
            * sqrt (max 0.0 (tn + c.FP))
            * sqrt (max 0.0 (tn + c.FN))

        if scale = 0.0 then
            0.0
        else
            (c.TP * tn - c.FP * c.FN) / scale |> max -1.0 |> min 1.0

    let private correlation name title read : Metric =
        { Metric.share name title "https://doi.org/10.1016/0005-2795(75)90109-9" (Metric.ofCounts read) with
            Range = -1.0, 1.0
        }

    /// The mean over all L labels; 0 without labels.
    let macro: Metric =
        correlation "macro_matthews" "macro Matthews correlation" (fun c -> Average.macro (ofPairs c.Rows) c)

    /// Of all N L pairs counted together.
    let micro: Metric =
        correlation "micro_matthews" "micro Matthews correlation" (fun c ->
            Average.micro (ofPairs (c.Rows * float c.Labels)) c)
