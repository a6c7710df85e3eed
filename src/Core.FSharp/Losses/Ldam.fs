namespace Limen.Core

open Limen
open TorchSharp

/// Label-distribution-aware margins (Cao et al. 2019, https://arxiv.org/abs/1906.07413; for several labels as in TransICD,
/// https://arxiv.org/abs/2104.10652): positives must clear the threshold by a margin that is larger for rarer labels.
[<RequireQualifiedAccess>]
module Ldam =

    /// C / n_l^(1/4) [L]; C for a label without rows.
    let shifts (c: float) (counts: LabelCounts) : float32[] =
        counts.Positives |> Array.map (fun n -> float32 (c / (max 1.0 n) ** 0.25))

    /// BCE of m_l - y C / n_l^(1/4) [B, L], n_l the label's training rows; in training only, inference takes m as it is. C = 0 is BCE.
    let pairs (c: float) (counts: LabelCounts) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let away = Bce.truth targets margins * Tensors.perLabel (shifts c counts) m
        Bce.pairs targets (Margins(m - away))

    /// The mean over pairs; C is at least 0.
    let loss (c: float) : Loss =
        Loss.byCounts (fun counts -> Loss.ofPairs "ldam" (Limits.number "C" (0.0, Limits.factor) c) (pairs c counts))

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Ldam"
            Source = "https://arxiv.org/abs/1906.07413"
            Examples = fun counts -> [ loss 3.0 |> Loss.counted counts ]
            Faulty = [ loss -1.0 |> Loss.counted LabelCounts.sample ]
        }
