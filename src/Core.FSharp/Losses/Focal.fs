namespace Limen.Core

/// Focal loss (Lin et al. 2017, https://arxiv.org/abs/1708.02002): cross-entropy that fades where the prediction is good already.
[<RequireQualifiedAccess>]
module Focal =

    /// y (1 - p)^gamma softplus(-m) + (1 - y) p^gamma softplus(m) [B, L], p = sigmoid(m), gamma >= 0. Gradients flow through
    /// the power; gamma = 0 is BCE. Powers are taken as exp(-gamma softplus), so nothing overflows or divides by zero.
    let pairs (gamma: float) (targets: Targets) (margins: Margins) : Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins
        let high = Tensor.softplus m
        let low = m |> Tensor.neg |> Tensor.softplus
        let power s = s |> Tensor.scale -gamma |> Tensor.exp
        let positive = power high |> Tensor.mul low |> Tensor.mul y

        power low
        |> Tensor.mul high
        |> Tensor.mul (Bce.complement y)
        |> Tensor.add positive
