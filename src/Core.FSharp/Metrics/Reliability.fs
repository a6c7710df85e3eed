namespace Limen.Core

open Limen.Kernels

/// The pairs whose probability lies in [Lower, Upper), the last bin including 1; each counts as much as its row.
type ReliabilityBin =
    {
        Lower: float
        Upper: float
        /// Pairs in the bin: the sum of their weights.
        Count: float
        /// True pairs in the bin.
        Positives: float
        /// The sum of their probabilities.
        Probability: float
    }

    /// The mean probability of the pairs; 0 in an empty bin.
    member b.MeanProbability = if b.Count > 0.0 then b.Probability / b.Count else 0.0

    /// How often the pairs are true; 0 in an empty bin.
    member b.Frequency = if b.Count > 0.0 then b.Positives / b.Count else 0.0

/// How probabilities compare with frequencies, in bins of equal width on [0, 1].
type Reliability =
    {
        Bins: ReliabilityBin[]
        /// The sum over pairs of (p - y)^2.
        SquaredError: float
    }

[<RequireQualifiedAccess>]
module Reliability =

    /// Fifteen bins, as in Guo et al. 2017, https://arxiv.org/abs/1706.04599.
    let standardBins = 15

    let private bins (count: int) (counts: float[]) (positives: float[]) (probability: float[]) =
        Array.init count (fun b ->
            {
                Lower = float b / float count
                Upper = float (b + 1) / float count
                Count = counts[b]
                Positives = positives[b]
                Probability = probability[b]
            })

    /// Pairs (p, is true, weight). ArgumentException when a p is outside [0, 1] or NaN, or for fewer than one bin.
    let ofPairs (binCount: int) (pairs: struct (float * bool * float) seq) : Reliability =
        Limits.require (nameof binCount) (1, Limits.parts) binCount

        let count = Array.zeroCreate<float> binCount
        let positives = Array.zeroCreate<float> binCount
        let probability = Array.zeroCreate<float> binCount
        let mutable squared = 0.0

        for struct (p, isTrue, weight) in pairs do
            if not (p >= 0.0 && p <= 1.0) then
                invalidArg (nameof pairs) $"expected probabilities in [0, 1], received {p}"

            let bin = min (binCount - 1) (int (p * float binCount))
            count[bin] <- count[bin] + weight
            probability[bin] <- probability[bin] + weight * p

            if isTrue then
                positives[bin] <- positives[bin] + weight

            let error = if isTrue then 1.0 - p else p
            squared <- squared + weight * error * error

        {
            Bins = bins binCount count positives probability
            SquaredError = squared
        }

    /// All N L pairs of probabilities and truth [N, L], of rows with weights [N] (None: 1 each); an absent pair has probability 0
    /// and lies in the first bin. ArgumentException when the shapes differ or a probability is outside [0, 1].
    let ofProbabilities
        (bins: int)
        (weights: float32[] option)
        (PairProbabilities probabilities)
        (LabelSets truth)
        : Reliability =
        Outcome.requireSameShape (nameof probabilities) probabilities truth

        seq {
            for row in 0 .. truth.Rows - 1 do
                let w = RowWeights.at row weights
                let mutable hits = 0

                for at in probabilities.RowStart[row] .. probabilities.RowStart[row + 1] - 1 do
                    let isTrue = Ranked.isTrue truth row probabilities.Indices[at]

                    if isTrue then
                        hits <- hits + 1

                    struct (float probabilities.Values[at], isTrue, w)

                let absent = truth.Columns - probabilities.RowIndices(row).Length
                let missed = truth.RowIndices(row).Length - hits
                struct (0.0, true, w * float missed)
                struct (0.0, false, w * float (absent - missed))
        }
        |> ofPairs bins

    /// Only the pairs in the first k places of each row by probability (see `Ranked.row`): the pairs that users see.
    /// Ullah et al. 2024, https://arxiv.org/abs/2411.04276.
    let atK
        (bins: int)
        (k: int)
        (weights: float32[] option)
        (PairProbabilities probabilities)
        (LabelSets truth)
        : Reliability =
        Outcome.requireSameShape (nameof probabilities) probabilities truth

        seq {
            for row in 0 .. truth.Rows - 1 do
                for label in Ranked.row k probabilities row do
                    struct (float (Csr.item row label probabilities),
                            Ranked.isTrue truth row label,
                            RowWeights.at row weights)
        }
        |> ofPairs bins

    /// The pairs counted: the sum of their weights.
    let pairs (r: Reliability) : float = r.Bins |> Array.sumBy _.Count

    let private overPairs sum r =
        let pairs = pairs r
        if pairs > 0.0 then sum / pairs else 0.0

    /// Expected calibration error: the mean over pairs of |mean probability - frequency| of the pair's bin, in [0, 1];
    /// 0 without pairs.
    let ece (r: Reliability) : float =
        let gaps = r.Bins |> Array.sumBy (fun bin -> abs (bin.Probability - bin.Positives))

        overPairs gaps r

    /// The Brier score: the mean over pairs of (p - y)^2, in [0, 1]; 0 without pairs.
    let brier (r: Reliability) : float = overPairs r.SquaredError r
