namespace Limen.Core.Reporting

open Limen
open Limen.Core

/// What thresholds are made of on average, over the pairs of a bucket that were weighed: Global + Local + Bias + Correction is the mean threshold, in log-odds.
type internal ThresholdMeans =
    {
        Bucket: Bucket
        Global: float
        Local: float
        Bias: float
        Correction: float
        /// Pairs.
        Pairs: int
    }

[<RequireQualifiedAccess>]
module internal ThresholdMeans =

    /// The means of each bucket, over these predictions; buckets of which no label was weighed have none.
    let ofPredictions (m: Measured) (buckets: Bucket list) (predictions: Prediction[]) : ThresholdMeans list =
        let weighed =
            predictions
            |> Seq.collect _.Candidates
            |> Seq.groupBy _.Label
            |> Seq.map (fun (name, candidates) -> (m.Labels.TryId name).Value, Seq.toArray candidates)
            |> dict

        [
            for bucket in buckets do
                let mine =
                    bucket.Labels
                    |> Array.collect (fun l ->
                        match weighed.TryGetValue l with
                        | true, candidates -> candidates
                        | _ -> [||])

                if mine.Length > 0 then
                    {
                        Bucket = bucket
                        Global = mine |> Array.averageBy _.Global
                        Local = mine |> Array.averageBy _.Local
                        Bias = mine |> Array.averageBy _.Bias
                        Correction = mine |> Array.averageBy _.Correction
                        Pairs = mine.Length
                    }
        ]

    /// So many rows, evenly spread.
    let private spread (most: int) (rows: int) : int[] =
        if rows <= most then
            [| 0 .. rows - 1 |]
        else
            Array.init most (fun i -> int (int64 i * int64 rows / int64 most))

    /// The means over the report's rows, or over some of them where there are many.
    let all (m: Measured) (buckets: Bucket list) : ThresholdMeans list =
        let rows = spread ReportOptions.points m.Features.Rows

        Explanation.rows (Csr.selectRows rows m.Features) m.Model
        |> ofPredictions m buckets
