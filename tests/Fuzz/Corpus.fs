namespace Limen.Fuzz

open System
open System.IO
open System.Security.Cryptography

/// Inputs that once were finds, a file each in a folder for each target: tests read them again.
[<RequireQualifiedAccess>]
module Corpus =

    let rec private repository (folder: string) =
        if File.Exists(Path.Combine(folder, "Limen.slnx")) then
            folder
        else
            repository (Path.GetDirectoryName folder)

    /// In the repository, wherever that lies.
    let private folder =
        lazy Path.Combine(repository AppContext.BaseDirectory, "tests", "Fuzz", "corpus")

    /// The inputs of a target by their files, in the order of the names.
    let inputs (target: Target) : (string * byte[])[] =
        let own = Path.Combine(folder.Value, target.Name)

        if Directory.Exists own then
            Directory.GetFiles own
            |> Array.sort
            |> Array.map (fun file -> Path.GetFileName file, File.ReadAllBytes file)
        else
            [||]

    /// Keeps an input; returns its file.
    let keep (target: Target) (input: byte[]) : string =
        let own =
            Directory.CreateDirectory(Path.Combine(folder.Value, target.Name)).FullName

        let file = Path.Combine(own, Convert.ToHexStringLower(SHA256.HashData input)[..11])
        File.WriteAllBytes(file, input)
        file
