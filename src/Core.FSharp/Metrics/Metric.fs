namespace Limen.Core

open Limen.Kernels

/// What a metric looks at beside the truth.
[<RequireQualifiedAccess>]
type Needs =
    /// Predicted label sets.
    | Sets
    /// Scores, in any monotone unit.
    | Ranking
    /// Probabilities in [0, 1], absent pairs being 0.
    | Probabilities

/// Which end of its range a metric should come near to.
[<RequireQualifiedAccess>]
type Better =
    | Higher
    | Lower

/// What is known of some rows: the truth [N, L] and, as far as a model gave them, its label sets, scores and
/// probabilities [N, L].
[<ReferenceEquality>]
type Evidence =
    {
        Truth: CsrMatrix
        Sets: CsrMatrix option
        Scores: CsrMatrix option
        Probabilities: CsrMatrix option
    }

/// How a metric is computed.
[<ReferenceEquality>]
type Measure =
    /// From counts per label, which is what the bootstrap resamples.
    | OfCounts of (Counts -> float)
    /// From shards of (truth, what it needs); None where the metric is not defined on these rows.
    | OfShards of Needs * ((CsrMatrix * CsrMatrix) list -> float option)

/// A metric as a value.
[<ReferenceEquality>]
type Metric =
    {
        /// The key in reports: "macro_f1_a", "p_at_5".
        Name: string
        /// The name in tables, with its convention.
        Title: string
        Better: Better
        /// The smallest and the largest value that it can take.
        Range: float * float
        Measure: Measure
    }

[<RequireQualifiedAccess>]
module Metric =

    let private counted name title better measure =
        {
            Name = name
            Title = title
            Better = better
            Range = 0.0, 1.0
            Measure = OfCounts measure
        }

    /// A metric of an accumulator: one from each shard, added, then read.
    let private gathered name title better range needs observe add read =
        {
            Name = name
            Title = title
            Better = better
            Range = range
            Measure = OfShards(needs, List.map (fun (truth, other) -> observe truth other) >> List.reduce add >> read)
        }

    let private macroF1 convention =
        let letter = MacroConvention.letter convention

        counted
            $"macro_f1_{System.Char.ToLowerInvariant letter}"
            $"macro-F1 ({letter}: {MacroConvention.describe convention})"
            Better.Higher
            (F1.macro convention)

    let private ofRows name title ratio =
        gathered name title Better.Higher (0.0, 1.0) Needs.Sets RowCounts.ofSets RowCounts.add (ratio >> Some)

    /// Metrics of predicted label sets; ratios with 0/0 = 0 unless the title says otherwise.
    let sets: Metric list =
        [
            yield! MacroConvention.all |> List.map macroF1
            counted "micro_f1" "micro-F1" Better.Higher F1.micro
            counted "weighted_f1" "support-weighted F1" Better.Higher F1.weighted
            counted "macro_precision" "macro precision" Better.Higher (Average.macro (Ratio.precision AsZero))
            counted "macro_recall" "macro recall" Better.Higher (Average.macro (Ratio.recall AsZero))
            counted "micro_precision" "micro precision" Better.Higher (Average.micro (Ratio.precision AsZero))
            counted "micro_recall" "micro recall" Better.Higher (Average.micro (Ratio.recall AsZero))
            counted "macro_jaccard" "macro Jaccard" Better.Higher (Average.macro (Ratio.jaccard AsZero))
            counted "hamming_loss" "Hamming loss" Better.Lower Counts.hammingLoss
            counted "ever_predicted" "labels ever predicted" Better.Higher Tables.everPredicted
            ofRows "samples_f1" "samples-F1" (F1.samples AsZero)
            ofRows "samples_f1_one" "samples-F1 (0/0 = 1)" (F1.samples AsOne)
            ofRows "samples_jaccard" "samples Jaccard" (RowCounts.mean (Ratio.jaccard AsZero))
            ofRows "subset_accuracy" "subset accuracy" RowCounts.subsetAccuracy
        ]

    let private places k name title read =
        gathered
            $"{name}_at_{k}"
            $"{title}@{k}"
            Better.Higher
            (0.0, 1.0)
            Needs.Ranking
            (AtK.ofScores k)
            AtK.add
            (read >> Some)

    /// Metrics of the first k places of score lists; the inverse propensities [L] weigh the hits of PSP@k.
    let atK (inversePropensities: float[]) (k: int) : Metric list =
        let most = Array.fold max 0.0 inversePropensities

        let propensity name title range read =
            gathered
                $"{name}_at_{k}"
                $"{title}@{k}"
                Better.Higher
                range
                Needs.Ranking
                (Propensity.ofScores k inversePropensities)
                Propensity.add
                (read >> Some)

        [
            places k "p" "P" AtK.precision
            places k "r" "R" AtK.recall
            places k "rp" "RP" AtK.rPrecision
            places k "ndcg" "nDCG" AtK.ndcg
            propensity "psp" "PSP" (0.0, 1.0) Propensity.normalised
            propensity "psp_raw" "PSP (not normalised)" (0.0, most) Propensity.precision
            gathered
                $"macro_f1_f_at_{k}"
                $"macro-F1@{k} (F)"
                Better.Higher
                (0.0, 1.0)
                Needs.Ranking
                (fun truth scores -> Counts.ofSets truth (Ranked.sets k scores))
                Counts.add
                (F1.macro (AllLabels AsZero) >> Some)
        ]

    let private ranking name title better range read =
        gathered name title better range Needs.Ranking Ranking.ofScores Ranking.add (read >> Some)

    let private curve name title read =
        gathered name title Better.Higher (0.0, 1.0) Needs.Ranking ScoredRows.create ScoredRows.add read

    /// Metrics of the whole order of score lists.
    let orders: Metric list =
        [
            ranking "lrap" "label ranking average precision" Better.Higher (0.0, 1.0) Ranking.averagePrecision
            ranking "coverage_error" "coverage error" Better.Lower (0.0, infinity) Ranking.coverageError
            ranking "ranking_loss" "ranking loss" Better.Lower (0.0, 1.0) Ranking.rankingLoss
            curve "macro_auc" "macro AUC (labels with both classes)" Curves.macroAuc
            curve "micro_auc" "micro AUC" Curves.microAuc
            curve "macro_ap" "macro AP (labels with positives)" Curves.macroAp
            curve "micro_ap" "micro AP" Curves.microAp
        ]

    let private calibrated name title observe read =
        gathered name title Better.Lower (0.0, 1.0) Needs.Probabilities observe Reliability.add (read >> Some)

    /// Metrics of probabilities.
    let probabilities: Metric list =
        let bins = Reliability.standardBins

        [
            calibrated "brier" "Brier score" (Reliability.ofProbabilities bins) Reliability.brier
            calibrated "ece" "expected calibration error" (Reliability.ofProbabilities bins) Reliability.ece
            for k in [ 1; 5 ] do
                calibrated $"ece_at_{k}" $"expected calibration error@{k}" (Reliability.atK bins k) Reliability.ece
        ]

    /// The registry: every metric of the library, places at k = 1, 3 and 5. Each one has its laws in the tests.
    let all (inversePropensities: float[]) : Metric list =
        sets
        @ List.collect (atK inversePropensities) [ 1; 3; 5 ]
        @ orders
        @ probabilities

    /// What the metric looks at beside the truth.
    let needs (m: Metric) : Needs =
        match m.Measure with
        | OfCounts _ -> Needs.Sets
        | OfShards(needs, _) -> needs

    let private pairs needs (shards: Evidence list) =
        let given (e: Evidence) =
            match needs with
            | Needs.Sets -> e.Sets
            | Needs.Ranking -> e.Scores
            | Needs.Probabilities -> e.Probabilities
            |> Option.map (fun other -> e.Truth, other)

        match List.map given shards with
        | [] -> None
        | found when List.forall Option.isSome found -> Some(List.choose id found)
        | _ -> None

    /// The metric over the rows of all shards; None where a shard lacks what it needs, where there is no shard, or
    /// where it is not defined (the AUC of labels without both classes). Never NaN. ArgumentException when shapes
    /// differ.
    let compute (m: Metric) (shards: Evidence list) : float option =
        let ofCounts read =
            List.map (fun (truth, sets) -> Counts.ofSets truth sets)
            >> List.reduce Counts.add
            >> read

        shards
        |> pairs (needs m)
        |> Option.bind (
            match m.Measure with
            | OfCounts read -> ofCounts read >> Some
            | OfShards(_, read) -> read
        )

    /// Name and value of each metric that is defined on these rows, in the order given.
    let evaluate (metrics: Metric list) (shards: Evidence list) : (string * float) list =
        metrics
        |> List.choose (fun m -> compute m shards |> Option.map (fun value -> m.Name, value))
