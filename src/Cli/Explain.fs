namespace Limen.Cli

open Spectre.Console
open Limen
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
        let x = InputSpace.apply model.Input (Rows.Texts [| text |])
        let explanation = Explanation.row 0 x model

        let predicted, others =
            explanation.Prediction.Candidates
            |> List.ofSeq
            |> List.partition (fun (c: Candidate) -> c.IsPredicted)

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
                Markup.Escape p.Label,
                $"{p.Score:F2}",
                $"{p.Threshold:F2}",
                $"{p.Global:F2}",
                $"{p.Local:F2}",
                $"{p.Bias:F2}",
                $"{p.Correction:F2}",
                (if p.IsPredicted then
                     "[green]predicted[/]"
                 else
                     "[grey]below[/]")
            )
            |> ignore

        AnsiConsole.Write table

        for neighbour in Seq.truncate 3 explanation.Neighbours do
            let labels = String.concat ", " neighbour.Labels

            AnsiConsole.MarkupLine
                $"[grey]neighbour: training row {neighbour.Row}, {100.0 * neighbour.Weight:F0} %% of the vote, of the predicted labels {Markup.Escape labels}[/]"
