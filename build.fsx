// The build: `dotnet fsi build.fsx TARGET ARGS`, which build.sh and build.cmd run.
// One line, so that a file that several of them load is loaded once.
#load "build/steps.fsx" "build/setup.fsx" "build/debian.fsx" "build/peers.fsx" "build/packages.fsx" "build/outside.fsx"

open System
open System.IO
open System.Text.RegularExpressions
open Steps

module Dependencies =
    /// Runs paket install, then puts the variable back where paket wrote out the registry's address.
    let install () : unit =
        Shell.require (Shell.words "dotnet paket install")
        let named = File.ReadAllText "paket.lock"
        File.WriteAllText("paket.lock", Regex.Replace(named, @"(?m)^(  remote: ).*$", "$1%LIMEN_NUGET_SOURCE%"))

    let restore () : unit =
        Shell.require (Shell.words "dotnet restore Limen.slnx -v q --nologo")

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
        Dependencies.restore ()

        [ Shell.words "dotnet fantomas" @ fsharp; whitespace; style ]
        |> List.iter Shell.require

    /// Whether a run of `apply` would change nothing. Every difference is printed.
    let check () : bool =
        Dependencies.restore ()

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
let tests (run: unit -> Tally) : int =
    let tally =
        try
            run ()
        with Stopped reason ->
            eprintfn $"{reason}"
            { Tally.zero with Failed = 1 }

    printfn $"{tally}"
    if tally.Failed = 0 && tally.Passed > 0 then 0 else 1

/// All tests and the packages from outside, or only the tests with a name in theirs.
let test (name: string option) : Tally =
    Debian.install "tests of reports in a browser" [ "chromium"; "fonts-dejavu-core" ]
    let ofProjects = Step.buildSolution () |> Step.test name

    match name with
    | Some _ -> ofProjects
    | None -> ofProjects + Outside.test (Packages.pack ())

/// A command of the command line, in the folder of the caller.
let command name arguments : int =
    Step.buildProgram "src/Cli" "Limen.Cli" |> Step.run caller (name :: arguments)

let experiments arguments : int =
    Peers.install ()

    Step.buildProgram "bench/Limen.Experiments" "Limen.Experiments"
    |> Step.run caller arguments

let bench arguments : int =
    Peers.install ()
    Step.buildProgram "bench/Limen.Bench" "Limen.Bench" |> Step.run "." arguments

/// Damaged inputs, so many of them.
let fuzz arguments : int =
    Step.buildProgram "tests/Fuzz" "Limen.Fuzz" |> Step.run "." arguments

let help =
    """./build.sh TARGET [ARGS], or build.cmd TARGET [ARGS], or dotnet fsi build.fsx TARGET [ARGS]

  demo            train four models on the embedded default and print the table
  predict TEXT    the labels of a text by the demo's model, and why
  train           train on files: --data DIR --out DIR; `train --help` says the rest
  evaluate, decide, explain, labels, info, search
                  the other commands of the command line, with --help each
  experiments     the experiments of the documentation: [--studies NAME ...] [--sets SET ...] for some of them, [--baselines SET ...] for the table beside scikit-learn alone
  bench           side by side with what else a user would pick: [--quick], --rows NAME,NAME; `bench curves`, `bench micro`

  test            build everything, run every test, or those of the lists and classes with a NAME in theirs: [NAME]
  proof           the same with ten times the random cases of every law: [NAME]
  fuzz            damaged inputs for every reader: --inputs N [--seed S] [--target NAME]; what they should not do is kept in tests/Fuzz/corpus
  test-packages   pack, and use the packages in an empty folder; part of `test`
  pack            the packages, in artifacts/packages
  build           build everything
  format          format F# and C#
  check-format    whether `format` would change anything
  restore         restore the packages; says what an IDE needs
  paket-install   after an edit of paket.dependencies: write paket.lock anew
  clean           remove what the build made

--help prints this, --version the version."""

exception NoSuchTarget of name: string

/// What a target does, once it is called.
let target name arguments : unit -> int =
    let toTheEnd (made: unit -> unit) () =
        made ()
        0

    let proof () =
        Environment.SetEnvironmentVariable("LIMEN_PROOF", "1")
        test (List.tryHead arguments)

    let run =
        match name with
        | "demo"
        | "predict"
        | "train"
        | "evaluate"
        | "decide"
        | "explain"
        | "labels"
        | "info"
        | "search" -> fun () -> command name arguments
        | "experiments" -> fun () -> experiments arguments
        | "bench" -> fun () -> bench arguments
        | "test" -> fun () -> tests (fun () -> test (List.tryHead arguments))
        | "proof" -> fun () -> tests proof
        | "fuzz" -> fun () -> fuzz arguments
        | "test-packages" -> fun () -> tests (Packages.pack >> Outside.test)
        | "pack" -> toTheEnd (Packages.pack >> ignore)
        | "build" -> toTheEnd (Step.buildSolution >> ignore)
        | "format" -> toTheEnd Format.apply
        | "check-format" -> fun () -> if Format.check () then 0 else 1
        | "restore" -> toTheEnd (Dependencies.restore >> Setup.sayVariable)
        | "paket-install" -> toTheEnd Dependencies.install
        | unknown -> raise (NoSuchTarget unknown)

    Setup.prepare >> run

// A program that is interrupted ends by itself, and the build after it.
Console.CancelKeyPress.Add(fun interrupt -> interrupt.Cancel <- true)

let exitCode =
    try
        match List.tail (List.ofArray fsi.CommandLineArgs) with
        | []
        | ("help" | "--help" | "-h") :: _ ->
            printfn $"{help}"
            0
        | "--version" :: _ ->
            printfn $"Limen {version}"
            0
        | "clean" :: _ ->
            clean ()
            0
        | name :: arguments -> target name arguments ()
    with
    | NoSuchTarget name ->
        eprintfn $"There is no target {name}.\n\n{help}"
        2
    | Stopped reason ->
        eprintfn $"{reason}"
        1

exit exitCode
