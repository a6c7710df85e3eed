namespace Limen.Experiments

open System
open System.IO
open System.Text.Json

/// The measures of a contender, by the metrics' names.
type Figures =
    {
        Name: string
        Seconds: float
        Values: Map<string, float>
    }

/// The library and the baselines on one data set.
type Round =
    {
        Set: string
        /// Of the baselines' results that it was joined with.
        Key: string
        Limen: Figures
        Baselines: Figures list
        NotRun: NotRun list
        Comparisons: Comparison list
    }

/// What the comparison with scikit-learn has found so far, one round a data set.
type BaselinesReport = { Build: string; Rounds: Round list }

[<RequireQualifiedAccess>]
module BaselinesReport =

    let private options =
        JsonSerializerOptions(WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower)

    let private path (output: string) = Path.Combine(output, "baselines.json")

    /// What an earlier run of the same build left; nothing where there is none or it is another's.
    let resume (build: string) (output: string) : BaselinesReport =
        let empty = { Build = build; Rounds = [] }

        try
            match JsonSerializer.Deserialize<BaselinesReport>(File.ReadAllText(path output), options) with
            | found when found.Build = build -> found
            | _ -> empty
        with
        | :? IOException
        | :? JsonException -> empty

    /// The report with a round in the place of an earlier one of its data set, rounds in the order of the sets.
    let add (sets: string list) (round: Round) (report: BaselinesReport) : BaselinesReport =
        { report with
            Rounds =
                round :: (report.Rounds |> List.filter (fun found -> found.Set <> round.Set))
                |> List.sortBy (fun found -> List.tryFindIndex ((=) found.Set) sets)
        }

    let private line (cells: string list) = "| " + String.Join(" | ", cells) + " |"

    let private table (headers: string list) (rows: string list list) =
        [
            yield line headers
            yield line (headers |> List.map (fun _ -> "---"))
            yield! List.map line rows
            yield ""
        ]

    let private duel (set: string) (c: Comparison) =
        [
            set
            c.Metric
            $"{c.Limen:F4}"
            $"{c.Rival:F4}"
            c.Best
            $"{c.Difference:``+0.0000;-0.0000``}"
            $"{c.Lower:``+0.0000;-0.0000``} to {c.Upper:``+0.0000;-0.0000``}"
            c.Verdict
        ]

    let private figures (set: string) (f: Figures) =
        [
            yield set
            yield f.Name
            for metric in Contender.metrics do
                yield $"{f.Values[metric.Name]:F4}"
            yield $"{f.Seconds:F1}"
        ]

    let private notRun (set: string) (n: NotRun) =
        [
            yield set
            yield n.Name
            yield n.Reason
            yield! List.replicate Contender.metrics.Length ""
        ]

    /// How often each verdict was given, and on how many data sets none was a loss.
    let private tally (rounds: Round list) =
        let all = rounds |> List.collect _.Comparisons |> List.map _.Verdict

        let count verdict =
            all |> List.filter ((=) verdict) |> List.length

        let without =
            rounds
            |> List.filter (_.Comparisons >> List.forall (fun c -> c.Verdict <> "loss"))
            |> List.length

        $"""{count "win"} wins, {count "level"} level, {count "loss"} losses; no loss on {without} of {rounds.Length} data sets."""

    let private markdown (report: BaselinesReport) =
        let metrics = Contender.metrics |> List.map _.Name

        [
            "# Limen beside scikit-learn"
            ""
            tally report.Rounds
            ""
            yield!
                report.Rounds
                |> List.collect (fun round -> round.Comparisons |> List.map (duel round.Set))
                |> table [ "data"; "metric"; "Limen"; "best"; "which"; "difference"; "95 %"; "verdict" ]
            "## Every baseline"
            ""
            yield!
                report.Rounds
                |> List.collect (fun round ->
                    List.map (figures round.Set) (round.Limen :: round.Baselines)
                    @ List.map (notRun round.Set) round.NotRun)
                |> table ([ "data"; "model" ] @ metrics @ [ "seconds" ])
        ]

    /// Writes baselines.json, beside its name and then renamed, so that it is whole at any time, and baselines.md.
    let write (output: string) (report: BaselinesReport) : unit =
        Directory.CreateDirectory output |> ignore
        let unfinished = path output + ".unfinished"
        File.WriteAllText(unfinished, JsonSerializer.Serialize(report, options) + "\n")
        File.Move(unfinished, path output, true)
        File.WriteAllLines(Path.Combine(output, "baselines.md"), markdown report)
