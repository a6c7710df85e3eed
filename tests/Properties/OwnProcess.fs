namespace Limen.Properties

open System
open System.Diagnostics
open System.IO
open System.Reflection
open Expecto

/// Tests that need a process of their own: of what is loaded once in a process, or read from its environment.
[<RequireQualifiedAccess>]
module OwnProcess =

    let private variable = "LIMEN_OWN_PROCESS"

    /// Runs this program with the arguments; its exit code, and what it wrote to either stream.
    let private run (environment: (string * string) list) (arguments: string list) : int * string =
        let program = Environment.ProcessPath

        let start =
            ProcessStartInfo(program, RedirectStandardOutput = true, RedirectStandardError = true)

        if Path.GetFileNameWithoutExtension program = "dotnet" then
            start.ArgumentList.Add((Assembly.GetEntryAssembly().Location))

        for argument in arguments do
            start.ArgumentList.Add argument

        for name, value in environment do
            start.Environment[name] <- value

        use child = Process.Start start
        let errors = child.StandardError.ReadToEndAsync()
        let output = child.StandardOutput.ReadToEnd()
        child.WaitForExit()
        child.ExitCode, output + errors.Result

    /// The tests, run in a process of their own that has these environment variables beside this one's: one test here, which passes where they all do.
    let tests (name: string) (environment: (string * string) list) (tests: Test list) : Test =
        if Environment.GetEnvironmentVariable variable = name then
            testList name tests
        else
            testCase name (fun () ->
                let code, output =
                    run ((variable, name) :: environment) [ "--filter-test-list"; name ]

                if code <> 0 || not (output.Contains $" {tests.Length} passed") then
                    failtest $"in a process of its own, exit code {code}:\n{output}")
