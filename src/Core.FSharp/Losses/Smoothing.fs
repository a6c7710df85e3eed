namespace Limen.Core

open Limen
open TorchSharp

/// How the targets of label smoothing are softened.
[<RequireQualifiedAccess>]
type Smoothing =
    /// y' = (1 - a) y + a / 2.
    | Even of a: float
    /// y' = (1 - a+) y + a- (1 - y): positives and negatives by different amounts.
    | Uneven of positive: float * negative: float
    /// y' = (1 - a) y + a pi_l, pi [L] the share of training rows with the label; keeps the mean of the targets.
    | Prior of a: float * shares: float32[]

/// Label smoothing (Müller et al. 2019, https://arxiv.org/abs/1906.02629, for several labels): BCE with targets that are never quite sure.
[<RequireQualifiedAccess>]
module Smoothing =

    /// y' [B, L].
    let targets (smoothing: Smoothing) (targets: Targets) (margins: Margins) : Targets =
        let y = Bce.truth targets margins

        match smoothing with
        | Smoothing.Even a -> y |> Tensors.times (1.0 - a) |> Tensors.plus (a / 2.0)
        | Smoothing.Uneven(positive, negative) ->
            y |> Tensors.times (1.0 - positive - negative) |> Tensors.plus negative
        | Smoothing.Prior(a, shares) ->
            Tensors.add (y |> Tensors.times (1.0 - a)) (Tensors.perLabel shares y |> Tensors.times a)
        |> Targets

    /// BCE with y' in the place of y [B, L].
    let pairs (smoothing: Smoothing) (y: Targets) (margins: Margins) : torch.Tensor =
        Bce.pairs (targets smoothing y margins) margins

    /// The mean over pairs; amounts are in [0, 1].
    let loss (smoothing: Smoothing) : Loss =
        let isAmount what a =
            Loss.fault (a >= 0.0 && a <= 1.0) $"an amount{what} in [0, 1]" a

        let faults =
            match smoothing with
            | Smoothing.Even a
            | Smoothing.Prior(a, _) -> isAmount "" a
            | Smoothing.Uneven(positive, negative) ->
                isAmount " for positives" positive @ isAmount " for negatives" negative

        Loss.ofPairs "smoothed" faults (pairs smoothing)

    /// Smoothing towards each label's share of the training rows.
    let towardsPrior (a: float) : Loss =
        Loss.byCounts (fun counts ->
            loss (Smoothing.Prior(a, counts.Positives |> Array.map (fun n -> float32 (n / max 1.0 counts.Rows)))))

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "LabelSmoothing"
            Source = "https://arxiv.org/abs/1906.02629"
            Examples = fun _ -> [ loss (Smoothing.Even 0.1) ]
            Faulty = [ loss (Smoothing.Even 2.0); loss (Smoothing.Uneven(0.1, 2.0)) ]
        }
