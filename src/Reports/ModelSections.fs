namespace Limen.Core.Reporting

open Giraffe.ViewEngine
open Plotly.NET
open Limen.Core

/// The model itself: what it is, and how it was trained.
[<RequireQualifiedAccess>]
module internal ModelSections =

    /// What was measured, and signs that the model fails on it.
    let about (m: Measured) : XmlNode list =
        [
            p
                []
                [
                    str
                        $"{Numerals.whole (float m.Evidence.Rows)} rows with known labels, {Numerals.whole (float m.Labels.Count)} labels; the model learned from {Numerals.whole m.Model.Counts.Rows} rows."
                ]
            for warning in Diagnosis.ofPredictions m.Features m.Evidence.Predicted.Value m.Model do
                p [ _class "warning" ] [ str (warning.ToString()) ]
        ]

    /// What epochs came to; each is a scorer's name and its epochs.
    let private history title (value: EpochReport -> float option) (logs: (string * EpochReport list) list) : string =
        [
            for i, (name, epochs) in List.indexed logs do
                let known =
                    epochs
                    |> List.choose (fun e -> value e |> Option.map (fun v -> float e.Epoch, v))

                ChartParts.line i name (List.map fst known) (List.map snd known)
        ]
        |> ChartParts.json (ChartParts.axis "epoch") (ChartParts.axis title) (Layout.style (ShowLegend = true))

    /// The losses and scores of training, epoch by epoch.
    let training (m: Measured) : XmlNode list =
        let logs =
            [
                for i, scorer in List.indexed m.Model.Ranker.Scorers do
                    match scorer.Log with
                    | Some log when not log.Epochs.IsEmpty -> $"scorer {i + 1}, {scorer.Stored.Tag}", log.Epochs
                    | _ -> ()
            ]

        let validated =
            logs
            |> List.filter (fun (_, epochs) -> epochs |> List.exists _.Validation.IsSome)

        [
            if logs.IsEmpty then
                Page.note "No scorer of this model trains in epochs."
            else
                Page.charts
                    [
                        Page.chart
                            "history-loss"
                            "Training loss"
                            "The mean loss of a training row, summed over labels."
                            (history "loss of a row" (fun e -> Some e.Loss) logs)
                        if not validated.IsEmpty then
                            Page.chart
                                "history-validation"
                                "nDCG@5 on held-out rows"
                                "By which training stops early and the best epoch is kept."
                                (history "nDCG@5" _.Validation validated)
                    ]
        ]

    /// What the model is made of.
    let card (m: Measured) : XmlNode list =
        [
            dl
                []
                [
                    for name, value in ModelCard.lines m.Model do
                        dt [] [ str name ]
                        dd [] [ str value ]
                ]
        ]
