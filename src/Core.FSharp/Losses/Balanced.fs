namespace Limen.Core

open Limen
open TorchSharp

/// Binary cross-entropy in which each label's positives weigh as much as its negatives: the univariate form of the pairwise loss
/// (Wu et al. 2023, https://arxiv.org/abs/2305.05248).
[<RequireQualifiedAccess>]
module Balanced =

    /// (1 / L) sum_l of the mean loss of label l's positives plus that of its negatives, as BCE [B, L]
    /// weighted by N / n_l and N / (N - n_l), from counts n_l [L] among N training rows; a class without rows has weight 1.
    let pairs (counts: LabelCounts) (targets: Targets) (margins: Margins) : torch.Tensor =
        let y = Bce.truth targets margins

        let weights others =
            let ofCount n =
                if n <= 0.0 then 1f else float32 (counts.Rows / n)

            Tensors.perLabel (counts.Positives |> Array.map (others >> ofCount)) y

        Tensors.add (y * weights id) (Tensors.complement y * weights (fun n -> counts.Rows - n))
        * Bce.pairs targets margins

    /// The mean over pairs, from N training rows and n_l [L] of them with each label.
    let loss: Loss =
        Loss.byCounts (fun counts -> Loss.ofPairs "balanced" [] (pairs counts))

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "BalancedBce"
            Source = "https://arxiv.org/abs/2305.05248"
            Examples = fun counts -> [ Loss.counted counts loss ]
            Faulty = []
        }
