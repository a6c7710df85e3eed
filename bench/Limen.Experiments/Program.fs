namespace Limen.Experiments

open System
open System.CommandLine
open System.IO
open Spectre.Console

/// Signals, margin, local signals and decision rules on many data sets, and the defaults beside scikit-learn's baselines.
module Program =

    let private data =
        Option<string>(
            "--data",
            Description =
                "folder of the data sets (default: the environment's LIMEN_DATA; without it the embedded default)"
        )

    let private out =
        Option<string>("--out", Description = "folder for report.json (default: artifacts/experiments)")

    let private seeds =
        Option<Nullable<int>>(
            "--seeds",
            Description = "the most seeds of an experiment (default: as planned for each, one to three)"
        )

    let private baselines =
        Option<string[]>(
            "--baselines",
            Description = "only the comparison with scikit-learn, on these data sets (default: all)",
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = true
        )

    let private run (given: ParseResult) : unit =
        let ofEnvironment = Environment.GetEnvironmentVariable "LIMEN_DATA" |> Option.ofObj
        let data = Option.ofObj (given.GetValue data) |> Option.orElse ofEnvironment

        let output =
            Option.ofObj (given.GetValue out)
            |> Option.defaultValue (Path.Combine("artifacts", "experiments"))

        if isNull (given.GetResult baselines) then
            Experiments.run data output (Option.ofNullable (given.GetValue seeds))

        BaselineStudy.run
            data
            output
            (given.GetValue baselines
             |> Option.ofObj
             |> Option.map List.ofArray
             |> Option.defaultValue [])

    [<EntryPoint>]
    let main argv =
        if Console.IsOutputRedirected then
            AnsiConsole.Profile.Capabilities.Ansi <- false
            AnsiConsole.Profile.Width <- 160

        let root = RootCommand("The experiments of docs/findings.md.")
        root.Add data
        root.Add out
        root.Add seeds
        root.Add baselines
        root.SetAction(Action<ParseResult> run)
        root.Parse(argv).Invoke(InvocationConfiguration(EnableDefaultExceptionHandler = false))
