namespace Limen.Cli

open System
open System.IO
open Limen.Core

/// Files and folders that a command reads or writes, looked at before work begins.
[<RequireQualifiedAccess>]
module Places =

    /// Makes a folder that can be written to. Throws IOException with the reason where that is not so.
    let writableFolder (folder: string) : unit =
        if folder = "" then
            raise (Usage "--out: expected a folder, received an empty name")

        if File.Exists folder then
            raise (IOException $"{folder}: expected a folder to write to, found a file")

        try
            Directory.CreateDirectory folder |> ignore
            let probe = Path.Combine(folder, $".{Guid.NewGuid():N}")
            File.WriteAllBytes(probe, [||])
            File.Delete probe
        with
        | :? UnauthorizedAccessException -> raise (IOException $"{folder}: cannot be written to, access is denied")
        | :? IOException as e -> raise (IOException $"{folder}: cannot be written to ({e.Message})")

    /// The same of the folder of a file; the file itself is no folder.
    let writableFile (file: string) : unit =
        if Directory.Exists file then
            raise (IOException $"{file}: expected a file to write to, found a folder")

        Path.GetDirectoryName(Path.GetFullPath file) |> writableFolder

    /// Throws IOException where the system does not let it be known whether there is a file or folder, which File.Exists takes for none.
    let private requireSeen (path: string) : unit =
        try
            File.GetAttributes path |> ignore
        with
        | :? UnauthorizedAccessException ->
            raise (
                IOException
                    $"{path}: access is denied: ask its owner for the right to read it and the folders around it"
            )
        | :? IOException
        | :? ArgumentException
        | :? NotSupportedException -> () // that there is none is said by who looks for it

    /// Throws FileNotFoundException where there is neither a file nor a folder, IOException where access is denied.
    let requireExists (path: string) : unit =
        requireSeen path

        if not (File.Exists path || Directory.Exists path) then
            raise (FileNotFoundException $"{path}: there is no such file or folder")

    let private isSaved folder =
        let manifest = Path.Combine(folder, "manifest.json")
        requireSeen manifest
        File.Exists manifest

    /// The folder of a saved model: the one given, or `model` in it, where `train` writes it.
    let model (path: string) : string =
        let within = Path.Combine(path, "model")
        requireSeen path

        if isSaved path then
            path
        elif isSaved within then
            within
        elif Directory.Exists path then
            raise (DirectoryNotFoundException $"{path}: there is no saved model in this folder; limen train writes one")
        elif File.Exists path then
            raise (IOException $"{path}: expected the folder of a saved model, found a file")
        else
            raise (
                DirectoryNotFoundException
                    $"{path}: there is no such folder; limen train and limen demo write models, and the folder of one is expected here"
            )

    let private kind (folder: string) =
        use manifest =
            Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")))

        match manifest.RootElement with
        | root when root.ValueKind <> Text.Json.JsonValueKind.Object -> ""
        | root ->
            match root.TryGetProperty "Kind" with
            | true, kind when kind.ValueKind = Text.Json.JsonValueKind.String -> kind.GetString()
            | _ -> ""

    /// Whether the folder holds thresholds for the scores of another model.
    let holdsThresholds (folder: string) : bool =
        try
            kind folder = "thresholds"
        with :? Text.Json.JsonException ->
            false // Store says what is wrong with it

    /// The saved model. Thresholds for another model's scores are no model that reads rows: what they need is said.
    let load (path: string) : Model =
        let folder = model path

        if holdsThresholds folder then
            raise (
                ModelFormatException(
                    path,
                    $"holds thresholds for the scores of another model, no model that reads texts or features; they need that model's scores: in C#, AdaptiveThresholds.Load(\"{folder}\").Predict(scores)"
                )
            )

        Store.load folder
