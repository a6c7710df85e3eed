namespace Limen.Cli

open System.Diagnostics
open System.IO
open System.Text.Json.Nodes
open Spectre.Console
open Limen
open Limen.Core

/// The full model on files: fitted on train, decided on dev, measured once on test.
[<RequireQualifiedAccess>]
module Train =

    let private objectives =
        [
            "macro", Objective.MacroF1
            "micro", Objective.MicroF1
            "macro+micro", Objective.MacroPlusMicro 1.0
        ]

    let private standard = "macro + 0.25 micro", Objective.standard

    let private objective (name: string option) : string * Objective =
        match name with
        | None -> standard
        | Some name ->
            match List.tryFind (fst >> (=) name) objectives with
            | Some found -> found
            | None -> invalidArg "objective" $"expected macro, micro or macro+micro, received {name}"

    let run
        (data: string)
        (output: string)
        (input: string option)
        (objectiveName: string option)
        (decisionRows: DecisionRows option)
        (seed: int)
        : unit =
        let objectiveName, objective = objective objectiveName
        let saved = Path.Combine(output, "model")
        ModelFolder.requireFree saved // before the training, which may take long
        let cancellation = Progress.cancelOnInterrupt ()

        let options =
            { Folder.defaults with
                Format = input |> Option.map InputFormats.find
            }

        let folder =
            AnsiConsole.Status().Start("reading", fun _ -> Folder.read options data)

        let clock = Stopwatch.StartNew()

        let labels, space, rows =
            AnsiConsole
                .Status()
                .Start("features", fun _ -> Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic folder.Rows)

        AnsiConsole.MarkupLine
            $"{rows.Train.Rows} training rows, {rows.Validation |> Option.map _.Rows |> Option.defaultValue 0} validation rows, {rows.Test |> Option.map _.Rows |> Option.defaultValue 0} test rows, {labels.Count} labels, {rows.Train.Features.Columns} features."

        for view in InputSpace.describe space do
            AnsiConsole.MarkupLine $"Features: {view}."

        let options =
            { Presets.strong objective with
                DecisionRows = decisionRows
                WhenCancelled = WhenCancelled.BestSoFar
                Seed = Seed.ofInt seed
            }

        let model =
            Progress.run "full" (fun report ->
                Model.fit options labels space rows.Train rows.Validation report cancellation)

        let seconds = clock.Elapsed.TotalSeconds
        Store.save saved model

        match rows.Test with
        | None -> AnsiConsole.MarkupLine $"""There is no test file; the model is in {saved}."""
        | Some test ->
            let results =
                [
                    {
                        Name = $"full, {objectiveName}"
                        Evidence = Evaluation.model test model
                        Seconds = seconds
                    }
                    {
                        Name = $"full, {objectiveName}, plug-in on the test rows as one batch"
                        Evidence = Evaluation.asBatch objective test model
                        Seconds = seconds
                    }
                ]

            Report.print results

            Report.write
                (Path.Combine(output, "report.json"))
                [
                    "data", JsonValue.Create data
                    "objective", JsonValue.Create objectiveName
                    "training_rows", JsonValue.Create rows.Train.Rows
                    "test_rows", JsonValue.Create test.Rows
                    "labels", JsonValue.Create labels.Count
                    "features", JsonValue.Create rows.Train.Features.Columns
                    "seed", JsonValue.Create seed
                    "peak_memory_mb", JsonValue.Create(Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000L)
                ]
                results

            AnsiConsole.MarkupLine $"""Written: {Path.Combine(output, "report.json")} and {saved}."""
