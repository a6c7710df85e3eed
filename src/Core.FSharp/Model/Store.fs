namespace Limen.Core

open System
open System.Collections.Generic
open System.IO
open System.Text
open System.Text.Json
open System.Text.Json.Nodes
open System.Threading

/// What a folder can hold.
[<NoEquality; NoComparison>]
type Saved =
    | Whole of Model
    | Thresholds of PostHocThresholds

/// Saved models: a folder with manifest.json (format version, the model's structure, SHA-256 of the files with its arrays and strings), weights.safetensors (arrays),
/// strings.json (labels, terms) and manifest.json.sha256 (docs/model-format.md). Training rows are part of a model that looks for neighbours among them; nothing else is
/// kept of them.
[<RequireQualifiedAccess>]
module Store =

    /// The format that this library writes, and the only one that it reads.
    let format = 5

    let private keys = [ "Format"; "Library"; "Kind"; "Model"; "Files" ]

    let private sumLine (sum: string) = $"{sum}  {ModelFolder.manifestFile}\n"

    let private node (options: JsonSerializerOptions) (saved: Saved) : string * JsonNode =
        match saved with
        | Whole model -> "model", JsonSerializer.SerializeToNode(model, options)
        | Thresholds thresholds -> "thresholds", JsonSerializer.SerializeToNode(thresholds, options)

    let private ofNode (options: JsonSerializerOptions) (manifest: JsonNode) : Saved =
        match manifest["Kind"], manifest["Model"] with
        | null, _
        | _, null -> raise (JsonException "it does not say what it holds")
        | kind, structure when kind.ToString() = "model" -> Whole(structure.Deserialize<Model> options)
        | kind, structure when kind.ToString() = "thresholds" ->
            Thresholds(structure.Deserialize<PostHocThresholds> options)
        | kind, _ -> raise (JsonException $"it holds {kind.ToJsonString()}, which this version does not know")

    /// Writes all files into the folder, the manifest and its checksum last, each flushed to disk.
    let private writeInto (folder: string) (saved: Saved) =
        let at (file: string) = Path.Combine(folder, file)
        let sidecar = Sidecar()
        let kind, structure = ModelJson.within sidecar (fun options -> node options saved)
        let files = JsonObject()
        files[ModelFolder.weightsFile] <- Safetensors.write (at ModelFolder.weightsFile) (List.ofSeq sidecar.Arrays)

        files[ModelFolder.stringsFile] <-
            HashedOutput.Of(at ModelFolder.stringsFile, JsonSerializer.SerializeToUtf8Bytes(dict sidecar.Strings))

        let manifest = JsonObject()
        manifest["Format"] <- format
        manifest["Library"] <- $"Limen {typeof<Model>.Assembly.GetName().Version}"
        manifest["Kind"] <- kind
        manifest["Model"] <- structure
        manifest["Files"] <- files

        let text =
            manifest.ToJsonString(JsonSerializerOptions(WriteIndented = true, NewLine = "\n"))
            + "\n"

        let sum = HashedOutput.Of(at ModelFolder.manifestFile, Encoding.UTF8.GetBytes text)

        HashedOutput.Of(at ModelFolder.sumFile, Encoding.UTF8.GetBytes(sumLine sum))
        |> ignore

    let internal saveBy (replacement: Replacement) (folder: string) (saved: Saved) : unit =
        ModelFolder.requireFree folder
        let target = ModelFolder.itself folder
        use save = SaveFolder.Open target
        writeInto save.New saved
        save.Put replacement

    let private saveAny = saveBy InOneStep

    let private refuse (path: string) reason =
        raise (ModelFormatException(path, reason))

    /// Whatever is thrown where the contents of a file are made sense of is damage of that file, asking for more memory than there is too; only what the system says of the
    /// reading itself is let through.
    let private making (path: string) (make: unit -> 'made) : 'made =
        try
            make ()
        with
        | :? ModelFormatException
        | :? IOException
        | :? UnauthorizedAccessException -> reraise ()
        | :? OutOfMemoryException -> refuse path "the file is damaged, or asks for more memory than there is"
        | e -> refuse path $"the file is damaged: {e.GetBaseException().Message}"

    let private required (folder: OpenFolder) (path: string) (file: string) : HashedFile =
        match folder.TryOpen file with
        | Some found -> found
        | None -> refuse (Path.Combine(path, file)) "the file is missing"

    let private strict = JsonDocumentOptions(AllowDuplicateProperties = false)

    let private parsed (file: HashedFile) (bytes: byte[]) : JsonNode =
        making file.Path (fun () ->
            match JsonNode.Parse(ReadOnlySpan bytes, Nullable(), strict) with
            | :? JsonObject as o -> o
            | null -> file.Refuse "the file is damaged: expected an object, found null"
            | other -> file.Refuse $"the file is damaged: expected an object, found {other.GetValueKind()}")

    /// The version is looked at first, so that another format is named as such and not as damage.
    let private requireFormat (path: string) (manifest: JsonNode) =
        let found = making path (fun () -> manifest["Format"])

        let version =
            match found with
            | :? JsonValue as v ->
                match v.TryGetValue<int>() with
                | true, version -> Some version
                | _ -> None
            | _ -> None

        let found = if isNull found then "nothing" else found.ToJsonString()

        match version with
        | None -> refuse path $"the file is damaged: expected the number of its format, found {found}"
        | Some newer when newer > format ->
            refuse
                path
                $"the model has format {newer}, this library reads format {format}: a newer version of Limen wrote it"
        | Some older when older < format ->
            refuse
                path
                $"the model has format {older}, this library reads format {format}: an older version of Limen wrote it; train and save it anew"
        | Some _ -> ()

    /// The manifest, which must be the one that its checksum was made of.
    let private readManifest (folder: OpenFolder) (path: string) : JsonNode =
        use file =
            match folder.TryOpen ModelFolder.manifestFile with
            | Some file -> file
            | None ->
                refuse
                    (Path.Combine(path, ModelFolder.manifestFile))
                    "there is no manifest: this folder holds no saved model"

        let manifest = file.All ModelFolder.manifestLimit |> parsed file
        requireFormat file.Path manifest
        use sum = required folder path ModelFolder.sumFile
        let expected = Encoding.UTF8.GetString(sum.All 1000L)

        if expected <> sumLine (file.Sum()) then
            file.Refuse $"the file is damaged: its checksum is {file.Sum()}, not the one in {ModelFolder.sumFile}"

        for KeyValue(key, _) in manifest.AsObject() do
            if not (List.contains key keys) then
                file.Refuse $"the file is damaged: it has the key \"{key}\", which this version does not know"

        manifest

    /// Throws where a file that was read to its end is not the one that the manifest names.
    let private requireSum (file: HashedFile) (name: string) (manifest: JsonNode) =
        let expected =
            match manifest["Files"] with
            | :? JsonObject as files ->
                match files[name] with
                | :? JsonValue as sum -> sum.ToString()
                | _ -> "missing"
            | _ -> "missing"

        if file.Left > 0L || file.Sum() <> expected then
            file.Refuse $"the file is damaged: its checksum is {file.Sum()}, the one in the manifest is {expected}"

    let private stringLists (file: HashedFile) (bytes: byte[]) : (string * string[]) list =
        making file.Path (fun () ->
            use document = JsonDocument.Parse(ReadOnlyMemory bytes, strict)

            [
                for list in document.RootElement.EnumerateObject() do
                    let strings = [| for item in list.Value.EnumerateArray() -> item.GetString() |]

                    if strings |> Array.exists isNull then
                        file.Refuse $"the file is damaged: {list.Name}: expected strings, found null"

                    list.Name, strings
            ])

    let private readSidecar (folder: OpenFolder) (path: string) (manifest: JsonNode) : Sidecar =
        let sidecar = Sidecar()

        using (required folder path ModelFolder.stringsFile) (fun file ->
            let bytes = file.All(int64 Array.MaxLength)
            requireSum file ModelFolder.stringsFile manifest
            stringLists file bytes |> sidecar.Strings.AddRange)

        using (required folder path ModelFolder.weightsFile) (fun file ->
            let arrays = making file.Path (fun () -> Safetensors.readFrom file)
            requireSum file ModelFolder.weightsFile manifest

            for KeyValue(name, array) in arrays do
                sidecar.Arrays.Add(name, array))

        sidecar

    let private shapes (sidecar: Sidecar) =
        [
            for name, array in sidecar.Arrays do
                match array with
                | F32(shape, _) -> name, "F32", List.ofArray shape
                | F64(shape, _) -> name, "F64", List.ofArray shape
                | I32(shape, _) -> name, "I32", List.ofArray shape
        ]

    /// What was read must say all that was written: a key, an array or a list that this version does not know would be lost silently.
    let private requireSame (path: string) (manifest: JsonNode) (read: Sidecar) (saved: Saved) =
        let written = Sidecar()
        let _, again = ModelJson.within written (fun options -> node options saved)

        if
            not (JsonNode.DeepEquals(manifest["Model"], again))
            || shapes read <> shapes written
            || Seq.map fst read.Strings |> Seq.toList
               <> (Seq.map fst written.Strings |> Seq.toList)
        then
            refuse path "the file is damaged: it holds keys or values that this version does not know"

    let private readFrom (tokenisers: GivenTokenisers) (folder: OpenFolder) (path: string) : Saved =
        let manifestPath = Path.Combine(path, ModelFolder.manifestFile)
        let manifest = readManifest folder path
        let sidecar = readSidecar folder path manifest
        sidecar.Tokenisers <- tokenisers

        let saved =
            making manifestPath (fun () ->
                let saved = ModelJson.within sidecar (fun options -> ofNode options manifest)
                requireSame manifestPath manifest sidecar saved
                saved)

        let faults =
            making manifestPath (fun () ->
                match saved with
                | Whole model -> ModelFaults.ofModel model
                | Thresholds thresholds -> ModelFaults.ofThresholds thresholds)

        match faults with
        | [] -> saved
        | faults ->
            let words = faults |> List.truncate 5 |> String.concat "; "
            refuse path $"the parts of the model do not fit each other: {words}"

    let private loadFrom tokenisers folder (path: string) : Saved =
        making (Path.Combine(path, ModelFolder.manifestFile)) (fun () -> readFrom tokenisers folder path)

    let private isThere (target: string) =
        Directory.Exists target || (SaveFolder.Recovered target).IsSome

    /// A folder that is replaced while it is read is read anew; where systems cannot tell, what is damaged is read a few times.
    let rec private loadAgain tokenisers (tries: int) (path: string) : Saved =
        let target = ModelFolder.itself path

        let place =
            if Directory.Exists target then
                path
            else
                SaveFolder.Recovered target |> Option.defaultValue path

        use folder = new OpenFolder(place)

        try
            loadFrom tokenisers folder place
        with :? ModelFormatException when folder.HasGone || (tries > 1 && folder.MayBeMixed && isThere target) ->
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
