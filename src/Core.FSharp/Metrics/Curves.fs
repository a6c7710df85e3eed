namespace Limen.Core

open System
open Limen.Kernels

/// Areas under the ROC curve (AUC) and the precision-recall curve (AP), in [0, 1]. Pairs absent from the score lists
/// tie below every stored score; tied pairs are one point of the curve. Full lists give scikit-learn's values on dense
/// scores.
[<RequireQualifiedAccess>]
module Curves =

    /// Positives and negatives of equal score, each pair counting as much as its row.
    [<Struct>]
    type private Block = { Positives: float; Negatives: float }

    /// Listed pairs, and what the absent ones add up to.
    type private Pairs =
        {
            Scores: float32[]
            IsTrue: bool[]
            Weights: float[]
            Absent: Block
        }

    let private plus (pairs: Pairs) (block: Block) at =
        if pairs.IsTrue[at] then
            { block with
                Positives = block.Positives + pairs.Weights[at]
            }
        else
            { block with
                Negatives = block.Negatives + pairs.Weights[at]
            }

    /// The blocks from the highest score down, then the block of the absent pairs.
    let private blocks (pairs: Pairs) : Block[] =
        let keys = pairs.Scores |> Array.map (~-)
        let order = Array.init keys.Length id
        Array.Sort(keys, order)
        let found = ResizeArray()
        let mutable at = 0

        while at < keys.Length do
            let start = at
            let mutable block = { Positives = 0.0; Negatives = 0.0 }

            while at < keys.Length && keys[at] = keys[start] do
                block <- plus pairs block order[at]
                at <- at + 1

            found.Add block

        found.Add pairs.Absent
        found.ToArray()

    /// Which stored scores of a line (a row of scores, or a column after transposing) are true, in their order, and the sum of
    /// the weights of true places that are not stored.
    let private flags (weight: int -> float) (scores: CsrMatrix) (truth: CsrMatrix) line : struct (bool[] * float) =
        let isTrue = ResizeArray<bool>()
        let mutable missed = 0.0

        Outcome.visitRow scores truth line (fun place outcome ->
            if outcome = Outcome.FalseNegative then
                missed <- missed + weight place
            else
                isTrue.Add((outcome = Outcome.TruePositive)))

        struct (isTrue.ToArray(), missed)

    /// The pairs of each label.
    let private perLabel weights (scores: CsrMatrix) (truth: CsrMatrix) : Pairs[] =
        let weight row = RowWeights.at row weights
        let byLabel, truthByLabel = Csr.transpose scores, Csr.transpose truth
        let rows = Seq.init truth.Rows weight |> Seq.sum

        Array.init truth.Columns (fun label ->
            let struct (isTrue, missed) = flags weight byLabel truthByLabel label
            let listed = Csr.set label byLabel |> Array.map weight
            let hits = isTrue |> Array.filter id |> Array.length
            let seen = listed.Length + truthByLabel.RowIndices(label).Length - hits

            {
                Scores = byLabel.RowValues(label).ToArray()
                IsTrue = isTrue
                Weights = listed
                Absent =
                    {
                        Positives = missed
                        // a difference of sums may miss 0, so whether there are any is counted
                        Negatives =
                            if seen = truth.Rows then
                                0.0
                            else
                                max 0.0 (rows - Array.sum listed - missed)
                    }
            })

    /// All N L pairs.
    let private together weights (scores: CsrMatrix) (truth: CsrMatrix) : Pairs[] =
        let ofRow row =
            let w = RowWeights.at row weights
            let struct (isTrue, missed) = flags (fun _ -> 1.0) scores truth row
            let absent = float (truth.Columns - isTrue.Length)

            isTrue,
            Array.create isTrue.Length w,
            {
                Positives = w * missed
                Negatives = w * (absent - missed)
            }

        let rows = Array.init truth.Rows ofRow

        [|
            {
                Scores = Array.sub scores.Values 0 scores.NonZeros
                IsTrue = rows |> Array.collect (fun (isTrue, _, _) -> isTrue)
                Weights = rows |> Array.collect (fun (_, w, _) -> w)
                Absent =
                    {
                        Positives = rows |> Array.sumBy (fun (_, _, absent) -> absent.Positives)
                        Negatives = rows |> Array.sumBy (fun (_, _, absent) -> absent.Negatives)
                    }
            }
        |]

    /// The share of (positive, negative) pairs in the right order, ties as half; None without both classes.
    let private auc blocks =
        let positives = blocks |> Array.sumBy _.Positives
        let negatives = blocks |> Array.sumBy _.Negatives

        let step struct (right, above) block =
            let below = negatives - above - block.Negatives
            struct (right + block.Positives * (below + block.Negatives / 2.0), above + block.Negatives)

        let struct (right, _) = Array.fold step (struct (0.0, 0.0)) blocks

        if positives = 0.0 || negatives = 0.0 then
            None
        else
            Some(right / (positives * negatives))

    /// The sum over blocks of (increase of recall) x (precision at the block's end); None without positives.
    let private averagePrecision blocks =
        let positives = blocks |> Array.sumBy _.Positives

        let step struct (area, hits, seen) block =
            let hits = hits + block.Positives
            let seen = seen + block.Positives + block.Negatives

            let gained =
                if block.Positives = 0.0 then
                    0.0
                else
                    block.Positives * hits / seen

            struct (area + gained, hits, seen)

        let struct (area, _, _) = Array.fold step (struct (0.0, 0.0, 0.0)) blocks
        if positives = 0.0 then None else Some(area / positives)

    /// The mean area of the curves that have one; None where none has.
    let private area pairsOf ofBlocks (e: Evidence) : float option =
        e
        |> Metric.ofScores (fun scores truth ->
            match pairsOf e.Weights scores truth |> Array.choose (blocks >> ofBlocks) with
            | [||] -> None
            | defined -> Some(Array.average defined))

    let private roc = "https://doi.org/10.1016/j.patrec.2005.10.010"

    let private precisionRecall =
        "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html"

    /// The mean AUC of the labels that have both a positive and a negative row; not defined when there is no such label. Fawcett 2006,
    /// https://doi.org/10.1016/j.patrec.2005.10.010.
    let macroAuc: Metric =
        Metric.share "macro_auc" "macro AUC (labels with both classes)" roc (area perLabel auc)

    /// The AUC of all N L pairs in one ranking; not defined unless there are positives and negatives.
    let microAuc: Metric = Metric.share "micro_auc" "micro AUC" roc (area together auc)

    /// The mean AP of the labels that have a positive row; not defined when there is no such label.
    let macroAp: Metric =
        Metric.share "macro_ap" "macro AP (labels with positives)" precisionRecall (area perLabel averagePrecision)

    /// The AP of all N L pairs in one ranking; not defined without positives.
    let microAp: Metric =
        Metric.share "micro_ap" "micro AP" precisionRecall (area together averagePrecision)
