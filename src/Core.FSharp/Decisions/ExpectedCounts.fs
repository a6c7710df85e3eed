namespace Limen.Core

open Limen
open System

/// Thresholds by counts that are truth in part and probability for the rest: few held-out positives say little of a label's
/// best cut, calibrated probabilities of all its rows say more (Lipton, Elkan and Naryanaswamy 2014,
/// https://arxiv.org/abs/1402.1892).
[<RequireQualifiedAccess>]
module ExpectedCounts =

    /// Each label's cuts are chosen so often, with micro-F1's slopes taken anew at what they come to.
    let private rounds = 3

    /// Of each listed pair the count, in [0, 1] times its weight, and of each label the sum over its positives, listed or not.
    let private soften kappa (s: SortedPairs) : struct (float[] * float[]) =
        let counts = Array.zeroCreate s.Scores.Length
        let positives = Array.zeroCreate s.Count

        for l in 0 .. s.Count - 1 do
            let n = s.Positives[l]
            let truth = if n = 0.0 then 0.0 else n / (n + kappa)
            let mutable unlisted = s.Positives[l]

            for at in s.Start[l] .. s.Start[l + 1] - 1 do
                let y = if s.Hit[at] then 1.0 else 0.0
                let p = Logistic.ofLogit (float s.Scores[at])
                counts[at] <- s.Weight at * (truth * y + (1.0 - truth) * p)
                positives[l] <- positives[l] + counts[at]

                if s.Hit[at] then
                    unlisted <- unlisted - s.Weight at

            positives[l] <- positives[l] + truth * unlisted

        struct (counts, positives)

    /// A label's part of the objective as a function of its hits, predictions and positives; that of micro-F1 is linearised where
    /// all labels together stand: F = 2 TP / T, T = predicted + positives, changes by (2 hits - F predicted) / T.
    let private valueOf objective (labels: int) (hits: float) (predicted: float) (positives: float) =
        let total = max 1e-9 (predicted + positives)
        let f = 2.0 * hits / total

        let micro h n = (2.0 * h - f * n) / total

        match objective with
        | Objective.MicroF1 -> fun _ h n _ -> micro h n
        | Objective.MacroPlusMicro weight ->
            fun l h n p -> Objective.ofLabel objective l h n p / float labels + weight * micro h n
        | _ -> Objective.ofLabel objective

    let private cut
        (value: float -> float -> float)
        (counts: float[])
        (first: int)
        (last: int)
        (s: SortedPairs)
        : float32 =
        let mutable best = value 0.0 0.0
        let mutable threshold = s.Scores[first]
        let mutable hits = 0.0
        let mutable predicted = 0.0

        for at in first .. last - 1 do
            hits <- hits + counts[at]
            predicted <- predicted + s.Weight at

            if at + 1 = last || s.Scores[at + 1] < s.Scores[at] then
                let v = value hits predicted

                if v > best + 1e-12 then
                    best <- v

                    threshold <-
                        if at + 1 = last then
                            MathF.BitDecrement s.Scores[at]
                        else
                            SortedPairs.between s.Scores[at] s.Scores[at + 1]

        threshold

    /// Thresholds [L] for the objective, from those given: what label l counts of a pair is w y + (1 - w) sigmoid(score), w = n_l /
    /// (n_l + kappa), n_l its positives; the largest threshold among equals. A label without listed pairs keeps its threshold.
    let thresholds (objective: Objective) (kappa: float) (start: float32[]) (s: SortedPairs) : float32[] =
        let struct (counts, positives) = soften kappa s
        let all = Array.sum positives

        let round (theta: float32[]) =
            let mutable hits = 0.0
            let mutable predicted = 0.0

            for l in 0 .. s.Count - 1 do
                for at in s.Start[l] .. s.Start[l + 1] - 1 do
                    if s.Scores[at] > theta[l] then
                        hits <- hits + counts[at]
                        predicted <- predicted + s.Weight at

            let value = valueOf objective s.Count hits predicted all

            Cancellation.init s.Count (fun l ->
                let first, last = s.Start[l], s.Start[l + 1]

                if first = last then
                    theta[l]
                else
                    cut (fun h n -> value l h n positives[l]) counts first last s)

        Seq.init rounds id |> Seq.fold (fun theta _ -> round theta) start
