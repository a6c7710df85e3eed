/// What the laws of dual coordinate descent share.
module Limen.Properties.DualCases

open System
open System.Threading
open Limen.Core
open Limen.Kernels

let options loss =
    DualOptions(loss, 1.0, 1e-4, 2000, 1.0, 0.0, 1UL)

let rowsOf (data: Dataset) =
    LinearRows(data.Features, data.Labels, Option.toObj data.Weights)

let fit (o: DualOptions) (data: Dataset) =
    DualCoordinateDescent.Fit(rowsOf data, o, ignore, CancellationToken.None)

let weightOf (data: Dataset) row =
    match data.Weights with
    | Some weights -> weights[row]
    | None -> 1f

/// The rows with weights that a function of the row's number gives.
let weighing (weight: int -> float32) (data: Dataset) =
    data |> Dataset.weighted (Array.init data.Rows weight)

/// Without weights, and with some.
let weighings (data: Dataset) =
    [ data; weighing (fun row -> [| 1f; 0f; 2.5f; 0.5f |][row % 4]) data ]

let losses = [ LinearLoss.SquaredHinge; LinearLoss.Logistic ]

/// Labels that a row which counts has.
let labelsWithRows (data: Dataset) =
    let counted =
        [| 0 .. data.Rows - 1 |] |> Array.filter (fun row -> weightOf data row > 0f)

    let counts = Csr.columnCounts (Csr.selectRows counted data.Labels)
    [ 0 .. data.Labels.Columns - 1 ] |> List.filter (fun l -> counts[l] > 0)

let dense (w: LinearWeights) l =
    Array.init (w.Weights.Columns + 1) (fun f ->
        float (
            if f < w.Weights.Columns then
                Csr.item l f w.Weights
            else
                w.Bias[l]
        ))

let cases = Cases.from [ typeof<Arbitraries> ] |> Cases.times 40
