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

    let private names (option: string) (description: string) =
        Option<string[]>(
            option,
            Description = description,
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = true
        )

    let private studies =
        names "--studies" "only these studies, without the comparison with scikit-learn (default: all, and it)"

    let private sets =
        names "--sets" "the studies on these data sets only, without the comparison (default: on all, and it)"

    let private baselines =
        names "--baselines" "only the comparison with scikit-learn, on these data sets (default: all)"

    let private run (given: ParseResult) : int =
        let ofEnvironment = Environment.GetEnvironmentVariable "LIMEN_DATA" |> Option.ofObj
        let data = Option.ofObj (given.GetValue data) |> Option.orElse ofEnvironment

        let output =
            Option.ofObj (given.GetValue out)
            |> Option.defaultValue (Path.Combine("artifacts", "experiments"))

        let chosen (option: Option<string[]>) =
            given.GetValue option
            |> Option.ofObj
            |> Option.map List.ofArray
            |> Option.defaultValue []

        let isGiven (option: Option<string[]>) = not (isNull (given.GetResult option))

        let selection =
            {
                Studies = chosen studies
                Sets = chosen sets
                Seeds = Option.ofNullable (given.GetValue seeds)
            }

        match Plan.faults data selection with
        | [] ->
            let some = isGiven studies || isGiven sets

            if some || not (isGiven baselines) then
                Experiments.run data output selection

            if isGiven baselines || not some then
                BaselineStudy.run data output (chosen baselines)

            0
        | faults ->
            faults |> List.iter (eprintfn "%s")
            2

    [<EntryPoint>]
    let main argv =
        if Console.IsOutputRedirected then
            AnsiConsole.Profile.Capabilities.Ansi <- false
            AnsiConsole.Profile.Width <- 160

        let root = RootCommand("The experiments of docs/findings.md.")
        root.Add data
        root.Add out
        root.Add seeds
        root.Add studies
        root.Add sets
        root.Add baselines
        root.SetAction(Func<ParseResult, int> run)
        root.Parse(argv).Invoke(InvocationConfiguration(EnableDefaultExceptionHandler = false))
