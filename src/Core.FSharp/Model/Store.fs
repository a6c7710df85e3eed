namespace Limen.Core

open System
open System.Collections.Generic
open System.IO
open System.Threading

/// Saved models: a folder with manifest.json (format version, the model's structure, SHA-256 of the files with its arrays and strings), weights.safetensors (arrays),
/// strings.json (labels, terms) and manifest.json.sha256 (docs/model-format.md). Training rows are part of a model that looks for neighbours among them; nothing else is
/// kept of them.
[<RequireQualifiedAccess>]
module Store =

    /// The format that this library writes, and the only one that it reads.
    let format = Manifest.format

    let internal saveBy (replacement: Replacement) (folder: string) (saved: Saved) : unit =
        ModelFolder.requireFree folder
        let target = ModelFolder.itself folder
        use save = SaveFolder.Open target
        SavedFiles.write save.New saved
        save.Put replacement

    let private saveAny = saveBy InOneStep

    let private loadFrom tokenisers folder (path: string) : Saved =
        ModelDamage.making (Path.Combine(path, ModelFolder.manifestFile)) (fun () ->
            SavedFiles.read tokenisers folder path)

    /// Looks three times: a model moves aside and another into its place while one looks in one of both.
    let private isThere (target: string) =
        let look _ =
            Directory.Exists target || (SaveFolder.Recovered target).IsSome

        Seq.exists look [ 1..3 ]

    /// A folder that is replaced while it is read is read anew. What is damaged is read a few times where systems cannot tell, and where a save has put it aside: the save may be
    /// emptying it by now, for the new one is in its place.
    let rec private loadAgain tokenisers (tries: int) (path: string) : Saved =
        let target = ModelFolder.itself path

        let place =
            if Directory.Exists target then
                path
            else
                SaveFolder.Recovered target |> Option.defaultValue path

        use folder = new OpenFolder(place)
        let isAside = place <> path

        try
            loadFrom tokenisers folder place
        with :? ModelFormatException when
            folder.HasGone
            || (tries > 1 && (isAside || folder.MayBeMixed && isThere target)) ->
            if not folder.HasGone then
                Thread.Sleep 20

            loadAgain tokenisers (tries - 1) path

    let private loadAny (tokenisers: Func<string, IEnumerable<string>> list) (folder: string) : Saved =
        let given =
            GivenTokenisers(tokenisers, Path.Combine(folder, ModelFolder.manifestFile))

        let saved = loadAgain given 10 folder
        given.RequireAsked()
        saved

    /// Saves a model: written beside the target, flushed to disk, and put in its place in one step. Whenever it ends, the old model or the new one is there, whole; what
    /// a save leaves that was killed the next one removes. A saved model is replaced, and a link to one stays a link; throws IOException, before anything is written, where
    /// anything else is in the way (ModelFolder.requireFree).
    let save (folder: string) (model: Model) : unit = saveAny folder (Whole model)

    /// Saves a model that holds no training row. Throws InvalidOperationException, naming what it holds, where it looks for neighbours among them.
    let saveWithoutRows (folder: string) (model: Model) : unit =
        match ModelFaults.rowsOf model with
        | [] -> save folder model
        | held ->
            let words = String.concat "; " held

            invalidOp
                $"expected a model without training rows, found {words}: fit it without a local signal, or with one that keeps sums of rows only (ClusterNeighbours, TfIdf, LabelAgreement, LearnedGraph)"

    /// Saves thresholds for the scores of another model, as models are saved.
    let saveThresholds (folder: string) (thresholds: PostHocThresholds) : unit = saveAny folder (Thresholds thresholds)

    /// Loads a model that was fitted with tokenisers of one's own (Tokens.Of), given again in any order; each is known by what it makes of a sample text. Throws
    /// ModelFormatException where one is missing or the folder is as load refuses it, and ArgumentException for one that the model was not fitted with.
    let loadWith (tokenisers: Func<string, IEnumerable<string>> list) (folder: string) : Model =
        match loadAny tokenisers folder with
        | Whole model -> model
        | Thresholds _ -> ModelDamage.refuse folder "expected a model, found thresholds for the scores of another model"

    /// Loads a model. Throws ModelFormatException with the reason where it is damaged, incomplete, of another format, holds thresholds for another model, or was fitted
    /// with a tokeniser of one's own.
    let load (folder: string) : Model = loadWith [] folder

    /// Loads thresholds for the scores of another model. Throws ModelFormatException as load does.
    let loadThresholds (folder: string) : PostHocThresholds =
        match loadAny [] folder with
        | Thresholds thresholds -> thresholds
        | Whole model ->
            ModelDamage.refuse
                folder
                $"expected thresholds for the scores of another model, found a model with {model.Ranker.Scorers.Length} scorers of its own"
