namespace Limen.Core

open TorchSharp

/// What a network says of a batch before any threshold: z [B, L], in logit space.
[<Struct; NoComparison>]
type Logits = Logits of torch.Tensor

/// What a logit must exceed: theta [B, L], [1, L] or a scalar, in logit space.
[<Struct; NoComparison>]
type Thresholds = Thresholds of torch.Tensor

/// z - theta [B, L]: positive where the label is predicted.
[<Struct; NoComparison>]
type Margins = Margins of torch.Tensor

/// sigmoid(z - theta) [B, L], in (0, 1).
[<Struct; NoComparison>]
type Probabilities = Probabilities of torch.Tensor

/// The truth y [B, L] in [0, 1] (soft targets allowed). Only losses and metrics take it.
[<Struct; NoComparison>]
type Targets = Targets of torch.Tensor

/// The only ways from one space to another. Tensors are of any device and floating-point type; the results are differentiable.
[<RequireQualifiedAccess>]
module Spaces =

    /// z - theta.
    let margins (Thresholds theta) (Logits z) : Margins = Margins(z - theta)

    /// sigmoid(z - theta).
    let probabilities (Margins m) : Probabilities = Probabilities(m.sigmoid ())
