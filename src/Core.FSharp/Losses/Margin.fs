namespace Limen.Core

open TorchSharp

/// The two readings of the margin loss of arXiv 2505.03118.
type MarginReading =
    /// max(0, Delta - |m|): the paper's words; scores shall keep away from the threshold on either side.
    | Symmetric
    /// max(0, Delta - (2y - 1) m): the authors' code; scores shall be on the right side.
    | Ranking

/// The margin loss of m = z - theta, pair by pair [B, L], in logits: zero from Delta on, slope 1 inside.
[<RequireQualifiedAccess>]
module Margin =

    /// max(0, Delta - d), d the distance from the threshold as read. At the kinks d = Delta and, for Symmetric, m = 0 the gradient is 0.
    let pairs (reading: MarginReading) (delta: float) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins

        let distance =
            match reading with
            | Symmetric -> m.abs ()
            | Ranking -> (2.0 * Bce.truth targets margins - 1.0) * m

        (delta - distance).relu()
