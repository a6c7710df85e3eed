namespace Limen.Cli

open System.Diagnostics
open System.IO
open System.Text.Json
open System.Text.Json.Nodes
open Spectre.Console
open Limen.Core

/// Runs the studies and writes artifacts/experiments/report.json and a table a study.
[<RequireQualifiedAccess>]
module Experiments =

    /// From dense label sets to sparse ones, and clinical codes.
    let private sets =
        [
            "emotions"
            "yeast"
            "cal500"
            "enron"
            "corel5k"
            "bibtex"
            "delicious"
            "stackex_cooking"
            "codiesp-d"
        ]

    let private node (f: Finding) : JsonNode =
        let o = JsonObject()
        o["study"] <- f.Study
        o["task"] <- f.Task
        o["variant"] <- f.Variant
        o["seed"] <- f.Seed
        f.Values |> List.iter (fun (key, value) -> o[key] <- value)
        o

    /// A study's table: the mean over seeds of each variant.
    let private print (findings: Finding list) =
        for study, lines in findings |> List.groupBy _.Study do
            let table = Table().Border(TableBorder.Rounded).Title(study)

            table.AddColumns("data", "variant", "macro-F1 A", "micro-F1", "P@1", "ECE")
            |> ignore

            for (task, variant), runs in lines |> List.groupBy (fun f -> f.Task, f.Variant) do
                let mean key =
                    runs |> List.averageBy (fun f -> f.Values |> List.find (fst >> (=) key) |> snd)

                table.AddRow(
                    Markup.Escape task,
                    Markup.Escape variant,
                    $"""{mean "macro_f1_a":F3}""",
                    $"""{mean "micro_f1":F3}""",
                    $"""{mean "p_at_1":F3}""",
                    $"""{mean "ece":F4}"""
                )
                |> ignore

            AnsiConsole.Write table

    let private write (output: string) (tasks: Task list) (findings: Finding list) =
        let document = JsonObject()

        document["tasks"] <-
            JsonArray(
                [|
                    for task in tasks do
                        let o = JsonObject()
                        o["task"] <- task.Name
                        Task.statistics task |> List.iter (fun (key, value) -> o[key] <- value)
                        o :> JsonNode
                |]
            )

        document["findings"] <- JsonArray(findings |> List.map node |> List.toArray)
        Directory.CreateDirectory output |> ignore
        let path = Path.Combine(output, "report.json")
        File.WriteAllText(path, document.ToJsonString(JsonSerializerOptions(WriteIndented = true)) + "\n")
        path

    /// data: the directory of the data sets; without it the embedded default alone is used.
    let run (data: string option) (output: string) (seeds: int) : unit =
        let named names =
            names |> List.choose (Task.tryFolder data)

        let all =
            match named sets with
            | [] -> [ Task.apiDocumentation () ]
            | found -> found

        let some =
            all
            |> List.filter (fun t -> List.contains t.Name [ "bibtex"; "codiesp-d"; "api-documentation" ])

        let studies: (string * Task list * (int -> Task -> Finding list)) list =
            [
                "rules", all, Studies.rules
                "signals", some, Studies.signals
                "signals, labels leaked", some, Studies.leakedSignals
                "margin", some, Studies.margins
                "local signal", some, Studies.locals
            ]

        let jobs =
            [
                for name, tasks, study in studies do
                    for task in tasks do
                        for seed in 1..seeds -> name, task, seed, study
            ]

        let clock = Stopwatch.StartNew()

        let findings =
            AnsiConsole
                .Progress()
                .AutoClear(true)
                .Start(fun context ->
                    let bar = context.AddTask("experiments", maxValue = float jobs.Length)

                    // the report is written after every job: an interrupted run keeps what it has found
                    (([], jobs)
                     ||> List.fold (fun found (name, task, seed, study) ->
                         bar.Description <- Markup.Escape $"{name}: {task.Name}, seed {seed}"
                         let found = found @ study seed task
                         write output all found |> ignore
                         bar.Increment 1.0
                         found)))

        print findings
        AnsiConsole.MarkupLine $"Written: {write output all findings}"
        AnsiConsole.MarkupLine $"{findings.Length} results in {clock.Elapsed.TotalMinutes:F1} minutes."
