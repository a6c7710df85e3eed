module Limen.Properties.ShortlistProperties

open System
open Expecto
open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// A batch of a few rows with label sets and a local signal over up to twenty labels.
[<ReferenceEquality>]
type ShortlistCase =
    {
        Data: TrainingRows
        Batch: int[]
        Others: int
    }

type ShortlistArbitraries =
    static member Case() =
        gen {
            let! rows = Gen.choose (1, 6)
            let! labels = Gen.choose (1, 20)
            let! y = Generators.csr rows labels 15 (Gen.constant 1f)
            let! a = Generators.csr rows labels 20 Generators.positive
            let! batch = Gen.nonEmptyListOf (Gen.choose (0, rows - 1)) |> Gen.map Array.ofList
            let! others = Gen.choose (0, 6)

            return
                {
                    Data =
                        {
                            Features = CsrMatrix(rows, 0, Array.zeroCreate (rows + 1), [||], [||])
                            Labels = y
                            Local = a
                            Weights = None
                        }
                    Batch = batch
                    Others = others
                }
        }
        |> Arb.fromGen

let private hidden = 5

let private terms = Option.get (FusedTerms.ofLoss (Losses.paper 0.1 0.1 Symmetric))

let private listOf (c: ShortlistCase) =
    Shortlist.ofBatch c.Others (Seed.ofInt 3) c.Data c.Batch

let private noise rows columns seed =
    DenseMatrix.Of(rows, columns, Seed.normals (rows * columns) (Seed.ofInt seed))

let private threshold labels : AffineThreshold =
    {
        Offset = Array.init labels (fun l -> float32 (l % 7) / 3f)
        Slope = Array.init labels (fun l -> -1f - float32 (l % 3))
    }

let private idsOf (m: CsrMatrix) row = m.RowIndices(row).ToArray()

let private cases = Cases.from [ typeof<ShortlistArbitraries> ]

[<Tests>]
let tests =
    testList
        "Shortlist"
        [
            property
                cases
                "a shortlist holds the labels and the neighbours' labels of its rows, ascending, and few others"
                (fun (c: ShortlistCase) ->
                    let needed =
                        c.Batch
                        |> Seq.collect (fun row -> Seq.append (idsOf c.Data.Labels row) (idsOf c.Data.Local row))
                        |> Set.ofSeq

                    let ids = (listOf c).Ids

                    ids = (Array.distinct ids |> Array.sort)
                    && Set.isSubset needed (Set.ofArray ids)
                    && ids.Length <= needed.Count + c.Others
                    && Array.forall (fun l -> 0 <= l && l < c.Data.Labels.Columns) ids)

            property cases "its rows are the batch's rows, entry by entry" (fun (c: ShortlistCase) ->
                let list = listOf c

                let same (whole: CsrMatrix) (part: CsrMatrix) =
                    c.Batch
                    |> Array.indexed
                    |> Array.forall (fun (i, row) ->
                        Array.map (Array.get list.Ids) (idsOf part i) = idsOf whole row
                        && part.RowValues(i).ToArray() = whole.RowValues(row).ToArray())

                same c.Data.Labels list.Rows.Labels && same c.Data.Local list.Rows.Local)

            // Loss, dh, dW by label, Offset's and Slope's gradients, of a shortlist and of the same labels by the whole layer.
            property
                cases
                "a step is the step over all labels, without the terms of the labels that are not listed"
                (fun (c: ShortlistCase) ->
                    let list = listOf c
                    let labels = c.Data.Labels.Columns

                    if list.Ids.Length > 0 then
                        let h, w = noise c.Batch.Length hidden 1, noise labels hidden 2
                        let mutable dw: float32[] = [||]
                        let update (g: DenseMatrix) = dw <- g.ToArray()
                        let small = Shortlist.step terms (threshold labels) ignore update h w list

                        // the definition: an unlisted label has a threshold that no logit comes near
                        let far =
                            Array.init labels (fun l ->
                                if Array.contains l list.Ids then
                                    (threshold labels).Offset[l]
                                else
                                    1e9f)

                        let whole: float32[] = Array.zeroCreate (labels * hidden)

                        let into (block: LabelBlock) (g: DenseMatrix) =
                            g.ToArray().CopyTo(whole, block.First * hidden)

                        let all =
                            OutputLayer.fused terms c.Data c.Batch { threshold labels with Offset = far } ignore into h w

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
                            Rows =
                                {
                                    Features = labels
                                    Labels = labels
                                    Local = labels
                                    Weights = None
                                }
                        }

                // label 0 is right; the ten hardest wrong ones are 1 to 10
                Require.equal 1.0 (recallOf [| 0..13 |])
                Require.equal 0.0 (recallOf [| 0; 11; 12 |])
                Require.near 1e-12 0.3 (recallOf [| 0; 2; 5; 10; 13 |]))
        ]
