module Limen.Properties.ShortlistProperties

open System
open Expecto
open Limen
open Limen.Core
open Limen.Kernels

let private hidden = 5

let private terms =
    Option.get (FusedTerms.ofLoss (Losses.paper 0.1 0.1 MarginForm.Symmetric))

let private listOf (c: BatchCase) =
    Shortlist.ofBatch c.Others (Seed.ofInt 3) (BatchCases.batch c)

let private noise rows columns seed =
    DenseMatrix.Of(rows, columns, Seed.normals (rows * columns) (Seed.ofInt seed))

let private idsOf (m: CsrMatrix) row = m.RowIndices(row).ToArray()

let private cases = Cases.from [ typeof<BatchArbitraries> ]

[<Tests>]
let tests =
    testList
        "Shortlist"
        [
            property
                cases
                "a shortlist holds the labels and the neighbours' labels of its rows, ascending, and few others"
                (fun (c: BatchCase) ->
                    let needed =
                        c.Batch
                        |> Seq.collect (fun row -> Seq.append (idsOf c.Data.Labels row) (idsOf c.Data.Local row))
                        |> Set.ofSeq

                    let ids = (listOf c).Ids

                    ids = (Array.distinct ids |> Array.sort)
                    && Set.isSubset needed (Set.ofArray ids)
                    && ids.Length <= needed.Count + c.Others
                    && Array.forall (fun l -> 0 <= l && l < c.Data.Labels.Columns) ids)

            property cases "its rows are the batch's rows, entry by entry" (fun (c: BatchCase) ->
                let list = listOf c

                let same (whole: CsrMatrix) (part: CsrMatrix) =
                    c.Batch
                    |> Array.indexed
                    |> Array.forall (fun (i, row) ->
                        Array.map (Array.get list.Ids) (idsOf part i) = idsOf whole row
                        && part.RowValues(i).ToArray() = whole.RowValues(row).ToArray())

                same c.Data.Labels list.Batch.Data.Labels
                && same c.Data.Local list.Batch.Data.Local)

            // Loss, dh, dW by label, Offset's and Slope's gradients, of a shortlist and of the same labels by the whole layer.
            property
                cases
                "a step is the step over all labels, without the terms of the labels that are not listed"
                (fun (c: BatchCase) ->
                    let list = listOf c
                    let labels = c.Data.Labels.Columns

                    if list.Ids.Length > 0 then
                        let h, w = noise c.Batch.Length hidden 1, noise labels hidden 2
                        let mutable dw: float32[] = [||]
                        let update (g: DenseMatrix) = dw <- g.ToArray()
                        let small = Shortlist.step terms ignore update h w list

                        // the definition: an unlisted label has a threshold that no logit comes near
                        let far =
                            Array.init labels (fun l ->
                                if Array.contains l list.Ids then
                                    (BatchCases.threshold labels).Offset[l]
                                else
                                    1e9f)

                        let whole: float32[] = Array.zeroCreate (labels * hidden)

                        let into (block: LabelBlock) (g: DenseMatrix) =
                            g.ToArray().CopyTo(whole, block.First * hidden)

                        let all =
                            OutputLayer.fused
                                terms
                                { BatchCases.batch c with
                                    Threshold =
                                        { BatchCases.threshold labels with
                                            Offset = far
                                        }
                                }
                                ignore
                                into
                                h
                                w

                        let tolerance = { Absolute = 1e-5; Relative = 1e-4 }

                        let near what (a: float32[]) (b: float32[]) =
                            Tolerance.require tolerance what (Across.widen a) (Across.widen b)

                        Tolerance.require tolerance "loss" [ all.Loss ] [ small.Loss ]
                        near "dh" (all.Hidden.ToArray()) (small.Hidden.ToArray())

                        near "dW" (list.Ids |> Array.collect (fun l -> whole[l * hidden .. (l + 1) * hidden - 1])) dw

                        near "offset" all.Offset small.Offset
                        near "slope" all.Slope small.Slope)
            testCase "recall counts the hardest wrong labels that are listed" (fun () ->
                let labels = Csr.ofSets 14 [| [| 0 |] |]

                let margins =
                    DenseMatrix.Of(1, 14, ReadOnlySpan [| for l in 0..13 -> float32 (20 - l) |])

                let recallOf ids =
                    Shortlist.recall
                        margins
                        labels
                        [| 0 |]
                        {
                            Ids = ids
                            Batch =
                                {
                                    Data =
                                        {
                                            Features = labels
                                            Labels = labels
                                            Local = labels
                                            Weights = None
                                        }
                                    Rows = [| 0 |]
                                    Threshold = BatchCases.threshold 14
                                }
                        }

                // label 0 is right; the ten hardest wrong ones are 1 to 10
                Require.equal 1.0 (recallOf [| 0..13 |])
                Require.equal 0.0 (recallOf [| 0; 11; 12 |])
                Require.near 1e-12 0.3 (recallOf [| 0; 2; 5; 10; 13 |]))
        ]
