namespace Limen.Core

open System
open Limen.Kernels

/// Sums over rows of what the first k places of each score list hold. Sums of shards add up to those of the whole.
type AtK =
    {
        /// k, the places looked at.
        Places: int
        /// N, the rows summed.
        Rows: int
        /// True labels found in the first k places.
        Hits: int64
        Recall: float
        RPrecision: float
        Ndcg: float
    }

/// Propensity-weighted hits in the first k places, and the most that the same rows could have had.
type PropensityAtK =
    {
        /// k, the places looked at.
        Places: int
        /// N, the rows summed.
        Rows: int
        Gain: float
        Best: float
    }

/// The parameters of label propensities p_l = 1 / (1 + C (n_l + B)^-A), C = (ln N - 1) (B + 1)^A.
type Propensity = { A: float; B: float }

/// The order of a score list: the highest score first, the lower label id first among equals.
[<RequireQualifiedAccess>]
module Ranked =

    let internal requirePlaces k =
        if k < 1 then
            invalidArg (nameof k) $"expected k of at least 1, received {k}"

    /// The labels in the first k places of a row of scores [N, L], best first. Labels without a stored score never
    /// enter: a list shorter than k leaves its last places empty, and an empty place is a miss.
    /// ArgumentException when k < 1.
    let row (k: int) (scores: CsrMatrix) (i: int) : int[] =
        requirePlaces k
        let labels = scores.RowIndices i
        let values = scores.RowValues i
        let best = Array.zeroCreate (min k labels.Length)
        let mutable held = 0

        for at in 0 .. labels.Length - 1 do
            if held < best.Length || (held > 0 && values[at] > values[best[held - 1]]) then
                let mutable place = if held < best.Length then held else held - 1
                held <- max held (place + 1)

                while place > 0 && values[at] > values[best[place - 1]] do
                    best[place] <- best[place - 1]
                    place <- place - 1

                best[place] <- at

        for place in 0 .. best.Length - 1 do
            best[place] <- labels[best[place]]

        best

    /// The first k places of each row as label sets [N, L].
    let sets (k: int) (scores: CsrMatrix) : CsrMatrix =
        Array.init scores.Rows (row k scores) |> Csr.ofSets scores.Columns

    let internal isTrue (truth: CsrMatrix) (i: int) (label: int) = truth.Find(i, label) >= 0

[<RequireQualifiedAccess>]
module AtK =

    let private discount place = 1.0 / Math.Log2(float place + 2.0)

    /// No rows: what `add` leaves unchanged.
    let zero (k: int) : AtK =
        Ranked.requirePlaces k

        {
            Places = k
            Rows = 0
            Hits = 0L
            Recall = 0.0
            RPrecision = 0.0
            Ndcg = 0.0
        }

    /// The sums of the rows of both. ArgumentException when they looked at different k.
    let add (a: AtK) (b: AtK) : AtK =
        Shape.require (nameof b) "k" [ a.Places ] [ b.Places ]

        {
            Places = a.Places
            Rows = a.Rows + b.Rows
            Hits = a.Hits + b.Hits
            Recall = a.Recall + b.Recall
            RPrecision = a.RPrecision + b.RPrecision
            Ndcg = a.Ndcg + b.Ndcg
        }

    /// Looks at the first k places of the score lists [N, L] (see `Ranked.row`) for the true labels [N, L].
    /// ArgumentException when the shapes differ, a score is NaN or k < 1.
    let ofScores (k: int) (truth: CsrMatrix) (scores: CsrMatrix) : AtK =
        Outcome.requireScores truth scores
        let none = zero k
        let ideal = Array.init k discount |> Array.scan (+) 0.0

        let ofRow i =
            let places = Ranked.row k scores i |> Array.map (Ranked.isTrue truth i)
            let hits = places |> Array.filter id |> Array.length
            let relevant = truth.RowIndices(i).Length

            let gain =
                places
                |> Array.mapi (fun place hit -> if hit then discount place else 0.0)
                |> Array.sum

            {
                Places = k
                Rows = 1
                Hits = int64 hits
                Recall = float hits / float (max 1 relevant)
                RPrecision = float hits / float (max 1 (min k relevant))
                Ndcg = if relevant = 0 then 0.0 else gain / ideal[min k relevant]
            }

        Seq.init truth.Rows ofRow |> Seq.fold add none

    let private overRows (sum: float) (a: AtK) = sum / float (max 1 a.Rows)

    /// P@k: the mean over rows of hits / k. 0 without rows.
    let precision (a: AtK) : float =
        overRows (float a.Hits / float a.Places) a

    /// R@k: the mean over rows of hits / true labels; a row without true labels counts as 0.
    let recall (a: AtK) : float = overRows a.Recall a

    /// RP@k, R-precision at k: the mean over rows of hits / min(k, true labels); a row without true labels counts as 0.
    let rPrecision (a: AtK) : float = overRows a.RPrecision a

    /// nDCG@k: the mean over rows of the sum of 1 / log2(place + 1) over the hits (places from 1), divided by the
    /// largest such sum that the row's true labels allow; a row without true labels counts as 0.
    let ndcg (a: AtK) : float = overRows a.Ndcg a

    /// Convention F, macro-F1@k: macro-F1 over all L labels, 0/0 = 0, when each row predicts exactly the first k places
    /// of its list.
    let macroF1 (k: int) (truth: CsrMatrix) (scores: CsrMatrix) : float =
        scores |> Ranked.sets k |> Counts.ofSets truth |> F1.macro (AllLabels AsZero)

/// Propensity-scored precision: hits on labels that annotators miss often (rare ones) count for more.
/// Jain, Prabhu, Varma, KDD 2016, section 3, https://doi.org/10.1145/2939672.2939756.
[<RequireQualifiedAccess>]
module Propensity =

    /// A = 0.55, B = 1.5: the paper's values for every data set but Wikipedia's and Amazon's.
    let standard = { A = 0.55; B = 1.5 }

    /// A = 0.5, B = 0.4.
    let wikipedia = { A = 0.5; B = 0.4 }

    /// A = 0.6, B = 2.6.
    let amazon = { A = 0.6; B = 2.6 }

    /// 1 / p_l of each label from the number of training rows and each label's training support n_l; at least 1. With
    /// fewer than e rows C would be negative and is taken as 0.
    let inverse (parameters: Propensity) (trainingRows: int) (support: int[]) : float[] =
        let c =
            (log (float (max 1 trainingRows)) - 1.0)
            * Math.Pow(parameters.B + 1.0, parameters.A)

        support
        |> Array.map (fun n -> 1.0 + max 0.0 c * Math.Pow(float n + parameters.B, -parameters.A))

    /// No rows: what `add` leaves unchanged.
    let zero (k: int) : PropensityAtK =
        Ranked.requirePlaces k

        {
            Places = k
            Rows = 0
            Gain = 0.0
            Best = 0.0
        }

    /// The sums of the rows of both. ArgumentException when they looked at different k.
    let add (a: PropensityAtK) (b: PropensityAtK) : PropensityAtK =
        Shape.require (nameof b) "k" [ a.Places ] [ b.Places ]

        {
            Places = a.Places
            Rows = a.Rows + b.Rows
            Gain = a.Gain + b.Gain
            Best = a.Best + b.Best
        }

    /// Sums the inverse propensities [L] of the hits in the first k places, and of the k largest among the true labels.
    /// ArgumentException when the shapes differ, a score is NaN or k < 1.
    let ofScores (k: int) (inverse: float[]) (truth: CsrMatrix) (scores: CsrMatrix) : PropensityAtK =
        Outcome.requireScores truth scores
        Shape.require (nameof inverse) "[L]" [ truth.Columns ] [ inverse.Length ]

        let ofRow i =
            let hits = Ranked.row k scores i |> Array.filter (Ranked.isTrue truth i)

            let attainable =
                Csr.set i truth
                |> Array.map (fun label -> inverse[label])
                |> Array.sortDescending

            {
                Places = k
                Rows = 1
                Gain = hits |> Array.sumBy (fun label -> inverse[label])
                Best = attainable |> Array.truncate k |> Array.sum
            }

        Seq.init truth.Rows ofRow |> Seq.fold add (zero k)

    /// PSP@k divided by the best attainable on the same rows, in [0, 1], as benchmark tables print it; 0 without true
    /// labels.
    let normalised (a: PropensityAtK) : float =
        if a.Best = 0.0 then 0.0 else a.Gain / a.Best

    /// PSP@k itself: the mean over rows of the weighted hits / k, at most the largest inverse propensity. 0 without
    /// rows.
    let precision (a: PropensityAtK) : float =
        a.Gain / (float a.Places * float (max 1 a.Rows))
