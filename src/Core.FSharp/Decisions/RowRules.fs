namespace Limen.Core

open System
open Limen.Kernels

/// Rules by which a row decides from its own listed scores. Ties go to the smaller label id.
[<RequireQualifiedAccess>]
module RowRules =

    let private chosen (size: float32[] -> int) (Scores scores) : LabelSets =
        Cancellation.init scores.Rows (fun row ->
            let first = scores.RowStart[row]
            let listed = scores.RowStart[row + 1] - first

            let ranked =
                Array.init listed id
                |> Array.sortBy (fun k -> struct (-scores.Values[first + k], k))

            let descending = ranked |> Array.map (fun k -> scores.Values[first + k])
            let count = size descending |> max 0 |> min listed
            ranked[.. count - 1] |> Array.map (fun k -> scores.Indices[first + k]))
        |> Csr.ofSets scores.Columns
        |> LabelSets

    /// The top size(s) labels of each row, s its listed scores in descending order.
    let topBy (size: float32[] -> int) (scores: Scores) : LabelSets = chosen size scores

    /// The labels of each row whose score is above threshold(s), s its listed scores in descending order.
    let above (threshold: float32[] -> float32) (scores: Scores) : LabelSets =
        scores
        |> chosen (fun descending ->
            let t = threshold descending
            descending |> Array.filter (fun z -> z > t) |> Array.length)

    /// How many scores, in descending order, stand above the widest gap (the first of equal ones); one score stands
    /// alone above it.
    let aboveWidestGap (descending: float32[]) : int =
        if descending.Length < 2 then
            descending.Length
        else
            let gaps = descending |> Array.pairwise |> Array.map (fun (a, b) -> a - b)
            1 + Array.findIndex ((=) (Array.max gaps)) gaps

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
    let fit (weights: float32[] option) (Scores scores) (LabelSets labels) : SizeModel =
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
            let w = weights |> Option.map (fun w -> float w[row]) |> Option.defaultValue 1.0

            for i in 0 .. d - 1 do
                g[i] <- g[i] + w * size * x[i]

                for j in 0 .. d - 1 do
                    h[i, j] <- h[i, j] + w * x[i] * x[j]

        { Coefficients = Newton.solve h g }

    /// What is wrong with the coefficients (Stored).
    let internal unfit (model: SizeModel) : string list =
        Unfit.doubles "coefficients of the set size" Double.NegativeInfinity (int64 ranks + 2L) model.Coefficients

    /// The predicted size before rounding.
    let expected (model: SizeModel) (descending: float32[]) : float =
        Array.fold2 (fun s w x -> s + w * x) 0.0 model.Coefficients (features descending)

    /// The predicted size, rounded to the nearest whole number.
    let size (model: SizeModel) (descending: float32[]) : int =
        int (Math.Round(expected model descending))
