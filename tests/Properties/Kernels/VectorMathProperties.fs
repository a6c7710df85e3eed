module Limen.Properties.VectorMathProperties

open System
open Expecto
open Limen.Kernels

let private relative =
    {
        Absolute = Double.Epsilon
        Relative = 1e-6
    }

/// A grid fine enough to meet every reduced argument, of a length that leaves a tail at every width.
let private grid low high =
    Array.init 100_003 (fun i -> low + (high - low) * float32 i / 100_002f)

let private agrees (fast: float32[] -> float32[] -> unit) (exact: float -> float) (x: float32[]) =
    for y in
        Across.widths (fun () ->
            let y = Across.unwritten x.Length
            fast x y
            y) do
        Tolerance.require relative "f" (x |> Array.map (float >> exact)) (Across.widen y)

let private log1p (x: float32[]) (y: float32[]) = VectorMath.Log1p(x, y)

let private sigmoid (x: float32[]) (y: float32[]) = VectorMath.Sigmoid(x, y)

let private exactLog1p x =
    let u = 1.0 + x
    if u = 1.0 then x else x * log u / (u - 1.0)

[<Tests>]
let tests =
    testList
        "VectorMath"
        [
            testCase "log1p is within 1e-6, from the smallest numbers to the largest" (fun () ->
                agrees log1p exactLog1p (grid 0f 1f)
                agrees log1p exactLog1p (grid 0f 1e-6f)
                agrees log1p exactLog1p (grid 0f 50f)
                agrees log1p exactLog1p (grid 0f 1e30f))

            testCase "sigmoid is within 1e-6, also beyond 80" (fun () ->
                agrees
                    sigmoid
                    (fun x ->
                        if x < 0.0 then
                            Math.Exp x / (1.0 + Math.Exp x)
                        else
                            1.0 / (1.0 + Math.Exp -x))
                    (grid -86.9f 86.9f))

            testCase "far out nothing overflows and NaN stays NaN" (fun () ->
                let far = [| -1e30f; -200f; 200f; 1e30f; Single.NegativeInfinity; Single.NaN |]

                for y in
                    Across.widths (fun () ->
                        // seventeen of each, so that both vectors and tails see them
                        let x = far |> Array.collect (Array.replicate 17)
                        let result = Across.unwritten x.Length
                        sigmoid x result
                        result |> Array.chunkBySize 17 |> Array.map Array.distinct) do
                    let one i = Array.exactlyOne y[i]

                    for i in 0..4 do
                        Require.between (0f, 1f) (one i)

                    Require.below 1e-37f (one 0)
                    Require.equal 1f (one 3)
                    Require.isTrue (y[5] |> Array.forall Single.IsNaN))

            testCase "a tail rounds as a vector does" (fun () ->

                for f, x in [ log1p, grid 0f 90f; sigmoid, grid -90f 90f ] do
                    let results =
                        Across.widths (fun () ->
                            let y = Across.unwritten x.Length
                            f x y
                            y)

                    Require.equal 1 (List.length (List.distinct results)))
        ]
