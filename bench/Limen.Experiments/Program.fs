namespace Limen.Experiments

open System
open System.IO
open Argu
open Spectre.Console

type Arguments =
    | Data of path: string
    | Out of path: string
    | Seeds of int
    | Baselines of sets: string list

    interface IArgParserTemplate with
        member a.Usage =
            match a with
            | Data _ ->
                "folder of the data sets (default: the environment's LIMEN_DATA; without it the embedded default)"
            | Out _ -> "folder for report.json (default: artifacts/experiments)"
            | Seeds _ -> "the most seeds of an experiment (default: as planned for each, one to three)"
            | Baselines _ -> "only the comparison with scikit-learn, on these data sets (default: all)"

/// Signals, margin, local signals and decision rules on many data sets, and the defaults beside scikit-learn's baselines.
module Program =

    [<EntryPoint>]
    let main argv =
        if Console.IsOutputRedirected then
            AnsiConsole.Profile.Capabilities.Ansi <- false
            AnsiConsole.Profile.Width <- 160

        try
            let a =
                ArgumentParser.Create<Arguments>(programName = "experiments").ParseCommandLine argv

            let ofEnvironment = Environment.GetEnvironmentVariable "LIMEN_DATA" |> Option.ofObj

            let data = a.TryGetResult Data |> Option.orElse ofEnvironment
            let output = a.GetResult(Out, Path.Combine("artifacts", "experiments"))

            if not (a.Contains Arguments.Baselines) then
                Experiments.run data output (a.TryGetResult Seeds)

            BaselineStudy.run data output (a.GetResult(Arguments.Baselines, []))

            0
        with :? ArguParseException as e ->
            eprintfn $"{e.Message}"
            (if e.ErrorCode = ErrorCode.HelpText then 0 else 2)
