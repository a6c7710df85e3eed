namespace Limen.Core

open System
open Limen.Kernels

/// Rules that end in thresholds [L] in the space of the scores: label l is predicted where score > threshold_l.
/// Fitted on held-out rows.
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
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

        CsrMatrix.Trusted(scores.Rows, scores.Columns, start, indices.ToArray(), Array.create indices.Count 1f)

    /// One threshold that is known beforehand.
    let fixedAt (labels: int) (threshold: float32) : float32[] = Array.create labels threshold

    /// One threshold for all labels, the exact maximiser of the objective over all cuts of the pooled scores.
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

    /// SCut (Yang, SIGIR 2001): each label's best cut by the objective's per-label value, the largest threshold among equals. A
    /// label without listed positives takes the default.
    let sCut (objective: Objective) (otherwise: float32) (s: Sweep) : float32[] =
        each s (fun l ->
            let value hits predicted =
                Objective.ofLabel objective l hits predicted s.Positives[l]

            match Sweep.best value l s with
            | ValueSome cut when Sweep.listedHits l s > 0 -> cut.Threshold
            | _ -> otherwise)

    /// Smoothed F (Lin and Lin, CIKM 2023): each label's best cut by (2 TP + a) / (predicted + positives + b), 0
    /// < a <= b, which keeps a label with few positives from being predicted everywhere. A label without positives
    /// takes the default.
    let smoothedF (a: float) (b: float) (otherwise: float32) (s: Sweep) : float32[] =
        each s (fun l ->
            let value hits predicted =
                (2.0 * float hits + a) / (float (predicted + s.Positives[l]) + b)

            match Sweep.best value l s with
            | ValueSome cut when s.Positives[l] > 0 -> cut.Threshold
            | _ -> otherwise)

    /// PCut (Yang, SIGIR 2001): label l is given to about ratio * N * prior_l of the N rows, prior_l = n_l / N_train: the threshold
    /// is the quantile of its scores. A label without listed pairs takes the default.
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

    /// Label cardinality (Read et al. 2011, https://doi.org/10.1007/s10994-011-5256-5): the one threshold at which the mean size of the predicted sets comes nearest to the
    /// given cardinality (the larger threshold where two are equally near).
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

    /// Class prior: the logit of the prior (n_l + 1) / (N + 2), with one row added on each side so that it is
    /// finite. Nothing is tuned.
    let classPrior (rows: int) (support: int[]) : float32[] =
        support
        |> Array.map (fun n -> float32 (log (float (n + 1) / float (rows - n + 1))))

/// SCut with a floor on F1 (SCutFBR.1; Lewis et al., JMLR 2004,
/// https://jmlr.org/papers/v5/lewis04a.html; Fan and Lin 2007): where a fold reaches no more than the floor its
/// threshold is the highest score seen, and the floor itself is chosen per label by cross-validation.
[<RequireQualifiedAccess>]
module SCutFbr =

    let private floors = Array.init 8 (fun i -> 0.1 * float (i + 1))
    let private folds = 3

    let private f1At (t: float32) label (s: Sweep) =
        let mutable hits = 0
        let mutable predicted = 0

        for at in s.Start[label] .. s.Start[label + 1] - 1 do
            if s.Scores[at] > t then
                predicted <- predicted + 1

                if s.Hit[at] then
                    hits <- hits + 1

        Objective.f1 hits predicted s.Positives[label]

    /// One fold's threshold for each floor: the default unless a cut has a better F1, the highest score where the F1
    /// is not above the floor.
    let private tune otherwise label (fold: Sweep) =
        let value hits predicted =
            Objective.f1 hits predicted fold.Positives[label]

        let before = f1At otherwise label fold

        match Sweep.best value label fold with
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
    let private average otherwise label (parts: Sweep[]) =
        match parts |> Array.choose (tune otherwise label) with
        | [||] -> floors |> Array.map (fun _ -> otherwise)
        | tuned ->
            floors
            |> Array.mapi (fun i _ -> tuned |> Array.averageBy (fun t -> float t[i]) |> float32)

    let private parts purpose seed scores keep sweep =
        let foldOf = Folds.ofScores folds (Seed.derive purpose 0 seed) scores
        Array.init folds (fun k -> Sweep.restrict (fun row -> keep row && foldOf[row] = k) sweep)

    /// Thresholds [L] from three outer folds, which choose the floor among 0.1 .. 0.8 (the largest of the best; 0.1
    /// where nothing is ever hit), and three inner folds, over which thresholds are averaged; the scores are held out
    /// already, so nothing is trained again.
    let thresholds (seed: Seed) (otherwise: float32) (scores: CsrMatrix) (labels: CsrMatrix) : float32[] =
        let sweep = Sweep.build scores labels
        let outerOf = Folds.ofScores folds (Seed.derive "outer" 0 seed) scores
        let outer = parts "outer" seed scores (fun _ -> true) sweep

        let inner =
            Array.init folds (fun k -> parts "inner" seed scores (fun row -> outerOf[row] <> k) sweep)

        let final = parts "inner" seed scores (fun _ -> true) sweep

        Array.Parallel.init sweep.Count (fun l ->
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
