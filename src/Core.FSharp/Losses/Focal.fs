namespace Limen.Core

open Limen
open TorchSharp

/// Focal loss (Lin et al. 2017, https://arxiv.org/abs/1708.02002): cross-entropy that fades where the prediction is good already.
[<RequireQualifiedAccess>]
module Focal =

    /// y (1 - p)^gamma softplus(-m) + (1 - y) p^gamma softplus(m) [B, L], p = sigmoid(m), gamma >= 0. Gradients flow through
    /// the power; gamma = 0 is BCE. Powers are taken as exp(-gamma softplus), so nothing overflows or divides by zero.
    let pairs (gamma: float) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins
        let high = Tensors.softplus m
        let low = Tensors.softplus -m
        let power (s: torch.Tensor) = (s |> Tensors.times -gamma).exp()
        Tensors.add (y * power high * low) (Tensors.complement y * power low * high)

    /// The mean over pairs; gamma is at least 0.
    let loss (gamma: float) : Loss =
        Loss.ofPairs "focal" (Limits.number "gamma" (0.0, 100.0) gamma) (pairs gamma)

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Focal"
            Source = "https://arxiv.org/abs/1708.02002"
            Examples = fun _ -> [ loss 2.0 ]
            Faulty = [ loss -1.0; loss nan ]
        }
