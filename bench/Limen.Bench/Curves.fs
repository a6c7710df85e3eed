namespace Limen.Bench

open System
open System.IO
open System.Text.Json
open System.Text.Json.Nodes
open Spectre.Console

/// How time and memory of our side grow, one quantity at a time, each point in a process of its own.
[<RequireQualifiedAccess>]
module Curves =

    /// A curve: what is measured, what grows, and the worker's arguments for each value.
    type private Curve =
        {
            Name: string
            Grows: string
            Eurlex: bool
            /// Measurements, of which the median counts.
            Runs: int
            Points: (int * string list) list
        }

    let private step rows features labels perRow =
        [
            "corpus-step"
            "128"
            "256"
            string rows
            string features
            string labels
            string perRow
        ]

    let private all =
        [
            {
                Name = "training step, B 128, D 203,882, 71 non-zeros a row, hidden 256"
                Grows = "L"
                Eurlex = false
                Runs = 3
                Points =
                    [
                        for l in [ 1_000; 4_000; 13_330; 41_218; 131_073; 670_000 ] -> l, step 1024 203_882 l 71
                    ]
            }
            {
                Name = "training step, B 128, D 203,882, L 13,330, hidden 256"
                Grows = "non-zeros a row"
                Eurlex = false
                Runs = 3
                Points = [ for n in [ 18; 71; 284; 1_136; 4_544 ] -> n, step 1024 203_882 13_330 n ]
            }
            {
                Name = "training step, B 128, 71 non-zeros a row, L 13,330, hidden 256"
                Grows = "D"
                Eurlex = false
                Runs = 3
                Points = [ for d in [ 12_743; 50_970; 203_882; 815_528 ] -> d, step 1024 d 13_330 71 ]
            }
            {
                Name = "FeatureKnn, K = 30, leave-one-out on the first N rows of EURLEX57K"
                Grows = "N"
                Eurlex = true
                Runs = 3
                Points = [ for n in [ 5_625; 11_250; 22_500; 45_000 ] -> n, [ "knn-of"; string n ] ]
            }
            {
                Name = "per-label thresholds on the first N rows of EURLEX57K"
                Grows = "N"
                Eurlex = true
                Runs = 3
                Points =
                    [
                        for n in [ 5_625; 11_250; 22_500; 45_000 ] -> n, [ "decisions-of"; string n ]
                    ]
            }
            {
                Name = "every decision rule and stacking, once each, on N score lists of 50 labels, L 13,330"
                Grows = "N"
                Eurlex = false
                Runs = 1
                Points =
                    [
                        for n in [ 10_000; 40_000; 160_000; 1_200_000 ] -> n, [ "every-rule"; string n ]
                    ]
            }
            {
                Name = "prediction of a row, top 50, 512 at a time, two threads, D 203,882, hidden 256"
                Grows = "L"
                Eurlex = false
                Runs = 3
                Points =
                    [
                        for l in [ 1_000; 4_000; 13_330; 41_218; 131_073 ] ->
                            l, [ "corpus-predict"; "512"; "256"; string l ]
                    ]
            }
            {
                Name = "predictions one after the other, top 50, 512 at a time, two threads, L 13,330, hidden 256"
                Grows = "predictions"
                Eurlex = false
                Runs = 1
                Points =
                    [
                        for n in [ 1_000; 10_000; 100_000; 1_000_000 ] ->
                            n, [ "corpus-predict-many"; "256"; "13330"; string n ]
                    ]
            }
        ]

    let private measure folder (curve: Curve) =
        [
            for value, arguments in curve.Points do
                use worker = Contest.ours 2 (arguments.Head :: folder :: arguments.Tail)
                let standing = Contest.alone curve.Runs worker
                value, Standing.median standing, standing.PeakMb
        ]

    let private print (curve: Curve) points =
        let table = Table().Border(TableBorder.Rounded).Title(Markup.Escape curve.Name)

        for header in [ curve.Grows; "time"; "peak MB" ] do
            table.AddColumn(TableColumn(header).RightAligned()) |> ignore

        for value: int, seconds, megabytes: float in points do
            table.AddRow($"{value:N0}", Report.seconds seconds, $"{megabytes:F0}") |> ignore

        AnsiConsole.Write table

    let private node (curve: Curve) points : JsonNode =
        let o = JsonObject()
        o["name"] <- curve.Name
        o["grows"] <- curve.Grows

        let point (value: int, seconds: float, megabytes: float) : JsonNode =
            let p = JsonObject()
            p["value"] <- value
            p["seconds"] <- seconds
            p["peak_mb"] <- Math.Round megabytes
            p

        o["points"] <- JsonArray(points |> List.map point |> List.toArray)
        o

    /// Measures and prints every curve whose data there are; the file grows with each.
    let run (folder: string) (hasEurlex: bool) (path: string) : unit =
        let found = JsonArray()

        for curve in all do
            if hasEurlex || not curve.Eurlex then
                let points = measure folder curve
                print curve points
                found.Add(node curve points)
                File.WriteAllText(path, found.ToJsonString(JsonSerializerOptions(WriteIndented = true)) + "\n")
