namespace Limen.Core.Reporting

open System
open Plotly.NET
open Plotly.NET.TraceObjects
open Limen.Core

/// Charts of labels, one by one and by frequency.
[<RequireQualifiedAccess>]
module internal LabelCharts =

    /// So many labels, evenly spread over the most frequent to the rarest.
    let private spread (support: float[]) (labels: int[]) : int[] =
        let sorted = labels |> Array.sortByDescending (fun l -> support[l])
        let most = ReportOptions.points

        if sorted.Length <= most then
            sorted
        else
            Array.init most (fun i -> sorted[int (int64 i * int64 sorted.Length / int64 most)])

    let private names (m: Measured) (labels: int[]) =
        labels |> Array.map (fun l -> ChartParts.plain 60 (m.Labels.Name l))

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
            ChartParts.dots
                5
                "labels"
                (names m shown)
                (Array.map at shown)
                (shown |> Array.map (fun l -> Measured.f1 l m))
            ChartParts.line
                0
                "mean of labels as frequent"
                (octaves |> Array.map geometric)
                (octaves |> Array.map (Array.averageBy (fun l -> Measured.f1 l m)))
        ]
        |> ChartParts.json
            (ChartParts.logarithmic "training rows with the label" (Array.map at labels))
            (ChartParts.share "F1")
            id

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
                ChartParts.dots
                    1
                    "labels"
                    (names m shown)
                    (shown |> Array.map (fun l -> m.Rarity[l]))
                    (shown |> Array.map (fun l -> m.Thresholds[l]))
            ]
            |> ChartParts.json
                (ChartParts.share "rarity")
                (ChartParts.axis "threshold of the rule, log-odds")
                (Layout.style (ShowLegend = false))
            |> Some

    /// Bars that add up to the mean threshold.
    let thresholdParts (means: ThresholdMeans list) : string =
        let keys = means |> List.map _.Bucket.Name

        [
            ChartParts.columns 0 "rarity" keys (means |> List.map _.Global)
            ChartParts.columns 2 "neighbours" keys (means |> List.map _.Local)
            ChartParts.columns 4 "start" keys (means |> List.map _.Bias)
            ChartParts.columns 3 "own correction" keys (means |> List.map _.Correction)
        ]
        |> ChartParts.json
            (ChartParts.axis "training rows with the label")
            (ChartParts.axis "mean part, log-odds")
            (Layout.style (BarMode = StyleParam.BarMode.Relative))

    /// A curve for each bucket, with a large mark where the decisions are.
    let precisionRecall (curves: BucketCurve list) : string =
        [
            for i, c in List.indexed curves do
                Chart.Scatter(
                    x = c.Recall,
                    y = c.Precision,
                    mode = StyleParam.Mode.Lines,
                    Name = c.Bucket.Name,
                    LineColor = ChartParts.colour i,
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
                            Color = ChartParts.colour i,
                            Symbol = StyleParam.MarkerSymbol.Diamond,
                            Outline = Line.init (Color = Color.fromString "#ffffff", Width = 1.5)
                        ),
                    UseDefaults = false
                )
        ]
        |> ChartParts.json (ChartParts.share "recall") (ChartParts.share "precision") id

    /// Mean F1 of each bucket's labels for each model.
    let f1ByBucket (sides: (string * (string * float) list) list) : string =
        [
            for i, (name, buckets) in List.indexed sides do
                ChartParts.columns i (ChartParts.plain 40 name) (List.map fst buckets) (List.map snd buckets)
        ]
        |> ChartParts.json
            (ChartParts.axis "training rows with the label")
            (ChartParts.share "mean F1 of the labels")
            (Layout.style (BarMode = StyleParam.BarMode.Group))
