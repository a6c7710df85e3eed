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

/// What a step learns from: the chosen rows [B] of the training rows (a row may be chosen twice), at the thresholds as they are.
[<ReferenceEquality>]
type TrainingBatch =
    {
        Data: TrainingRows
        Rows: int[]
        Threshold: AffineThreshold
    }

/// A batch's loss, summed over labels and averaged over rows by their weights (0 where no row counts), with its gradients for the
/// logits z, Offset and Slope of the labels it was asked for: z [B, block], the other two [block].
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

    /// How much the batch's rows count together.
    let private count (batch: TrainingBatch) : float32 =
        match batch.Data.Weights with
        | None -> float32 batch.Rows.Length
        | Some weights -> batch.Rows |> Array.sumBy (fun row -> float weights[row]) |> float32

    /// The fused pass over the logits z [B, block] of a block of labels.
    /// The gradient takes the logits' own memory: no step after the loss reads them again.
    let fused (terms: FusedTerms) (batch: TrainingBatch) (block: LabelBlock) (z: DenseMatrix) : BatchGradient =
        let offset: float32[] = Array.zeroCreate block.Count
        let slope: float32[] = Array.zeroCreate block.Count
        let count = count batch

        let ofBlock (values: float32[]) =
            ReadOnlyMemory(values, block.First, block.Count)

        let posWeight =
            terms.PosWeight
            |> Option.map ofBlock
            |> Option.defaultValue ReadOnlyMemory.Empty

        let pass =
            AdaptiveLossBatch(
                Logits = Span.op_Implicit z.Span,
                Block = block,
                Targets = batch.Data.Labels,
                Local = batch.Data.Local,
                Rows = ReadOnlySpan batch.Rows,
                RowWeights = ReadOnlySpan(Option.toObj batch.Data.Weights),
                Offset = (ofBlock batch.Threshold.Offset).Span,
                Slope = (ofBlock batch.Threshold.Slope).Span,
                PosWeight = posWeight.Span,
                Terms = FusedTerms.toKernel (if count > 0f then 1f / count else 0f) terms
            )

        let loss =
            AdaptiveLoss.ForwardBackward(&pass, z.Span, offset.AsSpan(), slope.AsSpan())

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

    /// A loss that is defined pair by pair, its mean over pairs taken by weights of rows [B, 1]: sum w v / sum w over the pairs that count, 0
    /// where none does; a term that is a sum over pairs becomes sum w v. Throws ConfigurationException for a loss of the whole batch.
    let private weighted (weights: torch.Tensor) (loss: Loss) (targets: Targets) (margins: Margins) : torch.Tensor =
        let total (term: LossTerm) =
            let summed =
                { term with
                    Factor = 1.0
                    Summed = true
                    Masks = (fun _ -> weights) :: term.Masks
                    Weights = (fun _ -> weights) :: term.Weights
                }

            Loss.value (Loss.ofTerms [ summed ]) targets margins

        let value (term: LossTerm) =
            match term.Form with
            | PerBatch _ ->
                raise (
                    ConfigurationException
                        [
                            $"loss: expected one that is defined pair by pair, since rows have weights, received {term.Name}"
                        ]
                )
            | PerPair _ when term.Summed -> total term |> Tensors.times term.Factor
            | PerPair _ ->
                let counted =
                    total
                        { term with
                            Form = PerPair(fun _ (Margins m) -> torch.ones_like m)
                            Weights = []
                        }

                total term
                |> Tensors.over (max 1e-30 (Tensors.item counted))
                |> Tensors.times term.Factor

        match Loss.terms loss |> List.map value with
        | [] -> Loss.value loss targets margins
        | terms -> List.reduce Tensors.add terms

    /// Any loss, through its composed definition, over the logits z [B, L] of all labels, whose memory the gradient takes. Loads torch.
    /// Throws TensorException with torch's message where a loss of the caller's own does what torch refuses, and ConfigurationException
    /// where rows have weights and the loss is not defined pair by pair.
    let composed (loss: Loss) (batch: TrainingBatch) (z: DenseMatrix) : BatchGradient =
        Limen.TorchRuntime.Load()
        let { Data = data; Rows = rows } = batch

        let computed () =
            let logits = Tensors.leaf [ z.Rows; z.Columns ] z.Span
            let offset = Tensors.leaf [ 1; z.Columns ] (batch.Threshold.Offset.AsSpan())
            let slope = Tensors.leaf [ 1; z.Columns ] (batch.Threshold.Slope.AsSpan())

            let margins =
                Spaces.margins (Thresholds(Tensors.add offset (slope * dense rows data.Local))) (Logits logits)

            let targets = Targets(dense rows data.Labels)

            let mean =
                match data.Weights with
                | None -> Loss.value loss targets margins
                | Some weights ->
                    let ofRows = rows |> Array.map (Array.get weights)
                    weighted (Tensors.ofSpan [ rows.Length; 1 ] (ofRows.AsSpan())) loss targets margins

            let value = mean |> Tensors.times (float z.Columns)
            value.backward ()
            (Tensors.span (gradientOf logits)).CopyTo z.Span

            {
                Loss = Tensors.item value
                Logits = z
                Offset = Tensors.toArray (gradientOf offset)
                Slope = Tensors.toArray (gradientOf slope)
            }

        TorchErrors.told (fun () -> Tensors.using computed)
