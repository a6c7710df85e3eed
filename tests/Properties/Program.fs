/// The tests of this project, as a program: an adapter of Expecto for `dotnet test` is not among its packages.
/// `dotnet run --project tests/Properties -c Release -- --filter-test-list NAME` runs the lists with this name in theirs.
module Limen.Properties.Program

open System
open System.Threading
open Expecto
open Expecto.Impl
open Expecto.Tests

/// A test that runs for longer has hung; those of the proof have more to do.
let private patience = TimeSpan.FromMinutes(if Cases.isProof then 60.0 else 5.0)

/// Ends the program, naming the test, where one has hung.
let private watched (printer: TestPrinters) : TestPrinters =
    let mutable running = ""

    let giveUp _ =
        eprintfn $"{running} has run for {patience.TotalMinutes} minutes: the tests are ended."
        exit 1

    let watch =
        new Timer(giveUp, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)

    { printer with
        beforeEach =
            fun name ->
                running <- name
                watch.Change(patience, Timeout.InfiniteTimeSpan) |> ignore
                printer.beforeEach name
    }

[<EntryPoint>]
let main arguments =
    // tests of the loader start where nothing is loaded
    if not OwnProcess.isThis then
        Limen.TorchRuntime.Load()

    let colours = if Console.IsOutputRedirected then 0 else 8

    // one after the other: vector width, threads, memory counts and the environment belong to the whole process
    runTestsInAssemblyWithCLIArgs
        [
            Sequenced
            No_Spinner
            Colours colours
            Printer(watched TestPrinters.defaultPrinter)
        ]
        arguments
