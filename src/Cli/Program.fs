namespace Limen.Cli

open System
open System.IO
open Argu
open Spectre.Console
open Limen.Core

module Program =

    let private run (arguments: ParseResults<Arguments>) =
        match arguments.GetSubCommand() with
        | Demo a ->
            Demo.run
                (a.GetResult(DemoArguments.Out, Path.Combine("artifacts", "demo")))
                (a.GetResult(DemoArguments.Seed, 1))
        | Predict a ->
            Predict.run
                (a.GetResult(PredictArguments.Model, Path.Combine("artifacts", "demo", "model")))
                (a.GetResult PredictArguments.Words)
        | Train a ->
            Train.run
                (a.GetResult TrainArguments.Data)
                (a.GetResult TrainArguments.Out)
                (a.TryGetResult TrainArguments.Input)
                (a.TryGetResult TrainArguments.Objective)
                (a.GetResult(TrainArguments.Seed, 1))
        | Experiments a ->
            let ofEnvironment = Environment.GetEnvironmentVariable "LIMEN_DATA" |> Option.ofObj

            Experiments.run
                (a.TryGetResult ExperimentsArguments.Data |> Option.orElse ofEnvironment)
                (a.GetResult(ExperimentsArguments.Out, Path.Combine("artifacts", "experiments")))
                (a.TryGetResult ExperimentsArguments.Seeds)

    /// The faults that a user can mend: one line each, without a stack trace.
    let private isUsers (e: exn) =
        match e with
        | :? DataFormatException
        | :? ModelFormatException
        | :? ConfigurationException
        | :? TrainingDivergedException
        | :? ArgumentException
        | :? IOException -> true
        | _ -> false

    [<EntryPoint>]
    let main argv =
        if Console.IsOutputRedirected then
            AnsiConsole.Profile.Capabilities.Ansi <- false
            AnsiConsole.Profile.Width <- 160

        try
            ArgumentParser.Create<Arguments>(programName = "limen").ParseCommandLine argv
            |> run

            0
        with
        | :? ArguParseException as e ->
            eprintfn $"{e.Message}"
            (if e.ErrorCode = ErrorCode.HelpText then 0 else 2)
        | e when isUsers e ->
            AnsiConsole.MarkupLine $"[red]{Markup.Escape e.Message}[/]"
            1
