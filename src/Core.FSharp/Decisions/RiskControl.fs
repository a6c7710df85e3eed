namespace Limen.Core

open System

/// The outcome of conformal risk control at a level alpha.
type RiskControl =
    /// Predicting score > Threshold keeps the expected share of missed labels per row at or below Level; Risk is that
    /// share on the calibration rows.
    | Controlled of threshold: float32 * level: float * risk: float
    /// Even predicting every listed pair misses more: the smallest level that could be asked for (too few rows, or
    /// too many positives outside the lists).
    | Unattainable of smallestLevel: float

/// Conformal risk control of the false-negative rate per row (Angelopoulos, Bates, Fisch, Lei and Schuster 2022,
/// https://arxiv.org/abs/2208.02814).
[<RequireQualifiedAccess>]
module RiskControl =

    /// The largest threshold t with (sum over calibration rows of |Y \ predicted(t)| / |Y| + 1) / (N + 1) <= alpha.
    /// For a new row exchangeable with the calibration rows the expected share of missed labels is then at most
    /// alpha. A row without labels misses none.
    let fit (alpha: float) (scores: Scores) (truth: LabelSets) : RiskControl =
        if not (0.0 < alpha && alpha < 1.0) then
            Configuration.refuse $"risk level: expected alpha in (0, 1), received {alpha}"

        let s = SortedPairs.build None scores truth
        let labels = truth.Matrix

        let share row =
            1.0 / float (labels.RowStart[row + 1] - labels.RowStart[row])

        let listed =
            [|
                for at in 0 .. s.Scores.Length - 1 do
                    if s.Hit[at] then
                        struct (s.Scores[at], share s.Row[at])
            |]
            |> Array.sortDescending

        let rows = float labels.Rows

        let labelled =
            Seq.init labels.Rows (fun r -> labels.RowStart[r + 1] > labels.RowStart[r])
            |> Seq.filter id
            |> Seq.length
            |> float

        let levelAt missed = (missed + 1.0) / (rows + 1.0)

        // best score first: each group of equal scores, once predicted, takes its shares out of what is missed
        let rec descend at missed =
            if levelAt missed <= alpha + 1e-12 then
                let t =
                    if at = 0 then
                        Single.MaxValue
                    else
                        (let struct (score, _) = listed[at - 1] in MathF.BitDecrement score)

                Controlled(t, levelAt missed, missed / max 1.0 rows)
            elif at = listed.Length then
                Unattainable(levelAt missed)
            else
                let struct (score, _) = listed[at]
                let mutable next = at
                let mutable left = missed

                while next < listed.Length && (let struct (other, _) = listed[next] in other = score) do
                    let struct (_, part) = listed[next]
                    left <- left - part
                    next <- next + 1

                descend next left

        descend 0 labelled

    let private tag = "risk-control"

    /// How a rule of risk control is read back.
    let codec: Codec<FittedRule> = Rule.thresholdsCodec tag

    /// The rule of one threshold for all labels.
    let rule (labels: int) (threshold: float32) : FittedRule =
        Thresholds.fixedAt labels threshold |> FittedRule.ofThresholds tag
