namespace Limen.Core

open System
open Limen
open TorchSharp

/// Binary cross-entropy of the margins m = z - theta, pair by pair [B, L], in nats.
[<RequireQualifiedAccess>]
module Bce =

    /// y [B, L] in the margins' type, on their device.
    let internal truth (Targets y) (Margins m) : torch.Tensor = y.``to`` (m.dtype, m.device)

    /// y softplus(-m) + (1 - y) softplus(m) = -y ln p - (1 - y) ln(1 - p), p = sigmoid(m); exact for every finite m.
    let pairs (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let y = truth targets margins
        // softplus(m) - y m would lose all digits for large m
        Tensors.add (y * Tensors.softplus -m) (Tensors.complement y * Tensors.softplus m)

    /// w_l y softplus(-m) + (1 - y) softplus(m) with a weight w_l > 0 [L] on the positives of each label
    /// (pos_weight of torch.nn.BCEWithLogitsLoss; the authors of arXiv 2505.03118 use 10).
    let weightedPairs (posWeight: float32[]) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let y = truth targets margins
        let weight = Tensors.perLabel posWeight m
        Tensors.add (weight * y * Tensors.softplus -m) (Tensors.complement y * Tensors.softplus m)

    /// The mean of the cross-entropy over pairs.
    let loss: Loss = Loss.ofPairs "bce" [] pairs |> Loss.asFused (FusedBce None)

    /// The mean over pairs with weights [L] on positives, each a finite number above 0.
    let weighted (posWeight: float32[]) : Loss =
        let faults =
            posWeight
            |> Array.tryFind (fun w -> not (w > 0f && float w <= Limits.factor))
            |> Option.map (fun w -> $"expected weights above 0, at most {Limits.factor}, received {w}")
            |> Option.toList

        Loss.ofPairs "bce-pos-weight" faults (weightedPairs posWeight)
        |> Loss.asFused (FusedBce(Some posWeight))

    /// The mean over pairs with weights on positives from N, the training rows, and n_l, the label's positives among them.
    let weightedBy (weight: float -> float -> float) : Loss =
        Loss.byCounts (fun counts ->
            counts.Positives
            |> Array.map (fun n -> float32 (weight counts.Rows n))
            |> weighted)

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "BceWithThreshold"
            Source = "arXiv 2505.03118, section 3"
            Examples =
                fun counts ->
                    [
                        loss
                        weightedBy (fun rows n -> max 1.0 rows / max 1.0 n) |> Loss.counted counts
                    ]
            Faulty = [ weighted [| 1f; -2f |] ]
        }
