namespace Limen.Core

open System
open Limen
open Limen.Kernels
open TorchSharp

/// The rows that a network learns from: features X [N, D], label sets Y [N, L] and the local signal A [N, L] of the same
/// rows, leave-one-out (without entries where no local signal is used).
[<ReferenceEquality>]
type TrainingRows =
    {
        Features: CsrMatrix
        Labels: CsrMatrix
        Local: CsrMatrix
        /// How much each row counts [N]; None: 1 each.
        Weights: float32[] option
    }

/// The threshold of every pair in the two vectors that a batch needs: theta_l(x) = Offset_l + Slope_l * A_l(x).
/// Offset = lambda * alpha * IDF + b and Slope = (1 - lambda) * beta, both [L], logit space.
[<ReferenceEquality>]
type AffineThreshold = { Offset: float32[]; Slope: float32[] }

[<RequireQualifiedAccess>]
module AffineThreshold =

    let ofFusion (idf: float32[]) (fusion: Fusion) : AffineThreshold =
        {
            Offset = Fusion.offsets idf fusion
            Slope = Fusion.slopes fusion
        }

/// A batch's loss (summed over labels, averaged over rows), with its gradients for the logits z, Offset and Slope of the
/// labels it was asked for: z [B, block], the other two [block].
[<ReferenceEquality>]
type BatchGradient =
    {
        Loss: float
        Logits: DenseMatrix
        Offset: float32[]
        Slope: float32[]
    }

/// From logits to a loss and its gradients: a block of labels at a time where the fused pass knows the loss, all at once elsewhere.
[<RequireQualifiedAccess>]
module BatchLoss =

    /// The fused pass over the logits z [B, block] of a block of labels.
    /// The gradient takes the logits' own memory: no step after the loss reads them again.
    let fused
        (terms: FusedTerms)
        (data: TrainingRows)
        (rows: int[])
        (threshold: AffineThreshold)
        (block: LabelBlock)
        (z: DenseMatrix)
        : BatchGradient =
        let offset: float32[] = Array.zeroCreate block.Count
        let slope: float32[] = Array.zeroCreate block.Count
        // a mean over the rows of the sum over labels
        let kernel = terms |> FusedTerms.toKernel (1f / float32 rows.Length)

        let ofBlock (values: float32[]) =
            values.AsMemory(block.First, block.Count)

        let weight =
            terms.PosWeight |> Option.map ofBlock |> Option.defaultValue Memory.Empty

        let loss =
            AdaptiveLoss.ForwardBackward(
                z.Span,
                z.Span,
                block,
                data.Labels,
                data.Local,
                rows,
                Span.op_Implicit (ofBlock threshold.Offset).Span,
                Span.op_Implicit (ofBlock threshold.Slope).Span,
                Span.op_Implicit weight.Span,
                &kernel,
                offset.AsSpan(),
                slope.AsSpan()
            )

        {
            Loss = loss
            Logits = z
            Offset = offset
            Slope = slope
        }

    /// The chosen rows of a sparse matrix as a dense [B, columns] tensor: for composed losses only.
    let private dense (rows: int[]) (m: CsrMatrix) : torch.Tensor =
        let t = Tensors.zeros [ rows.Length; m.Columns ]
        let memory = Tensors.span t

        for i in 0 .. rows.Length - 1 do
            let ofRow = memory.Slice(Checked.(*) i m.Columns, m.Columns)

            for at in m.RowStart[rows[i]] .. m.RowStart[rows[i] + 1] - 1 do
                ofRow[m.Indices[at]] <- m.Values[at]

        t

    /// The gradient of a leaf; zeros where the loss did not depend on it.
    let private gradientOf (leaf: torch.Tensor) : torch.Tensor =
        match leaf.grad with
        | null -> torch.zeros_like leaf
        | gradient -> gradient

    /// Any loss, through its composed definition, over the logits z [B, L] of all labels, whose memory the gradient takes. Loads torch.
    /// Throws TensorException with torch's message where a loss of one's own does what torch refuses.
    let composed
        (loss: Loss)
        (data: TrainingRows)
        (rows: int[])
        (threshold: AffineThreshold)
        (z: DenseMatrix)
        : BatchGradient =
        Limen.TorchRuntime.Load()

        let computed () =
            let logits = Tensors.leaf [ z.Rows; z.Columns ] z.Span
            let offset = Tensors.leaf [ 1; z.Columns ] (threshold.Offset.AsSpan())
            let slope = Tensors.leaf [ 1; z.Columns ] (threshold.Slope.AsSpan())
            let theta = offset + slope * dense rows data.Local

            let value =
                Spaces.margins (Thresholds theta) (Logits logits)
                |> Loss.value loss (Targets(dense rows data.Labels))
                |> fun mean -> float z.Columns * mean

            value.backward ()
            (Tensors.span (gradientOf logits)).CopyTo z.Span

            {
                Loss = Tensors.item value
                Logits = z
                Offset = Tensors.toArray (gradientOf offset)
                Slope = Tensors.toArray (gradientOf slope)
            }

        TorchErrors.told (fun () -> Tensors.using computed)
