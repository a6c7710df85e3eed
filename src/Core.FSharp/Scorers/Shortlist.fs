namespace Limen.Core

open System
open Limen.Kernels

/// The labels that one step learns, and its rows' entries of them: a small problem of its own over S labels.
[<ReferenceEquality>]
type Shortlist =
    {
        /// The labels [S], ascending.
        Ids: int[]
        /// The batch's B rows, all of them: label sets [B, S] and local signal [B, S], whose entries are all in the shortlist, and thresholds [S].
        /// No features.
        Batch: TrainingBatch
    }

/// Hard negatives instead of all: the labels that a row's neighbours carry score high and are often wrong; a few others,
/// at random, keep the rest in check (You et al. 2019, AttentionXML, https://arxiv.org/abs/1811.01727, section 3.3, trains on
/// such candidates). A label outside the shortlist counts as predicted without error in that step.
[<RequireQualifiedAccess>]
module Shortlist =

    /// How many of the hardest negatives of a row recall looks at.
    let private hardest = 10

    let private entries (m: CsrMatrix) (rows: int[]) =
        rows
        |> Seq.collect (fun row -> ArraySegment(m.Indices, m.RowStart[row], m.RowStart[row + 1] - m.RowStart[row]))

    /// The chosen rows of a matrix [N, L] over the ids alone: [B, S].
    let private restrict (ids: int[]) (rows: int[]) (m: CsrMatrix) =
        let chosen = Csr.selectRows rows m

        let places =
            Array.init chosen.NonZeros (fun at -> Array.BinarySearch(ids, chosen.Indices[at]))

        CsrMatrix.Trusted(rows.Length, ids.Length, chosen.RowStart, places, chosen.Values)

    let private gather (ids: int[]) (values: float32[]) = ids |> Array.map (Array.get values)

    /// The shortlist of a batch: labels and local signal of its rows, and so many other labels by the seed.
    let ofBatch (others: int) (seed: Seed) (batch: TrainingBatch) : Shortlist =
        let { Data = data; Rows = rows } = batch
        let labels = data.Labels.Columns

        let drawn =
            Seq.init others (fun i -> int (Seed.bits (int64 i) seed % uint64 labels))

        let ids =
            seq {
                entries data.Labels rows
                entries data.Local rows
                drawn
            }
            |> Seq.concat
            |> Seq.toArray
            |> Array.distinct
            |> Array.sort

        {
            Ids = ids
            Batch =
                {
                    Data =
                        {
                            Features = Csr.empty rows.Length 0
                            Labels = restrict ids rows data.Labels
                            Local = restrict ids rows data.Local
                            Weights = data.Weights |> Option.map (gather rows)
                        }
                    Rows = Array.init rows.Length id
                    Threshold =
                        {
                            Offset = gather ids batch.Threshold.Offset
                            Slope = gather ids batch.Threshold.Slope
                        }
                }
        }

    let private scatter (ids: int[]) (labels: int) (values: float32[]) =
        let all = Array.zeroCreate labels
        Array.iter2 (fun id v -> all[id] <- v) ids values
        all

    /// OutputLayer.fused over the shortlist: the gradients of Offset and Slope are [L], 0 for all other labels; update receives
    /// the gradient [S, H] of the shortlist's weights.
    let step
        (terms: FusedTerms)
        (require: BatchGradient -> unit)
        (update: DenseMatrix -> unit)
        (h: DenseMatrix)
        (w: DenseMatrix)
        (list: Shortlist)
        : OutputGradient =
        let labels = w.Rows
        use own = new DenseMatrix(list.Ids.Length, w.Columns)
        list.Ids |> Array.iteri (fun i id -> (w.Row id).CopyTo(own.Row i))
        use gradient = new DenseMatrix(own.Rows, own.Columns)

        let collect (block: LabelBlock) (g: DenseMatrix) =
            g.Span.CopyTo(gradient.RowSpan(block.First, block.Count))

        let small =
            OutputLayer.fused
                { terms with
                    PosWeight = terms.PosWeight |> Option.map (gather list.Ids)
                }
                list.Batch
                require
                collect
                h
                own

        update gradient

        { small with
            Offset = scatter list.Ids labels small.Offset
            Slope = scatter list.Ids labels small.Slope
        }

    /// Of the ten wrong labels that score highest in each row, over all L, the share that the shortlist holds; NaN where no
    /// row has any. margins [B, L] of the same rows, labels [N, L].
    let recall (margins: DenseMatrix) (labels: CsrMatrix) (rows: int[]) (list: Shortlist) : float =
        let held = Collections.Generic.HashSet list.Ids

        let found =
            [|
                for i in 0 .. rows.Length - 1 do
                    let mine = labels.RowIndices(rows[i]).ToArray()
                    let best: int[] = Array.zeroCreate (min labels.Columns (hardest + mine.Length))
                    let values: float32[] = Array.zeroCreate best.Length
                    let ofRow = margins.Row i

                    let count =
                        TopK.Row(Span.op_Implicit ofRow, best.AsSpan(), values.AsSpan(), TopKOrder.ByScore)

                    best
                    |> Seq.truncate count
                    |> Seq.filter (fun l -> not (Array.contains l mine))
                    |> Seq.truncate hardest
                    |> Seq.map (fun l -> if held.Contains l then 1.0 else 0.0)
            |]
            |> Seq.concat
            |> Seq.toArray

        if found.Length = 0 then nan else Array.average found
