namespace Limen.Core

open System
open Limen.Kernels

/// Rules that predict the best few labels of a row. Ties go to the smaller label id.
[<RequireQualifiedAccess>]
module RowRules =

    /// The top size(s) labels of each row, s its listed scores in descending order.
    let topBy (size: float32[] -> int) (scores: CsrMatrix) : CsrMatrix =
        let chosen =
            Array.Parallel.init scores.Rows (fun row ->
                let first = scores.RowStart[row]
                let listed = scores.RowStart[row + 1] - first

                let ranked =
                    Array.init listed id
                    |> Array.sortBy (fun k -> struct (-scores.Values[first + k], k))

                let count =
                    ranked
                    |> Array.map (fun k -> scores.Values[first + k])
                    |> size
                    |> max 0
                    |> min listed

                ranked[.. count - 1] |> Array.map (fun k -> scores.Indices[first + k]))

        Csr.ofSets scores.Columns chosen

    /// RCut (Yang, SIGIR 2001): the k best labels of each row.
    let rCut (k: int) (scores: CsrMatrix) : CsrMatrix = topBy (fun _ -> k) scores

    /// How many scores, in descending order, stand above the widest gap (the first of equal ones); one score stands
    /// alone above it.
    let aboveWidestGap (descending: float32[]) : int =
        if descending.Length < 2 then
            descending.Length
        else
            let gaps = descending |> Array.pairwise |> Array.map (fun (a, b) -> a - b)
            1 + Array.findIndex ((=) (Array.max gaps)) gaps

    /// MCut (Largeron, Moulin and Géry, IDA 2012): the labels above the widest gap between consecutive scores of the row. Nothing is fitted.
    let mCut (scores: CsrMatrix) : CsrMatrix = topBy aboveWidestGap scores

/// MetaLabeler's model of |Y|: a linear function of a constant, the sum of the row's probabilities sigmoid(score),
/// and its best probabilities in descending order (0 where there are fewer). Coefficients: constant, sum, ranks.
type SizeModel = { Coefficients: float[] }

/// MetaLabeler (Tang, Rajan and Narayanan, WWW 2009): predicts the size of a row's label set from its scores,
/// then takes that many.
[<RequireQualifiedAccess>]
module SizeModel =

    let private ranks = 10

    let private features (descending: float32[]) : float[] =
        let p = descending |> Array.map (fun z -> Logistic.ofLogit (float z))

        Array.concat
            [
                [| 1.0; Array.sum p |]
                Array.init ranks (fun r -> if r < p.Length then p[r] else 0.0)
            ]

    /// Ridge regression (penalty 1 on all but the constant) of the set sizes of held-out rows.
    let fit (scores: CsrMatrix) (labels: CsrMatrix) : SizeModel =
        let d = ranks + 2

        let h =
            Array2D.init d d (fun i j ->
                if i <> j then 0.0
                elif i = 0 then 1e-9
                else 1.0)

        let g = Array.zeroCreate d

        for row in 0 .. scores.Rows - 1 do
            let x = features (Array.sortDescending (scores.RowValues(row).ToArray()))
            let size = float (labels.RowStart[row + 1] - labels.RowStart[row])

            for i in 0 .. d - 1 do
                g[i] <- g[i] + size * x[i]

                for j in 0 .. d - 1 do
                    h[i, j] <- h[i, j] + x[i] * x[j]

        { Coefficients = Newton.solve h g }

    /// The predicted size before rounding.
    let expected (model: SizeModel) (descending: float32[]) : float =
        Array.fold2 (fun s w x -> s + w * x) 0.0 model.Coefficients (features descending)

    /// As many of the best labels of each row as predicted, rounded to the nearest.
    let decide (model: SizeModel) (scores: CsrMatrix) : CsrMatrix =
        RowRules.topBy (fun descending -> int (Math.Round(expected model descending))) scores
