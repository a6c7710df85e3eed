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
            match a.TryGetResult DemoArguments.Corpus with
            | Some folder -> Demo.writeCorpus folder
            | None ->
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
                (if a.Contains Dev_Only then
                     Some DecisionRows.ValidationOnly
                 else
                     None)
                (a.GetResult(TrainArguments.Seed, 1))

    /// The faults that a user can mend: one line each, without a stack trace.
    let private isUsers (e: exn) =
        match e with
        | :? DataFormatException
        | :? ModelFormatException
        | :? ConfigurationException
        | :? TrainingDivergedException
        | :? ArgumentException
        | :? OperationCanceledException
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
