namespace Limen.Core

open System
open Limen.Kernels

/// A batch's loss with its gradients for the last hidden units h [B, H] and the threshold's Offset [L] and Slope [L]. That for h is
/// meant for what is not 0 of it: where relu or dropout put a 0, it may be left out, for they let no gradient through.
[<ReferenceEquality>]
type OutputGradient =
    {
        Loss: float
        Hidden: Tensor
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
        let strips = (labels + strip - 1) / strip
        let rounds = (labels + groups * most - 1) / (groups * most)
        let count = min strips (groups * rounds)
        let first i = min labels (i * strips / count * strip)
        Array.init count (fun i -> LabelBlock(first i, first (i + 1) - first i))

    let private groupsOf (blocks: LabelBlock[]) = min groups blocks.Length

    /// start group, then work group i block for its blocks in order, for every group: groups by the workers, a product on one thread.
    let private forGroups (blocks: LabelBlock[]) (start: int -> unit) (work: int -> int -> LabelBlock -> unit) : unit =
        let groups = groupsOf blocks
        let size = blocks.Length / groups

        let run group =
            start group

            for i in group * size .. (group + 1) * size - 1 do
                Tensor.using (fun () -> work group i blocks[i])

        Workers.For(groups, fun group -> TensorRuntime.onOneThread (fun () -> Tensor.noGrad (fun () -> run group)))

    /// Labels of a block of logits alone, which needs no room for gradients: enough that calling torch costs little beside reading their weights.
    let private wide = 4096

    /// z = h W' [B, L] of all labels.
    let logits (precision: Precision) (h: Tensor) (w: Tensor) : Logits =
        let rows, labels = h.Shape[0], w.Shape[0]
        let z = Tensor.empty [| rows; labels |]
        use hidden = HiddenUnits.ofTensor precision h

        let multiply (block: LabelBlock) =
            let part = (hidden |> HiddenUnits.products w block).Logits()

            for row in 0 .. rows - 1 do
                (Tensor.span part)
                    .Slice(row * block.Count, block.Count)
                    .CopyTo((Tensor.span z).Slice(row * labels + block.First, block.Count))

        let run first =
            Tensor.noGrad (fun () -> Tensor.using (fun () -> multiply (LabelBlock(first, min wide (labels - first)))))

        Workers.For((labels + wide - 1) / wide, fun i -> TensorRuntime.onOneThread (fun () -> run (i * wide)))
        Logits z

    /// The gradient dh [B, H]; slopes i block logits gives a block's dz [B, block], where logits () are its z, and update
    /// receives its dW [block, H].
    let private backward
        (precision: Precision)
        update
        (blocks: LabelBlock[])
        (h: Tensor)
        (w: Tensor)
        (slopes: int -> LabelBlock -> (unit -> Logits) -> Tensor)
        =
        let sums = Array.init (groupsOf blocks) (fun _ -> Tensor.empty h.Shape)
        use hidden = HiddenUnits.ofTensor precision h

        let clear group = (Tensor.span sums[group]).Clear()

        forGroups blocks clear (fun group i block ->
            let products = hidden |> HiddenUnits.products w block
            let dz = slopes i block (fun () -> Logits(products.Logits()))
            update block (products.Gradients dz sums[group]))

        for sum in Array.tail sums do
            VectorMath.AddTo(Span.op_Implicit (Tensor.span sum), Tensor.span sums[0])

        sums[0]

    /// One pass over the blocks for a loss of the fused kernel's terms: the loss of a batch whose last hidden units are h, with
    /// its gradients for h, Offset [L] and Slope [L]. require sees every gradient before it is used, and may throw; update
    /// receives each block of labels with the gradient of its weights [block, H], from several threads, and may change those.
    let fused
        (precision: Precision)
        (terms: FusedTerms)
        (data: TrainingRows)
        (rows: int[])
        (line: ThresholdLine)
        (require: BatchGradient -> unit)
        (update: LabelBlock -> Tensor -> unit)
        (h: Tensor)
        (w: Tensor)
        : OutputGradient =
        let labels = w.Shape[0]
        let blocks = blocks labels
        let losses: float[] = Array.zeroCreate blocks.Length
        let offset: float32[] = Array.zeroCreate labels
        let slope: float32[] = Array.zeroCreate labels

        let hidden =
            backward precision update blocks h w (fun i block logits ->
                let g = logits () |> BatchObjective.fused terms data rows line block
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

    /// The same for any loss: the fused pass where it knows the loss, all logits at once and two passes elsewhere.
    let step
        (precision: Precision)
        (loss: Loss)
        (data: TrainingRows)
        (rows: int[])
        (line: ThresholdLine)
        (require: BatchGradient -> unit)
        (update: LabelBlock -> Tensor -> unit)
        (h: Tensor)
        (w: Tensor)
        : OutputGradient =
        match Loss.fused loss with
        | Some terms -> fused precision terms data rows line require update h w
        | None ->
            let g = logits precision h w |> BatchObjective.composed loss data rows line
            require g

            let slopes (block: LabelBlock) =
                g.Logits |> Tensor.columns block.First block.Count |> Tensor.clone

            {
                Loss = g.Loss
                Hidden = backward precision update (blocks w.Shape[0]) h w (fun _ block _ -> slopes block)
                Offset = g.Offset
                Slope = g.Slope
            }
