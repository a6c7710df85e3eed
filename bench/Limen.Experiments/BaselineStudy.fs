namespace Limen.Experiments

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core
open Spectre.Console

/// The library with its defaults beside scikit-learn's baselines, data set by data set: artifacts/experiments/baselines.json and .md.
[<RequireQualifiedAccess>]
module BaselineStudy =

    let private line (text: string) =
        AnsiConsole.WriteLine $"{DateTime.Now:``HH:mm:ss``}  {text}"

    /// The strongest preset with its defaults, from rows to label sets. Its labels are told by name: what it never saw it never says.
    let private limen (rows: Split<LabelledRows>) (test: LabelledRows) : Contender =
        let clock = Stopwatch.StartNew()

        let model =
            Pipeline.fit
                (Presets.strong Objective.standard)
                (Presets.vectorisers ())
                FeatureKind.Automatic
                rows.Train
                rows.Validation
                ignore
                CancellationToken.None

        let scores = Model.scores (Model.features test.Rows model) model
        let named = LabelSpace.relabel model.Labels test.Space

        let contender =
            {
                Name = "Limen"
                Sets = FittedDecision.decide model.Decision scores |> named
                Top = Ranked.sets 1 scores |> named
                Seconds = clock.Elapsed.TotalSeconds
            }

        Ranker.dispose model.Ranker
        contender

    let private figures (truth: LabelSets) (c: Contender) : Figures =
        {
            Name = c.Name
            Seconds = Math.Round(c.Seconds, 1)
            Values = Contender.evidence truth c |> Metric.evaluate Contender.metrics |> Map.ofList
        }

    /// The library's round with baselines that have a result.
    let private round (name: string) (rows: Split<LabelledRows>) (test: LabelledRows) (baselines: Baselines) : Round =
        let limen = limen rows test

        {
            Set = name
            Key = baselines.Key
            Limen = figures test.Truth limen
            Baselines = baselines.Contenders |> List.map (figures test.Truth)
            NotRun = baselines.NotRun
            Comparisons = Comparison.ofContenders Bootstrap.standard test.Truth baselines.Contenders limen
        }

    let private join data output (report: BaselinesReport) (name: string) : BaselinesReport =
        line $"beside scikit-learn: {name}"
        let folder = BaselineSets.folder data output name
        let results = Path.Combine(output, "baselines", name)
        Baselines.run folder results
        let rows = BaselineSets.read folder
        let test = Option.get rows.Test
        let baselines = Baselines.read test.Truth results

        let isKept (found: Round) =
            found.Set = name && found.Key = baselines.Key

        if report.Rounds |> List.exists isKept then
            report
        else
            let report =
                report
                |> BaselinesReport.add BaselineSets.names (round name rows test baselines)

            BaselinesReport.write output report
            report

    /// data: the directory of the data sets, without which there is no table. only: the data sets to take, all where there is none.
    /// The report grows set by set; a run of the same build keeps the rounds whose scripts and data have not changed.
    let run (data: string option) (output: string) (only: string list) : unit =
        match data with
        | None -> line "Without a directory of data sets there is no comparison with scikit-learn."
        | Some _ when not (Baselines.areThere ()) -> line "python3-sklearn is not installed: no comparison with it."
        | Some data ->
            BaselineSets.names
            |> List.filter (fun name -> only.IsEmpty || List.contains name only)
            |> List.filter (BaselineSets.exists data)
            |> List.fold (join data output) (BaselinesReport.resume ExperimentsReport.build output)
            |> BaselinesReport.write output
