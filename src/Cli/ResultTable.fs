namespace Limen.Cli

open System.IO
open System.Text.Json.Nodes
open Spectre.Console
open Limen.Core

/// One line of a report: a model, what it said of the test rows, and the seconds from features to fitted decision.
[<NoEquality; NoComparison>]
type Result =
    {
        Name: string
        Evidence: Evidence
        Seconds: float
    }

/// The table that a person reads and the file that a program reads.
[<RequireQualifiedAccess>]
module ResultTable =

    let private row (r: Result) : JsonNode =
        let o = JsonObject()
        o["name"] <- r.Name

        for name, value in Metric.evaluate Metrics.all r.Evidence do
            o[name] <- value

        o["seconds"] <- System.Math.Round(r.Seconds, 2)
        o

    let private percent value = $"{100.0 * value:F1} %%"

    let private decimals value = $"{value:F3}"

    /// What a person reads of the registry.
    let private columns: (Metric * (float -> string)) list =
        [
            F1.macro (AllLabels AsZero), decimals
            F1.macro PresentInTest, decimals
            F1.micro, decimals
            AtK.precision 1, decimals
            AtK.precision 5, decimals
            Agreement.everPredicted, percent
        ]

    /// Writes { rows: [...] } with every metric of the registry and whatever else the caller wants said about the run.
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
        let table =
            Terminal.table (
                "model" :: (columns |> List.map (fun (metric, _) -> metric.Title))
                @ [ "seconds" ]
            )

        for r in results do
            let cells =
                columns
                |> List.map (fun (metric, written) -> Metric.number metric r.Evidence |> written)

            table |> Terminal.addRow (r.Name :: cells @ [ $"{r.Seconds:F0}" ])

        Terminal.output.Value.Write table

        Terminal.output.Value.MarkupLine
            "[grey]macro-F1 A: the mean over all labels, 0/0 = 0. C: over the labels that occur in the test rows.[/]"
