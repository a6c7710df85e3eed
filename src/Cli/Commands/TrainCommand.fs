namespace Limen.Cli

open System
open System.CommandLine
open System.Diagnostics
open System.IO
open System.Text.Json.Nodes
open System.Threading
open Limen
open Limen.Core

/// `limen train`: a model of files, fitted on train, decided as the settings say, measured once on test.
[<RequireQualifiedAccess>]
module TrainCommand =

    let private out =
        Given.text "--out" "DIR" "folder for the model (DIR/model), settings.json and report.json"

    let private log =
        Given.text "--log" "FILE.csv" "writes a line for each epoch: seconds, scorer, loss, nDCG@5 on held-out rows"

    let private tensorBoard =
        Given.text "--tensorboard" "DIR" "writes the same for TensorBoard"

    let private risk =
        Given.number
            "--risk"
            "LEVEL"
            "in the end, one threshold at which at most this share of a row's labels is missed on average; needs --risk-rows"
        |> Given.share

    let private riskRows =
        Given.text "--risk-rows" "FILE" "labelled rows that are in none of the other files, for --risk"

    /// The text of an objective in reports.
    let private objectiveName (settings: ModelSettings) =
        match settings.Objective with
        | null -> "macro + 0.25 micro"
        | "macroF1" -> "macro"
        | "microF1" -> "micro"
        | "macroPlusMicro(weight=1)" -> "macro+micro"
        | other -> other

    let private describe (labels: LabelSpace) (space: InputSpace) (rows: Split<Dataset>) : unit =
        let count (part: Dataset option) =
            part |> Option.map _.Rows |> Option.defaultValue 0

        Terminal.note
            $"{rows.Train.Rows} training rows, {count rows.Validation} validation rows, {count rows.Test} test rows, {labels.Count} labels, {rows.Train.Features.Columns} features."

        for view in InputSpace.describe space do
            Terminal.note $"Features: {view}."

    /// A line where only test rows have some labels: no model can predict these.
    let private tellTestOnly (labels: LabelSpace) (split: Split<LabelledRows>) : unit =
        split.Test |> Option.iter (ModelRows.tellUnknown labels)

    /// The warnings of the model on rows that it did not learn from: test rows, else validation rows, else training rows.
    let private warn (rows: Split<Dataset>) (model: Model) : unit =
        let x =
            match rows.Test, rows.Validation with
            | Some test, _ -> test.Features
            | None, Some validation -> validation.Features
            | None, None -> rows.Train.Features

        Diagnosis.ofPredictions x (Model.predict x model) model |> Shown.warnings

    let private results name (objective: Objective) seconds (test: Dataset) (model: Model) : Result list =
        [
            {
                Name = $"full, {name}"
                Evidence = Evaluation.model test model
                Seconds = seconds
            }
            {
                Name = $"full, {name}, plug-in on the test rows as one batch"
                Evidence = Evaluation.asBatch objective test model
                Seconds = seconds
            }
        ]

    let private about
        (place: string)
        name
        (labels: LabelSpace)
        (rows: Split<Dataset>)
        (seed: int)
        : (string * JsonNode) list =
        [
            "data", JsonValue.Create place
            "objective", JsonValue.Create(name: string)
            "training_rows", JsonValue.Create rows.Train.Rows
            "test_rows", JsonValue.Create rows.Test.Value.Rows
            "labels", JsonValue.Create labels.Count
            "features", JsonValue.Create rows.Train.Features.Columns
            "seed", JsonValue.Create seed
            "peak_memory_mb", JsonValue.Create(Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000L)
        ]

    /// The promise of --risk, from rows of their own.
    let private promised (given: ParseResult) : (Model -> Model) =
        match Given.tryNumber risk given, Given.tryText riskRows given with
        | None, None -> id
        | Some level, Some file ->
            Places.requireExists file

            fun model -> Model.withRisk level (ModelRows.known file (Source.rows "dev" given file) model) model
        | Some _, None -> raise (Usage "--risk: expected labelled rows of their own beside it: --risk-rows FILE")
        | None, Some _ -> raise (Usage "--risk-rows: expected the level of the promise beside it: --risk LEVEL")

    /// What is to be written can be written: found before the training, which may take long.
    let private prepare (output: string) (given: ParseResult) : string =
        let saved = Path.Combine(output, "model")
        Places.writableFolder output
        ModelFolder.requireFree saved
        Given.tryText log given |> Option.iter Places.writableFile
        Given.tryText tensorBoard given |> Option.iter Places.writableFolder
        saved

    let private fit
        (given: ParseResult)
        options
        labels
        space
        (rows: Split<Dataset>)
        (cancellation: CancellationToken)
        : Model =
        let log =
            TrainingLog.create (Given.tryText log given) (Given.tryText tensorBoard given)

        try
            let model =
                Progress.run "training" (fun report ->
                    let tell p =
                        report p
                        log.Report p

                    Model.fit options labels space rows.Train rows.Validation tell cancellation)

            cancellation.ThrowIfCancellationRequested()
            model
        finally
            log.Close()

    let private train (given: ParseResult) (checkpoints: CheckpointOptions option) : int =
        let places = Source.places given

        let output =
            match Given.tryText out given with
            | Some folder -> folder
            | None -> raise (Usage "expected a folder for the model: --out DIR")

        let settings = SettingOptions.read given
        let options, vectorisers, kind = SettingOptions.options settings

        let options =
            { options with
                Checkpoints = checkpoints
            }

        let promised = promised given
        places |> List.iter Places.requireExists
        let saved = prepare output given

        let cancellation =
            Interrupt.token
                {
                    Question = "Stop training?"
                    Kept =
                        match checkpoints with
                        | Some c -> $"Finished parts are in {c.Folder}, go on with --resume."
                        | None -> "Nothing will be kept (with --checkpoint DIR, finished parts are)."
                }

        let read =
            Progress.during "reading" (fun () -> Cancellation.within cancellation (fun () -> Source.read given places))

        ReadReport.lines read.Report |> List.iter Terminal.note
        let split = read.Rows
        let clock = Stopwatch.StartNew()

        let labels, space, rows =
            Progress.during "features" (fun () ->
                Cancellation.within cancellation (fun () -> Pipeline.prepare vectorisers kind split))

        describe labels space rows
        tellTestOnly labels split
        let model = fit given options labels space rows cancellation |> promised
        let seconds = clock.Elapsed.TotalSeconds
        Store.save saved model
        checkpoints |> Option.iter (fun c -> CheckpointFolder.remove c.Folder)
        let settingsFile = Path.Combine(output, "settings.json")
        let seed = settings.Seed |> Option.ofNullable |> Option.defaultValue 1
        settings.With("seed", string seed).Save settingsFile
        warn rows model

        match rows.Test with
        | None -> Terminal.note $"There is no test file. Written: {saved} and {settingsFile}."
        | Some test ->
            let name = objectiveName settings
            let results = results name options.Decision.Objective seconds test model
            let report = Path.Combine(output, "report.json")
            ResultTable.print results

            ResultTable.write report (about (String.concat ", " places) name labels rows seed) results
            Terminal.note $"Written: {report}, {settingsFile} and {saved}."

        0

    let private run (given: ParseResult) : int =
        let checkpoints = Checkpoints.read given

        try
            train given checkpoints
        with :? OperationCanceledException when checkpoints |> Option.exists (fun c -> CheckpointFolder.exists c.Folder) ->
            Terminal.note
                $"Stopped. The work so far is in {checkpoints.Value.Folder}: the same command with --resume goes on."

            Faults.interrupted

    let command =
        ExampleCommand(
            "train",
            "Trains the full model on files, and measures it on the test file. Options in parentheses go in quotes: --loss \"focal(gamma=2)\".",
            [
                "limen train --data data --out out"
                "limen train texts.jsonl --out out --min-df 1"
                "limen train data.csv --text body --labels tags --separator \";\" --split 0.1,0.2 --out out"
                "limen train data --out out --objective micro --epochs 20 --hidden 256 --seed 2"
                "limen train data --out out --loss \"focal(gamma=2) + 0.1 margin\" --at-most 5 --log epochs.csv"
                "limen train data --out again --settings out/settings.json"
                "limen train data --out out --checkpoint work"
                "limen train data --out out --checkpoint work --resume"
            ]
        )
            .With(
                [ Source.argument ],
                [ Source.data :> Option; out; SettingOptions.settings ]
                @ Source.columns
                @ [ Source.split ]
                @ Change.options (SettingOptions.decision @ SettingOptions.model)
                @ [ risk; riskRows ]
                @ Checkpoints.options
                @ [ log; tensorBoard ],
                run
            )
