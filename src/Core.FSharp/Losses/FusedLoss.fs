namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels
open TorchSharp

/// What the fused kernel needs of a batch beside its logits [B, L] and the thresholds' offset and slope [L].
[<ReferenceEquality>]
type internal FusedBatch =
    {
        Terms: FusedTerms
        /// y [B, L].
        Targets: CsrMatrix
        /// A [B, L].
        Local: CsrMatrix
    }

/// The fused kernel in torch's graph: (z [B, L], offset [L], slope [L], batch) to the mean over pairs of the loss of z - offset - slope A. All float32,
/// contiguous, on the CPU. The forward pass makes the gradients too, for they cost it little; the backward pass scales them.
[<Sealed; AllowNullLiteral>]
type internal FusedLossFunction() =
    inherit torch.autograd.SingleTensorFunction<FusedLossFunction>()

    override _.Name = "Limen.FusedLoss"

    override _.forward(context, variables) =
        match variables with
        | [| :? torch.Tensor as z; :? torch.Tensor as offset; :? torch.Tensor as slope; :? FusedBatch as batch |] ->
            let gradients = [ z; offset; slope ] |> List.map torch.empty_like
            let byLogits, byOffset, bySlope = gradients[0], gradients[1], gradients[2]
            let rows = Array.init batch.Targets.Rows id
            let pairs = float batch.Targets.Rows * float batch.Targets.Columns
            let terms = batch.Terms |> FusedTerms.toKernel (float32 (1.0 / max 1.0 pairs))
            let posWeight = batch.Terms.PosWeight |> Option.defaultValue [||]

            let pass =
                AdaptiveLossBatch(
                    Logits = Span.op_Implicit (Tensors.span z),
                    Block = LabelBlock.All batch.Targets.Columns,
                    Targets = batch.Targets,
                    Local = batch.Local,
                    Rows = ReadOnlySpan rows,
                    Offset = Span.op_Implicit (Tensors.span offset),
                    Slope = Span.op_Implicit (Tensors.span slope),
                    PosWeight = ReadOnlySpan posWeight,
                    Terms = terms
                )

            let loss =
                AdaptiveLoss.ForwardBackward(&pass, Tensors.span byLogits, Tensors.span byOffset, Tensors.span bySlope)

            context.save_for_backward (List gradients)
            Tensors.scalar loss
        | other ->
            invalidArg (nameof variables) $"expected logits, offset, slope and a batch, received {other.Length} values"

    override _.backward(context, gradient) =
        let scale = Tensors.item gradient

        let scaled (t: torch.Tensor) =
            if scale = 1.0 then t else Tensors.times scale t

        let gradients = List(context.get_saved_variables () |> Seq.map scaled)
        gradients.Add null
        gradients

/// The fused kernel beside the composed form, for tensors of a caller's own.
[<RequireQualifiedAccess>]
module internal FusedLoss =

    let private isSingle (t: torch.Tensor) =
        t.dtype = torch.ScalarType.Float32 && t.device_type = DeviceType.CPU

    /// Whether the fused pass takes them: logits [B, L] contiguous float32 on the CPU, some, and no more than a span holds; the threshold's numbers of
    /// the same type; truth and local signal of their shape that need no gradient.
    let takes (threshold: torch.Tensor list) (constants: torch.Tensor list) (logits: torch.Tensor) : bool =
        List.forall isSingle (logits :: threshold)
        && logits.dim () = 2L
        && logits.numel () > 0L
        && logits.numel () <= int64 (Int32.MaxValue / sizeof<float32>)
        && logits.is_contiguous ()
        && constants
           |> List.forall (fun t -> t.device_type = DeviceType.CPU && not t.requires_grad && t.shape = logits.shape)

    let private nonZeros (t: torch.Tensor) : CsrMatrix =
        use _ = torch.NewDisposeScope()
        let rows = t.to_type(torch.ScalarType.Float32).contiguous()
        DenseRows.NonZeros(Span.op_Implicit (Tensors.span rows), int t.shape[1])

    /// The mean over pairs of the loss of z - offset - slope A, differentiable by z [B, L], offset and slope [L].
    let value
        (terms: FusedTerms)
        (offset: torch.Tensor)
        (slope: torch.Tensor)
        (local: torch.Tensor option)
        (targets: torch.Tensor)
        (logits: torch.Tensor)
        : torch.Tensor =
        let truth = nonZeros targets

        let batch =
            {
                Terms = terms
                Targets = truth
                Local =
                    match local with
                    | Some signal -> nonZeros signal
                    | None -> CsrMatrix(truth.Rows, truth.Columns, Array.zeroCreate (truth.Rows + 1), [||], [||])
            }

        FusedLossFunction.apply (logits, offset, slope, batch)
