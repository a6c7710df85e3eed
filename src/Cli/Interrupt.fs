namespace Limen.Cli

open System
open System.Runtime.InteropServices
open System.Threading
open Spectre.Console

/// What is said of work that a person may interrupt.
type Interruptible =
    {
        /// What is asked at a terminal, and what is kept if the work is stopped.
        Question: string
        Kept: string
    }

/// Ctrl+C, and the signal by which services are stopped.
[<RequireQualifiedAccess>]
module Interrupt =

    let private registrations = ResizeArray<PosixSignalRegistration>()

    /// Whether somebody can be asked.
    let private isAnswered () =
        not (Console.IsInputRedirected || Console.IsErrorRedirected)

    /// A line above a bar that is drawn meanwhile.
    let private tell (line: string) =
        Terminal.error.Value.Write(Text($"{line}\n"))

    let private isYes () =
        Char.ToLowerInvariant(Console.ReadKey(true).KeyChar) = 'y'

    /// A token that Ctrl+C, or SIGTERM, cancels. Where somebody sits at a terminal, the first Ctrl+C only asks, and the work goes on until the answer; elsewhere, and for
    /// SIGTERM, it cancels. One more while a question is open, or after it was cancelled, ends the program at once.
    let token (work: Interruptible) : CancellationToken =
        let source = new CancellationTokenSource()
        let isAsking = ref 0

        let cancel () =
            source.Cancel()
            tell "Stopping at the next step. Ctrl+C again ends at once."

        let ask () =
            tell $"{work.Question} {work.Kept} [y/N]"

            if isYes () then cancel () else tell "Going on."

            Volatile.Write(&isAsking.contents, 0)

        let stop (context: PosixSignalContext) =
            if source.IsCancellationRequested || Volatile.Read &isAsking.contents = 1 then
                Terminal.error.Value.Cursor.Show(true) // a bar that is drawn hides it
                exit Faults.interrupted

            context.Cancel <- true

            if context.Signal = PosixSignal.SIGINT && isAnswered () then
                Volatile.Write(&isAsking.contents, 1)
                Thread(ask, IsBackground = true).Start()
            else
                cancel ()

        for signal in [ PosixSignal.SIGINT; PosixSignal.SIGTERM ] do
            // for as long as the program runs
            registrations.Add(PosixSignalRegistration.Create(signal, stop))

        source.Token
