namespace Limen.Core

open Limen
open System

/// What a label's own correction of the shared threshold rests on; n_l are the held-out positives of the label.
[<RequireQualifiedAccess>]
type FusedBasis =
    /// Nothing: the shared threshold holds for every label.
    | SharedOnly
    /// What SCut asks for on the residual score - A IDF_l - C, shrunk by n_l / (n_l + kappa).
    | HeldOut of kappa: float
    /// The best cut for counts in which the truth of a held-out pair weighs n_l / (n_l + kappa) and its probability sigmoid(score) the
    /// rest; kappa infinite: probabilities alone, the plug-in rule. Wants scores in calibrated log-odds.
    | Expected of kappa: float

/// What the choice of a basis rests on: values of the objective, the mean over halves of the held-out rows that decide each other.
type FusedChoice =
    {
        /// The basis of the largest value.
        Best: FusedBasis
        /// How much the chosen basis falls behind that.
        Behind: float
        /// How much better it is than no correction.
        Gain: float
    }

/// The default rule: theta_l = A IDF_l + C + Correction_l, IDF_l in [0, 1] (Rarity), in the space of the scores.
/// Objective is the value reached on the fitting rows (optimistic by what the correction learned there).
type RarityThresholds =
    {
        A: float
        C: float
        Basis: FusedBasis
        /// How the basis was chosen; None where it was given.
        Choice: FusedChoice option
        Rarity: float32[]
        Correction: float32[]
        Objective: float
    }

/// Two shared parameters for the objective, then shrunk corrections per label.
[<RequireQualifiedAccess>]
module Fused =

    /// What held-out halves choose among, from no correction to the boldest.
    let bases =
        [|
            yield FusedBasis.SharedOnly
            yield FusedBasis.Expected infinity
            for kappa in [ 100.0; 20.0; 5.0 ] do
                yield FusedBasis.Expected kappa
            for kappa in [ 100.0; 50.0; 20.0; 10.0; 5.0; 2.0 ] do
                yield FusedBasis.HeldOut kappa
        |]

    /// How often the rows are cut in two halves, each of which decides the other.
    let private halvings = 4

    /// How many standard errors (of the paired differences over halves) a simpler basis may fall behind the best.
    let slack = 0.5

    let private shared (rarity: float32[]) a c =
        rarity |> Array.map (fun r -> float32 (a * float r + c))

    /// theta [L].
    let thresholds (rule: RarityThresholds) : float32[] =
        Array.map2 (+) (shared rule.Rarity rule.A rule.C) rule.Correction

    /// Hits and predictions among the first k listed pairs of all labels: what makes the counts at any threshold one binary search.
    [<Struct>]
    type private RunningCounts = { Hits: float[]; Predicted: float[] }

    let private running (s: SortedPairs) : RunningCounts =
        let hits = Array.zeroCreate (s.Hit.Length + 1)
        let predicted = Array.zeroCreate (s.Hit.Length + 1)

        for at in 0 .. s.Hit.Length - 1 do
            predicted[at + 1] <- predicted[at] + s.Weight at
            hits[at + 1] <- hits[at] + (if s.Hit[at] then s.Weight at else 0.0)

        { Hits = hits; Predicted = predicted }

    let private counts (through: RunningCounts) (theta: float32[]) (s: SortedPairs) =
        let hits = Array.zeroCreate s.Count
        let predicted = Array.zeroCreate s.Count

        for l in 0 .. s.Count - 1 do
            let cut =
                Bisection.firstPlace s.Start[l] s.Start[l + 1] (fun at -> not (s.Scores[at] > theta[l]))

            predicted[l] <- through.Predicted[cut] - through.Predicted[s.Start[l]]
            hits[l] <- through.Hits[cut] - through.Hits[s.Start[l]]

        struct (hits, predicted)

    let private value objective through s theta =
        let struct (hits, predicted) = counts through theta s
        Objective.evaluate objective hits predicted s.Positives

    /// The first of the best, whatever the order in which their sums were rounded.
    let private firstBest (values: float[]) =
        let top = Array.max values
        values |> Array.findIndex (fun v -> v >= top - 1e-12)

    /// The score at a share q of all hits, ascending, in their weights.
    let private quantile q (sorted: struct (float32 * float)[]) =
        let total = sorted |> Array.sumBy (fun (struct (_, w)) -> w)
        let wanted = floor (q * (max 1.0 total - 1.0))
        let mutable through = 0.0
        let mutable at = 0

        while at < sorted.Length - 1
              && (let struct (_, w) = sorted[at] in through + w <= wanted) do
            let struct (_, w) = sorted[at]
            through <- through + w
            at <- at + 1

        let struct (score, _) = sorted[at]
        float score

    /// A and C: a grid over both in the units of the scores, halved around its best four times, then the exact C for
    /// that A and for A = 0.
    let private sharedFit objective (rarity: float32[]) (s: SortedPairs) =
        let through = running s

        let evaluate (struct (a, c)) =
            value objective through s (shared rarity a c)

        let hitScores =
            [|
                for at in 0 .. s.Scores.Length - 1 do
                    if s.Hit[at] && s.Weight at > 0.0 then
                        struct (s.Scores[at], s.Weight at)
            |]
            |> Array.sort

        if hitScores.Length = 0 then
            struct (0.0, 0.0)
        else
            let low, high = quantile 0.02 hitScores, quantile 0.9 hitScores
            let span = max (high - low) 1e-3

            let best (candidates: struct (float * float)[]) =
                candidates[candidates |> Array.Parallel.map evaluate |> firstBest]

            let around (struct (a, c)) width steps =
                [|
                    for i in -steps .. steps do
                        for j in -steps .. steps do
                            struct (a + float i * width, c + float j * width)
                |]

            // the centre comes first, so that equal values keep it
            let refine centre width =
                best (Array.append [| centre |] (around centre width 2))

            let coarse = around (struct (0.0, (low + high) / 2.0)) (span / 8.0) 8

            let struct (a, c) =
                [ 16.0; 32.0; 64.0; 128.0 ]
                |> List.fold (fun centre part -> refine centre (span / part)) (best coarse)

            let exact a =
                let struct (c, _) =
                    SortedPairs.bestCommon objective (rarity |> Array.map (fun r -> a * float r)) s

                struct (a, c)

            best
                [|
                    struct (0.0, float (Thresholds.common objective s))
                    exact a
                    struct (a, c)
                |]

    /// SCut on the residuals, shrunk.
    let private heldOut objective kappa (theta: float32[]) (s: SortedPairs) : float32[] =
        let asked = Thresholds.sCut objective nanf s

        Array.mapi2
            (fun l asked (shared: float32) ->
                let n = s.Positives[l]

                if Single.IsNaN asked || n = 0.0 then
                    0f
                else
                    float32 (n / (n + kappa)) * (asked - shared))
            asked
            theta

    /// The correction [L] that some basis asks for on top of the shared thresholds.
    let private correction objective (theta: float32[]) (s: SortedPairs) (basis: FusedBasis) : float32[] =
        match basis with
        | FusedBasis.SharedOnly -> Array.zeroCreate s.Count
        | FusedBasis.HeldOut kappa -> heldOut objective kappa theta s
        | FusedBasis.Expected kappa -> Array.map2 (-) (ExpectedCounts.thresholds objective kappa theta s) theta

    /// What each basis reaches [bases][halves] where each half of the rows is decided by what the other teaches, the shared thresholds included, and counts by
    /// itself: pooled counts flatter a correction, for a half lacks exactly the positives that the other holds.
    let private reached objective seed (rarity: float32[]) scores (s: SortedPairs) : float[][] =
        [|
            for cut in 1..halvings do
                let halfOf = Folds.ofScores 2 (Seed.derive "halves" cut seed) scores

                for half in 0..1 do
                    let inside = SortedPairs.restrict (fun row -> halfOf[row] = half) s
                    let outside = SortedPairs.restrict (fun row -> halfOf[row] <> half) s
                    let through = running inside
                    let struct (a, c) = sharedFit objective rarity outside
                    let theta = shared rarity a c

                    bases
                    |> Array.map (fun basis ->
                        correction objective theta outside basis
                        |> Array.map2 (+) theta
                        |> value objective through inside)
        |]
        |> Array.transpose

    /// How much a falls behind b on average over the halves, in standard errors of the paired differences.
    let private behind (a: float[]) (b: float[]) : struct (float * float) =
        let differences = Array.map2 (-) b a
        let mean = Array.average differences
        let n = float differences.Length

        let variance =
            (differences |> Array.sumBy (fun d -> (d - mean) * (d - mean))) / (n - 1.0)

        struct (mean, sqrt (variance / n))

    /// The simplest basis that falls behind the best by no more than the slack: a lead within the noise of the halves is more often luck than gain.
    let private choose
        slack
        objective
        seed
        (rarity: float32[])
        scores
        (s: SortedPairs)
        : struct (FusedBasis * FusedChoice) =
        let values = reached objective seed rarity scores s
        let means = values |> Array.map Array.average
        let best = firstBest means

        let isNear k =
            let struct (mean, error) = behind values[k] values[best]
            k = best || mean <= slack * error

        let chosen = Seq.find isNear (seq { 0..best })

        let why =
            {
                Best = bases[best]
                Behind = means[best] - means[chosen]
                Gain = means[chosen] - means[0]
            }

        struct (bases[chosen], why)

    let private fitted objective (rarity: float32[]) (s: SortedPairs) (basis: FusedBasis) : RarityThresholds =
        let struct (a, c) = sharedFit objective rarity s
        let theta = shared rarity a c
        let correction = correction objective theta s basis

        {
            A = a
            C = c
            Basis = basis
            Choice = None
            Rarity = rarity
            Correction = correction
            Objective = value objective (running s) s (Array.map2 (+) theta correction)
        }

    let private sorted (rarity: float32[]) weights scores labels =
        let s = SortedPairs.build weights scores labels
        Shape.require (nameof rarity) "[L]" [ s.Count ] [ rarity.Length ]
        s

    /// Fits A and C for the objective on held-out rows and the corrections on the basis that is given.
    let withBasis
        (objective: Objective)
        (basis: FusedBasis)
        (rarity: float32[])
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        : RarityThresholds =
        fitted objective rarity (sorted rarity weights scores labels) basis

    /// The same, and what the labels' corrections rest on by halves of the rows that decide each other: the simplest basis that falls behind the best by at most so
    /// many standard errors.
    let withSlack
        (slack: float)
        (objective: Objective)
        (seed: Seed)
        (rarity: float32[])
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        : RarityThresholds =
        let s = sorted rarity weights scores labels
        let struct (basis, why) = choose slack objective seed rarity scores s

        { fitted objective rarity s basis with
            Choice = Some why
        }

    /// The rule as the library uses it: with a slack of half a standard error (docs/findings.md has others).
    let fit
        (objective: Objective)
        (seed: Seed)
        (rarity: float32[])
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        : RarityThresholds =
        withSlack slack objective seed rarity weights scores labels

    let private name (basis: FusedBasis) : string =
        match basis with
        | FusedBasis.SharedOnly -> "no correction"
        | FusedBasis.HeldOut kappa -> $"held-out counts, kappa {kappa}"
        | FusedBasis.Expected kappa when kappa = infinity -> "probabilities alone"
        | FusedBasis.Expected kappa -> $"counts and probabilities, kappa {kappa}"

    /// What the choice rests on, for the history.
    let notes (t: RarityThresholds) : string list =
        [
            $"the labels' corrections rest on: {name t.Basis}"
            match t.Choice with
            | Some why ->
                $"on halves of the held-out rows that decide each other: {why.Gain:``+0.0000;-0.0000``} against no correction"

                if why.Best <> t.Basis then
                    $"{name why.Best} was ahead by {why.Behind:``0.0000``}, less than the noise of the halves: the simpler one was taken"
            | None -> ()
        ]
