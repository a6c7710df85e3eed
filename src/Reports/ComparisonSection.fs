namespace Limen.Core.Reporting

open Giraffe.ViewEngine
open Limen
open Limen.Core

/// Two models on the same rows.
[<RequireQualifiedAccess>]
module internal ComparisonSection =

    let private comparedRow (metric: Metric, first: float, second: float, found: BootstrapInterval) =
        let clear = found.Lower > 0.0 || found.Upper < 0.0
        let better = (found.Difference > 0.0) = (metric.Better = Better.Higher)

        let verdict =
            if not clear then "unclear"
            elif better then "better"
            else "worse"

        tr
            []
            [
                td [] [ str metric.Title ]
                td [] [ str $"{first:F4}" ]
                td [] [ str $"{second:F4}" ]
                td
                    [
                        if clear then
                            _class (if better then "gain" else "loss")
                    ]
                    [ str (Numerals.signed found.Difference) ]
                td [] [ str $"{Numerals.signed found.Lower} to {Numerals.signed found.Upper}" ]
                td [] [ str verdict ]
            ]

    /// Differences with their intervals, and F1 by frequency of both.
    let nodes (o: ReportOptions) (buckets: Bucket list) (first: Measured) (second: Measured) : XmlNode list =
        let header = [ "metric"; o.Name; o.OtherName; "difference"; "interval"; "" ]

        let rows =
            [
                for metric, found in Headline.differences o first.Evidence second.Evidence do
                    comparedRow (
                        metric,
                        Metric.number metric first.Evidence,
                        Metric.number metric second.Evidence,
                        found
                    )
            ]

        let byBucket m =
            buckets |> List.map (fun b -> b.Name, Bucket.macroF1 m b)

        [
            div
                [ _class "scroll words pair" ]
                [
                    table
                        []
                        [
                            thead [] [ tr [] [ for name in header -> th [ attr "scope" "col" ] [ str name ] ] ]
                            tbody [] rows
                        ]
                ]
            Page.note
                $"Both models met the same rows, weighed anew together {o.Resamples} times (paired Bayesian bootstrap): what is hard for both cancels. A difference is clear where its interval does not hold 0."
            Page.charts
                [
                    Page.chart
                        "f1-by-bucket"
                        "F1 by frequency"
                        "The mean F1 of labels that are about as frequent in the training rows of the first model."
                        (LabelCharts.f1ByBucket [ o.Name, byBucket first; o.OtherName, byBucket second ])
                ]
            Page.note "The table of labels has F1 of both and the gain; sort by it to see where each is better."
        ]
