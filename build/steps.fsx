// The steps of the build. Each returns a witness that nothing else can make, and asks for the witnesses of the steps before
// it: tests cannot run on what was not built, nor a program over a native part that was not compiled.
module Steps

open System
open System.Diagnostics
open System.IO
open System.Xml.Linq

/// Ends the build with a plain sentence.
exception Stopped of reason: string

let stop reason = raise (Stopped reason)

module Shell =
    /// The words of a command line whose parts hold no blanks.
    let words (line: string) : string list =
        List.ofArray (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))

    /// Runs a command on this console and returns its exit code.
    let run (command: string list) : int =
        use running = Process.Start(ProcessStartInfo(command.Head, command.Tail))
        running.WaitForExit()
        running.ExitCode

    /// Runs a command that must succeed.
    let require (command: string list) : unit =
        let code = run command

        if code <> 0 then
            let line = String.Join(' ', command)
            stop $"`{line}` ended with exit code {code}."

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

    /// Reads a TRX file. A run that left none, or that ended badly without a failed test, counts as one failure.
    let ofRun (trx: string) (exitCode: int) : Tally =
        let ofOutcome =
            function
            | "Passed" -> { zero with Passed = 1 }
            | "NotExecuted" -> { zero with Skipped = 1 }
            | _ -> failure

        let counted =
            if File.Exists trx then
                XDocument.Load(trx).Descendants()
                |> Seq.filter (fun e -> e.Name.LocalName = "UnitTestResult")
                |> Seq.fold (fun sum e -> sum + ofOutcome (e.Attribute(XName.Get "outcome").Value)) zero
            else
                zero

        if exitCode <> 0 && counted.Failed = 0 then
            counted + failure
        else
            counted

module Step =
    type NativeReady = private | NativeReady
    type SolutionBuilt = private | SolutionBuilt
    type ProgramBuilt = private ProgramBuilt of dll: string

    let private native = "artifacts/native/liblimen_torch.so"

    /// The C ABI over the system's libtorch and oneDNN, compiled when a source is newer. The torchsharp engine has none.
    let compileNative () : NativeReady =
        let sources = Directory.GetFiles("native", "*.cpp") |> Array.sort |> List.ofArray

        let newest =
            Directory.GetFiles "native" |> Seq.map File.GetLastWriteTimeUtc |> Seq.max

        if
            Environment.GetEnvironmentVariable "TensorEngine" <> "torchsharp"
            && File.GetLastWriteTimeUtc native < newest
        then
            printfn "Compiling the native part."
            Directory.CreateDirectory(Path.GetDirectoryName native) |> ignore
            let unfinished = native + ".part"

            Shell.words
                "g++ -O2 -std=c++17 -fPIC -shared -fopenmp -fvisibility=hidden -I/usr/include/torch/csrc/api/include"
            @ sources
            @ Shell.words $"-ltorch -ltorch_cpu -lc10 -ldnnl -o {unfinished}"
            |> Shell.require

            File.Move(unfinished, native, overwrite = true)

        NativeReady

    let private build project =
        Shell.require (Shell.words $"dotnet msbuild {project} -restore -p:Configuration=Release -v:q -nologo")

    /// Every project of the solution, in Release.
    let buildSolution (NativeReady) : SolutionBuilt =
        printfn "Building the solution."
        build "Limen.slnx"
        SolutionBuilt

    /// One program and what it needs, in Release.
    let buildProgram (folder: string) (assembly: string) (NativeReady) : ProgramBuilt =
        build folder
        ProgramBuilt $"{folder}/bin/Release/net10.0/{assembly}.dll"

    /// Runs a built program on this console.
    let run (arguments: string list) (ProgramBuilt dll) : int =
        Shell.run ("dotnet" :: dll :: arguments)

    /// Every test project under tests/, one after the other. A test that hangs for five minutes is ended and named.
    let test (arguments: string list) (SolutionBuilt) : Tally =
        let results = Path.GetFullPath "artifacts/tests"

        if Directory.Exists results then
            Directory.Delete(results, recursive = true)

        Directory.EnumerateFiles("tests", "*.*proj", SearchOption.AllDirectories)
        |> Seq.sort
        |> Seq.map (fun project ->
            let name = Path.GetFileNameWithoutExtension project
            let trx = Path.Combine(results, name + ".trx")
            printfn $"Testing {name}."

            let tally =
                Shell.words $"dotnet test {project} -c Release --no-build --nologo"
                @ Shell.words $"--logger trx;LogFileName={name}.trx --logger console;verbosity=minimal"
                @ Shell.words "--blame-hang-timeout 5m --blame-hang-dump-type none --results-directory"
                @ results :: arguments
                |> Shell.run
                |> Tally.ofRun trx

            if tally = Tally.zero && List.isEmpty arguments then
                stop $"{name} ran no test."

            tally)
        |> Seq.fold (+) Tally.zero
