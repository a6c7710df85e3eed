namespace Limen.Core

open System
open Limen.Kernels

/// The values of features over the rows of a matrix [N, D]: absent entries are 0, NaN is a missing value.
[<RequireQualifiedAccess>]
module internal FeatureValues =

    /// Throws ArgumentException at the first value beyond Limits.feature in magnitude, and at the first NaN where none may be missing; its message counts rows from 1.
    let require (mayBeMissing: bool) (x: CsrMatrix) : unit =
        for row in 0 .. x.Rows - 1 do
            for at in x.RowStart[row] .. x.RowStart[row + 1] - 1 do
                let v = x.Values[at]

                if not (abs v <= Limits.feature || (mayBeMissing && Single.IsNaN v)) then
                    invalidArg
                        "rows"
                        $"row {row + 1}, column {x.Indices[at]}: expected a value from {-Limits.feature} to {Limits.feature}, received {v}"

    /// The features that have a missing value in some row, ascending.
    let withMissing (x: CsrMatrix) : int[] =
        let found = Array.zeroCreate x.Columns

        for at in 0 .. x.NonZeros - 1 do
            if Single.IsNaN x.Values[at] then
                found[x.Indices[at]] <- true

        [|
            for c in 0 .. x.Columns - 1 do
                if found[c] then
                    c
        |]

    let private present (byFeature: CsrMatrix) (feature: int) =
        byFeature.RowValues(feature).ToArray()
        |> Array.filter (fun v -> not (Single.IsNaN v))

    /// The values that are not missing of a feature, a row of byFeature [D, N], in ascending order.
    let ascending (byFeature: CsrMatrix) (feature: int) : float[] =
        let present = present byFeature feature
        let stored = byFeature.RowIndices(feature).Length

        Array.append present (Array.zeroCreate (byFeature.Columns - stored))
        |> Array.map float
        |> Array.sort

    /// The median of the values that are not missing of a feature, 0 where all are.
    let median (byFeature: CsrMatrix) (feature: int) : float =
        let stored = byFeature.RowIndices(feature).Length

        if 2 * stored < byFeature.Columns || Array.isEmpty (present byFeature feature) then
            0.0 // more zeros than other values
        else
            ascending byFeature feature |> Quantile.ofAscending 0.5
