namespace Limen.Cli

open System
open System.Runtime.InteropServices
open System.Threading

/// Ctrl+C, and the signal by which services are stopped.
[<RequireQualifiedAccess>]
module Interrupt =

    let private registrations = ResizeArray<PosixSignalRegistration>()

    /// A token that the first Ctrl+C, or SIGTERM, cancels; a second one ends the program at once.
    let token () : CancellationToken =
        let source = new CancellationTokenSource()

        let stop (context: PosixSignalContext) =
            if source.IsCancellationRequested then
                exit Faults.interrupted

            context.Cancel <- true
            source.Cancel()
            Terminal.note "Stopping at the next step. Ctrl+C again ends at once."

        for signal in [ PosixSignal.SIGINT; PosixSignal.SIGTERM ] do
            // for as long as the program runs
            registrations.Add(PosixSignalRegistration.Create(signal, stop))

        source.Token
