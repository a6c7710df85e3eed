namespace Limen.Core

open Limen
open TorchSharp

/// The margin loss of m = z - theta, pair by pair [B, L], in logits: zero from Delta on, slope 1 inside.
[<RequireQualifiedAccess>]
module Margin =

    /// max(0, Delta - d), d the distance from the threshold in that form. At the kinks d = Delta and, for Symmetric, m = 0 the gradient is 0.
    let pairs (form: MarginForm) (delta: float) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins

        let distance =
            match form with
            | MarginForm.Symmetric -> m.abs ()
            | MarginForm.Ranking -> (Bce.truth targets margins |> Tensors.times 2.0 |> Tensors.plus -1.0) * m
            | other -> invalidArg (nameof form) $"expected a form of the margin loss, received {other}"

        (-distance |> Tensors.plus delta).relu()

    /// The mean over pairs; Delta is above 0.
    let loss (form: MarginForm) (delta: float) : Loss =
        let name =
            match form with
            | MarginForm.Ranking -> "margin-ranking"
            | _ -> "margin-symmetric"

        Loss.ofPairs name (Limits.above0 "Delta" Limits.factor delta) (pairs form delta)
        |> Loss.asFused (FusedMargin(form, delta))

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Margin"
            Source = "arXiv 2505.03118, section 3, and its authors' code"
            Examples = fun _ -> [ loss MarginForm.Symmetric 0.1; loss MarginForm.Ranking 0.1 ]
            Faulty = [ loss MarginForm.Symmetric 0.0 ]
        }
