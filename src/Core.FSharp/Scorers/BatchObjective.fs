namespace Limen.Core

open System
open Limen.Kernels

/// The rows that a network learns from: features X [N, D], label sets Y [N, L] and the local signal A [N, L] of the same
/// rows, leave-one-out (without entries where no local signal is used).
[<ReferenceEquality>]
type TrainingRows =
    {
        Features: CsrMatrix
        Labels: CsrMatrix
        Local: CsrMatrix
    }

/// The threshold of every pair in the two vectors that a batch needs: theta_l(x) = Offset_l + Slope_l * A_l(x).
/// Offset = lambda * alpha * IDF + b and Slope = (1 - lambda) * beta, both [L], logit space.
[<ReferenceEquality>]
type ThresholdLine = { Offset: float32[]; Slope: float32[] }

[<RequireQualifiedAccess>]
module ThresholdLine =

    let ofFusion (idf: float32[]) (fusion: Fusion) : ThresholdLine =
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
        Logits: Tensor
        Offset: float32[]
        Slope: float32[]
    }

/// From logits to a loss and its gradients: a block of labels at a time where the fused pass knows the loss, all at once elsewhere.
[<RequireQualifiedAccess>]
module BatchObjective =

    /// The kernel's terms for a batch of B rows. The loss is a mean over B L pairs; training sums over labels, so the scale is 1 / B.
    let private kernelTerms (rows: int) (terms: FusedTerms) =
        let weight, delta, reading =
            match terms.Margin with
            | Some(weight, delta, Symmetric) -> weight, delta, Limen.Kernels.MarginReading.Symmetric
            | Some(weight, delta, Ranking) -> weight, delta, Limen.Kernels.MarginReading.Ranking
            | None -> 0.0, 0.0, Limen.Kernels.MarginReading.Symmetric

        LossTerms(float32 terms.Bce, float32 weight, float32 delta, reading, 1f / float32 rows)

    /// The fused pass over the logits z [B, block] of a block of labels.
    /// The gradient takes the logits' own memory: no step after the loss reads them again.
    let fused
        (terms: FusedTerms)
        (data: TrainingRows)
        (rows: int[])
        (line: ThresholdLine)
        (block: LabelBlock)
        (Logits z)
        : BatchGradient =
        let offset: float32[] = Array.zeroCreate block.Count
        let slope: float32[] = Array.zeroCreate block.Count
        let kernel = kernelTerms rows.Length terms

        let ofBlock (values: float32[]) =
            values.AsMemory(block.First, block.Count)

        let weight =
            terms.PosWeight |> Option.map ofBlock |> Option.defaultValue Memory.Empty

        let loss =
            AdaptiveLoss.ForwardBackward(
                Tensor.span z,
                Tensor.span z,
                block,
                data.Labels,
                data.Local,
                rows,
                Span.op_Implicit (ofBlock line.Offset).Span,
                Span.op_Implicit (ofBlock line.Slope).Span,
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
    let private dense (rows: int[]) (m: CsrMatrix) =
        let t = Tensor.zeros Float32 [| rows.Length; m.Columns |]
        let memory = Tensor.span t

        for i in 0 .. rows.Length - 1 do
            for at in m.RowStart[rows[i]] .. m.RowStart[rows[i] + 1] - 1 do
                memory[i * m.Columns + m.Indices[at]] <- m.Values[at]

        t

    /// Any loss, through its composed definition, over the logits z [B, L] of all labels.
    let composed (loss: Loss) (data: TrainingRows) (rows: int[]) (line: ThresholdLine) (Logits z) : BatchGradient =
        let labels = line.Offset.Length
        let logits = Tensor.leaf z
        let offset = Tensor.leaf (Tensor.ofArray [| 1; labels |] line.Offset)
        let slope = Tensor.leaf (Tensor.ofArray [| 1; labels |] line.Slope)
        let theta = Tensor.mul slope (dense rows data.Local) |> Tensor.add offset
        let targets = Targets(dense rows data.Labels)

        let value =
            Spaces.margins (Thresholds theta) (Logits logits)
            |> Loss.value loss targets
            |> Tensor.scale (float labels)

        Tensor.backward value

        let gradientOf (t: Tensor) =
            Tensor.grad t |> Option.defaultWith (fun () -> Tensor.zeros Float32 t.Shape)

        {
            Loss = Tensor.item value
            Logits = gradientOf logits
            Offset = Tensor.toArray (gradientOf offset)
            Slope = Tensor.toArray (gradientOf slope)
        }
