namespace Limen.Cli

open Spectre.Console
open Limen.Core

/// One prediction in words: each label's score against its threshold, and the parts of that threshold.
[<RequireQualifiedAccess>]
module Explain =

    let private shorten (length: int) (text: string) =
        if text.Length <= length then
            text
        else
            text[.. length - 1] + " ..."

    /// The predicted labels and the closest ones that were not predicted, part by part.
    let print (model: Model) (text: string) : unit =
        let x = Model.ofTexts [| text |] model
        let pairs = Explanation.row 0 x model
        let predicted, others = pairs |> List.partition _.Predicted
        AnsiConsole.MarkupLine $"\n[bold]{Markup.Escape(shorten 200 text)}[/]"

        let table =
            Table().Border(TableBorder.Rounded).Caption("predicted where score > threshold; all in log-odds")

        table.AddColumn "label" |> ignore

        for header in
            [
                "score"
                "threshold"
                "= rarity"
                "+ neighbours"
                "+ bias"
                "+ label's own"
                ""
            ] do
            table.AddColumn(TableColumn(header).RightAligned()) |> ignore

        for p in predicted @ List.truncate 3 others do
            table.AddRow(
                Markup.Escape(model.Labels.Name p.Label),
                $"{p.Score:F2}",
                $"{p.Threshold:F2}",
                $"{p.Global:F2}",
                $"{p.Local:F2}",
                $"{p.Bias:F2}",
                $"{p.Correction:F2}",
                (if p.Predicted then
                     "[green]predicted[/]"
                 else
                     "[grey]below[/]")
            )
            |> ignore

        AnsiConsole.Write table

        for voter in
            Explanation.voters 0 x [| 0 .. model.Labels.Count - 1 |] model
            |> Array.truncate 3 do
            let labels = voter.Labels |> Seq.map model.Labels.Name |> String.concat ", "

            AnsiConsole.MarkupLine
                $"[grey]neighbour: training row {voter.Row}, {100.0 * voter.Weight:F0} %% of the vote, labels {Markup.Escape labels}[/]"
