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

    /// theta [L].
    let thresholds (rule: RarityThresholds) : float32[] =
        Array.map2 (+) (SharedThresholds.at rule.Rarity rule.A rule.C) rule.Correction

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
                    let through = RunningCounts.ofPairs inside
                    let struct (a, c) = SharedThresholds.fit objective rarity outside
                    let theta = SharedThresholds.at rarity a c

                    bases
                    |> Array.map (fun basis ->
                        correction objective theta outside basis
                        |> Array.map2 (+) theta
                        |> RunningCounts.value objective through inside)
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
        let best = SharedThresholds.firstBest means

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
        let struct (a, c) = SharedThresholds.fit objective rarity s
        let theta = SharedThresholds.at rarity a c
        let correction = correction objective theta s basis

        {
            A = a
            C = c
            Basis = basis
            Choice = None
            Rarity = rarity
            Correction = correction
            Objective = RunningCounts.value objective (RunningCounts.ofPairs s) s (Array.map2 (+) theta correction)
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
