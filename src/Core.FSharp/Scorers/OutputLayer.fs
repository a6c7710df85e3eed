namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// A batch's loss with its gradients for the last hidden units h [B, H] and the threshold's Offset [L] and Slope [L]. That for h is
/// meant for what is not 0 of it: where relu or dropout put a 0, it may be left out, for they let no gradient through.
[<ReferenceEquality>]
type OutputGradient =
    {
        Loss: float
        Hidden: DenseMatrix
        Offset: float32[]
        Slope: float32[]
    }

/// The output layer z = h W' of a training step, h [B, H], W [L, H], a block of labels at a time: logits, loss, gradients and
/// update of a block follow each other while it is in the cache, so no B x L logits and no L x H gradient need ever exist.
/// Blocks are shared among the kernels' workers, each product on one thread; the result does not depend on their number.
[<RequireQualifiedAccess>]
module OutputLayer =

    /// Groups of blocks that may run at once: each has a [B, H] sum of its own, and those are added in order.
    let private groups = 16

    /// Labels of a block at most: products of fewer rows of W are slower, and the block's numbers should fit into the cache.
    let private most = 1024

    /// Labels that the kernels take at a time: blocks are multiples of them.
    let private strip = 128

    /// The blocks of a step over L labels: of about one size, as many in each group.
    let blocks (labels: int) : LabelBlock[] =
        let strips = Lanes.Tasks(labels, strip)
        let count = min strips (groups * Lanes.Tasks(labels, groups * most))

        let first i =
            int (min (int64 labels) (int64 i * int64 strips / int64 count * int64 strip))

        Array.init count (fun i -> LabelBlock(first i, first (i + 1) - first i))

    let private groupsOf (blocks: LabelBlock[]) = min groups blocks.Length

    /// start group, then work group i block for its blocks in order, for every group: groups by the workers, a product on one thread.
    let private forGroups (blocks: LabelBlock[]) (start: int -> unit) (work: int -> int -> LabelBlock -> unit) : unit =
        let groups = groupsOf blocks
        let size = blocks.Length / groups

        Workers.For(
            groups,
            fun group ->
                start group

                for i in group * size .. (group + 1) * size - 1 do
                    work group i blocks[i]
        )

    /// z = h W' [B, L] of all labels. A row's logits do not depend on the other rows.
    let logits (h: DenseMatrix) (w: DenseMatrix) : DenseMatrix =
        let z = new DenseMatrix(h.Rows, w.Rows)
        DenseProducts.MultiplyTransposed(h.Factor(), w.Factor(), z.Product())
        z

    /// The gradient dh [B, H]; slopes i block products gives a block's dz [B, block], and update receives its dW [block, H].
    let private backward
        (update: LabelBlock -> DenseMatrix -> unit)
        (blocks: LabelBlock[])
        (h: DenseMatrix)
        (w: DenseMatrix)
        (slopes: int -> LabelBlock -> BlockProducts -> DenseMatrix)
        : DenseMatrix =
        let sums =
            Array.init (groupsOf blocks) (fun _ -> new DenseMatrix(h.Rows, h.Columns))

        use hidden = HiddenUnits.ofMatrix h

        forGroups blocks (fun group -> sums[group].Span.Clear()) (fun group i block ->
            use products = new BlockProducts(hidden, w, block)
            use dz = slopes i block products
            products.AddHiddenGradient(dz, sums[group])
            use dw = products.WeightGradient dz
            update block dw)

        for sum in Array.tail sums do
            VectorMath.AddTo(Span.op_Implicit sum.Span, sums[0].Span)
            sum.Dispose()

        sums[0]

    /// One pass over the blocks for a loss of the fused kernel's terms: the loss of a batch whose last hidden units are h, with
    /// its gradients for h, Offset [L] and Slope [L]. require sees every gradient before it is used, and may throw; update
    /// receives each block of labels with the gradient of its weights [block, H], from several threads, and may change those.
    let fused
        (terms: FusedTerms)
        (batch: TrainingBatch)
        (require: BatchGradient -> unit)
        (update: LabelBlock -> DenseMatrix -> unit)
        (h: DenseMatrix)
        (w: DenseMatrix)
        : OutputGradient =
        let labels = w.Rows
        let blocks = blocks labels
        let losses: float[] = Array.zeroCreate blocks.Length
        let offset: float32[] = Array.zeroCreate labels
        let slope: float32[] = Array.zeroCreate labels

        let hidden =
            backward update blocks h w (fun i block products ->
                let g = products.Logits() |> BatchLoss.fused terms batch block
                require g
                losses[i] <- g.Loss
                g.Offset.CopyTo(offset, block.First)
                g.Slope.CopyTo(slope, block.First)
                g.Logits)

        {
            Loss = Array.sum losses
            Hidden = hidden
            Offset = offset
            Slope = slope
        }

    /// The columns of a block.
    let private columns (block: LabelBlock) (m: DenseMatrix) : DenseMatrix =
        let part = new DenseMatrix(m.Rows, block.Count)

        for row in 0 .. m.Rows - 1 do
            m.Row(row).Slice(block.First, block.Count).CopyTo(part.Row row)

        part

    /// The same for any loss: the fused pass where it knows the loss, all logits at once and two passes elsewhere.
    let step
        (loss: Loss)
        (batch: TrainingBatch)
        (require: BatchGradient -> unit)
        (update: LabelBlock -> DenseMatrix -> unit)
        (h: DenseMatrix)
        (w: DenseMatrix)
        : OutputGradient =
        match FusedTerms.ofLoss loss with
        | Some terms -> fused terms batch require update h w
        | None ->
            let g = logits h w |> BatchLoss.composed loss batch
            use slopes = g.Logits
            require g

            {
                Loss = g.Loss
                Hidden = backward update (blocks w.Rows) h w (fun _ block _ -> columns block slopes)
                Offset = g.Offset
                Slope = g.Slope
            }
