namespace Limen.Core

/// How far predicted label sets are the true ones.
[<RequireQualifiedAccess>]
module Agreement =

    /// The mean over all L labels of TP / (TP + FP + FN), 0/0 = 0; 0 without labels.
    let macroJaccard: Metric =
        Metric.share
            "macro_jaccard"
            "macro Jaccard"
            "https://scikit-learn.org/stable/modules/model_evaluation.html#jaccard-similarity-coefficient-score"
            (Metric.ofCounts (Average.macro (Ratio.jaccard AsZero)))

    /// The mean over rows of the intersection over the union of both sets, 0/0 = 0; 0 without rows. Godbole and Sarawagi 2004,
    /// https://doi.org/10.1007/978-3-540-24775-3_5.
    let samplesJaccard: Metric =
        Metric.share
            "samples_jaccard"
            "samples Jaccard"
            "https://doi.org/10.1007/978-3-540-24775-3_5"
            (Metric.ofRows (Ratio.jaccard AsZero))

    /// The share of all N L pairs that are wrong, (FP + FN) / (N L); 0 without pairs. Schapire and Singer 2000,
    /// https://doi.org/10.1023/A:1007649029923.
    let hammingLoss: Metric =
        Metric.loss
            "hamming_loss"
            "Hamming loss"
            "https://doi.org/10.1023/A:1007649029923"
            (Metric.ofCounts (fun c ->
                let pairs = c.Rows * float c.Labels
                let all = Counts.total c
                if pairs = 0.0 then 0.0 else (all.FP + all.FN) / pairs))

    /// The share of rows whose predicted set is the true set; 0 without rows. Zhang and Zhou 2014,
    /// https://doi.org/10.1109/TKDE.2013.39.
    let subsetAccuracy: Metric =
        Metric.share
            "subset_accuracy"
            "subset accuracy"
            "https://doi.org/10.1109/TKDE.2013.39"
            (Metric.ofRows (fun row -> if row.FP = 0.0 && row.FN = 0.0 then 1.0 else 0.0))

    /// The share of the L labels that are predicted for some row, whether rightly or not; 0 without labels. The catalogue coverage of
    /// Ge et al. 2010, https://doi.org/10.1145/1864708.1864761.
    let everPredicted: Metric =
        Metric.share
            "ever_predicted"
            "labels ever predicted"
            "https://doi.org/10.1145/1864708.1864761"
            (Metric.ofCounts (Average.macro (fun label -> if label.TP + label.FP > 0.0 then 1.0 else 0.0)))
