namespace Limen.Cli

open System
open System.IO
open System.Text.RegularExpressions
open Limen.Core

/// From an exception to the one line that a person reads, and to the exit code: 1 a fault, 2 wrong use, 130 interrupted.
[<RequireQualifiedAccess>]
module Faults =

    let usage = 2
    let interrupted = 130

    /// .NET's own note of the argument, which is no option of ours.
    let private withoutParameter (message: string) =
        Regex.Replace(message, @" \(Parameter '\w+'\)", "")

    let private oneLine (message: string) =
        Regex.Replace(withoutParameter(message).Trim(), @"\s*[\r\n]+\s*", " ")

    let rec private message (e: exn) : string =
        match e with
        | Usage message -> message
        | :? ConfigurationException as e -> String.Join("; ", e.Faults)
        | :? AggregateException as e when e.InnerExceptions.Count = 1 -> message e.InnerException
        | :? TorchUnavailableException ->
            $"The loss is computed by torch, whose native library this command does not bring: train with bceWithThreshold, with or without margin, or in C# with the package libtorch-cpu of your system"
        | :? UnauthorizedAccessException
        | :? IOException
        | :? InvalidDataException
        | :? ArgumentException
        | :? FormatException
        | :? ModelFormatException
        | :? TrainingDivergedException
        | :? TensorException -> e.Message
        | :? OutOfMemoryException -> "there is not enough memory for this"
        | _ -> $"{e.GetType().Name}: {e.Message} (a fault of limen itself: please report it, with what --debug prints)"

    /// The line of standard error.
    let line (e: exn) : string = oneLine (message e)

    let rec code (e: exn) : int =
        match e with
        | Usage _ -> usage
        | :? OperationCanceledException -> interrupted
        | :? AggregateException as e when e.InnerExceptions.Count = 1 -> code e.InnerException
        | _ -> 1

    /// What was made of the exception is printed; with debug, the exception itself after it.
    let report (debug: bool) (e: exn) : int =
        match code e with
        | 130 -> Terminal.note "Stopped. Nothing was saved."
        | _ -> Terminal.note $"limen: {line e}"

        if debug then
            (string e).ReplaceLineEndings("\n").Split '\n' |> Array.iter Terminal.note

        code e
