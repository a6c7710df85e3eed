namespace Limen.Core

open System
open System.IO
open System.Text.Json
open System.Threading

/// The folder of a saved model: a manifest and the files that it names. Saving replaces such a folder, and touches no other.
[<RequireQualifiedAccess>]
module ModelFolder =

    let internal manifestFile = "manifest.json"

    /// Holds the manifest's checksum, in the form of sha256sum; from format 5 on.
    let internal sumFile = "manifest.json.sha256"

    let internal weightsFile = "weights.safetensors"
    let internal stringsFile = "strings.json"

    /// A manifest is not longer than this, in bytes.
    let internal manifestLimit = 100_000_000L

    /// The folder's full path, without a separator at its end.
    let internal fullPath (folder: string) : string =
        Path.TrimEndingDirectorySeparator(Path.GetFullPath folder)

    /// The folder itself, where the path is that of a link to it: a link stays a link.
    let internal itself (folder: string) : string =
        let path = fullPath folder

        let entry = DirectoryInfo path

        if isNull entry.LinkTarget then
            path
        else
            fullPath (entry.ResolveLinkTarget(true).FullName)

    let private property (name: string) (kind: JsonValueKind) (json: JsonElement) : JsonElement option =
        match json.TryGetProperty name with
        | true, value when value.ValueKind = kind -> Some value
        | _ -> None

    /// The files that a manifest of any format names, itself among them; None where it is none of this library's.
    let private filesNamed (manifest: JsonElement) : string list option =
        if manifest.ValueKind <> JsonValueKind.Object then
            None
        else
            match
                manifest |> property "Format" JsonValueKind.Number,
                manifest |> property "Library" JsonValueKind.String,
                manifest |> property "Files" JsonValueKind.Object
            with
            | Some format, Some library, Some files when
                library.GetString().StartsWith("Limen ", StringComparison.Ordinal)
                ->
                Some
                    [
                        manifestFile
                        if format.GetDouble() >= 5.0 then
                            sumFile
                        for file in files.EnumerateObject() do
                            file.Name
                    ]
            | _ -> None

    /// The names of the files that make up the saved model in a folder; none where it holds no saved model.
    let private filesOfModel (folder: string) : Set<string> =
        use files = new OpenFolder(folder)

        try
            match files.TryOpen manifestFile with
            | None -> Set.empty
            | Some file ->
                use file = file
                use manifest = JsonDocument.Parse(ReadOnlyMemory(file.All manifestLimit))
                filesNamed manifest.RootElement |> Option.defaultValue [] |> Set.ofList
        with
        | :? JsonException
        | :? InvalidOperationException
        | :? ModelFormatException -> Set.empty

    /// Everything in a folder; nothing where another save has just taken it away.
    let private entries (folder: string) : string list =
        try
            List.ofSeq (Directory.EnumerateFileSystemEntries folder)
        with :? DirectoryNotFoundException ->
            []

    /// What lies in a folder: the files of the saved model that it holds, and everything else.
    let private contents (folder: string) : string list * string list =
        let ofModel = filesOfModel folder

        entries folder
        |> Seq.map Path.GetFileName
        |> Seq.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> List.ofSeq
        |> List.partition (fun name -> ofModel.Contains name && File.Exists(Path.Combine(folder, name)))

    /// What lies in a folder after up to so many more looks: between two of one look another save may have put its model in the place of what was there, whose files would
    /// then pass for strange ones.
    let rec private settled (looks: int) (folder: string) : string list * string list =
        match contents folder with
        | _, _ :: _ when looks > 0 ->
            Thread.Sleep 20
            settled (looks - 1) folder
        | found -> found

    /// The first few of the names.
    let private listed (names: string list) : string =
        let few = 5
        let all = String.Join(", ", List.truncate few names)

        if names.Length > few then
            $"{all} and {names.Length - few} more"
        else
            all

    /// Throws IOException where saving a model to the folder would cost more than a saved model, naming what lies there: for a file, for a
    /// folder with anything else in it than a saved model, and for the working folder, whose place another one would take. A folder that is
    /// empty or not there yet is free; a link is as free as what it leads to. Looks only; Store.save looks again.
    let requireFree (folder: string) : unit =
        let target = fullPath folder
        let there = itself folder

        let refuse expected found =
            raise (IOException $"{target}: expected {expected}, found {found}")

        if File.Exists there then
            refuse "a folder for the model, or nothing yet" "a file"

        if Directory.Exists there then
            match settled 4 there with
            | _, [] -> ()
            | [], others -> refuse "an empty folder, or one with a saved model" (listed others)
            | _, others -> refuse "nothing beside the saved model, whose folder is replaced" (listed others)

            if there = itself Environment.CurrentDirectory then
                refuse "a folder that can be replaced, such as one in the working folder" "the working folder itself"

    /// What lies in a folder beside the files of the saved model that it holds.
    let internal others (folder: string) : string list = snd (contents folder)

    /// Removes the folder of a saved model, file by file, the manifest last, as it names the others. Throws IOException where anything else has come to lie there since it
    /// was looked at, and leaves that.
    let internal discard (folder: string) : unit =
        for file in fst (contents folder) |> List.sortBy ((=) manifestFile) do
            File.Delete(Path.Combine(folder, file))

        Directory.Delete folder

    /// Removes the folder of a model that may not be whole, in a place that nobody but a save knows of.
    let internal discardUnfinished (folder: string) : unit =
        for file in
            fst (contents folder) @ [ weightsFile; stringsFile; sumFile; manifestFile ]
            |> List.sortBy ((=) manifestFile) do
            File.Delete(Path.Combine(folder, file))

        Directory.Delete folder
