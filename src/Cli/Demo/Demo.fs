namespace Limen.Cli

open System.Diagnostics
open System.IO
open System.Text.Json.Nodes
open Limen
open Limen.Core

/// The main job on the embedded default: four models on the API documentation of the installed .NET SDK, side by side.
[<RequireQualifiedAccess>]
module Demo =

    /// The network and training that all four share.
    let private shared (seed: int) : ModelOptions =
        { ModelOptions.defaults with
            Scorers =
                [
                    Perceptron.scorer (PerceptronOptions(HiddenLayers = [| 256 |], Epochs = 10, Patience = 3))
                ]
            Seed = Seed.ofInt seed
        }

    let private variants (seed: int) : (string * ModelOptions) list =
        let full = shared seed

        [
            "static threshold 0.5",
            { full with
                Global = None
                Local = None
                Decision =
                    { full.Decision with
                        Rule = FixedThreshold.rule 0f
                    }
            }
            "IDF only", { full with Local = None }
            "KNN only", { full with Global = None }
            "full", full
        ]

    /// Trains, prints the table, explains one prediction, writes report.json and the model of the full variant.
    let run (output: string) (seed: int) : unit =
        let folder = Path.Combine(output, "model")
        Places.writableFolder output // before the training, which takes its time
        ModelFolder.requireFree folder

        let cancellation =
            Interrupt.token
                {
                    Question = "Stop the demonstration?"
                    Kept = "Nothing of it will be kept."
                }

        let docs = ApiDocs.read ()

        let space, input, rows =
            docs
            |> Split.map LabelledRows.ofTexts
            |> Pipeline.prepare [ VectoriserOptions() ] FeatureKind.Automatic

        let train, heldOut, testRows =
            rows.Train, Option.get rows.Validation, Option.get rows.Test

        Terminal.note
            $"The API documentation of the installed .NET SDK: {train.Rows} training rows, {heldOut.Rows} validation rows, {testRows.Rows} test rows, {space.Count} labels, {train.Features.Columns} terms."

        let fitted =
            variants seed
            |> List.map (fun (name, options) ->
                let clock = Stopwatch.StartNew()

                let model =
                    Progress.run name (fun report ->
                        Model.fit options space input train (Some heldOut) report cancellation)

                cancellation.ThrowIfCancellationRequested()
                let seconds = clock.Elapsed.TotalSeconds

                {
                    Name = name
                    Evidence = Evaluation.model testRows model
                    Seconds = seconds
                },
                model)

        let results = List.map fst fitted
        ResultTable.print results

        let about: (string * JsonNode) list =
            [
                "data", JsonValue.Create "API documentation of the installed .NET SDK"
                "training_rows", JsonValue.Create train.Rows
                "test_rows", JsonValue.Create testRows.Rows
                "labels", JsonValue.Create space.Count
                "seed", JsonValue.Create seed
            ]

        ResultTable.write (Path.Combine(output, "report.json")) about results
        let _, model = List.last fitted
        Store.save folder model
        let first = Rows.Texts [| (Option.get docs.Test).Texts[0] |]
        let explanation = Explanation.row 0 (Model.features first model) model
        Shown.candidates (Shown.title 1 first) (Shown.usual explanation.Prediction)
        Shown.neighbours explanation

        Terminal.note
            $"""Written: {Path.Combine(output, "report.json")} and {folder}. Try: limen predict "Throws when the stream is closed" (./build.sh predict in a checkout)"""

    /// Writes the corpus as a data folder: train.jsonl, dev.jsonl, test.jsonl.
    let writeCorpus (folder: string) : unit =
        Directory.CreateDirectory folder |> ignore
        let docs = ApiDocs.read ()

        for name, part in [ "train", Some docs.Train; "dev", docs.Validation; "test", docs.Test ] do
            part
            |> Option.iter (fun rows ->
                let path = Path.Combine(folder, name + ".jsonl")
                JsonLines.write path rows
                Terminal.note $"{path}: {rows.Rows} rows")
