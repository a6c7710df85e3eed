namespace Limen.Core

open System
open System.Collections.Generic
open System.Diagnostics
open System.IO
open System.Security.Cryptography
open System.Text
open System.Text.Json
open System.Text.Json.Nodes

/// Where a fit keeps what it has finished, so that a fit that ended early goes on from there.
type CheckpointOptions =
    {
        /// Empty or not there yet, or left by a fit of the same options and rows.
        Folder: string
        /// The most that is lost of the work on its way; 60 seconds by default.
        Every: TimeSpan
    }

/// The files of a checkpoint: checkpoint.json says of which options and rows it is; beside it, a name.json for each value that was left, and its arrays in name.a.safetensors
/// or name.b.safetensors. The JSON file is replaced last and at once, so that at any moment an old value or the new one is whole; it carries its own checksum and that of its
/// arrays. A value that fails them is as if it had not been left.
[<RequireQualifiedAccess>]
module CheckpointFolder =

    let defaults (folder: string) : CheckpointOptions =
        {
            Folder = folder
            Every = TimeSpan.FromSeconds 60.0
        }

    let faults (o: CheckpointOptions) : string list =
        [
            if String.IsNullOrWhiteSpace o.Folder then
                "checkpoints: expected a folder, received none"
            if o.Every < TimeSpan.Zero then
                $"checkpoints: expected an interval of at least 0, received {o.Every}"
        ]

    let private hash (bytes: ReadOnlySpan<byte>) =
        Convert.ToHexStringLower(SHA256.HashData bytes)

    let private hashOfFile (path: string) =
        use file = File.OpenRead path
        Convert.ToHexStringLower(SHA256.HashData file)

    /// Replaces a file at once.
    let private replace (path: string) (bytes: byte[]) =
        let beside = path + ".unfinished"
        File.WriteAllBytes(beside, bytes)
        File.Move(beside, path, true)

    /// JSON after a first line with its checksum.
    let private writeJson (path: string) (json: JsonNode) =
        let text = Encoding.UTF8.GetBytes(json.ToJsonString())
        replace path (Array.concat [ Encoding.ASCII.GetBytes(hash (ReadOnlySpan text) + "\n"); text ])

    /// None where the file is not there or not whole.
    let private tryJson (path: string) : JsonNode option =
        if not (File.Exists path) then
            None
        else
            let bytes = File.ReadAllBytes path
            let line = 2 * SHA256.HashSizeInBytes

            if
                bytes.Length > line
                && Encoding.ASCII.GetString(bytes, 0, line) =
                    hash (ReadOnlySpan(bytes, line + 1, bytes.Length - line - 1))
            then
                Some(JsonNode.Parse(ReadOnlySpan(bytes, line + 1, bytes.Length - line - 1)))
            else
                None

    let private arraysAt path (turn: string) = $"{path}.{turn}.safetensors"

    let private jsonAt path = path + ".json"

    /// Not flushed to disk, which would take longer than the rest: what a power failure leaves half-written fails its checksum.
    let private writeArrays (path: string) arrays : string =
        use file = new HashedOutput(path)
        Safetensors.writeTo file arrays
        file.Leave()

    let private write (path: string) (kind: Type) (value: obj) =
        Directory.CreateDirectory(Path.GetDirectoryName path) |> ignore
        let sidecar = Sidecar()

        let data =
            ModelJson.within sidecar (fun options -> JsonSerializer.SerializeToNode(value, kind, options))


        // the arrays of the value that is there stay whole until the new one's are
        let turn =
            match tryJson (jsonAt path) with
            | Some old when old["Turn"].GetValue<string>() = "a" -> "b"
            | _ -> "a"

        let json = JsonObject()
        json["Turn"] <- turn
        json["Arrays"] <- writeArrays (arraysAt path turn) (List.ofSeq sidecar.Arrays)
        json["Strings"] <- JsonSerializer.SerializeToNode(dict sidecar.Strings)
        json["Data"] <- data
        writeJson (jsonAt path) json
        File.Delete(arraysAt path (if turn = "a" then "b" else "a"))

    let private tryRead (path: string) (kind: Type) : obj option =
        tryJson (jsonAt path)
        |> Option.filter (fun json ->
            let arrays = arraysAt path (json["Turn"].GetValue<string>())
            File.Exists arrays && hashOfFile arrays = json["Arrays"].GetValue<string>())
        |> Option.map (fun json ->
            let sidecar = Sidecar()

            for KeyValue(name, array) in Safetensors.read (arraysAt path (json["Turn"].GetValue<string>())) do
                sidecar.Arrays.Add(name, array)

            for KeyValue(name, strings) in json["Strings"].Deserialize<Dictionary<string, string[]>>() do
                sidecar.Strings.Add(name, strings)

            ModelJson.within sidecar (fun options -> json["Data"].Deserialize(kind, options)))

    let private identityFile = "checkpoint.json"

    let private pairs (identity: (string * string) list) : JsonNode =
        JsonArray(
            [|
                for name, text in identity -> JsonArray(JsonValue.Create name, JsonValue.Create text) :> JsonNode
            |]
        )

    let private ofPairs (json: JsonNode) : (string * string) list =
        [
            for pair in json.AsArray() -> pair[0].GetValue<string>(), pair[1].GetValue<string>()
        ]

    /// The folder is free, or holds a checkpoint of the same identity.
    let private claim (folder: string) (identity: (string * string) list) =
        let path = Path.Combine(folder, identityFile)

        match tryJson path with
        | Some found ->
            match Fingerprint.difference (ofPairs found) identity with
            | None -> ()
            | Some(name, there, here) ->
                raise (
                    ConfigurationException
                        [
                            $"checkpoints: {folder} is of another fit: {name} is {there} there and {here} here; give the options and rows of that fit, or another folder"
                        ]
                )
        | None when Seq.isEmpty (Directory.EnumerateFileSystemEntries folder) -> writeJson path (pairs identity)
        | None ->
            raise (
                IOException
                    $"{folder}: expected an empty folder or a checkpoint, found {Path.GetFileName(Seq.head (Directory.EnumerateFileSystemEntries folder))}"
            )

    let private lockFile = "in-use"

    /// Held until it is disposed, or the process ends.
    let private hold (folder: string) : IDisposable =
        try
            new FileStream(
                Path.Combine(folder, lockFile),
                FileMode.OpenOrCreate,
                FileAccess.Write,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            )
        with :? IOException as e ->
            raise (IOException($"{folder}: another fit keeps its checkpoint there: {e.Message}", e))

    /// The checkpoint in a folder, whose one user the caller is until it disposes the second result. identity: names and texts that tell options and rows from others. isWhole as in Checkpoint. Throws
    /// ConfigurationException where the checkpoint there is of another identity, naming what differs, and IOException where something else lies there or another fit is at it.
    let start
        (options: CheckpointOptions)
        (isWhole: unit -> bool)
        (identity: (string * string) list)
        : Checkpoint * IDisposable =
        faults options |> Configuration.require

        let folder = Path.GetFullPath options.Folder
        Directory.CreateDirectory folder |> ignore
        claim folder identity
        let held = hold folder
        let at (name: string) = Path.Combine(folder, name)
        let clock = Stopwatch.StartNew()

        {
            Read = fun name kind -> tryRead (at name) kind
            Write =
                fun name kind value ->
                    write (at name) kind value
                    clock.Restart()
            Forget =
                fun step ->
                    if Directory.Exists(at step) then
                        Directory.Delete(at step, true)
            Keeps = true
            IsWhole = isWhole
            IsDue = fun () -> clock.Elapsed >= options.Every
        },
        held

    /// Whether a fit has left something in the folder.
    let exists (folder: string) : bool =
        File.Exists(Path.Combine(folder, identityFile))

    /// Removes a checkpoint, and its folder where nothing else lies in it.
    let remove (folder: string) : unit =
        if exists folder then
            for ending in [ "*.json"; "*.safetensors"; "*.unfinished"; lockFile ] do
                for file in Directory.EnumerateFiles(folder, ending, SearchOption.AllDirectories) do
                    File.Delete file

            let empty (directory: string) =
                Directory.Exists directory
                && Seq.isEmpty (Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))

            for directory in List.ofSeq (Directory.EnumerateDirectories folder) @ [ folder ] do
                if empty directory then
                    Directory.Delete(directory, true)
