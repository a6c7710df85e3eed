namespace Limen.Bench

open System
open System.Collections.Concurrent
open System.Diagnostics
open System.IO

/// What stands beside us, in bench/peers.
type Peer =
    /// A script under Debian's Python, and the package that it needs.
    | Script of file: string * package: string * arguments: string list
    /// A .NET program: the folder of its project.
    | Program of project: string * arguments: string list

[<RequireQualifiedAccess>]
module Peer =

    let private root = Path.GetFullPath "bench/peers"

    /// Debian's, where the peers' packages are.
    let private python = "/usr/bin/python3"

    /// The exit code of a command and what it said; 127 where there is no such program, as in a shell.
    let private attempt (program: string) (arguments: string list) : int * string =
        try
            use running =
                Process.Start(
                    ProcessStartInfo(program, arguments, RedirectStandardError = true, RedirectStandardOutput = true)
                )

            let faults = running.StandardError.ReadToEndAsync()
            let said = running.StandardOutput.ReadToEnd()
            running.WaitForExit()
            running.ExitCode, said + faults.Result
        with :? ComponentModel.Win32Exception as missing ->
            127, missing.Message

    let private succeeds program arguments = fst (attempt program arguments) = 0

    /// Whether a Debian package of the peers is there.
    let hasPackage (name: string) : bool =
        match name with
        | "fasttext" -> succeeds "sh" [ "-c"; "command -v fasttext" ]
        | name -> succeeds python [ "-c"; $"""import {name.Replace("python3-", "")}""" ]

    /// Why a project does not build. Its packages are restored here, so that nothing but the comparison asks for them.
    let private build (project: string) : string option =
        Console.Error.WriteLine $"building {project}"

        match attempt "dotnet" [ "build"; Path.Combine(root, project); "-c"; "Release"; "-v"; "q"; "--nologo" ] with
        | 0, _ -> None
        | _, said -> Some $"{project} does not build: {said.Trim().Split('\n')[0]}"

    let private builds = ConcurrentDictionary<string, string option>()

    /// Why a peer cannot run here; a program is built for it, once.
    let obstacle (peer: Peer) : string option =
        match peer with
        | Script(_, package, _) when hasPackage package -> None
        | Script(_, package, _) -> Some $"{package} is not installed"
        | Program(project, _) -> builds.GetOrAdd(project, build)

    /// The command that starts it.
    let command (peer: Peer) : string * string list =
        match peer with
        | Script(file, _, arguments) -> python, Path.Combine(root, file) :: arguments
        | Program(project, arguments) ->
            "dotnet",
            Path.Combine(root, project, "bin/Release/net10.0", $"Peers.{project}.dll")
            :: arguments

    /// The same with other arguments.
    let withArguments (change: string list -> string list) (peer: Peer) : Peer =
        match peer with
        | Script(file, package, arguments) -> Script(file, package, change arguments)
        | Program(project, arguments) -> Program(project, change arguments)
