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

/// How much of the labels' corrections rests on a basis: shares of all bases add up to 1.
type FusedShare = { Basis: FusedBasis; Share: float }

/// The default rule: theta_l = A IDF_l + C + Correction_l, IDF_l in [0, 1] (Rarity), in the space of the scores.
/// Objective is the value reached on the fitting rows (optimistic by what the correction learned there).
type RarityThresholds =
    {
        A: float
        C: float
        /// What the corrections rest on, from no correction to the boldest; bases without a share are left out.
        Shares: FusedShare[]
        /// How much better than no correction the bases are by their shares: the objective's mean over halves of the held-out rows that each decide the other. 0 where a
        /// basis was given.
        Gain: float
        Rarity: float32[]
        Correction: float32[]
        Objective: float
    }

/// Two shared parameters for the objective, then shrunk corrections per label; each the mean over halves of the held-out rows, so that no single cut of a label's scores and
/// no near tie of two bases decides (bagging without replacement: Buehlmann and Yu 2002, https://doi.org/10.1214/aos/1031689014).
[<RequireQualifiedAccess>]
module Fused =

    /// What halves of the held-out rows vote for, from no correction to the boldest.
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
    let private halvings = 8

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

    /// Two shared parameters, and the correction [L] on top of them that each of some bases asks for.
    type private Part =
        {
            SharedA: float
            SharedC: float
            Corrections: float32[][]
        }

    let private part objective (rarity: float32[]) (bases: FusedBasis[]) (s: SortedPairs) : Part =
        let struct (a, c) = SharedThresholds.fit objective rarity s
        let theta = SharedThresholds.at rarity a c

        {
            SharedA = a
            SharedC = c
            Corrections = bases |> Array.map (correction objective theta s)
        }

    /// The objective that each basis of a part reaches on other rows.
    let private reached objective (rarity: float32[]) (inside: SortedPairs) (part: Part) : float[] =
        let through = RunningCounts.ofPairs inside
        let theta = SharedThresholds.at rarity part.SharedA part.SharedC

        part.Corrections
        |> Array.map (Array.map2 (+) theta >> RunningCounts.value objective through inside)

    /// What half the rows teach, with the values of the bases on the other half, measured by itself: pooled counts flatter a correction, for a half lacks exactly the
    /// positives that the other holds. A half without a listed positive teaches nothing.
    let private halves objective seed scorings (rarity: float32[]) scores (s: SortedPairs) : struct (Part * float[])[] =
        [|
            for cut in 1..halvings do
                let halfOf = Folds.ofScores scorings 2 (Seed.derive "halves" cut seed) scores

                for half in 0..1 do
                    let outside = SortedPairs.restrict (fun row -> halfOf[row] <> half) s

                    if Array.contains true outside.Hit then
                        let inside = SortedPairs.restrict (fun row -> halfOf[row] = half) s
                        let part = part objective rarity bases outside
                        struct (part, reached objective rarity inside part)
        |]

    /// Of each basis the share of halves on which it is the best, the simplest of equals.
    let private votes (values: float[][]) : float[] =
        let best = values |> Array.countBy SharedThresholds.firstBest |> Map.ofArray

        Array.init bases.Length (fun k -> float (best |> Map.tryFind k |> Option.defaultValue 0) / float values.Length)

    /// The mean of parts, whose corrections are means of the bases' by their shares: all of it is linear in A, C and the corrections, so a mean of such rules is one.
    let private mean objective (rarity: float32[]) (s: SortedPairs) (shares: FusedShare[]) (parts: Part[]) =
        let a = parts |> Array.averageBy _.SharedA
        let c = parts |> Array.averageBy _.SharedC

        let correction =
            Array.init s.Count (fun l ->
                parts
                |> Array.averageBy (fun part ->
                    Array.map2 (fun share (own: float32[]) -> share.Share * float own[l]) shares part.Corrections
                    |> Array.sum)
                |> float32)

        let theta = Array.map2 (+) (SharedThresholds.at rarity a c) correction

        {
            A = a
            C = c
            Shares = shares |> Array.filter (fun share -> share.Share > 0.0)
            Gain = 0.0
            Rarity = rarity
            Correction = correction
            Objective = RunningCounts.value objective (RunningCounts.ofPairs s) s theta
        }

    let private sorted (rarity: float32[]) weights scores labels =
        let s = SortedPairs.build weights scores labels
        Shape.require (nameof rarity) "[L]" [ s.Count ] [ rarity.Length ]
        s

    let private whole objective (basis: FusedBasis) (rarity: float32[]) (s: SortedPairs) : RarityThresholds =
        [| part objective rarity [| basis |] s |]
        |> mean objective rarity s [| { Basis = basis; Share = 1.0 } |]

    /// Fits A and C for the objective on all held-out rows at once, and the corrections on the basis that is given.
    let withBasis
        (objective: Objective)
        (basis: FusedBasis)
        (rarity: float32[])
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        : RarityThresholds =
        sorted rarity weights scores labels |> whole objective basis rarity

    /// The rule as the library uses it: the rows are cut in halves eight times, each half teaches A, C and a correction on every basis, and votes for the basis by which the
    /// other decides it best; the rule is the mean of what they teach, by shares of votes (docs/steady-thresholds.md). Without a listed positive: no correction.
    let fit
        (objective: Objective)
        (seed: Seed)
        (scorings: int)
        (rarity: float32[])
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        : RarityThresholds =
        let s = sorted rarity weights scores labels

        match halves objective seed scorings rarity scores s with
        | [||] -> whole objective FusedBasis.SharedOnly rarity s
        | halves ->
            let values = halves |> Array.map (fun (struct (_, values)) -> values)
            let votes = votes values

            let gain k =
                values |> Array.averageBy (fun v -> v[k] - v[0])

            let shares =
                Array.map2 (fun basis share -> { Basis = basis; Share = share }) bases votes

            { (halves
               |> Array.map (fun (struct (part, _)) -> part)
               |> mean objective rarity s shares) with
                Gain = votes |> Array.mapi (fun k share -> share * gain k) |> Array.sum
            }

    let private name (basis: FusedBasis) : string =
        match basis with
        | FusedBasis.SharedOnly -> "no correction"
        | FusedBasis.HeldOut kappa -> $"held-out counts, kappa {kappa}"
        | FusedBasis.Expected kappa when kappa = infinity -> "probabilities alone"
        | FusedBasis.Expected kappa -> $"counts and probabilities, kappa {kappa}"

    /// What the corrections rest on, for the history.
    let notes (t: RarityThresholds) : string list =
        let shares =
            t.Shares
            |> Array.sortByDescending _.Share
            |> Array.map (fun share -> $"{name share.Basis} {100.0 * share.Share:F0} %%")
            |> String.concat ", "

        [
            $"the labels' corrections rest on: {shares}"
            if t.Gain <> 0.0 then
                $"on halves of the held-out rows that decide each other: {t.Gain:``+0.0000;-0.0000``} against no correction"
        ]
