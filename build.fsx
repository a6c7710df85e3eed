// The build. build.sh sets the machine up and runs `dotnet fsi build.fsx -- TARGET ARGS`.
#load "build/steps.fsx"

open System
open System.IO
open System.Text.RegularExpressions
open Steps

Directory.SetCurrentDirectory __SOURCE_DIRECTORY__

module Packages =
    /// Runs paket install, then puts the variable back where paket wrote out the registry's address.
    let install () : unit =
        Shell.require (Shell.words "dotnet paket install")
        let named = File.ReadAllText "paket.lock"
        File.WriteAllText("paket.lock", Regex.Replace(named, @"(?m)^(  remote: ).*$", "$1%LIMEN_NUGET_SOURCE%"))

    let restore () : unit =
        Shell.require (Shell.words "dotnet restore Limen.slnx -v q --nologo")

    /// What an IDE needs to restore by itself.
    let sayVariable () : unit =
        let source = Environment.GetEnvironmentVariable "LIMEN_NUGET_SOURCE"
        printfn "Restored. An IDE needs the same variable: start it from a shell with"
        printfn $"  export LIMEN_NUGET_SOURCE={source}"

module Format =
    let private fsharp =
        [ "src"; "tests"; "samples"; "bench"; "build" ]
        |> List.filter Directory.Exists
        |> List.append [ "build.fsx" ]

    let private style =
        Shell.words "dotnet format style Limen.slnx --no-restore --verbosity quiet"

    let private whitespace =
        Shell.words "dotnet format whitespace . --folder --verbosity quiet"

    /// Formats F# with Fantomas and C# with dotnet format.
    let apply () : unit =
        Packages.restore ()

        [ Shell.words "dotnet fantomas" @ fsharp; whitespace; style ]
        |> List.iter Shell.require

    /// Whether a run of `apply` would change nothing. Every difference is printed.
    let check () : bool =
        Packages.restore ()

        [
            Shell.words "dotnet fantomas --check" @ fsharp
            whitespace @ [ "--verify-no-changes" ]
            style @ [ "--verify-no-changes" ]
        ]
        |> List.map Shell.run
        |> List.forall ((=) 0)

/// Removes what the build made: every bin and obj folder of the projects, and artifacts/.
let clean () =
    [ "src"; "tests"; "samples"; "bench" ]
    |> Seq.filter Directory.Exists
    |> Seq.collect (fun top -> Directory.GetFiles(top, "*.*proj", SearchOption.AllDirectories))
    |> Seq.collect (fun project ->
        [ "bin"; "obj" ]
        |> Seq.map (fun d -> Path.Combine(Path.GetDirectoryName project, d)))
    |> Seq.append [ "artifacts" ]
    |> Seq.filter Directory.Exists
    |> Seq.iter (fun folder -> Directory.Delete(folder, recursive = true))

/// Prints the tally as the last line. Nothing run is a failure too.
let test arguments =
    let tally =
        try
            Step.compileNative ()
            |> Step.buildSolution
            |> Step.test (List.tryHead arguments)
        with Stopped reason ->
            eprintfn $"{reason}"
            { Tally.zero with Failed = 1 }

    printfn $"{tally}"
    if tally.Failed = 0 && tally.Passed > 0 then 0 else 1

let program folder assembly arguments =
    Step.compileNative () |> Step.buildProgram folder assembly |> Step.run arguments

let help =
    """./build.sh TARGET [ARGS]

  demo            train four models on the embedded default and print the table
  predict TEXT    the labels of a text by the demo's model, and why
  train           train on files: --data DIR --out DIR [--input text|svmlight]
  experiments     the experiments of the documentation
  bench           side by side with what else a user would pick: [--quick], --rows NAME,NAME; `bench curves`, `bench micro`

  test            build everything, run every test, or those of the lists and classes with a NAME in theirs: [NAME]
  proof           the same with ten times the random cases of every law: [NAME]
  build           build everything
  format          format F# and C#
  check-format    whether `format` would change anything
  restore         restore the packages; says what an IDE needs
  paket-install   after an edit of paket.dependencies: write paket.lock anew
  clean           remove what the build made"""

let target name arguments : int =
    match name with
    | "demo"
    | "predict"
    | "train"
    | "experiments" -> program "src/Cli" "limen" (name :: arguments)
    | "bench" -> program "bench/Limen.Bench" "Limen.Bench" arguments
    | "test" -> test arguments
    | "proof" ->
        Environment.SetEnvironmentVariable("LIMEN_PROOF", "1")
        test arguments
    | "build" ->
        Step.compileNative () |> Step.buildSolution |> ignore
        0
    | "format" ->
        Format.apply ()
        0
    | "check-format" -> if Format.check () then 0 else 1
    | "restore" ->
        Packages.restore ()
        Packages.sayVariable ()
        0
    | "paket-install" ->
        Packages.install ()
        0
    | "clean" ->
        clean ()
        0
    | "help" ->
        printfn $"{help}"
        0
    | unknown -> stop $"There is no target {unknown}.\n\n{help}"

// A program that is interrupted ends by itself, and the build after it.
Console.CancelKeyPress.Add(fun interrupt -> interrupt.Cancel <- true)

let exitCode =
    try
        match List.tail (List.ofArray fsi.CommandLineArgs) with
        | [] -> target "help" []
        | name :: arguments -> target name arguments
    with Stopped reason ->
        eprintfn $"{reason}"
        1

exit exitCode
