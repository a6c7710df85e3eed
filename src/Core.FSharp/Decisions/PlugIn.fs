namespace Limen.Core

open System
open Limen

/// Plug-in thresholds: the counts behind F1 are replaced by their expectations under p = sigmoid(score), so no label
/// is needed. At the optimum a label is predicted where p reaches half of the F1 that results (Lipton, Elkan and
/// Naryanaswamy 2014, https://arxiv.org/abs/1402.1892). Needs calibrated scores.
[<RequireQualifiedAccess>]
module PlugIn =

    let private start = 0.25
    let private iterations = 500
    let private passes = 50

    let private logit (p: float) = float32 (log (p / (1.0 - p)))

    /// Probabilities in descending order, and the running sums from 0 of them and of their rows' weights.
    [<Struct>]
    type private Listed =
        {
            P: float[]
            Sums: float[]
            Weights: float[]
        }

    let private listed (pairs: struct (float * float)[]) =
        let pairs = Array.sortDescending pairs

        {
            P = pairs |> Array.map (fun (struct (p, _)) -> p)
            Sums = pairs |> Array.scan (fun sum (struct (p, w)) -> sum + w * p) 0.0
            Weights = pairs |> Array.scan (fun sum (struct (_, w)) -> sum + w) 0.0
        }

    let private f beta2 (list: Listed) count =
        let under = list.Weights[count] + beta2 * list.Sums[list.P.Length]

        if under > 0.0 then
            (1.0 + beta2) * list.Sums[count] / under
        else
            0.0

    let private countAt (t: float) (list: Listed) =
        Bisection.firstPlace 0 list.P.Length (fun at -> not (list.P[at] >= t))

    /// Dinkelbach's iteration for one list, t <- F(t) / (1 + beta^2) from 1/4.
    let private fixedPoint beta2 (list: Listed) : float =
        let rec iterate remaining t =
            let t' = f beta2 list (countAt t list) / (1.0 + beta2)

            if remaining = 0 || t' = t then
                t'
            else
                iterate (remaining - 1) t'

        iterate iterations start

    /// Between the last of the first n probabilities and the next.
    let private middle (list: Listed) (n: int) : float =
        let above = if n = 0 then 1.0 else list.P[n - 1]
        let below = if n = list.P.Length then 0.0 else list.P[n]
        (above + below) / 2.0

    /// Below as many pairs as have an expected precision of the level.
    let private atPrecision level (list: Listed) : float =
        let reached n = list.Sums[n] >= level * list.Weights[n]

        seq { list.P.Length .. -1 .. 0 } |> Seq.find reached |> middle list

    /// Expected macro-F1 plus weight x micro-F1, label by label from each label's own best cut, until no single cut improves
    /// the sum; the threshold of a label lies in the middle of its cut.
    let private mixed weight (lists: Listed[]) : float[] =
        let own = lists |> Array.map (fixedPoint 1.0)
        let counts = Array.map2 countAt own lists
        let total (list: Listed) = list.Sums[list.P.Length]
        let positives = lists |> Array.sumBy total
        let mutable hits = Array.map2 (fun list n -> list.Sums[n]) lists counts |> Array.sum

        let mutable predicted =
            Array.map2 (fun list n -> list.Weights[n]) lists counts |> Array.sum

        let mutable pass = 0
        let mutable moved = true

        while moved && pass < passes do
            moved <- false
            pass <- pass + 1

            for l in 0 .. lists.Length - 1 do
                Cancellation.check ()
                let list = lists[l]
                let otherHits = hits - list.Sums[counts[l]]
                let otherPredicted = predicted - list.Weights[counts[l]]

                let value n =
                    f 1.0 list n / float lists.Length
                    + weight * 2.0 * (otherHits + list.Sums[n])
                      / (otherPredicted + list.Weights[n] + positives)

                let mutable best = counts[l]
                let mutable top = value best + 1e-12

                for n in 0 .. list.P.Length do
                    let between = n = 0 || n = list.P.Length || list.P[n] < list.P[n - 1]

                    if between && value n > top then
                        best <- n
                        top <- value n

                if best <> counts[l] then
                    counts[l] <- best
                    moved <- true

                hits <- otherHits + list.Sums[best]
                predicted <- otherPredicted + list.Weights[best]

        Array.map2 middle lists counts

    /// Thresholds [L] in probability, none below the minimum. With TP = the sum of p above t, D = predicted + beta^2
    /// * the sum of p and F = (1 + beta^2) TP / D a threshold is F / (1 + beta^2) at its fixed point: F of the label
    /// for macro averages (Jaccard has the same optimum as F1), of all pairs together for MicroF1. MacroPlusMicro is
    /// optimised label by label in turn. RecallAtPrecision takes as many pairs of all labels as have that precision on average. Expected costs have the closed form c_FP / (c_FP + c_FN). A label without
    /// listed pairs gets 1/2.
    let probabilities (objective: Objective) (minimum: float) (weights: float32[] option) (Scores scores) : float[] =
        let byLabel = Csr.transpose scores

        let weight row =
            match weights with
            | None -> 1.0
            | Some w -> float w[row]

        let pairs =
            Cancellation.init scores.Columns (fun l ->
                Csr.row l byLabel
                |> Array.map (fun struct (row, z) -> struct (Logistic.ofLogit (float z), weight row))
                |> Array.filter (fun (struct (_, w)) -> w > 0.0))

        let lists = pairs |> Cancellation.map listed

        let common (t: Listed -> float) =
            Array.create lists.Length (pairs |> Array.concat |> listed |> t)

        let fitted =
            match objective with
            | Objective.MacroF1
            | Objective.Jaccard -> lists |> Cancellation.map (fixedPoint 1.0)
            | Objective.FBeta beta -> lists |> Cancellation.map (fixedPoint (beta * beta))
            | Objective.MicroF1 -> common (fixedPoint 1.0)
            | Objective.RecallAtPrecision level -> common (atPrecision level)
            | Objective.MacroPlusMicro weight -> mixed weight lists
            | Objective.ExpectedCost(falsePositive, falseNegative) ->
                Array.create lists.Length (falsePositive / (falsePositive + falseNegative))
            | Objective.LabelCosts(falsePositive, falseNegative) ->
                Array.map2 (fun p n -> p / (p + n)) falsePositive falseNegative
            | Objective.NamedCosts _ -> invalidOp "costs by name are given ids first (Objective.resolve)"

        Array.map2 (fun list t -> if list.P.Length = 0 then 0.5 else max minimum t) lists fitted

    /// The same in the space of the scores: theta = logit(t).
    let thresholds (objective: Objective) (minimum: float) (weights: float32[] option) (scores: Scores) : float32[] =
        probabilities objective minimum weights scores |> Array.map logit

    /// Fits the thresholds on the rows to predict themselves, which carry no labels, and decides them together. The
    /// one rule whose decision of a row depends on the other rows of its batch.
    let onBatch (objective: Objective) (minimum: float) (scores: Scores) : LabelSets =
        Thresholds.decide (thresholds objective minimum None scores) scores

/// Online F-measure optimisation (OFO; Busa-Fekete et al. 2015; Jasinska et al., ICML 2016,
/// http://proceedings.mlr.press/v48/jasinska16.html): t_l = a_l / b_l, one pass over the rows in order, a_l counting
/// hits and b_l predictions and positives; only the labels that a row touches change.
[<RequireQualifiedAccess>]
module OnlineF =

    /// Thresholds [L] in the space of the scores, from the starting counts a and b, 0 < a < b. A row counts by its weight, once: a row given twice is seen
    /// twice, with other thresholds the second time.
    let thresholds
        (hits: float)
        (total: float)
        (weights: float32[] option)
        (Scores scores)
        (LabelSets labels)
        : float32[] =
        let a = Array.create scores.Columns hits
        let b = Array.create scores.Columns total

        for row in 0 .. scores.Rows - 1 do
            let truth = Csr.set row labels
            let w = weights |> Option.map (fun w -> float w[row]) |> Option.defaultValue 1.0

            for l in truth do
                b[l] <- b[l] + w

            for struct (l, z) in Csr.row row scores do
                let positive = Array.BinarySearch(truth, l) >= 0
                let before = if positive then b[l] - w else b[l]

                if Logistic.ofLogit (float z) > a[l] / before then
                    b[l] <- b[l] + w

                    if positive then
                        a[l] <- a[l] + w

        Array.map2 (fun a b -> float32 (log (a / (b - a)))) a b
