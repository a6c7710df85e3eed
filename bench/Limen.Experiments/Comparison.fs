namespace Limen.Experiments

open Limen.Core

/// The library beside the best of its rivals in one metric on the same test rows.
type Comparison =
    {
        Metric: string
        Limen: float
        /// The rival with the highest value on the test rows, which favours rivals: they are several.
        Best: string
        Rival: float
        /// Limen minus Rival, and its 95 % interval.
        Difference: float
        Lower: float
        Upper: float
    }

    /// Level where the interval holds 0.
    member c.Verdict =
        if c.Lower > 0.0 then "win"
        elif c.Upper < 0.0 then "loss"
        else "level"

[<RequireQualifiedAccess>]
module Comparison =

    let private seed = Seed.ofInt 1

    let private inMetric options (truth: LabelSets) (rivals: Contender list) (limen: Contender) (metric: Metric) =
        let value contender =
            Contender.evidence truth contender |> Metric.number metric

        let best = rivals |> List.maxBy value

        let interval =
            Bootstrap.difference options seed metric (Contender.evidence truth limen) (Contender.evidence truth best)

        {
            Metric = metric.Name
            Limen = value limen
            Best = best.Name
            Rival = value best
            Difference = interval.Difference
            Lower = interval.Lower
            Upper = interval.Upper
        }

    /// A comparison for each metric, with paired bootstrap intervals over the rows of a fixed seed. Throws ArgumentException without rivals.
    let ofContenders
        (options: BootstrapOptions)
        (truth: LabelSets)
        (rivals: Contender list)
        (limen: Contender)
        : Comparison list =
        Contender.metrics |> List.map (inMetric options truth rivals limen)
