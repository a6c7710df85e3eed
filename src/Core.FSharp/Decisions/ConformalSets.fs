namespace Limen.Core

open System
open System.Collections.Generic

/// The nonconformity of a label set y under probabilities p: the sum over labels of |p - y|^q, q = 1 or 2.
type ConformalNorm =
    /// q = 1.
    | L1 = 0
    /// q = 2.
    | L2 = 1

/// A fitted label-powerset conformal predictor: the nonconformity of the calibration rows' own label sets, ascending.
type ConformalSets =
    {
        Norm: ConformalNorm
        Nonconformity: float[]
    }

/// A possible label set (ascending ids) and its p-value.
type PossibleSet = { Set: int[]; PValue: float }

/// What can be said of a row at a significance level.
type SetPrediction =
    /// Fewer than 1 / epsilon - 1 calibration rows: no label set can be excluded.
    | Uninformative
    /// The sets with p-value > epsilon, most conforming first; Truncated says that there are more than the cap.
    /// Confidence = 1 - the second largest p-value, Credibility = the largest, over all label sets.
    | Possible of sets: PossibleSet[] * truncated: bool * confidence: float * credibility: float

/// Inductive conformal prediction over whole label sets (after arXiv 2312.09304). For norm scores the set of smallest
/// score rounds p at 1/2, and every other set is it with some labels flipped, each flip of label l at the price |1 -
/// 2 p_l|: a best-first search over flips finds exactly the sets below the calibration cut-off, never all 2^L. A pair
/// outside the score list has p = 0, so flipping it costs 1.
[<RequireQualifiedAccess>]
module ConformalSets =

    // sums of the same terms in another order may differ by rounding: such scores count as equal
    let private slack = 1e-9

    let private power norm (v: float) =
        match norm with
        | ConformalNorm.L2 -> v * v
        | _ -> v

    /// The score of the rounded set of a row: the sum of min(p, 1 - p)^q.
    let private floorOf norm (p: float32[]) =
        p |> Array.sumBy (fun p -> power norm (min (float p) (1.0 - float p)))

    let private price (p: float32) = abs (1.0 - 2.0 * float p)

    /// The nonconformity of a label set of a row.
    let score (norm: ConformalNorm) (PairProbabilities probabilities) (row: int) (labels: int[]) : float =
        let p = probabilities.RowValues(row).ToArray()
        let ids = probabilities.RowIndices(row).ToArray()
        let within = HashSet labels
        let listed = HashSet ids
        let unlisted = labels |> Array.filter (listed.Contains >> not) |> Array.length

        let flips =
            Array.map2 (fun l p -> if within.Contains l <> (p > 0.5f) then price p else 0.0) ids p

        floorOf norm p + Array.sum flips + float unlisted

    /// Calibrates on held-out probabilities [N, L] (values in [0, 1]) and label sets [N, L].
    let fit (norm: ConformalNorm) (given: PairProbabilities) (LabelSets labels) : ConformalSets =
        let probabilities = given.Matrix

        if probabilities.Rows <> labels.Rows || probabilities.Columns <> labels.Columns then
            invalidArg
                (nameof labels)
                $"expected label sets [{probabilities.Rows}, {probabilities.Columns}] as the probabilities, received [{labels.Rows}, {labels.Columns}]"

        {
            Norm = norm
            Nonconformity =
                Cancellation.init labels.Rows (fun row -> score norm given row (Csr.set row labels))
                |> Array.sort
        }

    /// The p-value of a score: (calibration scores at or above it, plus one) / (M + 1).
    let pValue (fitted: ConformalSets) (score: float) : float =
        let first =
            Bisection.firstPlace 0 fitted.Nonconformity.Length (fun at -> fitted.Nonconformity[at] >= score - slack)

        float (fitted.Nonconformity.Length - first + 1)
        / float (fitted.Nonconformity.Length + 1)

    /// The subsets of prices (ascending) in ascending order of their sums, the empty one first, lazily: each but the
    /// empty one is made once, from the one that lacks its dearest member's last step.
    let subsets (prices: float[]) : seq<struct (float * int list)> =
        seq {
            yield struct (0.0, [])
            let waiting = PriorityQueue<struct (float * int list), float>()

            let put sum members =
                waiting.Enqueue(struct (sum, members), sum)

            if prices.Length > 0 then
                put prices[0] [ 0 ]

            while waiting.Count > 0 do
                let struct (sum, members) = waiting.Dequeue()
                yield struct (sum, members)

                match members with
                | last :: rest when last + 1 < prices.Length ->
                    put (sum + prices[last + 1]) (last + 1 :: members)
                    put (sum - prices[last] + prices[last + 1]) (last + 1 :: rest)
                | _ -> ()
        }

    let private ofRow fitted epsilon cap (probabilities: Limen.Kernels.CsrMatrix) row =
        let p = probabilities.RowValues(row).ToArray()
        let ids = probabilities.RowIndices(row).ToArray()
        let floor = floorOf fitted.Norm p
        let needed = floor + 1.0
        // flips of unlisted labels (price 1) matter only where a set at that distance is still possible
        let unlisted =
            if pValue fitted needed > epsilon then
                let listed = HashSet ids

                [|
                    for l in 0 .. probabilities.Columns - 1 do
                        if not (listed.Contains l) then
                            struct (1.0, l)
                |]
            else
                [||]

        let flips =
            Array.append (Array.map2 (fun l p -> struct (price p, l)) ids p) unlisted
            |> Array.sort

        let rounded =
            HashSet(Array.zip ids p |> Array.filter (fun (_, p) -> p > 0.5f) |> Array.map fst)

        let toSet members =
            let set = HashSet rounded

            for i in members do
                let struct (_, l) = flips[i]

                if not (set.Remove l) then
                    set.Add l |> ignore

            set |> Seq.toArray |> Array.sort

        let found =
            subsets (flips |> Array.map (fun (struct (price, _)) -> price))
            |> Seq.map (fun (struct (sum, members)) -> pValue fitted (floor + sum), members)
            |> Seq.takeWhile (fun (value, _) -> value > epsilon)
            |> Seq.truncate (cap + 1)
            |> Seq.toArray

        let second =
            let cheapest =
                p
                |> Array.map price
                |> Array.append (
                    if ids.Length < probabilities.Columns then
                        [| 1.0 |]
                    else
                        [||]
                )

            if cheapest.Length = 0 then
                0.0
            else
                pValue fitted (floor + Array.min cheapest)

        Possible(
            found
            |> Array.truncate cap
            |> Array.map (fun (value, members) -> { Set = toSet members; PValue = value }),
            found.Length > cap,
            1.0 - second,
            pValue fitted floor
        )

    /// The possible label sets of each row at significance epsilon: for rows exchangeable with the calibration rows
    /// the true set is among them with probability at least 1 - epsilon. At most cap sets of a row are listed.
    let predict
        (fitted: ConformalSets)
        (epsilon: float)
        (cap: int)
        (PairProbabilities probabilities)
        : SetPrediction[] =
        if not (0.0 < epsilon && epsilon < 1.0) then
            Configuration.refuse $"significance: expected epsilon in (0, 1), received {epsilon}"

        if float (fitted.Nonconformity.Length + 1) * epsilon < 1.0 then
            Array.create probabilities.Rows Uninformative
        else
            Cancellation.init probabilities.Rows (ofRow fitted epsilon cap probabilities)
