namespace Limen.Cli

open System.IO
open System.Text.Json.Nodes
open Spectre.Console
open Limen.Core

/// One line of a report: a model, what it measured on the test rows, and the seconds from features to fitted decision.
type Result =
    {
        Name: string
        Measures: Measures
        Seconds: float
    }

/// The table that a person reads and the file that a program reads.
[<RequireQualifiedAccess>]
module Report =

    let private row (r: Result) : JsonNode =
        let m = r.Measures
        let o = JsonObject()
        o["name"] <- r.Name
        o["macro_f1_a"] <- m.MacroF1A
        o["macro_f1_b"] <- m.MacroF1B
        o["macro_f1_c"] <- m.MacroF1C
        o["macro_f1_d"] <- m.MacroF1D
        o["macro_f1_e"] <- m.MacroF1E
        o["micro_f1"] <- m.MicroF1
        o["p_at_1"] <- m.PrecisionAt1
        o["p_at_5"] <- m.PrecisionAt5
        o["ndcg_at_5"] <- m.NdcgAt5
        o["labels_ever_predicted"] <- m.EverPredicted
        o["seconds"] <- System.Math.Round(r.Seconds, 2)
        o

    /// Writes { rows: [...] } with whatever else the caller wants said about the run.
    let write (path: string) (about: (string * JsonNode) list) (results: Result list) : unit =
        let document = JsonObject()
        about |> List.iter (fun (key, value) -> document[key] <- value)
        document["rows"] <- JsonArray(results |> List.map row |> List.toArray)

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath path))
        |> ignore

        let options = System.Text.Json.JsonSerializerOptions(WriteIndented = true)
        File.WriteAllText(path, document.ToJsonString options + "\n")

    /// Prints the table; the first column is the model.
    let print (results: Result list) : unit =
        let table = Table().Border(TableBorder.Rounded)
        table.AddColumn "model" |> ignore

        for header in
            [
                "macro-F1 A"
                "macro-F1 C"
                "micro-F1"
                "P@1"
                "P@5"
                "labels ever predicted"
                "seconds"
            ] do
            table.AddColumn(TableColumn(header).RightAligned()) |> ignore

        for r in results do
            let m = r.Measures

            table.AddRow(
                r.Name,
                $"{m.MacroF1A:F3}",
                $"{m.MacroF1C:F3}",
                $"{m.MicroF1:F3}",
                $"{m.PrecisionAt1:F3}",
                $"{m.PrecisionAt5:F3}",
                $"{100.0 * m.EverPredicted:F1} %%",
                $"{r.Seconds:F0}"
            )
            |> ignore

        AnsiConsole.Write table

        AnsiConsole.MarkupLine
            "[grey]macro-F1 A: the mean over all labels, 0/0 = 0. C: over the labels that occur in the test rows.[/]"
