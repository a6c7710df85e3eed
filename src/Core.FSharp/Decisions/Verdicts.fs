namespace Limen.Core

/// What a rule and the constraints after it say of the listed pairs of a row, pair by pair.
[<RequireQualifiedAccess>]
module Verdicts =

    /// Of each listed pair of a row, from its listed labels (ascending) and their scores.
    let ofRow (constraints: LabelConstraint list) (rule: FittedRule) (labels: int[]) (scores: float32[]) : Verdict[] =
        let order =
            Array.init scores.Length id |> Array.sortBy (fun k -> struct (-scores[k], k))

        let descending = order |> Array.map (fun k -> scores[k])
        let rank = Array.zeroCreate order.Length
        order |> Array.iteri (fun place k -> rank[k] <- place + 1)

        let verdict =
            match rule.Criterion with
            | AboveThreshold t -> fun k -> struct (scores[k] > t.Thresholds[labels[k]], t.Thresholds[labels[k]], 0)
            | AboveRowThreshold threshold ->
                let t = threshold descending
                fun k -> struct (scores[k] > t, t, 0)
            | Best size ->
                let taken = size descending |> max 0 |> min scores.Length
                fun k -> struct (rank[k] <= taken, nanf, taken)

        Array.init scores.Length (fun k ->
            let struct (predicted, threshold, taken) = verdict k

            {
                Predicted = predicted
                Threshold = threshold
                Rank = rank[k]
                Taken = taken
                Turned = null
            })
        |> Constraints.apply constraints labels scores

    /// The label sets [N, L] of scores [N, L]: the pairs that are predicted.
    let decide (constraints: LabelConstraint list) (rule: FittedRule) (Scores scores) : LabelSets =
        Cancellation.init scores.Rows (fun row ->
            let labels = Csr.set row scores
            let verdicts = ofRow constraints rule labels (scores.RowValues(row).ToArray())

            Array.zip labels verdicts
            |> Array.filter (fun (_, v) -> v.Predicted)
            |> Array.map fst)
        |> Csr.ofSets scores.Columns
        |> LabelSets
