namespace Limen.Core

open System
open Limen.Kernels

/// Plug-in thresholds: the counts behind F1 are replaced by their expectations under p = sigmoid(score), so no label is needed. At the optimum a
/// label is predicted where p reaches half of the F1 that results (Lipton, Elkan and Naryanaswamy 2014, https://arxiv.org/abs/1402.1892). Needs calibrated scores.
[<RequireQualifiedAccess>]
module PlugIn =

    let private start = 0.25
    let private iterations = 500

    let private logit (p: float) = float32 (log (p / (1.0 - p)))

    /// Each label's listed probabilities in descending order, and their running sums.
    let private sorted (scores: CsrMatrix) =
        let byLabel = Csr.transpose scores

        Array.Parallel.init scores.Columns (fun l ->
            let p =
                byLabel.RowValues(l).ToArray()
                |> Array.map (fun z -> 1.0 / (1.0 + exp (-(float z))))
                |> Array.sortDescending

            struct (p, Array.scan (+) 0.0 p))

    let private reaching (t: float) (p: float[]) =
        let mutable low, high = 0, p.Length

        while low < high do
            let middle = (low + high) / 2
            if p[middle] >= t then low <- middle + 1 else high <- middle

        low

    /// Thresholds [L] in probability, from 1/4 by Dinkelbach's iteration: with TP = sum of p above t, D = predicted + beta^2 * sum of p and F = (1 +
    /// beta^2) TP / D, the threshold of a label becomes F / (1 + beta^2), at least the minimum: F of the label for macro averages, of the sums for
    /// MicroF1, and for MacroPlusMicro their mean weighted by 1 / (L D_l) and 1 / D. Expected costs have the closed form c_FP / (c_FP +
    /// c_FN). A label without listed pairs gets 1/2.
    let probabilities (objective: Objective) (minimum: float) (scores: CsrMatrix) : float[] =
        let labels = scores.Columns
        let lists = sorted scores

        let beta2 =
            match objective with
            | Objective.FBeta beta -> beta * beta
            | _ -> 1.0

        let next (t: float[]) =
            let counts =
                Array.map2
                    (fun (struct (p: float[], sums: float[])) t ->
                        let n = reaching t p
                        struct (sums[n], float n + beta2 * sums[p.Length]))
                    lists
                    t

            let f hits under =
                if under > 0.0 then (1.0 + beta2) * hits / under else 0.0

            let struct (allHits, allUnder) =
                counts
                |> Array.fold (fun (struct (a, b)) (struct (h, u)) -> struct (a + h, b + u)) (struct (0.0, 0.0))

            counts
            |> Array.map (fun (struct (hits, under)) ->
                let own, common = f hits under, f allHits allUnder

                let f =
                    match objective with
                    | Objective.MicroF1 -> common
                    | Objective.MacroPlusMicro when under > 0.0 ->
                        let a, b = 1.0 / (float labels * under), 1.0 / allUnder
                        (a * own + b * common) / (a + b)
                    | _ -> own

                max minimum (f / (1.0 + beta2)))

        let rec iterate remaining t =
            let t' = next t

            if remaining = 0 || t' = t then
                t'
            else
                iterate (remaining - 1) t'

        let fitted =
            match objective with
            | Objective.ExpectedCost(falsePositive, falseNegative) ->
                Array.create labels (falsePositive / (falsePositive + falseNegative))
            | Objective.LabelCosts(falsePositive, falseNegative) ->
                Array.map2 (fun p n -> p / (p + n)) falsePositive falseNegative
            | _ -> iterate iterations (Array.create labels start)

        Array.map2 (fun (struct (p: float[], _)) t -> if p.Length = 0 then 0.5 else t) lists fitted

    /// The same in the space of the scores: theta = logit(t).
    let thresholds (objective: Objective) (minimum: float) (scores: CsrMatrix) : float32[] =
        probabilities objective minimum scores |> Array.map logit

    /// Fits the thresholds on the rows to predict themselves, which carry no labels, and decides them together. The one rule whose decision of a
    /// row depends on the other rows of its batch.
    let onBatch (objective: Objective) (minimum: float) (scores: CsrMatrix) : CsrMatrix =
        Thresholds.decide (thresholds objective minimum scores) scores

/// Online F-measure optimisation (OFO; Busa-Fekete et al. 2015; Jasinska et al., ICML 2016, http://proceedings.mlr.press/v48/jasinska16.html): t_l = a_l / b_l, one
/// pass over the rows in order, a_l counting hits and b_l predictions and positives; only the labels that a row touches change.
[<RequireQualifiedAccess>]
module OnlineF =

    /// Thresholds [L] in the space of the scores, from the starting counts a and b, 0 < a < b.
    let thresholds (hits: float) (total: float) (scores: CsrMatrix) (labels: CsrMatrix) : float32[] =
        let a = Array.create scores.Columns hits
        let b = Array.create scores.Columns total

        for row in 0 .. scores.Rows - 1 do
            let truth = Csr.set row labels

            for l in truth do
                b[l] <- b[l] + 1.0

            for struct (l, z) in Csr.row row scores do
                let positive = Array.BinarySearch(truth, l) >= 0
                let before = if positive then b[l] - 1.0 else b[l]

                if 1.0 / (1.0 + exp (-(float z))) > a[l] / before then
                    b[l] <- b[l] + 1.0

                    if positive then
                        a[l] <- a[l] + 1.0

        Array.map2 (fun a b -> float32 (log (a / (b - a)))) a b
