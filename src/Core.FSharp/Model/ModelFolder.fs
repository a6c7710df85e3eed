namespace Limen.Core

open System
open System.IO
open System.Text.Json

/// The folder of a saved model: a manifest and the files that it names. Saving replaces such a folder, and touches no other.
[<RequireQualifiedAccess>]
module ModelFolder =

    let internal manifestFile = "manifest.json"

    /// The folder's full path, without a separator at its end.
    let internal fullPath (folder: string) : string =
        Path.TrimEndingDirectorySeparator(Path.GetFullPath folder)

    let private property (name: string) (kind: JsonValueKind) (json: JsonElement) : JsonElement option =
        match json.TryGetProperty name with
        | true, value when value.ValueKind = kind -> Some value
        | _ -> None

    /// The files that a manifest of any format names; None where it is none of this library's.
    let private filesNamed (manifest: JsonElement) : string list option =
        if manifest.ValueKind <> JsonValueKind.Object then
            None
        else
            match
                manifest |> property "Format" JsonValueKind.Number,
                manifest |> property "Library" JsonValueKind.String,
                manifest |> property "Files" JsonValueKind.Object
            with
            | Some _, Some library, Some files when library.GetString().StartsWith("Limen ", StringComparison.Ordinal) ->
                Some [ for file in files.EnumerateObject() -> file.Name ]
            | _ -> None

    /// The names of the files that make up the saved model in a folder; none where it holds no saved model.
    let private filesOfModel (folder: string) : Set<string> =
        let path = Path.Combine(folder, manifestFile)

        try
            if File.Exists path then
                use manifest = JsonDocument.Parse(File.ReadAllText path)

                filesNamed manifest.RootElement
                |> Option.map (fun files -> Set.ofList (manifestFile :: files))
                |> Option.defaultValue Set.empty
            else
                Set.empty
        with :? JsonException ->
            Set.empty

    /// What lies in a folder: the files of the saved model that it holds, and everything else.
    let private contents (folder: string) : string list * string list =
        let ofModel = filesOfModel folder

        Directory.EnumerateFileSystemEntries folder
        |> Seq.map Path.GetFileName
        |> Seq.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> List.ofSeq
        |> List.partition (fun name -> ofModel.Contains name && File.Exists(Path.Combine(folder, name)))

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
    /// empty or not there yet is free. Looks only; Store.save looks again.
    let requireFree (folder: string) : unit =
        let target = fullPath folder

        let refuse expected found =
            raise (IOException $"{target}: expected {expected}, found {found}")

        if File.Exists target then
            refuse "a folder for the model, or nothing yet" "a file"

        if Directory.Exists target then
            match contents target with
            | _, [] -> ()
            | [], others -> refuse "an empty folder, or one with a saved model" (listed others)
            | _, others -> refuse "nothing beside the saved model, whose folder is replaced" (listed others)

            if target = Environment.CurrentDirectory then
                refuse "a folder that can be replaced, such as one in the working folder" "the working folder itself"

    /// Removes the folder of a saved model, file by file. Throws IOException where anything else has come to lie there since it was looked
    /// at, and leaves that.
    let internal discard (folder: string) : unit =
        // of a link only the link goes
        if isNull (DirectoryInfo folder).LinkTarget then
            for file in fst (contents folder) do
                File.Delete(Path.Combine(folder, file))

        Directory.Delete folder
