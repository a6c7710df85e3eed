namespace Limen.Experiments

open System
open System.Collections.Generic
open System.Diagnostics
open Spectre.Console

/// Runs the studies and writes artifacts/experiments/report.json and a table a study.
[<RequireQualifiedAccess>]
module Experiments =

    let private line (text: string) =
        AnsiConsole.WriteLine $"{DateTime.Now:``HH:mm:ss``}  {text}"

    let private run1 (read: string -> Task) (job: Job, study: Study) (report: ExperimentsReport) : ExperimentsReport =
        let task = read job.Task
        let clock = Stopwatch.StartNew()
        let findings = study.Run job.Seed task

        { report with
            Jobs = report.Jobs @ [ job, clock.Elapsed.TotalSeconds ]
            Tasks =
                if report.Tasks |> List.exists (fst >> (=) job.Task) then
                    report.Tasks
                else
                    report.Tasks @ [ job.Task, Task.statistics task ]
            Findings = report.Findings @ findings
        }

    /// data: the directory of the data sets; without it the embedded default alone is used. The report is written after every
    /// job, and a run of the same build goes on where the last one was interrupted; a finished one starts anew.
    let run (data: string option) (output: string) (selection: Selection) : unit =
        let jobs = Plan.jobs data selection
        let resumed = ExperimentsReport.resume output

        let isDone (report: ExperimentsReport) (job, _) =
            report.Jobs |> List.exists (fst >> (=) job)

        let start =
            if jobs |> List.forall (isDone resumed) then
                ExperimentsReport.empty
            else
                resumed

        let waiting = jobs |> List.filter (isDone start >> not)
        let tasks = Dictionary<string, Task>()

        let read name =
            match tasks.TryGetValue name with
            | true, task -> task
            | _ ->
                let task = Task.read data name
                tasks[name] <- task
                task

        line $"{waiting.Length} of {jobs.Length} experiments to run; the report grows in {output}."
        let clock = Stopwatch.StartNew()

        let report =
            ((start, 1), waiting)
            ||> List.fold (fun (report, number) (job, study) ->
                line $"{number}/{waiting.Length}  {job.Study}: {job.Task}, seed {job.Seed}"
                let report = run1 read (job, study) report
                ExperimentsReport.write output report |> ignore
                report, number + 1)
            |> fst

        ExperimentsTables.print report
        ExperimentsTables.write output report
        line $"Written: {ExperimentsReport.write output report}"
        line $"{report.Findings.Length} results, {clock.Elapsed.TotalMinutes:F1} minutes."
