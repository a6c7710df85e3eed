namespace Limen.Core

open System
open Limen
open TorchSharp

/// Poly-1 loss (Leng et al. 2022, https://arxiv.org/abs/2204.12511): cross-entropy with its first polynomial coefficient moved.
[<RequireQualifiedAccess>]
module Poly1 =

    /// BCE + epsilon (1 - p_t) [B, L], p_t = y p + (1 - y) (1 - p) the probability of the truth, p = sigmoid(m). epsilon = 0 is BCE; it is at least -1,
    /// where the term of the first order vanishes and no pair has a negative loss.
    let pairs (epsilon: float) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins
        // 1 - p_t is sigmoid(-m) for positives and sigmoid(m) for negatives
        let missed = Tensors.add (y * (-m).sigmoid()) (Tensors.complement y * m.sigmoid ())
        missed |> Tensors.times epsilon |> Tensors.add (Bce.pairs targets margins)

    /// The mean over pairs; epsilon is a finite number of at least -1.
    let loss (epsilon: float) : Loss =
        Loss.ofPairs "poly1" (Limits.number "epsilon" (-1.0, Limits.factor) epsilon) (pairs epsilon)

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Poly1"
            Source = "https://arxiv.org/abs/2204.12511"
            Examples = fun _ -> [ loss 1.0 ]
            Faulty = [ loss -2.0; loss nan ]
        }
