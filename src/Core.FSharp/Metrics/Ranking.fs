namespace Limen.Core

open System
open Limen.Kernels

/// How the true labels of a row stand in the order of all L labels.
type private Order =
    {
        AveragePrecision: float
        Coverage: float
        Loss: float
    }

/// Means over rows of how the true labels stand in the order of all labels. Absent labels of a score list share the lowest place: they tie with one another
/// below every stored score, and ties count against the order, as in scikit-learn. Schapire and Singer 2000, https://doi.org/10.1023/A:1007649029923.
[<RequireQualifiedAccess>]
module Ranking =

    /// The groups of equal score of a row from the highest down, the absent labels last: true labels and others in
    /// each.
    let private groups (scores: CsrMatrix) (truth: CsrMatrix) row : struct (int * int)[] =
        let labels = scores.RowIndices(row).ToArray()
        let keys = scores.RowValues(row).ToArray() |> Array.map (~-)
        Array.Sort(keys, labels)
        let relevant = truth.RowIndices(row).Length
        let found = ResizeArray()
        let mutable at = 0
        let mutable listed = 0

        while at < keys.Length do
            let score = keys[at]
            let mutable hits = 0
            let mutable others = 0

            while at < keys.Length && keys[at] = score do
                if Ranked.isTrue truth row labels[at] then
                    hits <- hits + 1
                else
                    others <- others + 1

                at <- at + 1

            listed <- listed + hits
            found.Add(struct (hits, others))

        let absentRelevant = relevant - listed
        found.Add(struct (absentRelevant, scores.Columns - labels.Length - absentRelevant))
        found.ToArray()

    let private ofRow scores truth row : Order =
        let relevant =
            float (truth: CsrMatrix).RowStart[row + 1] - float truth.RowStart[row]

        let others = float truth.Columns - relevant
        let mutable hitsSoFar = 0.0
        let mutable othersSoFar = 0.0
        let mutable precision = 0.0
        let mutable coverage = 0.0
        let mutable wrongPairs = 0.0

        for struct (hits, misses) in groups scores truth row do
            hitsSoFar <- hitsSoFar + float hits
            othersSoFar <- othersSoFar + float misses

            if hits > 0 then
                precision <- precision + float hits * hitsSoFar / (hitsSoFar + othersSoFar)
                coverage <- hitsSoFar + othersSoFar
                wrongPairs <- wrongPairs + float hits * othersSoFar

        let ordered = relevant > 0.0 && others > 0.0

        {
            AveragePrecision = if ordered then precision / relevant else 1.0
            Coverage = coverage
            Loss = if ordered then wrongPairs / (relevant * others) else 0.0
        }

    let private source = "https://doi.org/10.1023/A:1007649029923"

    let private ofRows (value: Order -> float) =
        Metric.ofRowScores (fun scores truth row -> ofRow scores truth row |> value)

    /// LRAP, label ranking average precision: the mean over rows and over the row's true labels of the share of true
    /// labels among the labels that score at least as high; 1 for a row where no label or every label is true. In (0, 1]; 0 without rows.
    /// https://scikit-learn.org/stable/modules/model_evaluation.html#label-ranking-average-precision
    let averagePrecision: Metric =
        Metric.share "lrap" "label ranking average precision" source (ofRows _.AveragePrecision)

    /// The mean over rows of how many labels score at least as high as the lowest true label; 0 for a row without true
    /// labels. Lower is better; the best is the mean number of true labels.
    let coverageError: Metric =
        { Metric.loss "coverage_error" "coverage error" source (ofRows _.Coverage) with
            Range = 0.0, infinity
        }

    /// The mean over rows of the share of (true, other) label pairs in the wrong order, ties included; 0 for a row
    /// where no label or every label is true. Lower is better.
    let rankingLoss: Metric =
        Metric.loss "ranking_loss" "ranking loss" source (ofRows _.Loss)
