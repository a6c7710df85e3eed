namespace Limen.Core

/// The share TP / (TP + FP) of what is predicted that is true; a label that is never predicted has 0.
[<RequireQualifiedAccess>]
module Precision =

    let private source =
        "https://nlp.stanford.edu/IR-book/html/htmledition/evaluation-of-unranked-retrieval-sets-1.html"

    /// The mean over all L labels; 0 without labels.
    let macro: Metric =
        Metric.share
            "macro_precision"
            "macro precision"
            source
            (Metric.ofCounts (Average.macro (Ratio.precision AsZero)))

    /// Of all pairs counted together; 0 where nothing is predicted.
    let micro: Metric =
        Metric.share
            "micro_precision"
            "micro precision"
            source
            (Metric.ofCounts (Average.micro (Ratio.precision AsZero)))

/// The share TP / (TP + FN) of what is true that is predicted; a label that is never true has 0.
[<RequireQualifiedAccess>]
module Recall =

    let private source =
        "https://nlp.stanford.edu/IR-book/html/htmledition/evaluation-of-unranked-retrieval-sets-1.html"

    /// The mean over all L labels; 0 without labels.
    let macro: Metric =
        Metric.share "macro_recall" "macro recall" source (Metric.ofCounts (Average.macro (Ratio.recall AsZero)))

    /// Of all pairs counted together; 0 where nothing is true.
    let micro: Metric =
        Metric.share "micro_recall" "micro recall" source (Metric.ofCounts (Average.micro (Ratio.recall AsZero)))
