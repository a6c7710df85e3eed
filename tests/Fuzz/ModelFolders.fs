namespace Limen.Fuzz

open System
open System.IO
open System.Text.Json.Nodes
open Limen.Core

/// Folders of saved models, with checksums that are right again more often than not. What is accepted must say all that is in its files, and predict.
[<RequireQualifiedAccess>]
module ModelFolders =

    /// Scores of a forged model can exceed all numbers, and their probabilities are none then; others lie between 0 and 1.
    let private judgeNumbers (probabilities: PairProbabilities) : Outcome =
        let m = probabilities.Matrix

        match Seq.truncate m.NonZeros m.Values |> Seq.tryFind (fun p -> p < 0f || p > 1f) with
        | Some p -> Wrong $"the probability {p}"
        | None -> Accepted

    /// Rows of the kind that is read.
    let rec private probe (input: InputSpace) : Rows =
        match input with
        | Blocks blocks ->
            blocks
            |> List.map probe
            |> List.reduce (fun before block -> before |> Rows.beside block)
        | texts when not (InputSpace.vectorisers texts).IsEmpty -> Rows.Texts SavedModels.probeTexts
        | features ->
            let width = InputSpace.dimension features

            // as many of the probe's features as there are
            Array.init SavedModels.probe.Rows (fun row ->
                Csr.row row SavedModels.probe.Features
                |> Array.filter (fun struct (c, _) -> c < width))
            |> Csr.ofRows (min width SavedModels.probe.Features.Columns)
            |> Rows.Features

    let private predict (model: Model) : Outcome =
        let x = Model.features (probe model.Input) model
        Model.predict x model |> ignore
        Explanation.rows x model |> ignore

        if model.Decision.Sets.IsSome then
            Model.possibleSets 0.2 3 x model |> ignore

        Model.probabilities x model |> judgeNumbers

    let private decide (thresholds: PostHocThresholds) : Outcome =
        let rows =
            {
                Scores = SavedModels.probe.Labels |> Csr.mapValues (fun _ _ _ -> 0.5f) |> Scores
                Features = Some SavedModels.probe.Features
                Weights = None
            }

        PostHocThresholds.decide rows thresholds |> ignore
        PostHocThresholds.explain rows thresholds |> ignore
        PostHocThresholds.probabilities rows thresholds |> judgeNumbers

    /// Saved again, the model must say what the folder says.
    let private compare (input: Map<string, byte[]>) (again: Map<string, byte[]>) : Outcome =
        let structure (files: Map<string, byte[]>) =
            JsonNode.Parse(ReadOnlySpan files[SavedFolder.manifest])["Model"]

        let strings (files: Map<string, byte[]>) =
            JsonNode.Parse(ReadOnlySpan files[SavedFolder.strings])

        if not (JsonNode.DeepEquals(structure input, structure again)) then
            Wrong "another structure"
        elif not (JsonNode.DeepEquals(strings input, strings again)) then
            Wrong "other strings"
        elif
            SavedFolder.arrays input[SavedFolder.weights]
            <> SavedFolder.arrays again[SavedFolder.weights]
        then
            Wrong "other arrays"
        else
            Accepted

    let private judged folder input (save: string -> unit) (predicted: Outcome) : Outcome =
        let again = Path.Combine(folder, "again")
        save again

        match predicted with
        | Wrong _ -> predicted
        | other ->
            match compare input (SavedFolder.read again) with
            | Accepted -> other
            | difference -> difference

    /// Numbers that are each good may multiply to what is none: then the row is refused, and the model is none the worse.
    let private refusedRow (predict: unit -> Outcome) : Outcome =
        try
            predict ()
        with :? ScoreNotFiniteException ->
            Refused

    let private run (folder: string) (archive: byte[]) : Outcome =
        let input = SavedFolder.unpack archive
        let place = Path.Combine(folder, "model")
        SavedFolder.write place input

        let isThresholds =
            input[SavedFolder.manifest].AsSpan().IndexOf("\"thresholds\""B.AsSpan()) >= 0

        try
            if isThresholds then
                let thresholds = Store.loadThresholds place

                refusedRow (fun () -> decide thresholds)
                |> judged folder input (fun f -> Store.saveThresholds f thresholds)
            else
                let model = Store.load place

                refusedRow (fun () -> predict model)
                |> judged folder input (fun f -> Store.save f model)
        with :? ModelFormatException as e ->
            if e.Path.StartsWith(place, StringComparison.Ordinal) && e.Reason.Length > 0 then
                Refused
            else
                Wrong $"the place in {e.Message}"

    let targets: Target list =
        [
            {
                Name = "model-folder"
                Share = 0.1
                Seeds = SavedModels.archives
                Mutate = ModelEdits.mutate
                Run = run
            }
        ]
