namespace Limen.Cli

open System
open System.Diagnostics
open Spectre.Console
open Limen

/// How far work is, on standard error: a bar on a terminal; elsewhere lines with the time left.
[<RequireQualifiedAccess>]
module Progress =

    /// Before this, nothing is said of the time left, and work that is done by then needs no line.
    let private quiet = TimeSpan.FromSeconds 2.0

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

    /// The time left where the share that is done took so long; None where too little is done to say.
    let left (elapsed: TimeSpan) (share: float) : TimeSpan option =
        if elapsed < quiet || share < 0.01 then
            None
        else
            Some(elapsed * ((1.0 - min 1.0 share) / share))

    let private spoken (time: TimeSpan) =
        if time.TotalSeconds < 90.0 then
            $"{time.TotalSeconds:F0} s"
        elif time.TotalMinutes < 90.0 then
            $"{time.TotalMinutes:F0} min"
        else
            $"{time.TotalHours:F1} h"

    let private leftWords (elapsed: TimeSpan) share =
        match left elapsed share with
        | Some time -> $", about {spoken time} left"
        | None -> ""

    let private onTerminal (title: string) (f: (TrainingProgress -> unit) -> 'a) : 'a =
        Progress(Terminal.error.Value)
            .AutoClear(true)
            .Columns(
                TaskDescriptionColumn(),
                ProgressBarColumn(),
                PercentageColumn(),
                ElapsedTimeColumn(),
                RemainingTimeColumn(),
                SpinnerColumn()
            )
            .Start(fun context ->
                let task = context.AddTask(Markup.Escape title, maxValue = 1.0)

                f (fun p ->
                    task.Value <- p.Done
                    task.Description <- Markup.Escape $"{title}: {p.Stage} {detail p}"))

    /// What work is of: a repeated cross-fit trains hundreds of scorers, some in a tenth of a second.
    let private kind (p: TrainingProgress) =
        if p.Scorer > 0 then "scorers" else p.Stage

    /// A line where work of another kind begins, and beside that no more than one in two seconds.
    let private asLines (title: string) (f: (TrainingProgress -> unit) -> 'a) : 'a =
        let clock = Stopwatch.StartNew()
        let mutable shown = ""
        let mutable last = TimeSpan.Zero

        f (fun p ->
            let now = clock.Elapsed

            if now >= quiet && (kind p <> shown || now - last >= quiet) then
                shown <- kind p
                last <- now
                let at = $"{p.Stage} {detail p}".TrimEnd()
                Terminal.note $"  {now.TotalSeconds, 6:F0} s  {title}: {at}{leftWords now p.Done}")

    /// Runs f, which receives the reporter.
    let run (title: string) (f: (TrainingProgress -> unit) -> 'a) : 'a =
        if Terminal.error.Value.Profile.Capabilities.Interactive then
            onTerminal title f
        else
            asLines title f

    /// Runs f under a spinner on a terminal.
    let during (what: string) (f: unit -> 'a) : 'a =
        if Terminal.error.Value.Profile.Capabilities.Interactive then
            Status(Terminal.error.Value).Start(Markup.Escape what, (fun _ -> f ()))
        else
            f ()
