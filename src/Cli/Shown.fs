namespace Limen.Cli

open System.Text.Encodings.Web
open System.Text.Json
open System.Text.Json.Nodes
open Spectre.Console
open Limen
open Limen.Core

/// Predictions and reasons, for people and as JSON.
[<RequireQualifiedAccess>]
module Shown =

    let private shorten (length: int) (text: string) =
        if text.Length <= length then
            text
        else
            text[.. length - 1] + " ..."

    let private compact =
        JsonSerializerOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

    let private indented =
        JsonSerializerOptions(WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

    /// In a line.
    let json (node: JsonNode) : string = node.ToJsonString compact

    /// In several.
    let pretty (node: JsonNode) : string = node.ToJsonString indented

    /// A number; null where there is none, as JSON has neither NaN nor infinity.
    let number (value: float) : JsonNode =
        if System.Double.IsFinite value then
            JsonValue.Create value
        else
            null

    let texts (values: string seq) : JsonNode =
        JsonArray [| for value in values -> JsonValue.Create value :> JsonNode |]

    let private candidate (c: Candidate) : JsonNode =
        let o = JsonObject()
        o["label"] <- c.Label
        o["predicted"] <- c.IsPredicted
        o["probability"] <- number c.Probability
        o["score"] <- number c.Score
        o["threshold"] <- number c.Threshold
        o["rank"] <- c.Rank
        o

    /// The labels and, of the candidates, those that are to be shown.
    let prediction (shown: Candidate seq) (p: Prediction) : JsonNode =
        let o = JsonObject()
        o["labels"] <- texts p.Labels
        o["scores"] <- JsonArray [| for c in shown -> candidate c |]
        o

    /// How a row is called: its text, or its number.
    let title (number: int) (row: Rows) : string =
        match Rows.tryTexts row with
        | Some texts -> shorten 200 texts[0]
        | None -> $"row {number}"

    /// Whether it is predicted, and the constraint that turned it.
    let private outcome (c: Candidate) =
        match c.IsPredicted, c.Turned with
        | true, null -> "predicted"
        | false, null when c.Taken > 0 -> "not among them"
        | false, null -> "below"
        | true, words -> $"predicted ({words})"
        | false, words -> $"not predicted ({words})"

    /// What decides, for the caption.
    let private rule (shown: Candidate seq) =
        match Seq.tryFind (fun (c: Candidate) -> c.Taken > 0) shown with
        | Some c -> $"the rule takes the best {c.Taken} of the row; all in log-odds"
        | None -> "predicted where score > threshold; all in log-odds"

    /// Each candidate's score against its threshold, and the parts of that threshold.
    let candidates (title: string) (shown: Candidate seq) : unit =
        Terminal.output.Value.MarkupLine $"\n[bold]{Terminal.cell title}[/]"

        let table =
            Terminal.table
                [
                    "label"
                    "score"
                    "threshold"
                    "= rarity"
                    "+ neighbours"
                    "+ bias"
                    "+ label's own"
                    "probability"
                    ""
                ]

        table.Caption <- TableTitle(rule shown)

        for p in shown do
            table
            |> Terminal.addRow
                [
                    p.Label
                    $"{p.Score:F2}"
                    $"{p.Threshold:F2}"
                    $"{p.Global:F2}"
                    $"{p.Local:F2}"
                    $"{p.Bias:F2}"
                    $"{p.Correction:F2}"
                    $"{p.Probability:F3}"
                    outcome p
                ]

        Terminal.output.Value.Write table

    /// The training rows that voted.
    let neighbours (explanation: Explanation) : unit =
        for neighbour in Seq.truncate 3 explanation.Neighbours do
            let labels = String.concat ", " neighbour.Labels

            Terminal.print
                $"neighbour: training row {neighbour.Row}, {100.0 * neighbour.Weight:F0} %% of the vote, of the predicted labels {labels}"

    /// What is predicted, and the closest labels that are not.
    let usual (p: Prediction) : Candidate list =
        let predicted, others =
            p.Candidates |> List.ofSeq |> List.partition (fun c -> c.IsPredicted)

        predicted @ List.truncate 3 others

    /// The warnings of a model, each with its cause and what may help.
    let warnings (warnings: ModelWarning seq) : unit =
        for warning in warnings do
            Terminal.warn $"{warning}"
