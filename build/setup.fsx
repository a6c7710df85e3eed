// What a target needs before it starts.
module Setup

#load "steps.fsx"

open System
open System.Text.RegularExpressions
open Steps

let private variable = "LIMEN_NUGET_SOURCE"

/// Neither paket file names a registry: both read this variable. Where it is not set, it is the first source that NuGet itself knows.
let private nugetSource () : unit =
    if String.IsNullOrEmpty(Environment.GetEnvironmentVariable variable) then
        // E: enabled; the letters that may follow say where the source was configured
        match
            Regex.Match(Shell.output (Shell.words "dotnet nuget list source --format short"), @"(?m)^E\w* (.+?)\s*$")
        with
        | source when source.Success -> Environment.SetEnvironmentVariable(variable, source.Groups[1].Value)
        | _ ->
            stop $"NuGet has no enabled package source: add one with `dotnet nuget add source URL`, or set {variable}."

/// The registry, and the local tools (.config/dotnet-tools.json).
let prepare () : unit =
    nugetSource ()
    Shell.output (Shell.words "dotnet tool restore") |> ignore

/// What an IDE needs to restore by itself.
let sayVariable () : unit =
    let source = Environment.GetEnvironmentVariable variable
    let set = if OperatingSystem.IsWindows() then "set" else "export"
    printfn "Restored. An IDE needs the same variable: start it from a shell with"
    printfn $"  {set} {variable}={source}"
