namespace Limen.Core.Reporting

open Limen
open Limen.Core

/// A figure at the head of a report.
[<NoEquality; NoComparison>]
type internal Figure =
    {
        Metric: Metric
        /// How it averages, in words.
        Convention: string
        Value: float
        /// None where no rows were weighed anew.
        Interval: (float * float) option
    }

/// The metrics that a reader looks for first.
[<RequireQualifiedAccess>]
module internal Headline =

    let private convention (c: MacroConvention) = F1.macro c, MacroConvention.describe c

    /// Each with how it averages.
    let metrics: (Metric * string) list =
        [
            yield! MacroConvention.all |> List.map convention
            F1.micro, "all pairs of row and label counted together"
            F1.weighted, "the mean over labels, by their rows"
            F1.samples AsZero, "the mean over rows, 0/0 = 0"
            Precision.micro, "of what is predicted, how much is true"
            Recall.micro, "of what is true, how much is predicted"
            Agreement.subsetAccuracy, "rows whose label set is exactly right"
            AtK.precision 1, "the best label of each row, whatever is predicted"
            AtK.precision 5, "the five best labels of each row"
            AtK.ndcg 5, "the same, higher places counting more"
            Agreement.everPredicted, "labels predicted for at least one row"
            Calibrated.brier, "mean squared error of the probabilities of all pairs"
            Calibrated.error, "mean gap of probability and frequency, in 15 bins"
        ]

    let private bootstrap (o: ReportOptions) : BootstrapOptions =
        {
            Resamples = o.Resamples
            Level = o.Level
        }

    /// The figures that are defined on the rows.
    let figures (o: ReportOptions) (e: Evidence) : Figure list =
        let intervals =
            if o.Resamples = 0 then
                []
            else
                Bootstrap.intervals (bootstrap o) (Seed.ofInt o.Seed) (List.map fst metrics) e

        metrics
        |> List.choose (fun (metric, convention) ->
            Metric.value metric e
            |> Option.map (fun value ->
                {
                    Metric = metric
                    Convention = convention
                    Value = value
                    Interval = intervals |> List.tryFind (fun (m, _) -> m.Name = metric.Name) |> Option.map snd
                }))

    /// By how much the first model's figures exceed the second's on the same rows, where both have them; nothing without resamples.
    let differences (o: ReportOptions) (first: Evidence) (second: Evidence) : (Metric * BootstrapInterval) list =
        [
            for metric, _ in metrics do
                if
                    o.Resamples > 0
                    && (Metric.value metric first).IsSome
                    && (Metric.value metric second).IsSome
                then
                    metric, Bootstrap.difference (bootstrap o) (Seed.ofInt o.Seed) metric first second
        ]

    /// Every other metric of the library.
    let others (e: Evidence) : (Metric * float) list =
        let shown = metrics |> List.map (fun (m, _) -> m.Name)

        [
            for metric in Metrics.all do
                if not (List.contains metric.Name shown) then
                    match Metric.value metric e with
                    | Some value -> metric, value
                    | None -> ()
        ]
