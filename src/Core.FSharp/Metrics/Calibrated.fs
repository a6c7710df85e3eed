namespace Limen.Core

/// How far probabilities are frequencies, in `Reliability.standardBins` bins.
[<RequireQualifiedAccess>]
module Calibrated =

    let private calibrated name title source table read =
        Metric.loss name title source (fun e ->
            e.Probabilities
            |> Option.map (fun probabilities -> table e.Weights probabilities e.Truth |> read))

    /// The mean over all N L pairs of (p - y)^2; 0 without pairs. Brier 1950,
    /// https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2.
    let brier: Metric =
        calibrated
            "brier"
            "Brier score"
            "https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2"
            (Reliability.ofProbabilities 1)
            Reliability.brier

    /// The mean over all N L pairs of |mean probability - frequency| of the pair's bin; 0 without pairs. Guo et al. 2017,
    /// https://arxiv.org/abs/1706.04599.
    let error: Metric =
        calibrated
            "ece"
            "expected calibration error"
            "https://arxiv.org/abs/1706.04599"
            (Reliability.ofProbabilities Reliability.standardBins)
            Reliability.ece

    /// The same over the k most probable labels of each row: those that users see. Ullah et al. 2024,
    /// https://arxiv.org/abs/2411.04276. ArgumentException for k < 1.
    let errorAtK (k: int) : Metric =
        Ranked.requirePlaces k

        calibrated
            $"ece_at_{k}"
            $"expected calibration error@{k}"
            "https://arxiv.org/abs/2411.04276"
            (Reliability.atK Reliability.standardBins k)
            Reliability.ece
