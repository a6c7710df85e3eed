namespace Limen.Core

open System
open Limen.Kernels

/// Sums over rows of how the true labels stand in the order of all L labels. Sums of shards add up to those of the
/// whole. Absent labels of a score list share the lowest place: they tie with one another below every stored score, and
/// ties count against the order, as in scikit-learn. A full list (every label stored) gives scikit-learn's values on
/// dense scores.
type Ranking =
    {
        /// N, the rows summed.
        Rows: int
        AveragePrecision: float
        Coverage: float
        Loss: float
    }

[<RequireQualifiedAccess>]
module Ranking =

    /// No rows: what `add` leaves unchanged.
    let zero: Ranking =
        {
            Rows = 0
            AveragePrecision = 0.0
            Coverage = 0.0
            Loss = 0.0
        }

    /// The sums of the rows of both.
    let add (a: Ranking) (b: Ranking) : Ranking =
        {
            Rows = a.Rows + b.Rows
            AveragePrecision = a.AveragePrecision + b.AveragePrecision
            Coverage = a.Coverage + b.Coverage
            Loss = a.Loss + b.Loss
        }

    /// The groups of equal score of a row from the highest down, the absent labels last: true labels and others in
    /// each.
    let private groups (truth: CsrMatrix) (scores: CsrMatrix) row : struct (int * int)[] =
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

    let private ofRow truth scores row : Ranking =
        let relevant =
            float (truth: CsrMatrix).RowStart[row + 1] - float truth.RowStart[row]

        let others = float truth.Columns - relevant
        let mutable hitsSoFar = 0.0
        let mutable othersSoFar = 0.0
        let mutable precision = 0.0
        let mutable coverage = 0.0
        let mutable wrongPairs = 0.0

        for struct (hits, misses) in groups truth scores row do
            hitsSoFar <- hitsSoFar + float hits
            othersSoFar <- othersSoFar + float misses

            if hits > 0 then
                precision <- precision + float hits * hitsSoFar / (hitsSoFar + othersSoFar)
                coverage <- hitsSoFar + othersSoFar
                wrongPairs <- wrongPairs + float hits * othersSoFar

        let ordered = relevant > 0.0 && others > 0.0

        {
            Rows = 1
            AveragePrecision = if ordered then precision / relevant else 1.0
            Coverage = coverage
            Loss = if ordered then wrongPairs / (relevant * others) else 0.0
        }

    /// Places the true labels [N, L] in the score lists [N, L]. ArgumentException when the shapes differ or a score is
    /// NaN.
    let ofScores (truth: CsrMatrix) (scores: CsrMatrix) : Ranking =
        Outcome.requireScores truth scores
        Seq.init truth.Rows (ofRow truth scores) |> Seq.fold add zero

    let private overRows sum (r: Ranking) = sum / float (max 1 r.Rows)

    /// LRAP, label ranking average precision: the mean over rows and over the row's true labels of the share of true
    /// labels among the labels that score at least as high; 1 for a row where no label or every label is true. In (0,
    /// 1]; 0 without rows.
    /// https://scikit-learn.org/stable/modules/model_evaluation.html#label-ranking-average-precision
    let averagePrecision (r: Ranking) : float = overRows r.AveragePrecision r

    /// The mean over rows of how many labels score at least as high as the lowest true label; 0 for a row without true
    /// labels. Lower is better; the best is the mean number of true labels.
    let coverageError (r: Ranking) : float = overRows r.Coverage r

    /// The mean over rows of the share of (true, other) label pairs in the wrong order, ties included; 0 for a row
    /// where no label or every label is true. Lower is better.
    let rankingLoss (r: Ranking) : float = overRows r.Loss r
