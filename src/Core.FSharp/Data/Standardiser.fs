namespace Limen.Core

open System
open Limen.Kernels

/// Mean and standard deviation of each feature [D] over training rows: for measurements on scales of their own.
type Standardiser =
    {
        Mean: float32[]
        Deviation: float32[]
    }

[<RequireQualifiedAccess>]
module Standardiser =

    /// Fits on training rows [N, D]; absent entries count as 0. A constant feature gets deviation 1.
    let fit (x: CsrMatrix) : Standardiser =
        let sums = Array.zeroCreate<float> x.Columns
        let squares = Array.zeroCreate<float> x.Columns

        for at in 0 .. x.NonZeros - 1 do
            let c = x.Indices[at]
            let v = float x.Values[at]
            sums[c] <- sums[c] + v
            squares[c] <- squares[c] + v * v

        let rows = float (max 1 x.Rows)
        let mean = sums |> Array.map (fun s -> s / rows)

        {
            Mean = Array.map float32 mean
            Deviation =
                Array.map2
                    (fun square mean ->
                        let variance = square / rows - mean * mean
                        if variance > 1e-12 then float32 (sqrt variance) else 1f)
                    squares
                    mean
        }

    /// (x - mean) / deviation [N, D], each row divided by the square root of D so that its norm is near 1. Every entry is stored:
    /// throws ArgumentException where no array holds N D numbers.
    let apply (s: Standardiser) (x: CsrMatrix) : CsrMatrix =
        let width = x.Columns
        let scale = 1f / sqrt (float32 (max 1 width))

        let values =
            Array.zeroCreate<float32>(Shapes.Length(int64 x.Rows, int64 width, nameof x))

        for r in 0 .. x.Rows - 1 do
            for c in 0 .. width - 1 do
                values[r * width + c] <- -s.Mean[c] / s.Deviation[c] * scale

            for at in x.RowStart[r] .. x.RowStart[r + 1] - 1 do
                let c = x.Indices[at]
                values[r * width + c] <- (x.Values[at] - s.Mean[c]) / s.Deviation[c] * scale

        CsrMatrix.Trusted(
            x.Rows,
            width,
            Array.init (x.Rows + 1) (fun r -> r * width),
            Array.init values.Length (fun at -> at % width),
            values
        )
