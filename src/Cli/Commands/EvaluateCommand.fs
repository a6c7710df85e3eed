namespace Limen.Cli

open System
open System.CommandLine
open System.Text.Json.Nodes
open Limen
open Limen.Core

/// `limen evaluate`: a model on rows with known labels.
[<RequireQualifiedAccess>]
module EvaluateCommand =

    let private model = Given.argument "MODEL" "folder of a saved model"

    let private asJson =
        Given.flag "--json" "as a JSON object: every metric of the library, with intervals where they are made"

    let private labels =
        Given.text
            "--per-label"
            "FILE.csv"
            "writes a line for each label: support, threshold, positives, predicted, hits, F1"

    let private resamples =
        Given.whole "--resamples" "N" "how often rows are weighed anew for the intervals; 0 for none (default: 1000)"
        |> Given.within $"0 to {Limits.passes}" (fun n -> n >= 0 && n <= Limits.passes)

    let private level =
        Given.number "--level" "SHARE" "the share of resamples inside an interval (default: 0.95)"
        |> Given.share

    let private seed = Given.whole "--seed" "N" "of the resamples (default: 1)"

    let private headline: Metric list =
        [
            F1.macro (AllLabels AsZero)
            F1.macro PresentInTest
            F1.micro
            F1.samples AsZero
            AtK.precision 1
            AtK.precision 5
            AtK.ndcg 5
        ]

    let private intervals (given: ParseResult) (evidence: Evidence) =
        match
            Given.tryNumber resamples given
            |> Option.defaultValue Bootstrap.standard.Resamples
        with
        | 0 -> []
        | n ->
            let options =
                {
                    Resamples = n
                    Level = Given.tryNumber level given |> Option.defaultValue Bootstrap.standard.Level
                }

            let seed = Given.tryNumber seed given |> Option.defaultValue 1 |> Seed.ofInt
            Progress.during "intervals" (fun () -> Bootstrap.intervals options seed headline evidence)

    let private node (rows: int) (evidence: Evidence) (intervals: (Metric * (float * float)) list) : JsonNode =
        let o = JsonObject()
        o["rows"] <- rows

        for name, value in Metric.evaluate Metrics.all evidence do
            o[name] <- Shown.number value

        let ranges = JsonObject()

        for metric, (lower, upper) in intervals do
            ranges[metric.Name] <- JsonArray [| Shown.number lower; Shown.number upper |]

        o["intervals"] <- ranges
        o

    let private table (evidence: Evidence) (intervals: (Metric * (float * float)) list) =
        let table = Terminal.table [ "metric"; "value"; "from"; "to" ]

        for metric in headline do
            match Metric.value metric evidence with
            | None -> ()
            | Some value ->
                let range =
                    match intervals |> List.tryFind (fun (m, _) -> m.Name = metric.Name) with
                    | Some(_, (lower, upper)) -> [ $"{lower:F3}"; $"{upper:F3}" ]
                    | None -> [ ""; "" ]

                table |> Terminal.addRow (metric.Title :: $"{value:F3}" :: range)

        Terminal.output.Value.Write table

    /// A line where many of the rows are ones that the model learned from: what is measured, or decided, on these is too good.
    let tellSeen (consequence: string) (x: Limen.Kernels.CsrMatrix) (model: Model) : unit =
        match SeenRows.count x model with
        | Some seen when seen > 0 && 2 * seen >= x.Rows ->
            Terminal.warn
                $"{seen} of the {x.Rows} rows have the features of a row that the model learned from: {consequence}"
        | _ -> ()

    let private run (given: ParseResult) : int =
        let place = Source.onePlace "expected rows with known labels" given

        Given.tryText labels given |> Option.iter Places.writableFile
        let fitted = Places.load (given.GetValue model)
        let rows = Progress.during "reading" (fun () -> Source.rows "test" given place)
        ModelRows.requireLabels place rows
        ModelRows.requireRead place fitted rows.Rows
        ModelRows.tellUnknown fitted.Labels rows

        let names, dataset, evidence =
            Progress.during "predicting" (fun () -> Evaluation.ofRows rows fitted)

        tellSeen "what is measured on such rows is better than on new ones" dataset.Features fitted
        let intervals = intervals given evidence

        if Given.is asJson given then
            node rows.Count evidence intervals |> Shown.pretty |> Terminal.print
        else
            table evidence intervals

            Terminal.print
                $"{rows.Count} rows, {names.Count} labels. Macro-F1 A: the mean over all labels, 0/0 = 0; C: over those that occur in these rows. From, to: Bayesian bootstrap over rows."

        Diagnosis.ofPredictions dataset.Features evidence.Predicted.Value fitted
        |> Shown.warnings

        match Given.tryText labels given with
        | Some path ->
            LabelTable.measured rows fitted |> LabelTable.write path
            Terminal.note $"Written: {path}."
        | None -> ()

        0

    let command =
        ExampleCommand(
            "evaluate",
            "Measures a saved model on rows with known labels.",
            [
                "limen evaluate out/model --data data"
                "limen evaluate out --data test.jsonl --per-label labels.csv"
                "limen evaluate out/model --data data --part dev --json"
            ]
        )
            .With(
                [ model ],
                ([ Source.data :> Option; Source.part; asJson; labels; resamples; level; seed ]
                 @ Source.columns),
                run
            )
