namespace Limen.Experiments

open System
open System.IO
open Spectre.Console

/// A study as a person reads it.
type StudyTable =
    {
        Title: string
        Headers: string list
        Rows: string list list
    }

/// The tables of a report: on the console, and as report.md beside report.json.
[<RequireQualifiedAccess>]
module ExperimentsTables =

    let private headers =
        [
            "data"
            "variant"
            "macro-F1 A"
            "micro-F1"
            "P@1"
            "P@5"
            "ECE"
            "macro-F1 A minus reference, 95 %"
            "held out: macro-F1 A"
            "held out: micro-F1"
        ]

    /// The mean over seeds, with half the range where there are several.
    let private cell key (runs: Finding list) =
        match runs |> List.choose (Finding.value key) with
        | [] -> ""
        | [ one ] -> $"{one:F4}"
        | several -> $"{List.average several:F4} ± {(List.max several - List.min several) / 2.0:F4}"

    /// The mean difference to the reference variant, with the union of the seeds' intervals.
    let private difference (runs: Finding list) =
        let all key = runs |> List.choose (Finding.value key)

        match all "minus_reference" with
        | [] -> ""
        | differences ->
            let lower, upper = List.min (all "lower"), List.max (all "upper")
            $"{List.average differences:F4} ({lower:F4} to {upper:F4})"

    let private ofStudy (study: string, lines: Finding list) : StudyTable =
        {
            Title = study
            Headers = headers
            Rows =
                lines
                |> List.groupBy (fun f -> f.Task, f.Variant)
                |> List.map (fun ((task, variant), runs) ->
                    [
                        task
                        variant
                        cell "macro_f1_a" runs
                        cell "micro_f1" runs
                        cell "p_at_1" runs
                        cell "p_at_5" runs
                        cell "ece" runs
                        difference runs
                        cell "held_out_macro_f1_a" runs
                        cell "held_out_micro_f1" runs
                    ])
        }

    let private ofTrends (trends: Trend list) : StudyTable =
        {
            Title = "gain against imbalance"
            Headers = [ "macro-F1 A"; "against"; "data sets"; "slope"; "Spearman"; "shuffles as far" ]
            Rows =
                trends
                |> List.map (fun t ->
                    [
                        t.Gain
                        t.Against
                        $"{t.Points.Length}"
                        $"{t.Slope:F4}"
                        $"{t.Spearman:F2}"
                        $"{100.0 * t.ShuffledAsFar:F1} %%"
                    ])
        }

    let private ofReport (report: ExperimentsReport) : StudyTable list =
        [
            yield! report.Findings |> List.groupBy _.Study |> List.map ofStudy
            match Trend.ofRules report.Tasks report.Findings with
            | [] -> ()
            | trends -> yield ofTrends trends
        ]

    let private show (t: StudyTable) =
        let table = Table().Border(TableBorder.Rounded).Title(Markup.Escape t.Title)
        t.Headers |> List.iter (fun h -> table.AddColumn(Markup.Escape h) |> ignore)

        for row in t.Rows do
            table.AddRow(row |> List.map Markup.Escape |> List.toArray) |> ignore

        AnsiConsole.Write table

    let private markdown (t: StudyTable) =
        let line (cells: string list) = "| " + String.Join(" | ", cells) + " |"

        [
            $"## {t.Title}"
            ""
            line t.Headers
            line (t.Headers |> List.map (fun _ -> "---"))
            yield! List.map line t.Rows
            ""
        ]

    let print (report: ExperimentsReport) : unit = ofReport report |> List.iter show

    /// Writes report.md into the folder.
    let write (output: string) (report: ExperimentsReport) : unit =
        File.WriteAllLines(Path.Combine(output, "report.md"), ofReport report |> List.collect markdown)
