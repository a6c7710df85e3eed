// The steps of the build. Each returns a witness that nothing else can make, and asks for the witnesses of the steps before
// it: tests cannot run on what was not built.
module Steps

open System
open System.Diagnostics
open System.IO
open System.Xml
open System.Xml.Linq

/// The folder that the build was called from: paths on its command line start there. Everything else starts at the repository's root.
let caller = Directory.GetCurrentDirectory()

Directory.SetCurrentDirectory(Path.GetDirectoryName __SOURCE_DIRECTORY__)

/// Ends the build with a plain sentence.
exception Stopped of reason: string with
    override stopped.Message = stopped.reason

let stop reason = raise (Stopped reason)

/// Of the library and all its packages.
let version: string =
    XDocument.Load("Directory.Build.props").Descendants(XName.Get "Version")
    |> Seq.exactlyOne
    |> _.Value

module Shell =
    /// The words of a command line whose parts hold no blanks.
    let words (line: string) : string list =
        List.ofArray (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))

    /// Runs a command in a folder on this console and returns its exit code.
    let runIn (folder: string) (command: string list) : int =
        use running =
            Process.Start(ProcessStartInfo(command.Head, command.Tail, WorkingDirectory = folder))

        running.WaitForExit()
        running.ExitCode

    /// Runs a command on this console and returns its exit code.
    let run (command: string list) : int = runIn "." command

    let private mustSucceed (command: string list) (code: int) (said: string) : unit =
        if code <> 0 then
            let line = String.Join(' ', command)
            stop $"{said}`{line}` ended with exit code {code}."

    /// Runs a command that must succeed.
    let require (command: string list) : unit = mustSucceed command (run command) ""

    /// What a command prints that must succeed; it runs in a folder, with environment variables beside this process's.
    let outputIn (folder: string) (variables: (string * string) list) (command: string list) : string =
        let info =
            ProcessStartInfo(
                command.Head,
                command.Tail,
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        for name, value in variables do
            info.Environment[name] <- value

        use running = Process.Start info
        let errors = running.StandardError.ReadToEndAsync()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        mustSucceed command running.ExitCode $"{output}{errors.Result}\n"
        output

    /// What a command prints that must succeed.
    let output (command: string list) : string = outputIn "." [] command

/// How many tests passed, failed and were skipped.
type Tally =
    {
        Passed: int
        Failed: int
        Skipped: int
    }

    static member (+)(a, b) =
        {
            Passed = a.Passed + b.Passed
            Failed = a.Failed + b.Failed
            Skipped = a.Skipped + b.Skipped
        }

    override t.ToString() =
        let skipped = if t.Skipped > 0 then $", {t.Skipped} skipped" else ""
        $"{t.Passed} passed, {t.Failed} failed{skipped}"

module Tally =
    let zero = { Passed = 0; Failed = 0; Skipped = 0 }
    let private failure = { zero with Failed = 1 }

    let private elements (name: string) (ofElement: XElement -> Tally) (file: string) : Tally =
        if File.Exists file then
            // messages of failed tests may hold characters that XML has no place for, such as those that colour a console
            use reader = XmlReader.Create(file, XmlReaderSettings(CheckCharacters = false))

            XDocument.Load(reader).Descendants()
            |> Seq.filter (fun e -> e.Name.LocalName = name)
            |> Seq.fold (fun sum e -> sum + ofElement e) zero
        else
            zero

    /// Of a TRX file, which `dotnet test` writes.
    let ofTrx: string -> Tally =
        elements "UnitTestResult" (fun result ->
            match result.Attribute(XName.Get "outcome").Value with
            | "Passed" -> { zero with Passed = 1 }
            | "NotExecuted" -> { zero with Skipped = 1 }
            | _ -> failure)

    /// Of a JUnit file, which Expecto writes.
    let ofJUnit: string -> Tally =
        elements "testcase" (fun test ->
            match Seq.tryHead (test.Elements()) |> Option.map _.Name.LocalName with
            | None -> { zero with Passed = 1 }
            | Some "skipped" -> { zero with Skipped = 1 }
            | Some _ -> failure)

    /// A run that left no file, or that ended badly without a failed test, counts as one failure.
    let ofRun (exitCode: int) (counted: Tally) : Tally =
        if exitCode <> 0 && counted.Failed = 0 then
            counted + failure
        else
            counted

module Step =
    type SolutionBuilt = private | SolutionBuilt
    type ProgramBuilt = private ProgramBuilt of dll: string

    let private build project =
        Shell.require (Shell.words $"dotnet msbuild {project} -restore -p:Configuration=Release -v:q -nologo")

    /// Every project of the solution, in Release.
    let buildSolution () : SolutionBuilt =
        printfn "Building the solution."
        build "Limen.slnx"
        SolutionBuilt

    /// One program and what it needs, in Release.
    let buildProgram (folder: string) (assembly: string) : ProgramBuilt =
        build folder
        ProgramBuilt(Path.GetFullPath $"{folder}/bin/Release/net10.0/{assembly}.dll")

    /// Runs a built program in a folder on this console.
    let run (folder: string) (arguments: string list) (ProgramBuilt dll) : int =
        Shell.runIn folder ("dotnet" :: dll :: arguments)

    let private results = Path.GetFullPath "artifacts/tests"

    /// A program of Expecto: it ends and names a test that hangs for five minutes by itself.
    let private expecto (project: string) (name: string) (filter: string option) : Tally =
        let file = Path.Combine(results, name + ".xml")
        let folder = Path.GetDirectoryName project

        Shell.words $"dotnet {folder}/bin/Release/net10.0/{name}.dll --fail-on-focused-tests --junit-summary"
        @ [ file ]
        @ (filter
           |> Option.toList
           |> List.collect (fun part -> [ "--filter-test-list"; part ]))
        |> Shell.run
        |> fun code -> Tally.ofRun code (Tally.ofJUnit file)

    /// A project of NUnit, by `dotnet test`. A test that hangs for five minutes is ended and named.
    let private nunit (project: string) (name: string) (filter: string option) : Tally =
        Shell.words $"dotnet test {project} -c Release --no-build --nologo"
        @ Shell.words $"--logger trx;LogFileName={name}.trx --logger console;verbosity=minimal"
        @ Shell.words "--blame-hang-timeout 5m --blame-hang-dump-type none --results-directory"
        @ [ results ]
        @ (filter
           |> Option.toList
           |> List.collect (fun part -> [ "--filter"; $"FullyQualifiedName~{part}" ]))
        |> Shell.run
        |> fun code -> Tally.ofRun code (Tally.ofTrx (Path.Combine(results, name + ".trx")))

    /// Every project of tests, one after the other; all tests, or those with a name in the name of their list or class.
    let test (filter: string option) (SolutionBuilt) : Tally =
        if Directory.Exists results then
            Directory.Delete(results, recursive = true)

        Directory.EnumerateDirectories "tests"
        |> Seq.collect (fun folder -> Directory.EnumerateFiles(folder, "*.*proj"))
        // the properties run what it tries
        |> Seq.filter (fun project -> Path.GetFileNameWithoutExtension project <> "Limen.Fuzz")
        |> Seq.sort
        |> Seq.map (fun project ->
            let name = Path.GetFileNameWithoutExtension project
            printfn $"Testing {name}."

            let tally =
                match name with
                | "Limen.Properties"
                | "Limen.Browser" -> expecto project name filter
                | _ -> nunit project name filter

            if tally = Tally.zero && filter.IsNone then
                stop $"{name} ran no test."

            tally)
        |> Seq.fold (+) Tally.zero
