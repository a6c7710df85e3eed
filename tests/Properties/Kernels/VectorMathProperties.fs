namespace Limen.Properties

open System
open NUnit.Framework
open Limen.Kernels

module VectorMathProperties =

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

    let private exp (x: float32[]) (y: float32[]) = VectorMath.Exp(x, y)
    let private log1p (x: float32[]) (y: float32[]) = VectorMath.Log1p(x, y)
    let private sigmoid (x: float32[]) (y: float32[]) = VectorMath.Sigmoid(x, y)
    let private softplus (x: float32[]) (y: float32[]) = VectorMath.Softplus(x, y)

    let private exactLog1p x =
        let u = 1.0 + x
        if u = 1.0 then x else x * log u / (u - 1.0)

    [<Test>]
    let ``exp is within 1e-6`` () = agrees exp Math.Exp (grid -86.9f 87.9f)

    [<Test>]
    let ``log1p is within 1e-6, from the smallest numbers to the largest`` () =
        agrees log1p exactLog1p (grid 0f 1f)
        agrees log1p exactLog1p (grid 0f 1e-6f)
        agrees log1p exactLog1p (grid 0f 50f)
        agrees log1p exactLog1p (grid 0f 1e30f)

    [<Test>]
    let ``sigmoid is within 1e-6, also beyond 80`` () =
        agrees
            sigmoid
            (fun x ->
                if x < 0.0 then
                    Math.Exp x / (1.0 + Math.Exp x)
                else
                    1.0 / (1.0 + Math.Exp -x))
            (grid -86.9f 86.9f)

    [<Test>]
    let ``softplus is within 1e-6, also beyond 80`` () =
        agrees softplus (fun x -> max x 0.0 + exactLog1p (Math.Exp -(abs x))) (grid -86.9f 86.9f)

    [<Test>]
    let ``far out nothing overflows and NaN stays NaN`` () =
        let far = [| -1e30f; -200f; 200f; 1e30f; Single.NegativeInfinity; Single.NaN |]

        for y in
            Across.widths (fun () ->
                // seventeen of each, so that both vectors and tails see them
                let x = far |> Array.collect (Array.replicate 17)
                let results = Array.init 3 (fun _ -> Across.zeros x.Length)
                exp x results[0]
                sigmoid x results[1]
                softplus x results[2]
                results |> Array.map (Array.chunkBySize 17 >> Array.map Array.distinct)) do
            let one f i = Array.exactlyOne y[f].[i]

            for i in 0..4 do
                Assert.That(one 0 i, Is.InRange(0f, Single.MaxValue))
                Assert.That(one 1 i, Is.InRange(0f, 1f))

            Assert.That(one 1 0, Is.LessThan 1e-37f)
            Assert.That(one 1 3, Is.EqualTo 1f)
            Assert.That(one 2 0, Is.LessThan 1e-37f)
            Assert.That(one 2 3, Is.EqualTo 1e30f)

            for f in 0..2 do
                Assert.That(y[f].[5] |> Array.forall Single.IsNaN)

    [<Test>]
    let ``a tail rounds as a vector does`` () =
        let x = grid -90f 90f

        for f in [ exp; sigmoid; softplus ] do
            let results =
                Across.widths (fun () ->
                    let y = Across.unwritten x.Length
                    f x y
                    y)

            Assert.That(List.length (List.distinct results), Is.EqualTo 1)
