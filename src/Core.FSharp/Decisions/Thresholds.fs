namespace Limen.Core

open System
open Limen.Kernels

/// Rules that end in thresholds [L] in the space of the scores: label l is predicted where score > threshold_l. Fitted on held-out rows.
[<RequireQualifiedAccess>]
module Thresholds =

    /// The label sets of the listed scores above their label's threshold.
    let decide (thresholds: float32[]) (scores: CsrMatrix) : CsrMatrix =
        Shape.require (nameof thresholds) "[L]" [ scores.Columns ] [ thresholds.Length ]
        let start = Array.zeroCreate (scores.Rows + 1)
        let indices = ResizeArray()

        for row in 0 .. scores.Rows - 1 do
            for at in scores.RowStart[row] .. scores.RowStart[row + 1] - 1 do
                if scores.Values[at] > thresholds[scores.Indices[at]] then
                    indices.Add scores.Indices[at]

            start[row + 1] <- indices.Count

        CsrMatrix(scores.Rows, scores.Columns, start, indices.ToArray(), Array.create indices.Count 1f)

    /// One threshold that is known beforehand.
    let fixedAt (labels: int) (threshold: float32) : float32[] = Array.create labels threshold

    /// One threshold for all labels, the exact maximiser of the objective over all cuts of the pooled scores (thresholds.md T1).
    let common (objective: Objective) (s: Sweep) : float32 =
        let struct (threshold, _) = Sweep.bestCommon objective (Array.zeroCreate s.Count) s
        let rounded = float32 threshold
        // a midpoint that float32 rounds up onto the score above it would lose that score
        if
            float rounded > threshold
            && Array.exists (fun score -> score = rounded) s.Scores
        then
            MathF.BitDecrement rounded
        else
            rounded

    let private each (s: Sweep) (f: int -> float32) = Array.Parallel.init s.Count f

    /// SCut (T8): each label's best cut by the objective's per-label value, the largest threshold among equals.
    /// A label without listed positives takes the default.
    let sCut (objective: Objective) (otherwise: float32) (s: Sweep) : float32[] =
        each s (fun l ->
            let value hits predicted =
                Objective.ofLabel objective l hits predicted s.Positives[l]

            match Sweep.best value l s with
            | ValueSome cut when Sweep.listedHits l s > 0 -> cut.Threshold
            | _ -> otherwise)

    /// Smoothed F (T10; Lin and Lin, CIKM 2023): each label's best cut by
    /// (2 TP + a) / (predicted + positives + b), 0 < a <= b, which keeps a label with few positives from being predicted everywhere.
    /// A label without positives takes the default.
    let smoothedF (a: float) (b: float) (otherwise: float32) (s: Sweep) : float32[] =
        each s (fun l ->
            let value hits predicted =
                (2.0 * float hits + a) / (float (predicted + s.Positives[l]) + b)

            match Sweep.best value l s with
            | ValueSome cut when s.Positives[l] > 0 -> cut.Threshold
            | _ -> otherwise)

    /// PCut (T3): label l is given to about ratio * N * prior_l of the N rows, prior_l = n_l / N_train: the threshold is the quantile of
    /// its scores. A label without listed pairs takes the default.
    let pCut (ratio: float) (priors: float[]) (otherwise: float32) (s: Sweep) : float32[] =
        each s (fun l ->
            let first, last = s.Start[l], s.Start[l + 1]
            let wanted = int (ceil (ratio * float s.Truth.Rows * priors[l]))

            if first = last then
                otherwise
            elif wanted = 0 then
                s.Scores[first]
            elif wanted >= last - first then
                MathF.BitDecrement s.Scores[last - 1]
            elif s.Scores[first + wanted] < s.Scores[first + wanted - 1] then
                Sweep.between s.Scores[first + wanted - 1] s.Scores[first + wanted]
            else
                s.Scores[first + wanted])

    /// Label cardinality (T4): the one threshold at which the mean size of the predicted sets comes nearest to the given cardinality
    /// (the larger threshold where two are equally near).
    let cardinality (wanted: float) (s: Sweep) : float32 =
        let sorted = Array.sortDescending s.Scores
        let rows = float (max 1 s.Truth.Rows)
        let mutable best = if sorted.Length = 0 then 0f else sorted[0]
        let mutable distance = abs wanted

        for i in 0 .. sorted.Length - 1 do
            if i + 1 = sorted.Length || sorted[i + 1] < sorted[i] then
                let d = abs (float (i + 1) / rows - wanted)

                if d < distance then
                    distance <- d

                    best <-
                        if i + 1 = sorted.Length then
                            MathF.BitDecrement sorted[i]
                        else
                            Sweep.between sorted[i] sorted[i + 1]

        best

    /// Class prior (T7): the logit of the prior (n_l + 1) / (N + 2), with one row added on each side so that it is finite. Nothing is tuned.
    let classPrior (rows: int) (support: int[]) : float32[] =
        support
        |> Array.map (fun n -> float32 (log (float (n + 1) / float (rows - n + 1))))
