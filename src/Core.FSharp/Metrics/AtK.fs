namespace Limen.Core

open System

/// Means over rows of what the first k places of score lists hold (see `Ranked.row`). ArgumentException for k < 1.
[<RequireQualifiedAccess>]
module AtK =

    let private discount place = 1.0 / Math.Log2(float place + 2.0)

    /// A mean over rows of a function of the places' hits and of the number of true labels; 0 for a row without true labels.
    let private places k name title source (value: bool[] -> int -> float) : Metric =
        Ranked.requirePlaces k

        let ofRow scores (truth: Limen.Kernels.CsrMatrix) row =
            match truth.RowIndices(row).Length with
            | 0 -> 0.0
            | relevant -> value (Ranked.row k scores row |> Array.map (Ranked.isTrue truth row)) relevant

        Metric.share $"{name}_at_{k}" $"{title}@{k}" source (Metric.ofRowScores ofRow)

    let private hits (places: bool[]) =
        places |> Array.sumBy (fun hit -> if hit then 1.0 else 0.0)

    let private retrieval =
        "https://nlp.stanford.edu/IR-book/html/htmledition/evaluation-of-ranked-retrieval-results-1.html"

    /// P@k: the mean over rows of hits / k. 0 without rows.
    let precision (k: int) : Metric =
        places k "p" "P" retrieval (fun places _ -> hits places / float k)

    /// R@k: the mean over rows of hits / true labels; a row without true labels counts as 0.
    let recall (k: int) : Metric =
        places k "r" "R" retrieval (fun places relevant -> hits places / float relevant)

    /// RP@k, R-precision at k: the mean over rows of hits / min(k, true labels); a row without true labels counts as 0. Chalkidis et
    /// al. 2019, https://arxiv.org/abs/1906.02192.
    let rPrecision (k: int) : Metric =
        places k "rp" "RP" "https://arxiv.org/abs/1906.02192" (fun places relevant ->
            hits places / float (min k relevant))

    /// nDCG@k: the mean over rows of the sum of 1 / log2(place + 1) over the hits (places from 1), divided by the
    /// largest such sum that the row's true labels allow; a row without true labels counts as 0. Jarvelin and Kekalainen 2002,
    /// https://doi.org/10.1145/582415.582418.
    let ndcg (k: int) : Metric =
        let ideal = Array.init (max 0 k) discount |> Array.scan (+) 0.0

        places k "ndcg" "nDCG" "https://doi.org/10.1145/582415.582418" (fun places relevant ->
            let gain =
                places
                |> Array.mapi (fun place hit -> if hit then discount place else 0.0)
                |> Array.sum

            gain / ideal[min k relevant])

    /// Convention F, macro-F1@k: macro-F1 over all L labels, 0/0 = 0, when each row predicts exactly the first k places
    /// of its list. Schultheis et al. 2023, https://arxiv.org/abs/2311.05081.
    let macroF1 (k: int) : Metric =
        Ranked.requirePlaces k

        let read (e: Evidence) =
            e
            |> Metric.ofScores (fun scores _ ->
                Evidence.ofSets (Ranked.sets k (Scores scores)) e.Truth
                |> fun sets -> (F1.macro (AllLabels AsZero)).Read { sets with Weights = e.Weights })

        Metric.share $"macro_f1_f_at_{k}" $"macro-F1@{k} F" "https://arxiv.org/abs/2311.05081" read
