namespace Limen.Core

open Limen.Kernels

/// The pairs whose probability lies in [Lower, Upper), the last bin including 1.
type ReliabilityBin =
    {
        Lower: float
        Upper: float
        /// Pairs in the bin.
        Count: int64
        /// True pairs in the bin.
        Positives: int64
        /// The sum of their probabilities.
        Probability: float
    }

    /// The mean probability of the pairs; 0 in an empty bin.
    member b.MeanProbability = b.Probability / float (max 1L b.Count)

    /// How often the pairs are true; 0 in an empty bin.
    member b.Frequency = float b.Positives / float (max 1L b.Count)

/// How probabilities compare with frequencies, in bins of equal width on [0, 1]. Tables of shards add up to that of the
/// whole.
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

    /// No pairs: what `add` leaves unchanged. ArgumentException for fewer than one bin.
    let zero (bins: int) : Reliability =
        if bins < 1 then
            invalidArg (nameof bins) $"expected at least 1 bin, received {bins}"

        let bin b =
            {
                Lower = float b / float bins
                Upper = float (b + 1) / float bins
                Count = 0L
                Positives = 0L
                Probability = 0.0
            }

        {
            Bins = Array.init bins bin
            SquaredError = 0.0
        }

    /// The pairs of both. ArgumentException when the numbers of bins differ.
    let add (a: Reliability) (b: Reliability) : Reliability =
        Shape.require (nameof b) "[bins]" [ a.Bins.Length ] [ b.Bins.Length ]

        let addBin (x: ReliabilityBin) (y: ReliabilityBin) =
            { x with
                Count = x.Count + y.Count
                Positives = x.Positives + y.Positives
                Probability = x.Probability + y.Probability
            }

        {
            Bins = Array.map2 addBin a.Bins b.Bins
            SquaredError = a.SquaredError + b.SquaredError
        }

    /// Pairs (p, is true). ArgumentException when a p is outside [0, 1] or NaN, or for fewer than one bin.
    let ofPairs (bins: int) (pairs: struct (float * bool) seq) : Reliability =
        let empty = zero bins
        let count = Array.zeroCreate<int64> bins
        let positives = Array.zeroCreate<int64> bins
        let probability = Array.zeroCreate<float> bins
        let mutable squared = 0.0

        for struct (p, isTrue) in pairs do
            if not (p >= 0.0 && p <= 1.0) then
                invalidArg (nameof pairs) $"expected probabilities in [0, 1], received {p}"

            let bin = min (bins - 1) (int (p * float bins))
            count[bin] <- count[bin] + 1L
            probability[bin] <- probability[bin] + p

            if isTrue then
                positives[bin] <- positives[bin] + 1L

            let error = if isTrue then 1.0 - p else p
            squared <- squared + error * error

        {
            Bins =
                empty.Bins
                |> Array.mapi (fun b bin ->
                    { bin with
                        Count = count[b]
                        Positives = positives[b]
                        Probability = probability[b]
                    })
            SquaredError = squared
        }

    /// All N L pairs of truth and probabilities, both [N, L]; an absent pair has probability 0 and lies in the first
    /// bin. ArgumentException when the shapes differ or a probability is outside [0, 1].
    let ofProbabilities (bins: int) (truth: CsrMatrix) (probabilities: CsrMatrix) : Reliability =
        Outcome.requireSameShape (nameof probabilities) truth probabilities

        let stored =
            seq {
                for row in 0 .. truth.Rows - 1 do
                    for at in probabilities.RowStart[row] .. probabilities.RowStart[row + 1] - 1 do
                        struct (float probabilities.Values[at], Ranked.isTrue truth row probabilities.Indices[at])
            }
            |> ofPairs bins

        let absent = int64 truth.Rows * int64 truth.Columns - int64 probabilities.NonZeros

        let absentPositives =
            int64 truth.NonZeros - (stored.Bins |> Array.sumBy _.Positives)

        let first =
            { stored.Bins[0] with
                Count = stored.Bins[0].Count + absent
                Positives = stored.Bins[0].Positives + absentPositives
            }

        {
            Bins = Array.updateAt 0 first stored.Bins
            SquaredError = stored.SquaredError + float absentPositives
        }

    /// Only the pairs in the first k places of each row by probability (see `Ranked.row`): the pairs that users see.
    /// Ullah et al. 2024, https://arxiv.org/abs/2411.04276.
    let atK (bins: int) (k: int) (truth: CsrMatrix) (probabilities: CsrMatrix) : Reliability =
        Outcome.requireSameShape (nameof probabilities) truth probabilities

        seq {
            for row in 0 .. truth.Rows - 1 do
                for label in Ranked.row k probabilities row do
                    struct (float (Csr.item row label probabilities), Ranked.isTrue truth row label)
        }
        |> ofPairs bins

    /// The pairs counted.
    let pairs (r: Reliability) : int64 = r.Bins |> Array.sumBy _.Count

    let private overPairs sum r = sum / float (max 1L (pairs r))

    /// Expected calibration error: the mean over pairs of |mean probability - frequency| of the pair's bin, in [0, 1];
    /// 0 without pairs.
    let ece (r: Reliability) : float =
        let gaps =
            r.Bins |> Array.sumBy (fun bin -> abs (bin.Probability - float bin.Positives))

        overPairs gaps r

    /// The Brier score: the mean over pairs of (p - y)^2, in [0, 1]; 0 without pairs.
    let brier (r: Reliability) : float = overPairs r.SquaredError r
