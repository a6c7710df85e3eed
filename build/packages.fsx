// The packages that people install.
module Packages

#load "steps.fsx"

open System
open System.IO
open Steps

/// The packages lie in the folder, this version of each and nothing else.
type Made = private Made of folder: string

module Made =
    let folder (Made folder) = folder

let ids =
    [
        "Limen"
        "Limen.Core"
        "Limen.Kernels"
        "Limen.Trees"
        "Limen.Data"
        "Limen.Reports"
        "Limen.Cli"
    ]

/// Where NuGet keeps what it has installed.
let cache =
    match Environment.GetEnvironmentVariable "NUGET_PACKAGES" with
    | null
    | "" -> Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.UserProfile, ".nuget", "packages")
    | folder -> folder

let private remove folder =
    if Directory.Exists folder then
        Directory.Delete(folder, recursive = true)

/// Packs all of them anew, and has NuGet forget earlier ones of the same version: it never looks twice at a version.
let pack () : Made =
    let folder = Path.GetFullPath "artifacts/packages"
    remove folder
    printfn $"Packing version {version}."
    Shell.require (Shell.words "dotnet pack build/Packages.slnf -c Release -v q --nologo")

    for id in ids do
        remove (Path.Combine(cache, id.ToLowerInvariant(), version))

    Made folder
