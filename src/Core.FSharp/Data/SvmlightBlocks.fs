namespace Limen.Core

open System
open System.Threading.Tasks
open Limen.Kernels

/// The parsed blocks of a file, put together.
[<RequireQualifiedAccess>]
module internal SvmlightBlocks =

    let private stitch
        (blocks: SvmlightBlock[])
        (start: SvmlightBlock -> int[])
        (copy: SvmlightBlock -> int -> int -> unit)
        =
        let rows = blocks |> Array.map _.Rows |> Csr.starts
        let entries = blocks |> Array.map (fun b -> (start b)[b.Rows]) |> Csr.starts

        let rowStart = Array.zeroCreate (Array.last rows + 1)

        Parallel.For(
            0,
            blocks.Length,
            fun b ->
                let from = entries[b]
                let starts = start blocks[b]

                for r in 1 .. blocks[b].Rows do
                    rowStart[rows[b] + r] <- from + starts[r]

                copy blocks[b] from starts[blocks[b].Rows]
        )
        |> ignore

        rowStart

    /// How many of something all blocks hold. Throws DataFormatException, at the block that passes the limit, where no array holds them.
    let total path (what: string) (most: int) (countOf: SvmlightBlock -> int) (blocks: (int * SvmlightBlock)[]) =
        (0, blocks)
        ||> Array.fold (fun sum (firstLine, block) ->
            if countOf block > most - sum then
                Lines.fail path firstLine 1 $"at most {most} {what} in a file" "more"

            sum + countOf block)

    /// The rows of a file's blocks, each beside the number of its first line, in two matrices [N, D] and [N, L].
    let matrices path (features: int) (labels: int) (placed: (int * SvmlightBlock)[]) : Dataset =
        let labelStarts (b: SvmlightBlock) = b.LabelStart
        let featureStarts (b: SvmlightBlock) = b.FeatureStart

        let entries what (starts: SvmlightBlock -> int[]) =
            total path what Array.MaxLength (fun b -> (starts b).[b.Rows]) placed

        total path "rows" (Array.MaxLength - 1) _.Rows placed |> ignore

        let labelIds =
            GC.AllocateUninitializedArray<int>(entries "labels of rows" labelStarts)

        let featureIds =
            GC.AllocateUninitializedArray<int>(entries "features of rows" featureStarts)

        let blocks = Array.map snd placed
        let values = GC.AllocateUninitializedArray<float32>(featureIds.Length)

        let labelStart =
            stitch blocks labelStarts (fun b from n -> Array.blit b.LabelIds 0 labelIds from n)

        let featureStart =
            stitch blocks featureStarts (fun b from n ->
                Array.blit b.FeatureIds 0 featureIds from n
                Array.blit b.Values 0 values from n)

        let rows = labelStart.Length - 1

        Dataset.create
            (CsrMatrix.Trusted(rows, features, featureStart, featureIds, values))
            (CsrMatrix.Trusted(rows, labels, labelStart, labelIds, Array.create labelIds.Length 1f))
