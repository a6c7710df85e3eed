namespace Limen.Cli

open System
open System.Threading
open Spectre.Console
open Limen.Core

/// Progress bars on a terminal; a line per stage and epoch where the output is no terminal.
[<RequireQualifiedAccess>]
module Progress =

    let private label (p: FitProgress) =
        match p.Phase with
        | FittingSignals -> "signals"
        | FittingScorer(index, count) when count > 1 -> $"scorer {index} of {count}"
        | FittingScorer _ -> "training"
        | FittingDecision -> "decision"

    let private detail (p: FitProgress) =
        match p.Training with
        | Some {
                   Validation = Some v
                   ShortlistRecall = recall
                   Epoch = e
                   Epochs = n
               } ->
            let recall = recall |> Option.map (fun r -> $", shortlist recall {r:F2}")
            $"epoch {e}/{n}, validation nDCG@5 {v:F3}{Option.defaultValue String.Empty recall}"
        | Some t when not (Double.IsNaN t.Loss) -> $"epoch {t.Epoch}/{t.Epochs}, loss {t.Loss:F2}"
        | _ -> ""

    /// Runs f with a bar named title; f receives the reporter.
    let run (title: string) (f: (FitProgress -> unit) -> 'a) : 'a =
        if AnsiConsole.Profile.Capabilities.Interactive then
            AnsiConsole
                .Progress()
                .AutoClear(true)
                .Columns(
                    TaskDescriptionColumn(),
                    ProgressBarColumn(),
                    PercentageColumn(),
                    ElapsedTimeColumn(),
                    SpinnerColumn()
                )
                .Start(fun context ->
                    let task = context.AddTask(Markup.Escape title, maxValue = 1.0)

                    f (fun p ->
                        task.Value <- p.Done
                        task.Description <- Markup.Escape $"{title}: {label p} {detail p}"))
        else
            let clock = Diagnostics.Stopwatch.StartNew()
            let mutable phase = ""
            let mutable epoch = 0

            f (fun p ->
                let print (detail: string) =
                    AnsiConsole.WriteLine $"  {clock.Elapsed.TotalSeconds, 6:F0} s  {title}: {label p} {detail}"

                match p.Training with
                | Some { Validation = Some _; Epoch = e } when e <> epoch ->
                    epoch <- e
                    print (detail p)
                | _ when label p <> phase ->
                    phase <- label p
                    epoch <- 0
                    print ""
                | _ -> ())

    /// A token that Ctrl+C cancels once; a second Ctrl+C ends the program.
    let cancelOnInterrupt () : CancellationToken =
        let source = new CancellationTokenSource()

        Console.CancelKeyPress.Add(fun e ->
            if not source.IsCancellationRequested then
                e.Cancel <- true
                source.Cancel()
                AnsiConsole.MarkupLine "[yellow]Stopping at the next step; the best state so far is kept.[/]")

        source.Token
