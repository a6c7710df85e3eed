namespace Limen.Properties

open System
open System.Diagnostics
open System.IO
open System.Reflection
open Expecto

/// For tests of what happens once in a process, or is read from its environment.
[<RequireQualifiedAccess>]
module OwnProcess =

    let private variable = "LIMEN_OWN_PROCESS"

    /// Whether this process was started for one test.
    let isThis = Environment.GetEnvironmentVariable variable <> null

    /// Runs this program with the arguments; its exit code, and what it wrote to either stream.
    let private run (environment: (string * string) list) (arguments: string list) : int * string =
        let program = Environment.ProcessPath

        let start =
            ProcessStartInfo(program, RedirectStandardOutput = true, RedirectStandardError = true)

        if Path.GetFileNameWithoutExtension program = "dotnet" then
            start.ArgumentList.Add(Assembly.GetEntryAssembly().Location)

        for argument in arguments do
            start.ArgumentList.Add argument

        for name, value in environment do
            start.Environment[name] <- value

        use child = Process.Start start
        let errors = child.StandardError.ReadToEndAsync()
        let output = child.StandardOutput.ReadToEnd()
        child.WaitForExit()
        child.ExitCode, output + errors.Result

    /// Runs a command of the system; its exit code.
    let command (name: string) (arguments: string list) : int =
        use running = Process.Start(ProcessStartInfo(name, arguments))
        running.WaitForExit()
        running.ExitCode

    /// A test that runs in a process of its own, which has these environment variables beside this one's.
    let test (name: string) (environment: (string * string) list) (body: unit -> unit) : Test =
        if Environment.GetEnvironmentVariable variable = name then
            testList name [ testCase "itself" body ]
        else
            testCase name (fun () ->
                let code, output =
                    run ((variable, name) :: environment) [ "--filter-test-list"; name ]

                if code <> 0 || not (output.Contains " 1 passed") then
                    failtest $"in a process of its own, exit code {code}:\n{output}")
