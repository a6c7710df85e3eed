module Limen.Properties.SparseLayerProperties

open System
open Expecto
open FsCheck.FSharp
open Limen.Kernels

/// A batch of sparse rows with weights, bias and an output gradient.
[<ReferenceEquality>]
type LayerCase =
    {
        Features: CsrMatrix
        Batch: int[]
        Width: int
        Weights: float32[]
        Bias: float32[]
        OutputGradient: float32[]
    }

[<RequireQualifiedAccess>]
module LayerCases =

    let generator =
        gen {
            let! d = Gen.choose (1, 30)
            let! n = Gen.choose (1, 8)
            let! percent = Gen.elements [ 0; 20; 100 ]
            let! features = Generators.csr n d percent Generators.value
            let! b = Gen.choose (0, 40)
            let! batch = Gen.arrayOfLength b (Gen.choose (0, n - 1))
            let! width = Gen.choose (1, 70)
            let! weights = Gen.arrayOfLength (d * width) Generators.value
            let! bias = Gen.arrayOfLength width Generators.value
            let! gradient = Gen.arrayOfLength (b * width) Generators.value

            return
                {
                    Features = features
                    Batch = batch
                    Width = width
                    Weights = weights
                    Bias = bias
                    OutputGradient = gradient
                }
        }

    let forward (c: LayerCase) =
        let output = Across.unwritten (c.Batch.Length * c.Width)
        SparseLayer.Forward(c.Features, c.Batch, c.Weights, c.Bias, output)
        output

    /// The gradient of all D weight rows, scattered from the touched ones, and of the bias.
    let backward (touched: TouchedRows) (c: LayerCase) =
        touched.Gather(c.Features, c.Batch)
        let bias = Across.unwritten c.Width
        SparseLayer.BackwardBias(c.OutputGradient, bias)
        let gradient = Across.unwritten (touched.Count * c.Width)
        SparseLayer.Backward(touched, c.OutputGradient, gradient)
        let weights = Across.zeros c.Weights.Length
        let ids = touched.Ids.ToArray()

        ids
        |> Array.iteri (fun i id -> Array.blit gradient (i * c.Width) weights (id * c.Width) c.Width)

        weights, bias

type LayerArbitraries =
    static member Layer() = Arb.fromGen LayerCases.generator

/// Sums of up to 40 products of size 16.
let private tolerance = { Absolute = 2e-4; Relative = 1e-5 }

let private require what expected received =
    Tolerance.require tolerance what (Across.widen expected) (Across.widen received)

/// sum of output * dOut, whose gradients the backward pass computes; the plain forward in float64.
let private objective (c: LayerCase) =
    let output = Across.zeros (c.Batch.Length * c.Width)
    SparseLayer.ForwardPlain(c.Features, c.Batch, c.Weights, c.Bias, output)
    Seq.fold2 (fun s o d -> s + float o * float d) 0.0 output c.OutputGradient

let private cases = Cases.from [ typeof<LayerArbitraries> ]

[<Tests>]
let tests =
    testList
        "SparseLayer"
        [
            property cases "the fast forward pass is the plain one" (fun (c: LayerCase) ->
                let plain = Across.zeros (c.Batch.Length * c.Width)
                SparseLayer.ForwardPlain(c.Features, c.Batch, c.Weights, c.Bias, plain)

                for output in Across.widths (fun () -> LayerCases.forward c) do
                    require "output" plain output)

            property
                cases
                "the fast backward pass is the plain one, also when its buffers are used again"
                (fun (c: LayerCase) (d: LayerCase) ->
                    let touched = TouchedRows()

                    for case in [ c; d; c ] do
                        let weights = Across.zeros case.Weights.Length
                        let bias = Across.zeros case.Width
                        SparseLayer.BackwardPlain(case.Features, case.Batch, case.OutputGradient, weights, bias)

                        for fastWeights, fastBias in Across.widths (fun () -> LayerCases.backward touched case) do
                            require "weights" weights fastWeights
                            require "bias" bias fastBias)

            property cases "the touched rows are the features of the batch, each once" (fun (c: LayerCase) ->
                let touched = TouchedRows()
                touched.Gather(c.Features, c.Batch)

                let expected =
                    c.Batch
                    |> Array.collect (fun r -> c.Features.RowIndices(r).ToArray())
                    |> Array.distinct

                touched.Ids.ToArray() = expected)

            property cases "the number of threads does not change a bit" (fun (c: LayerCase) ->
                Across.threads (fun () -> LayerCases.forward c, LayerCases.backward (TouchedRows()) c)
                |> List.distinct
                |> List.length
                    =
                    1)

            property (cases |> Cases.times 20) "the plain gradients are central differences" (fun (c: LayerCase) ->
                let weights = Across.zeros c.Weights.Length
                let bias = Across.zeros c.Width
                SparseLayer.BackwardPlain(c.Features, c.Batch, c.OutputGradient, weights, bias)

                // the objective is linear, so a wide step is exact but for rounding
                let numeric (values: float32[]) i =
                    let old = values[i]
                    values[i] <- old + 64f
                    let above = objective c
                    values[i] <- old - 64f
                    let below = objective c
                    values[i] <- old
                    (above - below) / 128.0

                for i in [ 0; c.Width / 2; c.Width - 1 ] do
                    Tolerance.require
                        { Absolute = 1e-3; Relative = 1e-4 }
                        "bias"
                        [ numeric c.Bias i ]
                        [ float bias[i] ]

                for i in [ 0; c.Weights.Length / 2; c.Weights.Length - 1 ] do
                    Tolerance.require
                        { Absolute = 1e-3; Relative = 1e-4 }
                        "weight"
                        [ numeric c.Weights i ]
                        [ float weights[i] ])

            testCase "shapes that disagree are refused" (fun () ->
                let x = Limen.Core.Csr.ofRows 3 [| [| struct (1, 1f) |] |]

                let refuses (rows: int[]) weights =
                    Require.throws<ArgumentException>(fun () ->
                        SparseLayer.Forward(
                            x,
                            rows,
                            Across.zeros weights,
                            Across.zeros 2,
                            Across.zeros (2 * rows.Length)
                        ))

                refuses [| 0 |] 5
                refuses [| 1 |] 6)
        ]
