namespace Limen.Cli

open System
open System.Threading
open Spectre.Console
open Limen

/// Progress bars on a terminal; a line per stage and epoch where the output is no terminal.
[<RequireQualifiedAccess>]
module Progress =

    let private detail (p: TrainingProgress) =
        if p.ValidationNdcg.HasValue then
            let recall =
                if p.ShortlistRecall.HasValue then
                    $", shortlist recall {p.ShortlistRecall.Value:F2}"
                else
                    ""

            $"epoch {p.Epoch}/{p.Epochs}, validation nDCG@5 {p.ValidationNdcg.Value:F3}{recall}"
        elif Double.IsNaN p.Loss then
            ""
        else
            $"epoch {p.Epoch}/{p.Epochs}, loss {p.Loss:F2}"

    /// Runs f with a bar named title; f receives the reporter.
    let run (title: string) (f: (TrainingProgress -> unit) -> 'a) : 'a =
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
                        task.Description <- Markup.Escape $"{title}: {p.Stage} {detail p}"))
        else
            let clock = Diagnostics.Stopwatch.StartNew()
            let mutable phase = ""
            let mutable epoch = 0

            f (fun p ->
                let print (detail: string) =
                    AnsiConsole.WriteLine $"  {clock.Elapsed.TotalSeconds, 6:F0} s  {title}: {p.Stage} {detail}"

                if p.ValidationNdcg.HasValue && p.Epoch <> epoch then
                    epoch <- p.Epoch
                    print (detail p)
                elif p.Stage <> phase then
                    phase <- p.Stage
                    epoch <- 0
                    print "")

    /// A token that Ctrl+C cancels once; a second Ctrl+C ends the program.
    let cancelOnInterrupt () : CancellationToken =
        let source = new CancellationTokenSource()

        Console.CancelKeyPress.Add(fun e ->
            if not source.IsCancellationRequested then
                e.Cancel <- true
                source.Cancel()
                AnsiConsole.MarkupLine "[yellow]Stopping; the best model so far is kept where there is one.[/]")

        source.Token
