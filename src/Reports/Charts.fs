namespace Limen.Core.Reporting

open System
open Plotly.NET
open Plotly.NET.LayoutObjects
open Plotly.NET.TraceObjects
open Limen.Core

/// The charts of a report, as figures of plotly.js in JSON. plotly.js reads some HTML in texts, so names are escaped.
[<RequireQualifiedAccess>]
module internal Charts =

    // Okabe and Ito's colours, which tell apart for colour-blind readers too: https://jfly.uni-koeln.de/color
    let private colours =
        [ "#0072b2"; "#d55e00"; "#009e73"; "#cc79a7"; "#e69f00"; "#56b4e9"; "#000000" ]

    let private colour i =
        Color.fromString colours[i % colours.Length]

    let private grey = Color.fromString "#d9dee4"

    /// A name in the texts of a chart.
    let private plain (most: int) (name: string) : string =
        let oneLine =
            String.Join(' ', name.Split(Array.empty<char>, StringSplitOptions.RemoveEmptyEntries))

        let short =
            if oneLine.Length > most then
                oneLine[.. most - 2] + "…"
            else
                oneLine
        // plotly.js knows these entities and not that of a quote
        short.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;")

    let private axis title : LinearAxis =
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

    let private share title =
        let a = axis title
        LinearAxis.style (Range = StyleParam.Range.MinMax(-0.02, 1.02), TickFormat = ".1f") a

    /// Logarithmic, with marks at 1, 10, 100, and at 2 and 5 of each where the values span little; numbers between would be too small to read.
    let private logarithmic title (values: float[]) =
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

    let private json (x: LinearAxis) (y: LinearAxis) (layout: Layout -> Layout) (traces: GenericChart list) : string =
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
                Y = 1.02,
                YAnchor = StyleParam.YAnchorPosition.Bottom
            )

        Chart.combine traces
        |> Chart.withLayout (layout shared)
        |> Chart.withLegend legend
        |> Chart.withXAxis x
        |> Chart.withYAxis y
        |> GenericChart.toFigureJson

    let private line i name dash (x: float seq) (y: float seq) : GenericChart =
        Chart.Scatter(
            x = x,
            y = y,
            mode = StyleParam.Mode.Lines_Markers,
            Name = name,
            LineColor = colour i,
            LineDash = dash,
            Marker = Marker.init (Size = 6, Color = colour i),
            UseDefaults = false
        )

    let private solid i name x y =
        line i name StyleParam.DrawingStyle.Solid x y

    let private dots i name (texts: string seq) (x: float seq) (y: float seq) : GenericChart =
        Chart.Scatter(
            x = x,
            y = y,
            mode = StyleParam.Mode.Markers,
            Name = name,
            MultiText = texts,
            Marker = Marker.init (Size = 6, Color = colour i, Opacity = 0.45),
            UseDefaults = false
        )

    let private columns i name (keys: string seq) (values: float seq) : GenericChart =
        Chart.Column(values = values, Keys = keys, Name = name, MarkerColor = colour i, UseDefaults = false)

    /// So many labels, evenly spread over the most frequent to the rarest.
    let private spread (support: float[]) (labels: int[]) : int[] =
        let sorted = labels |> Array.sortByDescending (fun l -> support[l])
        let most = ReportOptions.points

        if sorted.Length <= most then
            sorted
        else
            Array.init most (fun i -> sorted[int (int64 i * int64 sorted.Length / int64 most)])

    let private names (m: Measured) (labels: int[]) =
        labels |> Array.map (fun l -> plain 60 (m.Labels.Name l))

    /// A point for each label, and the mean of labels of about one frequency.
    let f1BySupport (m: Measured) : string =
        let labels =
            [| 0 .. m.Labels.Count - 1 |]
            |> Array.filter (fun l -> Measured.positives l m > 0.0)

        let at l = max 0.5 m.Support[l]
        let shown = spread m.Support labels

        // twice as many rows each
        let octaves =
            labels
            |> Array.groupBy (at >> Math.Log2 >> floor)
            |> Array.sortBy fst
            |> Array.map snd

        let geometric = Array.averageBy (at >> log) >> exp

        [
            dots 5 "labels" (names m shown) (Array.map at shown) (shown |> Array.map (fun l -> Measured.f1 l m))
            solid
                0
                "mean of labels as frequent"
                (octaves |> Array.map geometric)
                (octaves |> Array.map (Array.averageBy (fun l -> Measured.f1 l m)))
        ]
        |> json (logarithmic "training rows with the label" (Array.map at labels)) (share "F1") id

    /// A point for each label; None where the rule has no threshold for each label.
    let thresholdByRarity (m: Measured) : string option =
        let labels =
            [| 0 .. m.Labels.Count - 1 |]
            |> Array.filter (fun l -> Double.IsFinite m.Thresholds[l])

        if labels.Length = 0 then
            None
        else
            let shown = spread m.Support labels

            [
                dots
                    1
                    "labels"
                    (names m shown)
                    (shown |> Array.map (fun l -> m.Rarity[l]))
                    (shown |> Array.map (fun l -> m.Thresholds[l]))
            ]
            |> json (share "rarity") (axis "threshold of the rule, log-odds") (Layout.style (ShowLegend = false))
            |> Some

    /// Bars that add up to the mean threshold.
    let thresholdParts (means: ThresholdMeans list) : string =
        let keys = means |> List.map _.Bucket.Name

        [
            columns 0 "rarity" keys (means |> List.map _.Global)
            columns 2 "neighbours" keys (means |> List.map _.Local)
            columns 4 "start" keys (means |> List.map _.Bias)
            columns 3 "own correction" keys (means |> List.map _.Correction)
        ]
        |> json
            (axis "training rows with the label")
            (axis "mean part, log-odds")
            (Layout.style (BarMode = StyleParam.BarMode.Relative))

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
                solid i name (bins |> Array.map _.MeanProbability) (bins |> Array.map _.Frequency)
        ]
        |> json (share "probability") (share "frequency") id

    /// Pairs in each bin.
    let binCounts (tables: (string * Reliability) list) : string =
        let y =
            tables
            |> Seq.collect (fun (_, table) -> table.Bins |> Seq.map _.Count)
            |> Seq.filter (fun n -> n > 0.0)
            |> Seq.toArray
            |> logarithmic "pairs"

        [
            for i, (name, table) in List.indexed tables do
                columns
                    i
                    name
                    (table.Bins |> Array.map (fun bin -> $"{bin.Lower:F2}"))
                    (table.Bins |> Array.map _.Count)
        ]
        |> json (axis "probability from") y id

    /// A curve for each bucket, with a large mark where the decisions are.
    let precisionRecall (curves: BucketCurve list) : string =
        [
            for i, c in List.indexed curves do
                Chart.Scatter(
                    x = c.Recall,
                    y = c.Precision,
                    mode = StyleParam.Mode.Lines,
                    Name = c.Bucket.Name,
                    LineColor = colour i,
                    UseDefaults = false
                )

                Chart.Scatter(
                    x = [ Ratio.recall AsZero c.Decided ],
                    y = [ Ratio.precision AsZero c.Decided ],
                    mode = StyleParam.Mode.Markers,
                    Name = $"{c.Bucket.Name}, as decided",
                    ShowLegend = false,
                    Marker =
                        Marker.init (
                            Size = 12,
                            Color = colour i,
                            Symbol = StyleParam.MarkerSymbol.Diamond,
                            Outline = Line.init (Color = Color.fromString "#ffffff", Width = 1.5)
                        ),
                    UseDefaults = false
                )
        ]
        |> json (share "recall") (share "precision") id

    /// A square for each pair of labels; NaN is blank.
    let coOccurrence (labels: string[]) (shares: float[][]) : string =
        // numbers tell apart names that are the same once they are cut
        let lines = labels |> Array.mapi (fun i name -> $"{plain 18 name} {i + 1}")
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
        |> json
            (axis "share with this label too"
             |> LinearAxis.style (AxisType = StyleParam.AxisType.Category, ShowGrid = false))
            (axis "rows with this label"
             |> LinearAxis.style (
                 AxisType = StyleParam.AxisType.Category,
                 AutoRange = StyleParam.AutoRange.Reversed,
                 ShowGrid = false,
                 DTick = 1
             ))
            id

    /// What epochs came to; each is a scorer's name and its epochs.
    let history title (value: EpochReport -> float option) (logs: (string * EpochReport list) list) : string =
        [
            for i, (name, epochs) in List.indexed logs do
                let known =
                    epochs
                    |> List.choose (fun e -> value e |> Option.map (fun v -> float e.Epoch, v))

                solid i name (List.map fst known) (List.map snd known)
        ]
        |> json (axis "epoch") (axis title) (Layout.style (ShowLegend = true))

    /// Mean F1 of each bucket's labels for each model.
    let f1ByBucket (sides: (string * (string * float) list) list) : string =
        [
            for i, (name, buckets) in List.indexed sides do
                columns i (plain 40 name) (List.map fst buckets) (List.map snd buckets)
        ]
        |> json
            (axis "training rows with the label")
            (share "mean F1 of the labels")
            (Layout.style (BarMode = StyleParam.BarMode.Group))

    /// plotly.js, as Plotly.NET brings it.
    let script () : string =
        let assembly = typeof<GenericChart>.Assembly

        let name =
            assembly.GetManifestResourceNames()
            |> Array.find (fun n -> n.EndsWith ".min.js")

        use reader = new IO.StreamReader(assembly.GetManifestResourceStream name)
        reader.ReadToEnd()
