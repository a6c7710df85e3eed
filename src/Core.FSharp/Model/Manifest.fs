namespace Limen.Core

open System
open System.IO
open System.Text
open System.Text.Json
open System.Text.Json.Nodes

/// manifest.json: the format's version, what is saved, the SHA-256 of the other files; and manifest.json.sha256, its own (docs/model-format.md).
[<RequireQualifiedAccess>]
module internal Manifest =

    /// The format that this library writes, and the only one that it reads.
    let format = 5

    let private keys = [ "Format"; "Library"; "Kind"; "Model"; "Files" ]

    let private sumLine (sum: string) = $"{sum}  {ModelFolder.manifestFile}\n"

    /// Writes it and its checksum, each flushed to disk; files are the names of the others and their checksums.
    let write (folder: string) (kind: string) (structure: JsonNode) (files: (string * string) list) : unit =
        let sums = JsonObject()

        for name, sum in files do
            sums[name] <- sum

        let manifest = JsonObject()
        manifest["Format"] <- format
        manifest["Library"] <- $"Limen {typeof<Model>.Assembly.GetName().Version}"
        manifest["Kind"] <- kind
        manifest["Model"] <- structure
        manifest["Files"] <- sums

        let text =
            manifest.ToJsonString(JsonSerializerOptions(WriteIndented = true, NewLine = "\n"))
            + "\n"

        let output (file: string) (text: string) =
            HashedOutput.Of(Path.Combine(folder, file), Encoding.UTF8.GetBytes text)

        let sum = output ModelFolder.manifestFile text
        output ModelFolder.sumFile (sumLine sum) |> ignore

    /// The version is looked at first, so that another format is named as such and not as damage.
    let private requireFormat (path: string) (manifest: JsonNode) =
        let found = ModelDamage.making path (fun () -> manifest["Format"])

        let version =
            match found with
            | :? JsonValue as v ->
                match v.TryGetValue<int>() with
                | true, version -> Some version
                | _ -> None
            | _ -> None

        let found = if isNull found then "nothing" else found.ToJsonString()

        match version with
        | None -> ModelDamage.refuse path $"the file is damaged: expected the number of its format, found {found}"
        | Some newer when newer > format ->
            ModelDamage.refuse
                path
                $"the model has format {newer}, this library reads format {format}: a newer version of Limen wrote it"
        | Some older when older < format ->
            ModelDamage.refuse
                path
                $"the model has format {older}, this library reads format {format}: an older version of Limen wrote it; train and save it anew"
        | Some _ -> ()

    /// The manifest, which must be the one that its checksum was made of.
    let read (folder: OpenFolder) (path: string) : JsonNode =
        use file =
            match folder.TryOpen ModelFolder.manifestFile with
            | Some file -> file
            | None ->
                ModelDamage.refuse
                    (Path.Combine(path, ModelFolder.manifestFile))
                    "there is no manifest: this folder holds no saved model"

        let manifest = file.All ModelFolder.manifestLimit |> ModelDamage.parsed file
        requireFormat file.Path manifest
        use sum = ModelDamage.required folder path ModelFolder.sumFile
        let expected = Encoding.UTF8.GetString(sum.All 1000L)

        if expected <> sumLine (file.Sum()) then
            file.Refuse $"the file is damaged: its checksum is {file.Sum()}, not the one in {ModelFolder.sumFile}"

        for KeyValue(key, _) in manifest.AsObject() do
            if not (List.contains key keys) then
                file.Refuse $"the file is damaged: it has the key \"{key}\", which this version does not know"

        manifest

    /// Throws where a file that was read to its end is not the one that the manifest names.
    let requireSum (file: HashedFile) (name: string) (manifest: JsonNode) =
        let expected =
            match manifest["Files"] with
            | :? JsonObject as files ->
                match files[name] with
                | :? JsonValue as sum -> sum.ToString()
                | _ -> "missing"
            | _ -> "missing"

        if file.Left > 0L || file.Sum() <> expected then
            file.Refuse $"the file is damaged: its checksum is {file.Sum()}, the one in the manifest is {expected}"
