namespace Limen.Cli

open System
open System.CommandLine
open System.Text.Json.Nodes
open Limen
open Limen.Core

/// `limen labels`: a model label by label.
[<RequireQualifiedAccess>]
module LabelsCommand =

    let private model = Given.argument "MODEL" "folder of a saved model"

    let private asCsv = Given.flag "--csv" "comma-separated values"
    let private asJson = Given.flag "--json" "a JSON object for each label, one a line"

    let private node (row: LabelRow) : JsonNode =
        let o = JsonObject()

        let optional (value: Nullable<float>) =
            if value.HasValue then Shown.number value.Value else null

        o["label"] <- row.Label
        o["support"] <- Shown.number row.Support
        o["threshold"] <- optional row.Threshold

        if row.F1.HasValue then
            o["positives"] <- optional row.Positives
            o["predicted"] <- optional row.Predicted
            o["hits"] <- optional row.Hits
            o["f1"] <- optional row.F1

        o

    let private print (rows: LabelRow[]) =
        let measured = rows |> Array.exists _.F1.HasValue

        let table =
            Terminal.table (
                [ "label"; "support"; "threshold" ]
                @ (if measured then
                       [ "positives"; "predicted"; "hits"; "F1" ]
                   else
                       [])
            )

        let cell (format: string) (value: Nullable<float>) =
            if value.HasValue then value.Value.ToString format else ""

        for row in rows do
            table
            |> Terminal.addRow (
                [ row.Label; $"{row.Support}"; cell "F3" row.Threshold ]
                @ (if measured then
                       [
                           cell "0.##" row.Positives
                           cell "0.##" row.Predicted
                           cell "0.##" row.Hits
                           cell "F3" row.F1
                       ]
                   else
                       [])
            )

        Terminal.output.Value.Write table

    let private run (given: ParseResult) : int =
        let fitted = Places.load (given.GetValue model)

        let rows =
            match Given.all Source.data given with
            | [] -> LabelTable.ofModel fitted
            | _ ->
                let place = Source.onePlace "expected rows with known labels" given
                let rows = Source.rows "test" given place
                ModelRows.requireRead place fitted rows.Rows
                ModelRows.tellUnknown fitted.Labels rows
                LabelTable.measured rows fitted

        if Given.is asCsv given then
            LabelTable.csv rows |> List.iter Terminal.print
        elif Given.is asJson given then
            rows |> Array.iter (node >> Shown.json >> Terminal.print)
        else
            print rows

            if (FittedRule.thresholds fitted.Decision.Rule).IsNone then
                Terminal.note
                    $"The rule {fitted.Decision.Rule.Stored.Tag} decides row by row and has no threshold for each label."

        0

    let command =
        ExampleCommand(
            "labels",
            "Lists the labels of a model: training rows with each, its threshold and, on rows with known labels, its F1.",
            [
                "limen labels out/model"
                "limen labels out/model --data data --csv > labels.csv"
            ]
        )
            .With([ model ], ([ Source.data :> Option; Source.part; asCsv; asJson ] @ Source.columns), run)
