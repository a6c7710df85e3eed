namespace Limen.Cli

open Limen.Core
open System
open System.IO
open System.Runtime.InteropServices

/// Where an installed .NET SDK keeps the XML documentation of its libraries.
[<RequireQualifiedAccess>]
module ReferencePacks =

    let private packs = [ "Microsoft.NETCore.App.Ref"; "Microsoft.AspNetCore.App.Ref" ]

    let private framework = Path.Combine("ref", "net10.0")

    let private variable name =
        Environment.GetEnvironmentVariable name
        |> Option.ofObj
        |> Option.filter ((<>) "")

    /// The folder of the program behind the first dotnet on PATH.
    let private dotnetOnPath () =
        let name =
            if OperatingSystem.IsWindows() then
                "dotnet.exe"
            else
                "dotnet"

        variable "PATH"
        |> Option.map _.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        |> Option.defaultValue [||]
        |> Seq.map (fun directory -> FileInfo(Path.Combine(directory, name)))
        |> Seq.tryFind _.Exists
        |> Option.map (fun file ->
            match file.ResolveLinkTarget true with
            | null -> file.DirectoryName
            | target -> Path.GetDirectoryName target.FullName)

    /// The folders that may hold packs, in the order in which they are tried: those of the running runtime's
    /// installation, of DOTNET_ROOT, of the dotnet on PATH, and the NuGet package cache.
    let places () : string list =
        let runtime =
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."))

        let packages =
            variable "NUGET_PACKAGES"
            |> Option.defaultWith (fun () ->
                Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.UserProfile, ".nuget", "packages"))

        let installations =
            [ Some runtime; variable "DOTNET_ROOT"; dotnetOnPath () ]
            |> List.choose id
            |> List.map (fun root -> Path.Combine(root, "packs"))

        List.distinct (installations @ [ packages ])

    /// Orders versions by their numbers, a preview before its release.
    let private version (directory: string) =
        match (Path.GetFileName directory).Split('-', 2) with
        | [| numbers |] -> snd (Version.TryParse numbers), true, ""
        | parts -> snd (Version.TryParse parts[0]), false, parts[1]

    let private documentation (directory: string) =
        let directory = Path.Combine(directory, framework)

        if Directory.Exists directory then
            Directory.GetFiles(directory, "*.xml")
            |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
        else
            [||]

    /// The files of the newest version of a pack that has any; NuGet's cache has its folders in lower case.
    let private files (place: string) (pack: string) =
        [ pack; pack.ToLowerInvariant() ]
        |> Seq.map (fun name -> Path.Combine(place, name))
        |> Seq.filter Directory.Exists
        |> Seq.collect Directory.GetDirectories
        |> Seq.sortByDescending version
        |> Seq.map documentation
        |> Seq.tryFind (Array.isEmpty >> not)
        |> Option.defaultValue [||]

    /// The documentation files in the first of the places that has any, pack by pack, in ordinal order of their
    /// names; a file that both packs hold (the second repeats the first's) stands once. Throws
    /// DirectoryNotFoundException, naming the places, where none has.
    let documentationIn (places: string list) : string[] =
        let found =
            places
            |> Seq.map (fun place ->
                packs
                |> Seq.collect (files place)
                |> Seq.distinctBy Path.GetFileName
                |> Seq.toArray)
            |> Seq.tryFind (Array.isEmpty >> not)

        match found with
        | Some files -> files
        | None ->
            let wanted = Path.Combine(packs[0], "*", framework, "*.xml")
            let looked = String.Join(", ", places)
            raise (DirectoryNotFoundException $"no API documentation ({wanted}) in any of these: {looked}")
