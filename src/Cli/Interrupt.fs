namespace Limen.Cli

open System
open System.Threading

/// Ctrl+C.
[<RequireQualifiedAccess>]
module Interrupt =

    /// A token that the first Ctrl+C cancels; a second one ends the program at once.
    let token () : CancellationToken =
        let source = new CancellationTokenSource()

        Console.CancelKeyPress.Add(fun e ->
            if source.IsCancellationRequested then
                exit Faults.interrupted

            e.Cancel <- true
            source.Cancel()
            Terminal.note "Stopping at the next step. Ctrl+C again ends at once.")

        source.Token
