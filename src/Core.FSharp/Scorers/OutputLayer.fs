namespace Limen.Core

open System
open Limen.Kernels

/// A batch's loss with its gradients for the last hidden units h [B, H] and the threshold's Offset [L] and Slope [L].
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

    /// Blocks of one size, multiples of the cache line's, that keep every group equally busy.
    let private blocks (labels: int) =
        let rounds = ceil (float labels / float (groups * most))
        let even = ceil (float labels / (rounds * float groups)) |> int
        LabelBlock.Cover(labels, max 64 ((even + 15) / 16 * 16))

    /// Rows first .. first + count - 1 of W, the memory shared.
    let private weightsOf (block: LabelBlock) (w: Tensor) =
        w
        |> Tensor.transpose
        |> Tensor.columns block.First block.Count
        |> Tensor.transpose

    let private groupsOf (blocks: LabelBlock[]) = min groups blocks.Length

    /// work group i block, for every block: groups by the workers, the blocks of a group in order.
    let private forEach (blocks: LabelBlock[]) (work: int -> int -> LabelBlock -> unit) : unit =
        let groups = groupsOf blocks

        let ofGroup group =
            for i in group * blocks.Length / groups .. (group + 1) * blocks.Length / groups - 1 do
                Tensor.using (fun () -> work group i blocks[i])

        Workers.For(groups, fun group -> TensorRuntime.onOneThread (fun () -> Tensor.noGrad (fun () -> ofGroup group)))

    /// z = h W' [B, L] of all labels.
    let logits (precision: Precision) (h: Tensor) (w: Tensor) : Logits =
        let rows, labels = h.Shape[0], w.Shape[0]
        let z = Tensor.empty [| rows; labels |]
        let h = Products.factor precision h

        forEach (blocks labels) (fun _ _ block ->
            let w = weightsOf block w |> Products.factor precision
            let part = h |> Tensor.product (Tensor.transpose w)

            for row in 0 .. rows - 1 do
                (Tensor.span part)
                    .Slice(row * block.Count, block.Count)
                    .CopyTo((Tensor.span z).Slice(row * labels + block.First, block.Count)))

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
        let h = Products.factor precision h

        for sum in sums do
            (Tensor.span sum).Clear()

        forEach blocks (fun group i block ->
            let w = weightsOf block w |> Products.factor precision

            let logits () =
                h |> Tensor.product (Tensor.transpose w) |> Logits

            let dz = slopes i block logits |> Products.factor precision
            let dh = dz |> Tensor.product w
            VectorMath.AddTo(Span.op_Implicit (Tensor.span dh), Tensor.span sums[group])
            update block (Tensor.transpose dz |> Tensor.product h))

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
                g.Logits |> Tensor.columns block.First block.Count

            {
                Loss = g.Loss
                Hidden = backward precision update (blocks w.Shape[0]) h w (fun _ block _ -> slopes block)
                Offset = g.Offset
                Slope = g.Slope
            }
