namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// A scorer's margins for chosen rows: row ids [B] to m = z - theta [B, L], a fresh tensor.
type MarginBlocks = int[] -> Tensor

/// From the margins of all L labels, a block of rows at a time, to the few pairs of each row that can matter.
/// Memory: blocks of B x L, never N x L.
[<RequireQualifiedAccess>]
module Candidates =

    /// Rows of a block, so that a block of margins stays near 16 MB.
    let private blockRows (labels: int) =
        Math.Clamp(4_000_000 / max 1 labels, 1, 1024)

    let private blocks (labels: int) (rows: int) =
        Seq.init rows id |> Seq.chunkBySize (blockRows labels)

    /// The ascending label ids of a row: the k best of each scorer, and the labels whose local signal exceeds the floor.
    let private choose (k: int) (floor: float32) (local: CsrMatrix) (row: int) (offset: int) (margins: Tensor list) =
        let chosen = SortedSet<int>()
        let labels = local.Columns
        let best: int[] = Array.zeroCreate (min k labels)
        let values = Array.zeroCreate<float32> best.Length

        for m in margins do
            let row = (Tensor.span m).Slice(offset * labels, labels)

            let found =
                TopK.Row(Span.op_Implicit row, best.AsSpan(), values.AsSpan(), TopKOrder.ByLabel)

            chosen.UnionWith(Seq.truncate found best)

        for at in local.RowStart[row] .. local.RowStart[row + 1] - 1 do
            if local.Values[at] > floor then
                chosen.Add local.Indices[at] |> ignore

        Seq.toArray chosen

    /// The candidate pairs of all rows with every scorer's margin and the local signal on them.
    /// local [N, L] gives the rows; k: labels that each scorer names a row; floor: the local signal that makes a candidate.
    let collect (k: int) (floor: float32) (local: CsrMatrix) (scorers: MarginBlocks list) : ScoreLists =
        let labels = local.Columns
        let ids: int[][] = Array.zeroCreate local.Rows
        let values: float32[][][] = [| for _ in scorers -> Array.zeroCreate local.Rows |]

        for block in blocks labels local.Rows do
            Tensor.using (fun () ->
                let margins =
                    Tensor.noGrad (fun () -> scorers |> List.map (fun score -> score block))

                Workers.For(
                    block.Length,
                    fun i ->
                        let row = block[i]
                        ids[row] <- choose k floor local row i margins

                        margins
                        |> List.iteri (fun s m ->
                            values[s][row] <- ids[row] |> Array.map (fun l -> (Tensor.span m)[i * labels + l]))
                ))

        let start = Array.zeroCreate (local.Rows + 1)
        ids |> Array.iteri (fun i row -> start[i + 1] <- start[i] + row.Length)
        let indices = Array.concat ids

        let pairs (v: float32[][]) =
            CsrMatrix(local.Rows, labels, start, indices, Array.concat v)

        {
            Margins = values |> Array.map pairs
            Local =
                ids
                |> Array.mapi (fun row -> Array.map (fun l -> Csr.item row l local))
                |> pairs
        }

    /// The k best labels of each row by one scorer.
    let top (k: int) (labels: int) (rows: int) (scorer: MarginBlocks) : CsrMatrix =
        let none = CsrMatrix(rows, labels, Array.zeroCreate (rows + 1), [||], [||])
        (collect k Single.PositiveInfinity none [ scorer ]).Margins[0]
