namespace Limen.Cli

open System.Diagnostics
open System.IO
open System.Text.Json.Nodes
open Spectre.Console
open Limen.Core

/// The main job on the embedded default: four models on the API documentation of the installed .NET SDK, side by side.
[<RequireQualifiedAccess>]
module Demo =

    /// The network and training that all four share.
    let private shared (seed: int) : ModelOptions =
        { ModelOptions.defaults with
            Scorers =
                [
                    Perceptron(
                        { NetworkOptions.defaults with
                            Hidden = [ 256 ]
                        },
                        { TrainingOptions.defaults with
                            Epochs = 10
                            Seed = Seed.ofInt seed
                        }
                    )
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
                        Rule = Rule.Fixed 0f
                    }
            }
            "IDF only", { full with Local = None }
            "KNN only", { full with Global = None }
            "full", full
        ]

    /// Trains, prints the table, explains one prediction, writes report.json and the model of the full variant.
    let run (output: string) (seed: int) : unit =
        let folder = Path.Combine(output, "model")
        ModelFolder.requireFree folder // before the training, which takes its time
        let cancellation = Progress.cancelOnInterrupt ()
        let split = ApiDocs.read ()
        let validation = Option.get split.Validation
        let test = Option.get split.Test
        let space = Pipeline.labelSpace [ split.Train; validation; test ]
        let vectoriser = Vectoriser.fit Vectoriser.defaults split.Train.Texts
        let train = Pipeline.dataset vectoriser space split.Train
        let heldOut = Pipeline.dataset vectoriser space validation
        let testRows = Pipeline.dataset vectoriser space test

        AnsiConsole.MarkupLine
            $"The API documentation of the installed .NET SDK: {train.Rows} training rows, {heldOut.Rows} validation rows, {testRows.Rows} test rows, {space.Count} labels, {train.Features.Columns} terms."

        let fitted =
            variants seed
            |> List.map (fun (name, options) ->
                let clock = Stopwatch.StartNew()

                let model =
                    Progress.run name (fun report ->
                        Model.fit options space (Texts vectoriser) train (Some heldOut) report cancellation)

                let seconds = clock.Elapsed.TotalSeconds

                {
                    Name = name
                    Measures = Evaluation.model testRows model
                    Seconds = seconds
                },
                model)

        let results = List.map fst fitted
        Report.print results

        let about: (string * JsonNode) list =
            [
                "data", JsonValue.Create "API documentation of the installed .NET SDK"
                "training_rows", JsonValue.Create train.Rows
                "test_rows", JsonValue.Create testRows.Rows
                "labels", JsonValue.Create space.Count
                "seed", JsonValue.Create seed
            ]

        Report.write (Path.Combine(output, "report.json")) about results
        let _, model = List.last fitted
        Store.save folder model
        Explain.print model test.Texts[0]

        AnsiConsole.MarkupLine
            $"""Written: {Path.Combine(output, "report.json")} and {folder}. Try: limen predict "Throws when the stream is closed" (./build.sh predict in a checkout)"""
