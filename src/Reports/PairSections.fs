namespace Limen.Core.Reporting

open Giraffe.ViewEngine
open Limen
open Limen.Core

/// Probabilities of pairs of row and label, and labels that rows have together.
[<RequireQualifiedAccess>]
module internal PairSections =

    /// Whether probabilities are frequencies.
    let calibration (m: Measured) : XmlNode list =
        let e = Evidence.counted m.Evidence
        let probabilities = e.Probabilities.Value

        let tables =
            [
                "all pairs", Reliability.ofProbabilities Reliability.standardBins e.Weights probabilities e.Truth
                "the 5 most probable of each row",
                Reliability.atK Reliability.standardBins 5 e.Weights probabilities e.Truth
            ]

        let how =
            match m.Model.Decision.Calibration with
            | Some _ -> "Probabilities are calibrated."
            | None -> "Probabilities are not calibrated: they are the sigmoid of the score."

        [
            p [] [ str how ]
            Page.charts
                [
                    Page.chart
                        "reliability"
                        "Reliability"
                        "How often pairs are true, against what their probability says. On the dashed line probabilities are frequencies; below it the model is too sure."
                        (PairCharts.reliability tables)
                    Page.chart
                        "bin-counts"
                        "Pairs of each probability"
                        "Most pairs of row and label have a probability near 0; a label that was not weighed has 0."
                        (PairCharts.binCounts tables)
                ]
            Page.grid
                [ "pairs"; "calibration error"; "Brier score" ]
                [
                    for name, table in tables ->
                        [ name; $"{Reliability.ece table:F5}"; $"{Reliability.brier table:F5}" ]
                ]
        ]

    /// Which labels rows have together, in truth and as predicted.
    let coOccurrence (o: ReportOptions) (m: Measured) : XmlNode list =
        let e = Evidence.counted m.Evidence
        let labels = CoOccurrence.frequent o.Frequent m

        if labels.Length < 2 then
            [ Page.note "Fewer than two labels occur in the rows." ]
        else
            let names = labels |> Array.map m.Labels.Name

            let chart sets =
                CoOccurrence.shares labels e.Weights sets |> PairCharts.coOccurrence names

            [
                div
                    [ _class "tall" ]
                    [
                        Page.charts
                            [
                                Page.chart
                                    "together-true"
                                    "In truth"
                                    $"Of the rows with the label of a line, the share that has the label of a column too: the {labels.Length} labels that most rows have, by their numbers."
                                    (chart e.Truth)
                                Page.chart
                                    "together-predicted"
                                    "As predicted"
                                    "The same of the predicted label sets. Lines without a colour were never predicted."
                                    (chart e.Predicted.Value)
                            ]
                    ]
            ]
