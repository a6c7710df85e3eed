namespace Limen.Core

open Limen
open System
open Limen.Kernels

/// Rules that end in thresholds [L] in the space of the scores: label l is predicted where score > threshold_l.
/// Fitted on held-out rows.
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Thresholds =

    /// The label sets of the listed scores above their label's threshold.
    let decide (thresholds: float32[]) (Scores scores) : LabelSets =
        Shape.require (nameof thresholds) "[L]" [ scores.Columns ] [ thresholds.Length ]
        let start = Array.zeroCreate (scores.Rows + 1)
        let indices = ResizeArray()

        for row in 0 .. scores.Rows - 1 do
            for at in scores.RowStart[row] .. scores.RowStart[row + 1] - 1 do
                if scores.Values[at] > thresholds[scores.Indices[at]] then
                    indices.Add scores.Indices[at]

            start[row + 1] <- indices.Count

        LabelSets(
            CsrMatrix.Trusted(scores.Rows, scores.Columns, start, indices.ToArray(), Array.create indices.Count 1f)
        )

    /// One threshold that is known beforehand.
    let fixedAt (labels: int) (threshold: float32) : float32[] = Array.create labels threshold

    /// One threshold for all labels, the exact maximiser of the objective over all cuts of the pooled scores.
    let common (objective: Objective) (s: SortedPairs) : float32 =
        let struct (threshold, _) =
            SortedPairs.bestCommon objective (Array.zeroCreate s.Count) s

        let rounded = float32 threshold
        // a midpoint that float32 rounds up onto the score above it would lose that score
        if
            float rounded > threshold
            && Array.exists (fun score -> score = rounded) s.Scores
        then
            MathF.BitDecrement rounded
        else
            rounded

    let private each (s: SortedPairs) (f: int -> float32) = Cancellation.init s.Count f

    /// SCut (Yang, SIGIR 2001): each label's best cut by the objective's per-label value, the largest threshold among equals. A
    /// label without listed positives takes the default.
    let sCut (objective: Objective) (otherwise: float32) (s: SortedPairs) : float32[] =
        each s (fun l ->
            let value hits predicted =
                Objective.ofLabel objective l hits predicted s.Positives[l]

            match SortedPairs.best value l s with
            | ValueSome cut when SortedPairs.listedHits l s > 0.0 -> cut.Threshold
            | _ -> otherwise)

    /// Smoothed F (Lin and Lin, CIKM 2023): each label's best cut by (2 TP + a) / (predicted + positives + b), 0
    /// < a <= b, which keeps a label with few positives from being predicted everywhere. A label without positives
    /// takes the default.
    let smoothedF (a: float) (b: float) (otherwise: float32) (s: SortedPairs) : float32[] =
        each s (fun l ->
            let value hits predicted =
                (2.0 * hits + a) / (predicted + s.Positives[l] + b)

            match SortedPairs.best value l s with
            | ValueSome cut when s.Positives[l] > 0.0 -> cut.Threshold
            | _ -> otherwise)

    /// PCut (Yang, SIGIR 2001): label l is given to about ratio * N * prior_l of the N rows, prior_l = n_l / N_train: the threshold
    /// is the quantile of its scores. A label without listed pairs takes the default.
    let pCut (ratio: float) (priors: float[]) (otherwise: float32) (s: SortedPairs) : float32[] =
        let rows = Array.sum s.Weights

        each s (fun l ->
            let first, last = s.Start[l], s.Start[l + 1]
            // whole rows: without the ceiling, rare labels would never be given
            let wanted = ceil (ratio * rows * priors[l])
            let mutable at = first
            let mutable given = 0.0

            while at < last && given < wanted do
                given <- given + s.Weight at
                at <- at + 1

            if first = last then
                otherwise
            elif at = first then
                s.Scores[first]
            elif given > wanted then
                // a row of more weight than is left is not given, as pairs that tie at the cut are not
                s.Scores[at - 1]
            elif at = last then
                MathF.BitDecrement s.Scores[last - 1]
            elif s.Scores[at] < s.Scores[at - 1] then
                SortedPairs.between s.Scores[at - 1] s.Scores[at]
            else
                s.Scores[at])

    /// Label cardinality (Read et al. 2011, https://doi.org/10.1007/s10994-011-5256-5): the one threshold at which the mean size of the predicted sets comes nearest to the
    /// given cardinality (the larger threshold where two are equally near).
    let cardinality (wanted: float) (s: SortedPairs) : float32 =
        let order = Array.init s.Scores.Length id |> Array.sortBy (fun at -> -s.Scores[at])
        let rows = max 1.0 (Array.sum s.Weights)
        let mutable best = if order.Length = 0 then 0f else s.Scores[order[0]]
        let mutable distance = abs wanted
        let mutable given = 0.0

        for i in 0 .. order.Length - 1 do
            let above = s.Scores[order[i]]
            given <- given + s.Weight order[i]

            if i + 1 = order.Length || s.Scores[order[i + 1]] < above then
                let d = abs (given / rows - wanted)

                if d < distance then
                    distance <- d

                    best <-
                        if i + 1 = order.Length then
                            MathF.BitDecrement above
                        else
                            SortedPairs.between above s.Scores[order[i + 1]]

        best

    /// Class prior: the logit of the prior (n_l + 1) / (N + 2), with one row added on each side so that it is
    /// finite. Nothing is tuned.
    let classPrior (counts: LabelCounts) : float32[] =
        counts.Positives
        |> Array.map (fun n -> float32 (log ((n + 1.0) / (counts.Rows - n + 1.0))))

/// SCut with a floor on F1 (SCutFBR.1; Lewis et al., JMLR 2004,
/// https://jmlr.org/papers/v5/lewis04a.html; Fan and Lin 2007): where a fold reaches no more than the floor its
/// threshold is the highest score seen, and the floor itself is chosen per label by cross-validation.
[<RequireQualifiedAccess>]
module SCutFbr =

    let private floors = Array.init 8 (fun i -> 0.1 * float (i + 1))
    let private folds = 3

    let private f1At (t: float32) label (s: SortedPairs) =
        let mutable hits = 0.0
        let mutable predicted = 0.0

        for at in s.Start[label] .. s.Start[label + 1] - 1 do
            if s.Scores[at] > t then
                predicted <- predicted + s.Weight at

                if s.Hit[at] then
                    hits <- hits + s.Weight at

        Objective.f1 hits predicted s.Positives[label]

    /// One fold's threshold for each floor: the default unless a cut has a better F1, the highest score where the F1
    /// is not above the floor.
    let private tune otherwise label (fold: SortedPairs) =
        let value hits predicted =
            Objective.f1 hits predicted fold.Positives[label]

        let before = f1At otherwise label fold

        match SortedPairs.best value label fold with
        | ValueNone -> None
        | ValueSome cut ->
            let t, f =
                if cut.Value > before then
                    cut.Threshold, cut.Value
                else
                    otherwise, before

            let highest = fold.Scores[fold.Start[label]]
            floors |> Array.map (fun floor -> if f > floor then t else highest) |> Some

    /// The mean over folds, for each floor; folds in which the label is not listed stay out.
    let private average otherwise label (parts: SortedPairs[]) =
        match parts |> Array.choose (tune otherwise label) with
        | [||] -> floors |> Array.map (fun _ -> otherwise)
        | tuned ->
            floors
            |> Array.mapi (fun i _ -> tuned |> Array.averageBy (fun t -> float t[i]) |> float32)

    let private folded purpose seed scorings scores keep pairs =
        let foldOf = Folds.ofScores scorings folds (Seed.derive purpose 0 seed) scores
        Array.init folds (fun k -> SortedPairs.restrict (fun row -> keep row && foldOf[row] = k) pairs)

    /// Thresholds [L] from three outer folds, which choose the floor among 0.1 .. 0.8 (the largest of the best; 0.1
    /// where nothing is ever hit), and three inner folds, over which thresholds are averaged; the scores are held out
    /// already, so nothing is trained again.
    let thresholds
        (seed: Seed)
        (scorings: int)
        (otherwise: float32)
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        : float32[] =
        let pairs = SortedPairs.build weights scores labels
        let folded purpose = folded purpose seed scorings scores
        let outerOf = Folds.ofScores scorings folds (Seed.derive "outer" 0 seed) scores
        let outer = folded "outer" (fun _ -> true) pairs

        let inner =
            Array.init folds (fun k -> folded "inner" (fun row -> outerOf[row] <> k) pairs)

        let final = folded "inner" (fun _ -> true) pairs

        Cancellation.init pairs.Count (fun l ->
            let reached = Array.zeroCreate floors.Length

            for k in 0 .. folds - 1 do
                let tuned = average otherwise l inner[k]

                for i in 0 .. floors.Length - 1 do
                    reached[i] <- reached[i] + f1At tuned[i] l outer[k]

            let best = Array.max reached

            let floor =
                if best = 0.0 then
                    0
                else
                    Array.findIndexBack ((=) best) reached

            (average otherwise l final)[floor])
