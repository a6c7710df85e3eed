namespace Limen.Core.Reporting

open System
open Limen.Core

/// Precision against recall of the labels of a bucket, as one threshold for all of them falls over the scores.
type internal BucketCurve =
    {
        Bucket: Bucket
        Recall: float[]
        Precision: float[]
        /// Where the decisions of the model are.
        Decided: Confusion
    }

[<RequireQualifiedAccess>]
module internal BucketCurves =

    /// Points of a curve.
    let private points = 120

    /// Score, whether it is true, and weight of the listed pairs of each bucket; `place` [M] is a label's bucket, -1 for none.
    let private pairs (place: int[]) (buckets: int) (e: Evidence) =
        let found =
            Array.init buckets (fun _ -> ResizeArray<struct (float32 * bool * float)>())

        let scores = e.Scores.Value.Matrix

        for row in 0 .. e.Rows - 1 do
            let truth = Collections.Generic.HashSet(Csr.set row e.Truth.Matrix)
            let w = RowWeights.at row e.Weights

            for at in scores.RowStart[row] .. scores.RowStart[row + 1] - 1 do
                let label = scores.Indices[at]

                if place[label] >= 0 then
                    found[place[label]].Add(struct (scores.Values[at], truth.Contains label, w))

        found |> Array.map _.ToArray()

    /// (recall, precision) after each block of equal scores, from the highest on. Positives that are not listed are never reached.
    let curve (positives: float) (pairs: struct (float32 * bool * float)[]) : (float * float)[] =
        let sorted = pairs |> Array.sortBy (fun struct (score, _, _) -> -score)
        let found = ResizeArray()
        let mutable hits = 0.0
        let mutable seen = 0.0

        for at in 0 .. sorted.Length - 1 do
            let struct (score, isTrue, w) = sorted[at]
            seen <- seen + w

            if isTrue then
                hits <- hits + w

            let isLast =
                at + 1 = sorted.Length
                || (let struct (next, _, _) = sorted[at + 1] in next <> score)

            if isLast && positives > 0.0 then
                found.Add((hits / positives, hits / seen))

        found.ToArray()

    /// The best precision of each of so many steps of recall.
    let private thinned (curve: (float * float)[]) =
        curve
        |> Array.groupBy (fun (recall, _) -> int (recall * float points))
        |> Array.map (snd >> Array.maxBy snd)

    /// A curve for each bucket whose labels rows have.
    let all (m: Measured) (buckets: Bucket list) : BucketCurve list =
        let place = Array.create m.Labels.Count -1

        buckets
        |> List.iteri (fun b bucket -> bucket.Labels |> Array.iter (fun l -> place[l] <- b))

        let listed = pairs place buckets.Length (Evidence.counted m.Evidence)

        [
            for bucket, pairs in List.zip buckets (List.ofArray listed) do
                let positives = bucket.Labels |> Array.sumBy (fun l -> Measured.positives l m)

                if positives > 0.0 then
                    let recall, precision = curve positives pairs |> thinned |> Array.unzip

                    {
                        Bucket = bucket
                        Recall = recall
                        Precision = precision
                        Decided = Bucket.total m bucket
                    }
        ]
