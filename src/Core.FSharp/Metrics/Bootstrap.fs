namespace Limen.Core

open Limen.Kernels

/// How to resample: at least 1 resample, a level in (0, 1).
type BootstrapOptions =
    {
        /// How often the rows are weighed anew.
        Resamples: int
        /// The share of resamples inside the interval.
        Level: float
    }

/// What resampling the rows says of a difference between two models.
type BootstrapInterval =
    {
        /// The difference on the rows themselves.
        Difference: float
        /// The percentiles (1 - level) / 2 and (1 + level) / 2 of the resampled differences.
        Lower: float
        Upper: float
        /// The share of resamples in which the difference is 0 or below: small when the first model is better beyond
        /// the luck of the draw.
        ShareNotAbove: float
    }

/// Bayesian bootstrap, paired where two models are compared: both models are measured on the same rows with the same random weights, so what is hard for both
/// cancels. Every row keeps some weight, so no rare label is ever without its rows: samples drawn with replacement lose more than
/// a third of the labels that have one row, and with them the same share of a difference in macro-F1. Rubin 1981,
/// https://doi.org/10.1214/aos/1176345338 (weights); Efron and Tibshirani 1993, chapter 13 (percentile interval); Koehn 2004,
/// https://aclanthology.org/W04-3250 (paired, in evaluation).
[<RequireQualifiedAccess>]
module Bootstrap =

    /// 1,000 resamples, 95 %.
    let standard = { Resamples = 1000; Level = 0.95 }

    /// The weight 1, in which weights are counted.
    let private unit = 64.0

    /// How much each of n rows counts in the b-th resample, in 64ths: exponential with mean 64, rounded, at least 1.
    let weights (seed: Seed) (n: int) (b: int) : float32[] =
        let stream = Seed.derive "bootstrap" b seed

        Array.init n (fun i -> float32 (max 1.0 (round (-unit * log (1.0 - Seed.uniform (int64 i) stream)))))

    let private require (options: BootstrapOptions) =
        let faults =
            [
                yield! Limits.whole "Resamples" (1, Limits.passes) options.Resamples
                if not (options.Level > 0.0 && options.Level < 1.0) then
                    $"Level: expected a share in (0, 1), found {options.Level}"
            ]

        Configuration.require faults

    /// The evidence whose rows count by these weights beside their own.
    let private reweighed (weights: float32[]) (e: Evidence) : Evidence =
        { e with
            Weights = e.Weights |> Option.map (Array.map2 (*) weights) |> Option.orElse (Some weights)
        }

    /// The percentiles (1 - level) / 2 and (1 + level) / 2 of each metric over resampled rows, where it is defined on the rows themselves: how far its value could be
    /// another on other rows of the same kind. ConfigurationException for options out of range.
    let intervals
        (options: BootstrapOptions)
        (seed: Seed)
        (metrics: Metric list)
        (evidence: Evidence)
        : (Metric * (float * float)) list =
        require options
        let evidence = Evidence.counted evidence
        let defined = metrics |> List.filter (fun m -> (Metric.value m evidence).IsSome)

        let resampled =
            Array.Parallel.init options.Resamples (fun b ->
                let again = reweighed (weights seed evidence.Rows b) evidence
                [| for metric in defined -> Metric.number metric again |])

        let percentiles i =
            let ascending = resampled |> Array.map (Array.item i) |> Array.sort

            Quantile.ofAscending ((1.0 - options.Level) / 2.0) ascending,
            Quantile.ofAscending ((1.0 + options.Level) / 2.0) ascending

        defined |> List.mapi (fun i metric -> metric, percentiles i)

    /// The interval of metric(first) - metric(second), the evidence of two models on the same rows. A resample costs what the metric
    /// costs. The same seed gives the same interval on any number of threads. ConfigurationException for options out of range;
    /// ArgumentException where the two have different numbers of rows or labels, or the metric is not defined on them.
    let difference
        (options: BootstrapOptions)
        (seed: Seed)
        (metric: Metric)
        (first: Evidence)
        (second: Evidence)
        : BootstrapInterval =
        require options
        Outcome.requireSameShape (nameof second) second.Truth.Matrix first.Truth.Matrix
        let first, second = Evidence.counted first, Evidence.counted second
        Shape.require (nameof second) "[N] of weights above 0" [ first.Rows ] [ second.Rows ]

        let differenceOf evidence =
            Metric.number metric (evidence first) - Metric.number metric (evidence second)

        let resampled =
            Cancellation.init options.Resamples (weights seed first.Rows >> reweighed >> differenceOf)
            |> Array.sort

        let notAbove = resampled |> Array.filter (fun d -> d <= 0.0) |> Array.length

        {
            Difference = differenceOf id
            Lower = Quantile.ofAscending ((1.0 - options.Level) / 2.0) resampled
            Upper = Quantile.ofAscending ((1.0 + options.Level) / 2.0) resampled
            ShareNotAbove = float notAbove / float options.Resamples
        }
