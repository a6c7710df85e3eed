module Limen.Properties.ScalingProperties

open System
open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Kernels

let private cases = Cases.from [ typeof<Arbitraries> ] |> Cases.times 50

let private scalings =
    [ Scaling.Raw; Scaling.Standardised; Scaling.Robust; Scaling.Quantiles ]

/// Rows [N][D] without their zeros.
let private matrix (rows: float32[][]) : CsrMatrix =
    rows
    |> Array.map (fun row ->
        [|
            for c in 0 .. row.Length - 1 do
                if row[c] <> 0f then
                    struct (c, row[c])
        |])
    |> Csr.ofSortedRows rows[0].Length

let private dense (x: CsrMatrix) : float32[][] =
    [|
        for r in 0 .. x.Rows - 1 -> [| for c in 0 .. x.Columns - 1 -> Csr.item r c x |]
    |]

/// N rows of D numbers, a fifth of them zeros.
let private numbers rows columns (seed: int) : float32[][] =
    let u i =
        Seed.uniform (int64 i) (Seed.ofInt seed)

    [|
        for r in 0 .. rows - 1 ->
            [|
                for c in 0 .. columns - 1 ->
                    let v = u (r * columns + c)
                    if v < 0.2 then 0f else float32 (10.0 * v - 4.0)
            |]
    |]

let private sized (seed: int) = numbers (3 + abs (seed % 40)) 4 seed

let private scaled scaling rows =
    let x = matrix rows
    Scaling.apply (Scaling.fit scaling x) x |> dense

let private quantile q (values: float[]) =
    let s = Array.sort values
    let at = q * float (s.Length - 1)
    let low, high = s[int (floor at)], s[int (ceil at)]
    low + (at - floor at) * (high - low)

/// The standard normal distribution function, by Simpson's rule from -8.
let private normalCdf (z: float) =
    let steps = 2000
    let width = (z + 8.0) / float steps

    let density x =
        exp (-x * x / 2.0) / sqrt (2.0 * Math.PI)

    Seq.init (steps + 1) (fun i ->
        let weight =
            if i = 0 || i = steps then 1.0
            elif i % 2 = 1 then 4.0
            else 2.0

        weight * density (-8.0 + float i * width))
    |> Seq.sum
    |> fun sum -> sum * width / 3.0

let private affine centre spread (rows: float32[][]) =
    let columns = Array.transpose rows |> Array.map (Array.map float)

    rows
    |> Array.map (
        Array.mapi (fun c v -> (float v - centre columns[c]) / spread columns[c] / sqrt (float columns.Length))
    )

let private deviation (values: float[]) =
    let mean = Array.average values
    sqrt (values |> Array.averageBy (fun v -> (v - mean) ** 2.0))

let private close (expected: float[][]) (received: float32[][]) =
    Tolerance.require
        { Absolute = 1e-4; Relative = 1e-4 }
        "x"
        (Seq.concat expected)
        (received |> Seq.concat |> Seq.map float)

[<Tests>]
let tests =
    testList
        "Scaling"
        [
            property cases "standardised is less the mean, in standard deviations" (fun (seed: int) ->
                let rows = sized seed
                close (affine Array.average deviation rows) (scaled Scaling.Standardised rows))

            property cases "robust is less the median, in interquartile ranges" (fun (seed: int) ->
                let rows = sized seed

                let range values =
                    match (quantile 0.75 values - quantile 0.25 values) / 1.349 with
                    | 0.0 when deviation values > 0.0 -> deviation values
                    | 0.0 -> 1.0
                    | range -> range

                close (affine (quantile 0.5) range rows) (scaled Scaling.Robust rows))

            property
                cases
                "quantiles look at the order of values alone, where every value is a knot"
                (fun (seed: int) ->
                    let rows = sized seed
                    let bent = rows |> Array.map (Array.map (fun v -> v * v * v))

                    let expected = scaled Scaling.Quantiles rows |> Array.map (Array.map float)
                    close expected (scaled Scaling.Quantiles bent))

            testCase "the quantiles of many values are normal" (fun () ->
                let rows = [| for r in 0..999 -> [| exp (float32 r / 100f) |] |]
                let z = scaled Scaling.Quantiles rows |> Array.map (fun row -> float row[0])

                for share in [ 0.05; 0.2; 0.5; 0.9 ] do
                    Require.near 0.02 share (normalCdf z[int (share * 1000.0)])

                Require.equal z (Array.sort z))

            testCase "equal values have the middle of their ranks" (fun () ->
                let rows = [| for r in 0..99 -> [| (if r < 60 then 0f else float32 r) |] |]
                let z = scaled Scaling.Quantiles rows
                Require.near 0.01 0.3 (normalCdf (float z[0].[0]))
                Require.equal z[0].[0] z[59].[0])

            testCase "what lies outside the training rows has the outermost rank" (fun () ->
                let fitted =
                    Array.init 50 (fun r -> [| float32 (r + 1) |])
                    |> matrix
                    |> Scaling.fit Scaling.Quantiles

                let at v =
                    let x = Scaling.apply fitted (matrix [| [| v |] |])
                    Csr.item 0 0 x

                Require.equal (at 50f) (at 1e6f)
                Require.equal (at 1f) (at -1e6f)
                Require.above (float (at 1f)) (float (at 50f)))

            testCase "one far value moves no other under robust scaling" (fun () ->
                let rows far =
                    [| for r in 0..20 -> [| (if r = 20 then far else float32 r) |] |]

                let near, distant =
                    scaled Scaling.Robust (rows 20f), scaled Scaling.Robust (rows 1e6f)

                Require.equal near[..19] distant[..19])

            testCase "a constant feature is 0, and no scaling makes what is not finite of anything" (fun () ->
                for scaling in scalings.Tail do
                    for row in scaled scaling (Array.replicate 5 [| 3f |]) do
                        Require.near 1e-6 0.0 (float row[0])

                    for row in scaled scaling [| [| 1e-30f |]; [| 0f |]; [| 1e30f |] |] do
                        Require.isTrue (Single.IsFinite row[0]))

            property cases "an input space is saved and read back with its scaling" (fun (seed: int) ->
                let rows = sized seed
                rows[1].[2] <- nanf

                for kind in
                    [
                        FeatureKind.Values
                        FeatureKind.Measurements
                        FeatureKind.Robust
                        FeatureKind.Quantiles
                    ] do
                    let x = Rows.Features(matrix rows)
                    let input = InputSpace.fit [ VectoriserOptions() ] kind x

                    Require.equal
                        (dense (InputSpace.apply input x))
                        (dense (InputSpace.apply (Registries.throughJson input) x)))
        ]

[<Tests>]
let missing =
    testList
        "Imputer"
        [
            property
                cases
                "a missing value is the median of the others, and an indicator says where it was"
                (fun (seed: int) ->
                    let rows = sized seed

                    let isMissing r c =
                        Seed.uniform (int64 (1000 + 4 * r + c)) (Seed.ofInt seed) < 0.3

                    let holes =
                        rows
                        |> Array.mapi (fun r -> Array.mapi (fun c v -> if c < 3 && isMissing r c then nanf else v))

                    let x = matrix holes
                    let imputer = Imputer.fit x
                    let ofColumn c = holes |> Array.map (fun row -> row[c])

                    let median c =
                        match ofColumn c |> Array.filter (Single.IsNaN >> not) |> Array.map float with
                        | [||] -> 0.0
                        | values -> quantile 0.5 values

                    let holed =
                        [ 0..3 ] |> List.filter (fun c -> Array.exists Single.IsNaN (ofColumn c))

                    close
                        [|
                            for row in holes ->
                                [|
                                    for c in 0..3 -> if Single.IsNaN row[c] then median c else float row[c]
                                    for c in holed -> if Single.IsNaN row[c] then 1.0 else 0.0
                                |]
                        |]
                        (Imputer.apply imputer x |> dense))

            testCase "a value that no training row lacks gets its median, without an indicator" (fun () ->
                let imputer = Imputer.fit (matrix [| [| 1f; 5f |]; [| 3f; 7f |]; [| 2f; 9f |] |])
                Require.equal [| [| 2f; 8f |] |] (Imputer.apply imputer (matrix [| [| nanf; 8f |] |]) |> dense))
        ]

[<Tests>]
let quantiles =
    testList
        "Quantile"
        [
            property cases "the normal quantile is where the distribution function is p" (fun (NonNegativeInt n) ->
                let p = (float (n % 997) + 0.5) / 997.0
                Require.near 1e-8 p (normalCdf (Quantile.normal p)))

            testCase "far in the tails too" (fun () ->
                Require.near 1e-7 -4.753424308822899 (Quantile.normal 1e-6)
                Require.near 1e-7 4.753424308822899 (Quantile.normal (1.0 - 1e-6)))
        ]
