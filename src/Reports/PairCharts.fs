namespace Limen.Core.Reporting

open System
open Plotly.NET
open Plotly.NET.LayoutObjects
open Limen.Core

/// Charts of pairs of row and label.
[<RequireQualifiedAccess>]
module internal PairCharts =

    /// Curves of frequency against probability; each is a name and its bins.
    let reliability (tables: (string * Reliability) list) : string =
        [
            Chart.Scatter(
                x = [ 0.0; 1.0 ],
                y = [ 0.0; 1.0 ],
                mode = StyleParam.Mode.Lines,
                Name = "frequency = probability",
                LineColor = Color.fromString "#8a949e",
                LineDash = StyleParam.DrawingStyle.Dash,
                UseDefaults = false
            )
            for i, (name, table) in List.indexed tables do
                let bins = table.Bins |> Array.filter (fun bin -> bin.Count > 0.0)
                ChartParts.line i name (bins |> Array.map _.MeanProbability) (bins |> Array.map _.Frequency)
        ]
        |> ChartParts.json (ChartParts.share "probability") (ChartParts.share "frequency") id

    /// Pairs in each bin.
    let binCounts (tables: (string * Reliability) list) : string =
        let y =
            tables
            |> Seq.collect (fun (_, table) -> table.Bins |> Seq.map _.Count)
            |> Seq.filter (fun n -> n > 0.0)
            |> Seq.toArray
            |> ChartParts.logarithmic "pairs"

        [
            for i, (name, table) in List.indexed tables do
                ChartParts.columns
                    i
                    name
                    (table.Bins |> Array.map (fun bin -> $"{bin.Lower:F2}"))
                    (table.Bins |> Array.map _.Count)
        ]
        |> ChartParts.json (ChartParts.axis "probability from") y id

    /// A square for each pair of labels; NaN is blank.
    let coOccurrence (labels: string[]) (shares: float[][]) : string =
        // numbers tell apart names that are the same once they are cut
        let lines =
            labels |> Array.mapi (fun i name -> $"{ChartParts.plain 18 name} {i + 1}")

        let columns = labels |> Array.mapi (fun i _ -> string (i + 1))

        let cells = shares |> Array.map (Array.map (fun v -> Math.Round(v, 3)))

        [
            Chart.Heatmap(
                zData = cells,
                X = columns,
                Y = lines,
                ColorBar = ColorBar.init (Thickness = 12.0),
                ColorScale =
                    StyleParam.Colorscale.Custom [ 0.0, Color.fromString "#f3f7fb"; 1.0, Color.fromString "#08306b" ],
                ReverseYAxis = true,
                UseDefaults = false
            )
        ]
        |> ChartParts.json
            (ChartParts.axis "share with this label too"
             |> LinearAxis.style (AxisType = StyleParam.AxisType.Category, ShowGrid = false))
            (ChartParts.axis "rows with this label"
             |> LinearAxis.style (
                 AxisType = StyleParam.AxisType.Category,
                 AutoRange = StyleParam.AutoRange.Reversed,
                 ShowGrid = false,
                 DTick = 1
             ))
            id
