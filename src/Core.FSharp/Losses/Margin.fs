namespace Limen.Core

open TorchSharp

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

    /// The mean over pairs; Delta is above 0.
    let loss (reading: MarginReading) (delta: float) : Loss =
        let name =
            match reading with
            | Symmetric -> "margin-symmetric"
            | Ranking -> "margin-ranking"

        Loss.ofPairs name (Loss.fault (delta > 0.0) "Delta > 0" delta) (pairs reading delta)
        |> Loss.asFused (FusedMargin(reading, delta))

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Margin"
            Source = "arXiv 2505.03118, section 3, and its authors' code"
            Examples = fun _ _ -> [ loss Symmetric 0.1; loss Ranking 0.1 ]
        }
