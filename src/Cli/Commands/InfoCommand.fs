namespace Limen.Cli

open System
open System.CommandLine
open System.IO
open System.Text.Json.Nodes
open Limen.Core

/// `limen info`: what a saved model is and what it holds.
[<RequireQualifiedAccess>]
module InfoCommand =

    let private model = Given.argument "MODEL" "folder of a saved model"
    let private asJson = Given.flag "--json" "as a JSON object"

    /// What the manifest says beside the model itself and the checksums: format, version and whatever else was recorded when it was fitted.
    let private recorded (folder: string) : (string * JsonNode) list =
        let manifest =
            JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json"))).AsObject()

        [
            for entry in manifest do
                if entry.Key <> "Model" && entry.Key <> "Files" && not (isNull entry.Value) then
                    let name = string (Char.ToLowerInvariant entry.Key[0]) + entry.Key[1..]
                    name, entry.Value.DeepClone()
        ]

    let private on (columns: Columns) =
        $"on features {columns.First} to {columns.First + columns.Count - 1}"

    /// A scorer by its kind, the view that it reads and how often it was fitted.
    let rec private scorer (fitted: FittedScorer) : string =
        match fitted.Stored.Data with
        | :? StoredViewScorer as view -> $"{scorer view.Scorer} {on view.Columns}"
        | :? StoredEnsemble as ensemble -> $"{ensemble.Members.Length} x {scorer ensemble.Members.Head}"
        | _ -> fitted.Stored.Tag

    let rec private signal (fitted: FittedSignal) : string =
        match fitted.Stored.Data with
        | :? StoredViewSignal as view -> $"{signal view.Signal} {on view.Columns}"
        | _ -> fitted.Stored.Tag

    /// What it keeps of the rows that it was fitted on.
    let private rowsHeld (model: Model) : string =
        match model.Ranker.Local with
        | Some { Signal = { Voters = Some votes } } ->
            $"features and labels of {votes.Labels.Rows} training rows, which vote as neighbours; no texts"
        | _ -> "none"

    /// What it was made with, in words.
    let private options (model: Model) : JsonNode =
        let o = JsonObject()
        model.Origin.Options |> Map.iter (fun name words -> o[name] <- words)
        o

    let private ofModel (model: Model) : (string * JsonNode) list =
        let text (value: string) : JsonNode = JsonValue.Create value

        let local =
            match model.Ranker.Local with
            | Some local -> signal local.Signal
            | None -> "none"

        [
            "reads", text (InputSpace.kind model.Input)
            "views", Shown.texts (InputSpace.describe model.Input)
            "featuresSeen", JsonValue.Create(InputSpace.dimension model.Input)
            "labels", JsonValue.Create model.Labels.Count
            "trainingRows", Shown.number model.Counts.Rows
            "labelsPerRow", Shown.number (Math.Round(model.Counts.Cardinality, 3))
            "scorers", Shown.texts (model.Ranker.Scorers |> List.map scorer)
            "localSignal", text local
            "candidates", JsonValue.Create model.Ranker.Candidates
            "decision", text model.Decision.Rule.Stored.Tag
            "constraints", JsonValue.Create model.Decision.Constraints.Length
            "calibrated", JsonValue.Create model.Decision.Calibration.IsSome
            "possibleSets", JsonValue.Create model.Decision.Sets.IsSome
            "rowsHeld", text (rowsHeld model)
            "dataHash", text model.Origin.Data
            "seed", text (let (Seed seed) = model.Origin.Seed in string seed)
            "options", options model
        ]

    let private ofThresholds (folder: string) : (string * JsonNode) list =
        Store.loadThresholds folder |> ignore
        [ "reads", JsonValue.Create "scores of another model" ]

    let private beside (folder: string) : (string * JsonNode) list =
        let path =
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath folder), "settings.json")

        if File.Exists path then
            [ "settings", JsonNode.Parse(Limen.ModelSettings.Load(path).ToString()) ]
        else
            []

    let rec private cell (node: JsonNode) : string =
        match node with
        | null -> ""
        | :? JsonArray as items -> items |> Seq.map cell |> String.concat "; "
        | :? JsonObject as o -> Shown.json o
        | value -> value.ToString()

    let private run (given: ParseResult) : int =
        let folder = Places.model (given.GetValue model)

        let held =
            if Places.holdsThresholds folder then
                ofThresholds folder
            else
                ofModel (Store.load folder)

        let all = recorded folder @ held @ beside folder

        if Given.is asJson given then
            let o = JsonObject()
            all |> List.iter (fun (name, value) -> o[name] <- value)
            Terminal.print (Shown.pretty o)
        else
            let width = all |> List.map (fst >> String.length) |> List.max

            all
            |> List.iter (fun (name, value) -> Terminal.print $"{name.PadRight width}  {cell value}")

        0

    let command =
        ExampleCommand(
            "info",
            "What a saved model is: version, input, labels, scorers, decision, settings, and what it keeps of its training rows.",
            [ "limen info out/model"; "limen info out/model --json" ]
        )
            .With([ model ], [ asJson ], run)
