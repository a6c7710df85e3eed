namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// A scorer's margins for chosen rows: row ids [B] to m = z - theta [B, L], a fresh matrix. Several threads may call it at once.
type BatchScorer = int[] -> DenseMatrix

/// The lists of neighbouring rows, one after the other.
[<ReferenceEquality>]
type private CandidateRows =
    {
        /// Labels of each row.
        Lengths: int[]
        Labels: List<int>
        /// A list for each scorer.
        Margins: List<float32>[]
        Local: List<float32>
    }

/// From the margins of all L labels, a block of rows at a time, to the few pairs of each row that can matter.
/// Memory: blocks of B x L, one for each worker, never N x L.
[<RequireQualifiedAccess>]
module Candidates =

    /// Rows of a block: enough for a fast product, and margins of some 16 MB at most.
    let private blockRows (labels: int) =
        Math.Clamp(4_000_000 / max 1 labels, 1, 256)

    let private blocks (labels: int) (rows: int) =
        Seq.init rows id |> Seq.chunkBySize (blockRows labels) |> Seq.toArray

    /// Ascending and without repeats, in place: how many remain.
    let private distinct (ids: Span<int>) =
        ids.Sort()
        let mutable kept = 0

        for at in 0 .. ids.Length - 1 do
            if kept = 0 || ids[kept - 1] <> ids[at] then
                ids[kept] <- ids[at]
                kept <- kept + 1

        kept

    /// The candidates of a row, ascending, at the front of room: the k best labels by the margins of each scorer and those whose local
    /// signal exceeds the floor. Returns how many there are. i: the row's place in the block.
    let private choose k floor (local: CsrMatrix) row (margins: DenseMatrix[]) i (room: int[]) : int =
        let values = Array.zeroCreate<float32> k
        let mutable count = 0

        for m in margins do
            let ofRow = m.Row i

            count <-
                count
                + TopK.Row(Span.op_Implicit ofRow, room.AsSpan(count, k), values.AsSpan(), TopKOrder.ByLabel)

        for at in local.RowStart[row] .. local.RowStart[row + 1] - 1 do
            if local.Values[at] > floor then
                room[count] <- local.Indices[at]
                count <- count + 1

        distinct (room.AsSpan(0, count))

    /// Throws ScoreNotFiniteException where a scorer's margin is not finite: nothing could be said of its row.
    let private requireFinite (rows: int[]) (scorer: int) (m: DenseMatrix) =
        let at = Finite.FirstFault(Span.op_Implicit m.Span)

        if at >= 0 then
            raise (ScoreNotFiniteException(rows[at / m.Columns] + 1, scorer + 1, at % m.Columns))

    /// The margins of a block of rows by each scorer, [B, L].
    let private marginsOf (labels: int) (scorers: BatchScorer list) (rows: int[]) : DenseMatrix[] =
        let margins = [| for score in scorers -> score rows |]

        for m in margins do
            Shape.require (nameof margins) "[B; L]" [ rows.Length; labels ] [ m.Rows; m.Columns ]

        margins |> Array.iteri (requireFinite rows)
        margins

    /// The lists of a block.
    let private ofBlock (k: int) (floor: float32) (local: CsrMatrix) (scorers: BatchScorer list) (rows: int[]) =
        let margins = marginsOf local.Columns scorers rows
        let k = min k local.Columns

        let most =
            rows
            |> Seq.map (fun row -> local.RowStart[row + 1] - local.RowStart[row])
            |> Seq.max

        let room: int[] =
            Array.zeroCreate (Shapes.Length(int64 margins.Length * int64 k + int64 most, nameof k))

        let found =
            {
                Lengths = Array.zeroCreate rows.Length
                Labels = List()
                Margins = [| for _ in margins -> List() |]
                Local = List()
            }

        for i in 0 .. rows.Length - 1 do
            let kept = choose k floor local rows[i] margins i room
            found.Lengths[i] <- kept
            found.Labels.AddRange(ArraySegment(room, 0, kept))

            for at in 0 .. kept - 1 do
                found.Local.Add(Csr.item rows[i] room[at] local)

            for s in 0 .. margins.Length - 1 do
                let ofRow = margins[s].Row i

                for at in 0 .. kept - 1 do
                    found.Margins[s].Add ofRow[room[at]]

        for m in margins do
            m.Dispose()

        found

    let private concat (parts: List<'a>[]) : 'a[] =
        let all = Array.zeroCreate (parts |> Array.sumBy _.Count)

        (0, parts)
        ||> Array.fold (fun at part ->
            part.CopyTo(all, at)
            at + part.Count)
        |> ignore

        all

    /// The candidate pairs of all rows with every scorer's margin, the local signal and the labels' rarity [L] on them.
    /// local [N, L] gives the rows; k: labels that each scorer names a row; floor: the local signal that makes a candidate.
    /// Throws ArgumentException where a scorer gives margins of other rows or labels, ScoreNotFiniteException where it gives one that is not finite.
    let collect
        (k: int)
        (floor: float32)
        (rarity: float32[])
        (local: CsrMatrix)
        (scorers: BatchScorer list)
        : CandidateScores =
        let blocks = blocks local.Columns local.Rows
        let found: CandidateRows[] = Array.zeroCreate blocks.Length

        Workers.For(blocks.Length, (fun b -> found[b] <- ofBlock k floor local scorers blocks[b]))

        let start = found |> Array.collect _.Lengths |> Csr.starts
        let labels = found |> Array.map _.Labels |> concat

        let pairs (part: CandidateRows -> List<float32>) =
            CsrMatrix.Trusted(local.Rows, local.Columns, start, labels, found |> Array.map part |> concat)

        let local = pairs _.Local

        {
            Margins = [| for s in 0 .. scorers.Length - 1 -> pairs (fun rows -> rows.Margins[s]) |]
            Local = local
            Rarity = CandidateScores.rarityOn local rarity
        }

    /// The k best labels of each row by one scorer.
    let top (k: int) (labels: int) (rows: int) (scorer: BatchScorer) : CsrMatrix =
        (collect k Single.PositiveInfinity (Array.zeroCreate labels) (Csr.empty rows labels) [ scorer ]).Margins[0]
