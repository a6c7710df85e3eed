namespace Limen

/// What a decision is fitted for; every case is larger for better decisions. Macro means are over all L labels with
/// 0/0 = 0 (convention A).
[<RequireQualifiedAccess>]
type Objective =
    /// Mean over labels of F1 = 2 TP / (predicted + positives).
    | MacroF1
    /// F1 of the counts summed over labels.
    | MicroF1
    /// Macro-F1 plus weight x micro-F1.
    | MacroPlusMicro of weight: float
    /// Mean over labels of F-beta = (1 + beta^2) TP / (predicted + beta^2 positives).
    | FBeta of beta: float
    /// Mean over labels of TP / (predicted + positives - TP).
    | Jaccard
    /// Minus the mean over labels of cost x count, the same two costs for every label.
    | ExpectedCost of falsePositive: float * falseNegative: float
    /// The same with costs [L] of each label's own.
    | LabelCosts of falsePositive: float[] * falseNegative: float[]
    /// The same with costs of the named labels' own, and those of all others.
    | NamedCosts of
        labels: string[] *
        falsePositive: float[] *
        falseNegative: float[] *
        otherPositive: float *
        otherNegative: float
    /// Recall of all pairs together where their precision is at least the level, and less than any of that where it is not: precision - 1.
    | RecallAtPrecision of level: float

namespace Limen.Core

open Limen

/// Objectives from counts per label: hits (TP), predicted (TP + FP), positives (TP + FN, also those outside the score
/// list). Counts are sums of the rows' weights.
[<RequireQualifiedAccess>]
module Objective =

    /// The default: micro-F1 weighs a quarter, so that the labels' mean leads and frequent labels are not given up for it
    /// (docs/findings.md).
    let standard = Objective.MacroPlusMicro 0.25

    let private ratio (over: float) (under: float) =
        if under = 0.0 then 0.0 else over / under

    /// What is wrong with an objective for L labels; empty when nothing is.
    let faults (labels: int) (objective: Objective) : string list =
        let costs (pairs: (float * float) seq) =
            let isCost c = c >= 0.0 && c <= Limits.factor

            if pairs |> Seq.forall (fun (p, n) -> isCost p && isCost n && p + n > 0.0) then
                []
            else
                [ $"expected cost: expected costs of 0 to {Limits.factor}, not both zero" ]

        match objective with
        | Objective.MacroPlusMicro weight -> Limits.number "macro plus micro, weight" (0.0, Limits.factor) weight
        | Objective.FBeta beta -> Limits.above0 "F-beta, beta" 1e3 beta
        | Objective.ExpectedCost(falsePositive, falseNegative) -> costs [ falsePositive, falseNegative ]
        | Objective.NamedCosts(names, falsePositive, falseNegative, otherPositive, otherNegative) ->
            costs
                [
                    yield otherPositive, otherNegative
                    if names.Length = falsePositive.Length && names.Length = falseNegative.Length then
                        yield! Seq.zip falsePositive falseNegative
                    else
                        yield -1.0, -1.0
                ]
        | Objective.LabelCosts(falsePositive, falseNegative) when
            falsePositive.Length <> labels || falseNegative.Length <> labels
            ->
            [
                $"label costs: expected {labels} of each kind, received {falsePositive.Length} and {falseNegative.Length}"
            ]
        | Objective.LabelCosts(falsePositive, falseNegative) -> costs (Seq.zip falsePositive falseNegative)
        | Objective.RecallAtPrecision level when not (level > 0.0 && level <= 1.0) ->
            [
                $"recall at precision: expected a precision above 0, at most 1, received {level}"
            ]
        | _ -> []

    /// Labels that the objective names and the label space lacks.
    let unknown (space: LabelSpace) (objective: Objective) : string list =
        match objective with
        | Objective.NamedCosts(names, _, _, _, _) ->
            [
                for name in names do
                    if (space.TryId name).IsNone then
                        $"label costs: expected one of the {space.Count} labels, received \"{name}\""
            ]
        | _ -> []

    /// The objective with costs by id in the place of costs by name.
    let resolve (space: LabelSpace) (objective: Objective) : Objective =
        match objective with
        | Objective.NamedCosts(names, falsePositive, falseNegative, otherPositive, otherNegative) ->
            let byId other (costs: float[]) =
                let all = Array.create space.Count other
                Array.iter2 (fun name cost -> all[(space.TryId name).Value] <- cost) names costs
                all

            Objective.LabelCosts(byId otherPositive falsePositive, byId otherNegative falseNegative)
        | other -> other

    /// Recall where the precision is reached; below 0, and the nearer to 0 the better the precision, where it is not.
    let private recallAt level hits predicted positives =
        if hits >= level * predicted then
            ratio hits positives
        else
            hits / predicted - 1.0

    /// The part of the objective that one label has, from counts that need not be whole; for MicroF1 the label's own F1.
    let ofLabel (objective: Objective) (label: int) (hits: float) (predicted: float) (positives: float) : float =
        let cost falsePositive falseNegative =
            -(falsePositive * (predicted - hits) + falseNegative * (positives - hits))

        match objective with
        | Objective.MacroF1
        | Objective.MicroF1
        | Objective.MacroPlusMicro _ -> ratio (2.0 * hits) (predicted + positives)
        | Objective.FBeta beta ->
            let b = beta * beta
            ratio ((1.0 + b) * hits) (predicted + b * positives)
        | Objective.Jaccard -> ratio hits (predicted + positives - hits)
        | Objective.ExpectedCost(falsePositive, falseNegative) -> cost falsePositive falseNegative
        | Objective.LabelCosts(falsePositive, falseNegative) -> cost falsePositive[label] falseNegative[label]
        | Objective.NamedCosts _ -> invalidOp "costs by name are given ids first (Objective.resolve)"
        | Objective.RecallAtPrecision level -> recallAt level hits predicted positives

    /// F1 from counts, 0/0 = 0.
    let f1 (hits: float) (predicted: float) (positives: float) : float =
        ratio (2.0 * hits) (predicted + positives)

    /// The objective from the sum over L labels of ofLabel and the summed counts.
    let ofSums
        (objective: Objective)
        (labels: int)
        (sum: float)
        (hits: float)
        (predicted: float)
        (positives: float)
        : float =
        match objective with
        | Objective.MicroF1 -> f1 hits predicted positives
        | Objective.MacroPlusMicro weight -> ratio sum (float labels) + weight * f1 hits predicted positives
        | Objective.RecallAtPrecision level -> recallAt level hits predicted positives
        | _ -> ratio sum (float labels)

    /// The objective of the counts [L] of all labels.
    let evaluate (objective: Objective) (hits: float[]) (predicted: float[]) (positives: float[]) : float =
        let mutable sum = 0.0

        for l in 0 .. hits.Length - 1 do
            sum <- sum + ofLabel objective l hits[l] predicted[l] positives[l]

        ofSums objective hits.Length sum (Array.sum hits) (Array.sum predicted) (Array.sum positives)

/// The running value of an objective while pairs are predicted one after the other: O(1) per pair.
[<Sealed>]
type internal Tally(objective: Objective, positives: float[]) =
    let hits = Array.zeroCreate<float> positives.Length
    let predicted = Array.zeroCreate<float> positives.Length
    let allPositives = Array.sum positives
    let mutable allHits = 0.0
    let mutable allPredicted = 0.0

    let mutable sum =
        positives
        |> Array.mapi (fun l p -> Objective.ofLabel objective l 0.0 0.0 p)
        |> Array.sum

    let ofLabel l =
        Objective.ofLabel objective l hits[l] predicted[l] positives[l]

    /// Predicts one more pair of the label.
    member _.Add(label: int, hit: bool, weight: float) =
        let before = ofLabel label
        predicted[label] <- predicted[label] + weight
        allPredicted <- allPredicted + weight

        if hit then
            hits[label] <- hits[label] + weight
            allHits <- allHits + weight

        sum <- sum + ofLabel label - before

    member _.Value =
        Objective.ofSums objective positives.Length sum allHits allPredicted allPositives
