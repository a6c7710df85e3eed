namespace Limen.Core.Reporting

open Giraffe.ViewEngine
open Limen
open Limen.Core

/// The metrics of a model.
[<RequireQualifiedAccess>]
module internal MetricsSection =

    let private card (f: Figure) =
        div
            [ _class "card" ]
            [
                span [] [ str f.Metric.Title ]
                b [] [ str $"{f.Value:F3}" ]
                match f.Interval with
                | Some range -> span [] [ str (Numerals.interval range) ]
                | None -> ()
            ]

    let private figureRow (f: Figure) =
        [
            f.Metric.Title
            $"{f.Value:F4}"
            f.Interval |> Option.map Numerals.interval |> Option.defaultValue ""
            f.Convention
        ]

    let private resampled (o: ReportOptions) =
        if o.Resamples = 0 then
            "No rows were weighed anew, so figures have no intervals."
        else
            $"Intervals hold {100.0 * o.Level:F0} %% of {o.Resamples} resamples of the rows (Bayesian bootstrap, seed {o.Seed}): how far a figure could be another on other rows of this kind."

    /// The main figures, all headline figures with their intervals, and every other metric of the library.
    let nodes (o: ReportOptions) (m: Measured) : XmlNode list =
        let figures = Headline.figures o m.Evidence

        let main =
            [ "macro_f1_a"; "macro_f1_c"; "micro_f1"; "samples_f1"; "p_at_1"; "ndcg_at_5" ]

        [
            div
                [ _class "cards" ]
                [
                    for name in main do
                        match figures |> List.tryFind (fun f -> f.Metric.Name = name) with
                        | Some figure -> card figure
                        | None -> ()
                ]
            div
                [ _class "words" ]
                [
                    Page.grid [ "metric"; "value"; "interval"; "what it averages" ] (figures |> List.map figureRow)
                ]
            Page.note (resampled o)
            details
                []
                [
                    summary [] [ str "Every other metric of the library" ]
                    Page.grid
                        [ "metric"; "value" ]
                        [
                            for metric, value in Headline.others m.Evidence -> [ metric.Title; $"{value:F4}" ]
                        ]
                ]
        ]
