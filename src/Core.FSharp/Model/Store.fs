namespace Limen.Core

open System
open System.Collections.Generic
open System.IO
open System.Security.Cryptography
open System.Text.Json
open System.Text.Json.Nodes

/// What a folder can hold.
[<NoEquality; NoComparison>]
type Saved =
    | Whole of Model
    | Thresholds of PostHocThresholds

/// Saved models: a folder with manifest.json (format version, the model's structure, SHA-256 of the other files), weights.safetensors (arrays) and strings.json
/// (labels, terms). Training rows are part of a model that looks for neighbours among them; nothing else is kept of them.
[<RequireQualifiedAccess>]
module Store =

    /// The format that this library writes, and the only one that it reads.
    let format = 4

    let private manifestFile = ModelFolder.manifestFile
    let private weightsFile = "weights.safetensors"
    let private stringsFile = "strings.json"

    let private checksum (path: string) =
        use file = File.OpenRead path
        Convert.ToHexStringLower(SHA256.HashData file)

    let private node (options: JsonSerializerOptions) (saved: Saved) : string * JsonNode =
        match saved with
        | Whole model -> "model", JsonSerializer.SerializeToNode(model, options)
        | Thresholds thresholds -> "thresholds", JsonSerializer.SerializeToNode(thresholds, options)

    let private ofNode (options: JsonSerializerOptions) (manifest: JsonNode) : Saved =
        match manifest["Kind"] with
        | null -> raise (JsonException "it does not say what it holds")
        | kind when kind.ToString() = "model" -> Whole(manifest["Model"].Deserialize<Model> options)
        | kind when kind.ToString() = "thresholds" ->
            Thresholds(manifest["Model"].Deserialize<PostHocThresholds> options)
        | kind -> raise (JsonException $"it holds \"{kind}\", which this version does not know")

    /// Writes all files into the folder, manifest last.
    let private writeInto (folder: string) (saved: Saved) =
        let at (file: string) = Path.Combine(folder, file)
        let sidecar = Sidecar()

        let options = ModelJson.options sidecar

        let kind, structure = node options saved
        Safetensors.write (at weightsFile) (List.ofSeq sidecar.Arrays)
        File.WriteAllText(at stringsFile, JsonSerializer.Serialize(dict sidecar.Strings))

        let manifest = JsonObject()
        manifest["Format"] <- format
        manifest["Library"] <- $"Limen {typeof<Model>.Assembly.GetName().Version}"
        manifest["Kind"] <- kind
        manifest["Model"] <- structure
        let files = JsonObject()

        for file in [ weightsFile; stringsFile ] do
            files[file] <- checksum (at file)

        manifest["Files"] <- files
        File.WriteAllText(at manifestFile, manifest.ToJsonString(JsonSerializerOptions(WriteIndented = true)) + "\n")

    let private saveAny (folder: string) (saved: Saved) : unit =
        ModelFolder.requireFree folder
        let target = ModelFolder.fullPath folder
        let unfinished = $"{target}.{Guid.NewGuid():N}.unfinished"
        let old = $"{target}.{Guid.NewGuid():N}.old"
        Directory.CreateDirectory unfinished |> ignore

        try
            writeInto unfinished saved

            if Directory.Exists target then
                Directory.Move(target, old)

            Directory.Move(unfinished, target)
        finally
            if Directory.Exists unfinished then
                Directory.Delete(unfinished, true)

            if Directory.Exists old then
                if Directory.Exists target then
                    ModelFolder.discard old
                else
                    Directory.Move(old, target)

    let private refuse (path: string) reason =
        raise (ModelFormatException(path, reason))

    /// The manifest as JSON, its version checked first, so that another format is named as such and not as damage.
    let private readManifest (path: string) : JsonNode =
        if not (File.Exists path) then
            refuse path "there is no manifest: this folder holds no saved model"

        let manifest =
            try
                JsonNode.Parse(File.ReadAllText path)
            with :? JsonException as e ->
                refuse path $"the manifest is damaged: {e.Message}"

        match manifest["Format"] with
        | :? JsonValue as version when version.GetValueKind() = JsonValueKind.Number ->
            match version.GetValue<int>() with
            | newer when newer > format ->
                refuse
                    path
                    $"the model has format {newer}, this library reads format {format}: a newer version of Limen wrote it"
            | older when older < format ->
                refuse
                    path
                    $"the model has format {older}, this library reads format {format}: an older version of Limen wrote it; train and save it anew"
            | _ -> ()
        | _ -> refuse path "the manifest is damaged: it does not name its format"

        manifest

    let private verify (folder: string) (manifest: JsonNode) =
        for file in [ weightsFile; stringsFile ] do
            let path = Path.Combine(folder, file)

            if not (File.Exists path) then
                refuse path "the file is missing"

            match manifest["Files"] with
            | :? JsonObject as files when files.ContainsKey file && files[file].ToString() = checksum path -> ()
            | _ -> refuse path "the file is damaged: its checksum is not the one in the manifest"

    let private loadAny (tokenisers: Func<string, IEnumerable<string>> list) (folder: string) : Saved =
        let at (file: string) = Path.Combine(folder, file)
        let manifest = readManifest (at manifestFile)
        verify folder manifest
        let sidecar = Sidecar()

        for KeyValue(name, array) in Safetensors.read (at weightsFile) do
            sidecar.Arrays.Add(name, array)

        for KeyValue(name, strings) in
            JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllText(at stringsFile)) do
            sidecar.Strings.Add(name, strings)

        sidecar.Tokenisers <- GivenTokenisers(tokenisers, at manifestFile)

        try
            let saved = ofNode (ModelJson.options sidecar) manifest
            // a key that this version does not know would be lost silently: what was read must say all that was written
            let _, again = node (ModelJson.options (Sidecar())) saved

            if not (JsonNode.DeepEquals(manifest["Model"], again)) then
                refuse
                    (at manifestFile)
                    "the manifest is damaged: it holds keys or values that this version does not know"

            sidecar.Tokenisers.RequireAsked()
            saved
        with :? JsonException as e ->
            refuse (at manifestFile) $"the manifest is damaged: {e.Message}"

    /// Saves a model atomically: written beside the target, then renamed. An interrupted save leaves the old model whole.
    /// A saved model is replaced; throws IOException, before anything is written, where anything else is in the way (ModelFolder.requireFree).
    let save (folder: string) (model: Model) : unit = saveAny folder (Whole model)

    /// Saves thresholds for the scores of another model, as models are saved.
    let saveThresholds (folder: string) (thresholds: PostHocThresholds) : unit = saveAny folder (Thresholds thresholds)

    /// Loads a model that was fitted with tokenisers of one's own (Tokens.Of), given again in any order; each is known by what it makes of a sample text. Throws
    /// ModelFormatException where one is missing or the folder is as load refuses it, and ArgumentException for one that the model was not fitted with.
    let loadWith (tokenisers: Func<string, IEnumerable<string>> list) (folder: string) : Model =
        match loadAny tokenisers folder with
        | Whole model -> model
        | Thresholds _ -> refuse folder "expected a model, found thresholds for the scores of another model"

    /// Loads a model. Throws ModelFormatException with the reason where it is damaged, incomplete, of another format, holds thresholds for another model, or was fitted
    /// with a tokeniser of one's own.
    let load (folder: string) : Model = loadWith [] folder

    /// Loads thresholds for the scores of another model. Throws ModelFormatException as load does.
    let loadThresholds (folder: string) : PostHocThresholds =
        match loadAny [] folder with
        | Thresholds thresholds -> thresholds
        | Whole model ->
            refuse
                folder
                $"expected thresholds for the scores of another model, found a model with {model.Ranker.Scorers.Length} scorers of its own"
