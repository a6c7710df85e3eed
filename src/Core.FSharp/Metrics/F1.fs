namespace Limen.Core

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
        | AllLabels AsZero -> "the mean over all labels, 0/0 = 0"
        | AllLabels AsOne -> "the mean over all labels, 0/0 = 1"
        | PresentInTest -> "over the labels that occur in the test rows"
        | Active -> "over the labels true or predicted"
        | Harmonic -> "the harmonic mean of macro precision and macro recall"

/// F1, the harmonic mean 2 P R / (P + R) of precision and recall = 2 TP / (2 TP + FP + FN), of labels, rows or everything.
[<RequireQualifiedAccess>]
module F1 =

    let private meanOver keep counts =
        Counts.perLabel counts
        |> Array.filter keep
        |> Array.map (Ratio.f1 AsZero)
        |> Average.meanOrZero

    let private harmonic precision recall =
        if precision + recall = 0.0 then
            0.0
        else
            2.0 * precision * recall / (precision + recall)

    let private macroOf convention counts =
        match convention with
        | AllLabels policy -> Average.macro (Ratio.f1 policy) counts
        | PresentInTest -> meanOver (fun label -> label.TP + label.FN > 0.0) counts
        | Active -> meanOver (fun label -> label.TP + label.FP + label.FN > 0.0) counts
        | Harmonic ->
            harmonic (Average.macro (Ratio.precision AsZero) counts) (Average.macro (Ratio.recall AsZero) counts)

    /// Macro-F1 under a convention; 0 where the convention leaves no label to average over. Opitz and Burst 2019,
    /// https://arxiv.org/abs/1911.03347.
    let macro (convention: MacroConvention) : Metric =
        let letter = MacroConvention.letter convention

        Metric.share
            $"macro_f1_{System.Char.ToLowerInvariant letter}"
            $"macro-F1 {letter}"
            "https://arxiv.org/abs/1911.03347"
            (Metric.ofCounts (macroOf convention))

    let private averages =
        "https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-and-f-measures"

    /// F1 of all pairs counted together; 0 where nothing is true and nothing predicted.
    let micro: Metric =
        Metric.share "micro_f1" "micro-F1" averages (Metric.ofCounts (Average.micro (Ratio.f1 AsZero)))

    /// The mean F1 of the labels, weighted by their positives; 0 without positives.
    let weighted: Metric =
        Metric.share "weighted_f1" "support-weighted F1" averages (Metric.ofCounts (Average.weighted (Ratio.f1 AsZero)))

    /// The mean F1 of the rows; the policy says what a row without true and predicted labels scores. Godbole and Sarawagi 2004,
    /// https://doi.org/10.1007/978-3-540-24775-3_5.
    let samples (policy: ZeroDivision) : Metric =
        let name, title =
            match policy with
            | AsZero -> "samples_f1", "samples-F1"
            | AsOne -> "samples_f1_one", "samples-F1 (0/0 = 1)"

        Metric.share name title "https://doi.org/10.1007/978-3-540-24775-3_5" (Metric.ofRows (Ratio.f1 policy))
