namespace Limen.Core

open System
open Limen.Kernels

/// How the features of rows are brought to one scale.
[<RequireQualifiedAccess>]
type Scaling =
    /// As they are.
    | Raw
    /// (x - mean) / standard deviation.
    | Standardised
    /// (x - median) / (interquartile range / 1.349), the standard deviation of a normal distribution with that range: a few far values change nothing.
    | Robust
    /// The normal quantile of the value's rank among the training rows: only the order of values counts.
    | Quantiles

/// What a scaling learned of each of D features from training rows.
[<RequireQualifiedAccess; ReferenceEquality>]
type FittedScaling =
    /// x, with D known.
    | Raw of dimension: int
    /// (x - centre) / spread, for centres and spreads [D].
    | Affine of centre: float32[] * spread: float32[]
    /// The standard normal quantile of x's place among the ascending knots [D, Q].
    | Ranks of knots: DenseMatrix

[<RequireQualifiedAccess>]
module Scaling =

    /// Knots of a feature at most.
    let private mostKnots = 100

    /// Spreads at or below this are those of a constant.
    let private least = 1e-6

    let private affine (ofFeature: CsrMatrix -> int -> struct (float * float)) (x: CsrMatrix) : FittedScaling =
        let byFeature = Csr.transpose x
        let fitted = Cancellation.init x.Columns (ofFeature byFeature)

        FittedScaling.Affine(
            fitted |> Array.map (fun struct (centre, _) -> float32 centre),
            fitted
            |> Array.map (fun struct (_, spread) -> if spread > least then float32 spread else 1f)
        )

    /// The mean and the standard deviation of a feature, a row of byFeature [D, N].
    let private moments (byFeature: CsrMatrix) feature =
        let mutable sum = 0.0
        let mutable squares = 0.0

        for v in byFeature.RowValues feature do
            sum <- sum + float v
            squares <- squares + float v * float v

        let rows = float (max 1 byFeature.Columns)
        let mean = sum / rows
        struct (mean, sqrt (max 0.0 (squares / rows - mean * mean)))

    /// The median and the interquartile range in standard deviations of a normal distribution; the standard deviation itself where half of the values are one.
    let private quartiles (byFeature: CsrMatrix) feature =
        let values = FeatureValues.ascending byFeature feature
        let at q = Quantile.ofAscending q values
        let range = (at 0.75 - at 0.25) / 1.349

        if range > least then
            struct (at 0.5, range)
        else
            let struct (_, deviation) = moments byFeature feature
            struct (at 0.5, deviation)

    /// The place of the j-th of Q knots among the ranks, in (0, 1).
    let private place knots j = (float j + 0.5) / float knots

    let private ranks (x: CsrMatrix) : FittedScaling =
        let byFeature = Csr.transpose x
        let knots = min mostKnots x.Rows

        let ofFeature feature =
            let ascending = FeatureValues.ascending byFeature feature

            // from the least value to the greatest, so that few rows are knots one by one
            Array.init knots (fun j -> Quantile.ofAscending (float j / float (max 1 (knots - 1))) ascending |> float32)

        let values: float32[] = Cancellation.init x.Columns ofFeature |> Array.concat
        FittedScaling.Ranks(DenseMatrix.Of(x.Columns, knots, values))

    /// Fits on training rows [N, D], N of at least 1, of which no value is missing; absent entries count as 0. A constant feature has spread 1.
    let fit (scaling: Scaling) (x: CsrMatrix) : FittedScaling =
        match scaling with
        | Scaling.Raw -> FittedScaling.Raw x.Columns
        | Scaling.Standardised -> affine moments x
        | Scaling.Robust -> affine quartiles x
        | Scaling.Quantiles -> ranks x

    /// v's place in (0, 1) among ascending knots [Q], linear between them and constant outside them. Where v equals several knots, the middle of their places.
    let private placeOf (knots: float32[]) (v: float32) : float =
        let at = place knots.Length
        let below = Bisection.firstPlace 0 knots.Length (fun j -> knots[j] >= v)
        let above = Bisection.firstPlace below knots.Length (fun j -> knots[j] > v)

        if above > below then
            (at below + at (above - 1)) / 2.0
        elif below = 0 then
            at 0
        elif below = knots.Length then
            at (below - 1)
        else
            let left, right = float knots[below - 1], float knots[below]
            at (below - 1) + (float v - left) / (right - left) / float knots.Length

    /// f(feature, value) of every entry, absent ones too.
    let private everyEntry (f: int -> float32 -> float32) (x: CsrMatrix) : CsrMatrix =
        let width = x.Columns

        let values =
            Array.zeroCreate<float32>(Shapes.Length(int64 x.Rows, int64 width, nameof x))

        let ofAbsent = Array.init width (fun c -> f c 0f)

        Cancellation.iter x.Rows (fun r ->
            ofAbsent.CopyTo(values, r * width)

            for at in x.RowStart[r] .. x.RowStart[r + 1] - 1 do
                values[r * width + x.Indices[at]] <- f x.Indices[at] x.Values[at])

        CsrMatrix.Trusted(
            x.Rows,
            width,
            Array.init (x.Rows + 1) (fun r -> r * width),
            Array.init values.Length (fun at -> at % width),
            values
        )

    /// D.
    let dimension (fitted: FittedScaling) : int =
        match fitted with
        | FittedScaling.Raw dimension -> dimension
        | FittedScaling.Affine(centre, _) -> centre.Length
        | FittedScaling.Ranks knots -> knots.Rows

    /// The scaled rows [N, D]. Of scalings other than the raw one each row is divided by the square root of D too, so that its norm is near 1, and every entry
    /// is stored: throws ArgumentException where no array holds N D numbers.
    let apply (fitted: FittedScaling) (x: CsrMatrix) : CsrMatrix =
        let width = float32 (sqrt (float (max 1 x.Columns)))

        match fitted with
        | FittedScaling.Raw _ -> x
        | FittedScaling.Affine(centre, spread) ->
            x
            |> everyEntry (fun c v -> Math.Clamp((v - centre[c]) / spread[c] / width, -Limits.feature, Limits.feature))
        | FittedScaling.Ranks knots ->
            let ofFeature = Array.init knots.Rows (fun c -> (knots.Row c).ToArray())

            x
            |> everyEntry (fun c v -> float32 (Quantile.normal (placeOf ofFeature[c] v)) / width)
