namespace Limen.Core

open System
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

/// Paired Bayesian bootstrap: both models are measured on the same rows with the same random weights, so what is hard for both
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
    let weights (seed: Seed) (n: int) (b: int) : int[] =
        let stream = Seed.derive "bootstrap" b seed

        Array.init n (fun i -> max 1 (int (round (-unit * log (1.0 - Seed.uniform (int64 i) stream)))))

    /// The q-quantile of ascending values, interpolated linearly between neighbours.
    let private quantile q (ascending: float[]) =
        let at = q * float (ascending.Length - 1)
        let below = int at
        let above = min (below + 1) (ascending.Length - 1)
        ascending[below] + (at - float below) * (ascending[above] - ascending[below])

    let private faults (options: BootstrapOptions) =
        [
            if options.Resamples < 1 then
                $"Resamples: expected at least 1, found {options.Resamples}"
            if not (options.Level > 0.0 && options.Level < 1.0) then
                $"Level: expected a share in (0, 1), found {options.Level}"
        ]

    /// The interval of any difference that is a function of how much each of the n rows counts, and does not change when all of
    /// them count k times as much. The same seed gives the same interval on any number of threads. ConfigurationException for options out of range.
    let ofRows (options: BootstrapOptions) (seed: Seed) (n: int) (difference: int[] -> float) : BootstrapInterval =
        match faults options with
        | [] -> ()
        | found -> raise (ConfigurationException found)

        let resampled =
            Array.Parallel.init options.Resamples (weights seed n >> difference)
            |> Array.sort

        let notAbove = resampled |> Array.filter (fun d -> d <= 0.0) |> Array.length

        {
            Difference = difference (Array.create n 1)
            Lower = quantile ((1.0 - options.Level) / 2.0) resampled
            Upper = quantile ((1.0 + options.Level) / 2.0) resampled
            ShareNotAbove = float notAbove / float options.Resamples
        }

    /// The labels that a row touches and what happened to them, row after row: entry 3 label + outcome.
    let private contributions truth predicted =
        let entries = ResizeArray<int>()

        let starts =
            [|
                0
                for row in 0 .. (truth: CsrMatrix).Rows - 1 do
                    Outcome.visitRow truth predicted row (fun label outcome -> entries.Add(3 * label + outcome))
                    entries.Count
            |]

        struct (starts, entries.ToArray())

    let private countsOf labels struct (starts: int[], entries: int[]) (weights: int[]) : Counts =
        let cells = Array.zeroCreate (Shapes.Length(3L, int64 labels, nameof labels))

        for row in 0 .. weights.Length - 1 do
            for at in starts[row] .. starts[row + 1] - 1 do
                cells[entries[at]] <- cells[entries[at]] + weights[row]

        {
            Rows = Array.sum weights
            TruePositives = Array.init labels (fun l -> cells[3 * l + Outcome.TruePositive])
            FalsePositives = Array.init labels (fun l -> cells[3 * l + Outcome.FalsePositive])
            FalseNegatives = Array.init labels (fun l -> cells[3 * l + Outcome.FalseNegative])
        }

    /// The interval of metric(first) - metric(second) for any metric of counts that is a ratio of them (as all of this library
    /// are), both models' label sets [N, L] on the same rows. Each resample costs time in the number of entries and labels. ArgumentException when the shapes
    /// differ.
    let difference
        (options: BootstrapOptions)
        (seed: Seed)
        (metric: Counts -> float)
        (truth: CsrMatrix)
        (first: CsrMatrix)
        (second: CsrMatrix)
        : BootstrapInterval =
        Outcome.requireSameShape (nameof first) truth first
        Outcome.requireSameShape (nameof second) truth second
        let ofFirst = contributions truth first
        let ofSecond = contributions truth second

        ofRows options seed truth.Rows (fun weights ->
            metric (countsOf truth.Columns ofFirst weights)
            - metric (countsOf truth.Columns ofSecond weights))

    /// The interval of the difference of two means over the same rows: for P@k and others whose value is a mean of row
    /// values. ArgumentException when the lengths differ.
    let meanDifference (options: BootstrapOptions) (seed: Seed) (first: float[]) (second: float[]) : BootstrapInterval =
        Shape.require (nameof second) "[N]" [ first.Length ] [ second.Length ]
        let differences = Array.map2 (-) first second

        ofRows options seed first.Length (fun weights ->
            let sum = Array.fold2 (fun s w d -> s + float w * d) 0.0 weights differences
            sum / float (max 1 (Array.sum weights)))
