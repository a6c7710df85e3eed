namespace Limen.Core.Reporting

open System
open Plotly.NET
open Plotly.NET.LayoutObjects
open Plotly.NET.TraceObjects

/// What charts are made of: figures of plotly.js in JSON. plotly.js reads some HTML in texts, so names are escaped.
[<RequireQualifiedAccess>]
module internal ChartParts =

    // Okabe and Ito's colours, which tell apart for colour-blind readers too: https://jfly.uni-koeln.de/color
    let private colours =
        [ "#0072b2"; "#d55e00"; "#009e73"; "#cc79a7"; "#e69f00"; "#56b4e9"; "#000000" ]

    /// The colour of a trace by its number.
    let colour i =
        Color.fromString colours[i % colours.Length]

    let private grey = Color.fromString "#d9dee4"

    /// A name in the texts of a chart.
    let plain (most: int) (name: string) : string =
        let oneLine =
            String.Join(' ', name.Split(Array.empty<char>, StringSplitOptions.RemoveEmptyEntries))

        let short =
            if oneLine.Length > most then
                oneLine[.. most - 2] + "…"
            else
                oneLine
        // plotly.js knows these entities and not that of a quote
        short.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;")

    /// An axis that makes room for its marks.
    let axis title : LinearAxis =
        let a =
            LinearAxis.init (
                Title = Title.init (Text = title, Standoff = 8),
                GridColor = grey,
                ZeroLineColor = grey,
                LineColor = grey
            )

        // on all sides, which Plotly.NET has no name for
        a.SetProperty("automargin", true)
        a

    /// An axis from 0 to 1.
    let share title =
        let a = axis title
        LinearAxis.style (Range = StyleParam.Range.MinMax(-0.02, 1.02), TickFormat = ".1f") a

    /// Logarithmic, with marks at 1, 10, 100, and at 2 and 5 of each where the values span little; numbers between would be too small to read.
    let logarithmic title (values: float[]) =
        let smallest, largest =
            (if values.Length = 0 then
                 1.0, 1.0
             else
                 Array.min values, Array.max values)

        let steps =
            if largest > 50.0 * smallest then
                [ 1.0 ]
            else
                [ 1.0; 2.0; 5.0 ]

        let marks =
            [
                for decade in -1 .. 9 do
                    for step in steps -> step * 10.0 ** decade
            ]

        let a = axis title

        LinearAxis.style
            (AxisType = StyleParam.AxisType.Log,
             TickMode = StyleParam.TickMode.Array,
             TickVals = marks,
             TickText =
                 (marks
                  |> List.map (fun v -> v.ToString("#,0.##", Globalization.CultureInfo.InvariantCulture))))
            a

    /// Traces with their axes as a figure in JSON.
    let json (x: LinearAxis) (y: LinearAxis) (layout: Layout -> Layout) (traces: GenericChart list) : string =
        let shared =
            Layout.init (
                Font = Font.init (Family = StyleParam.FontFamily.Custom "system-ui, sans-serif", Size = 12.0),
                Margin = Margin.init (Left = 56, Right = 16, Top = 16, Bottom = 48),
                AutoSize = true,
                PaperBGColor = Color.fromString "#ffffff",
                PlotBGColor = Color.fromString "#ffffff",
                HoverMode = StyleParam.HoverMode.Closest
            )

        let legend =
            Legend.init (
                Orientation = StyleParam.Orientation.Horizontal,
                X = 0.0,
                // at the top of the chart, whose margin grows with it: paper has another width than the window, and is printed before the margin follows
                Y = 1.0,
                YAnchor = StyleParam.YAnchorPosition.Top,
                YRef = "container"
            )

        Chart.combine traces
        |> Chart.withLayout (layout shared)
        |> Chart.withLegend legend
        |> Chart.withXAxis x
        |> Chart.withYAxis y
        |> GenericChart.toFigureJson

    /// A line with a mark at each point.
    let line i name (x: float seq) (y: float seq) : GenericChart =
        Chart.Scatter(
            x = x,
            y = y,
            mode = StyleParam.Mode.Lines_Markers,
            Name = name,
            LineColor = colour i,
            LineDash = StyleParam.DrawingStyle.Solid,
            Marker = Marker.init (Size = 6, Color = colour i),
            UseDefaults = false
        )

    /// A mark at each point, with a text to each.
    let dots i name (texts: string seq) (x: float seq) (y: float seq) : GenericChart =
        Chart.Scatter(
            x = x,
            y = y,
            mode = StyleParam.Mode.Markers,
            Name = name,
            MultiText = texts,
            Marker = Marker.init (Size = 6, Color = colour i, Opacity = 0.45),
            UseDefaults = false
        )

    /// A bar for each key.
    let columns i name (keys: string seq) (values: float seq) : GenericChart =
        Chart.Column(values = values, Keys = keys, Name = name, MarkerColor = colour i, UseDefaults = false)

    /// plotly.js, as Plotly.NET brings it.
    let script () : string =
        let assembly = typeof<GenericChart>.Assembly

        let name =
            assembly.GetManifestResourceNames()
            |> Array.find (fun n -> n.EndsWith ".min.js")

        use reader = new IO.StreamReader(assembly.GetManifestResourceStream name)
        reader.ReadToEnd()
