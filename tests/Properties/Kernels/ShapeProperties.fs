module Limen.Properties.ShapeProperties

open System
open System.Buffers
open Expecto
open Limen.Kernels

/// Two rows of three features.
let private x = CsrMatrix(2, 3, [| 0; 1; 3 |], [| 1; 0; 2 |], [| 1f; 2f; 3f |])

/// Functions of three features for two labels.
let private functions =
    LinearWeights(CsrMatrix(2, 3, [| 0; 1; 2 |], [| 0; 2 |], [| 1f; 1f |]), [| 0f; 0f |])

let private floats n = Across.zeros n

let private refused (words: string) (action: unit -> unit) =
    Require.refusal<ArgumentException>(fun () ->
        action ()
        null)
    |> Require.contains words

[<Tests>]
let tests =
    testList
        "Shapes"
        [
            testTheory
                "a row that the queries do not have is refused"
                [ -1; 2; Int32.MinValue; Int32.MaxValue ]
                (fun row ->
                    refused $"expected rows below 2, received {row}" (fun () ->
                        LinearScores(functions).Block(x, ReadOnlySpan [| 0; row |], Span(floats 4)))

                    refused $"expected rows below 2, received {row}" (fun () ->
                        SparseLayer.Forward(x, ReadOnlySpan [| row |], floats 6, floats 2, floats 2))

                    refused $"expected rows below 2, received {row}" (fun () ->
                        SparseLayer.ForwardPlain(x, ReadOnlySpan [| row |], floats 6, floats 2, floats 2))

                    refused $"expected rows below 2, received {row}" (fun () ->
                        SparseLayer.BackwardPlain(x, ReadOnlySpan [| row |], floats 2, floats 6, floats 2))

                    refused $"expected rows below 2, received {row}" (fun () ->
                        TouchedRows().Gather(x, ReadOnlySpan [| row |])))

            testCase "queries of other features than the weights are refused" (fun () ->
                let wider = CsrMatrix(2, 4, x.RowStart, x.Indices, x.Values)
                let narrower = CsrMatrix(2, 2, [| 0; 1; 1 |], [| 1 |], [| 1f |])

                for queries in [ wider; narrower ] do
                    refused $"expected queries [Q, D] with D = 3, received [2, {queries.Columns}]" (fun () ->
                        LinearScores(functions).Block(queries, ReadOnlySpan [| 0 |], Span(floats 2))))

            testCase "weights and biases of different labels are refused" (fun () ->
                refused "expected biases [L] with L = 2, received 1" (fun () ->
                    LinearScores(LinearWeights(functions.Weights, floats 1)) |> ignore))

            testCase "labels or k below 0 are refused" (fun () ->
                for labels, k in [ -1, 1; -2, 1; 2, -1 ] do
                    Require.throws<ArgumentOutOfRangeException>(fun () -> box (TopK.Block(floats 4, labels, k))))

            testCase "the plain definitions refuse shapes that do not agree, as the fast forms do" (fun () ->
                let settings = AdamWSettings()
                let terms = LossTerms(1f, 0f, 0f, MarginReading.Symmetric, 1f)

                let loss gradient offset =
                    let batch =
                        AdaptiveLossBatch(
                            Logits = floats 3,
                            Block = LabelBlock.All 3,
                            Targets = x,
                            Local = x,
                            Rows = ReadOnlySpan [| 0 |],
                            Offset = floats offset,
                            Slope = floats 3,
                            Terms = terms
                        )

                    AdaptiveLoss.ForwardBackwardPlain(&batch, Span(floats gradient), Span(floats 3), Span(floats 3))
                    |> ignore

                refused "expected 3 numbers, received 2" (fun () -> loss 2 3)
                refused "expected 3 numbers, received 2" (fun () -> loss 3 2)

                refused "expected 3 numbers, received 2" (fun () ->
                    AdamW.StepPlain(Span(floats 3), floats 2, Span(floats 3), Span(floats 3), &settings, 1))

                refused "expected 6 numbers, received 5" (fun () ->
                    SparseLayer.ForwardPlain(x, ReadOnlySpan [| 0 |], floats 5, floats 2, floats 2))

                refused "expected 6 numbers, received 5" (fun () ->
                    SparseLayer.BackwardPlain(x, ReadOnlySpan [| 0 |], floats 2, floats 5, floats 2))

                refused "expected 1 numbers, received 3" (fun () ->
                    ActiveProducts.LogitsPlain(floats 4, floats 4, 4, Span(floats 3)) |> ignore)

                refused "expected 4 numbers, received 5" (fun () ->
                    ActiveProducts.WeightGradientPlain(floats 4, floats 1, 4, Span(floats 5)))

                refused "expected 4 numbers, received 3" (fun () ->
                    ActiveProducts.HiddenGradientPlain(floats 4, floats 1, floats 4, 4, Span(floats 3))))

            testCase "units that were disposed take part in no product, and give their memory back once" (fun () ->
                let units = ActiveUnits.Gather(ReadOnlySpan(Array.create 64 1f), 64)
                units.Dispose()
                units.Dispose()

                Require.throws<ObjectDisposedException>(fun () ->
                    ActiveProducts.Logits(units, floats (LabelStrips.Length(1, 64)), Span(floats 1))
                    null)

                // 64 units are two tiles of 32: memory given back twice is rented by two at once
                let one, another =
                    ArrayPool<float32>.Shared.Rent 64, ArrayPool<float32>.Shared.Rent 64

                Require.isFalse (obj.ReferenceEquals(one, another))
                ArrayPool<float32>.Shared.Return one
                ArrayPool<float32>.Shared.Return another)
        ]
