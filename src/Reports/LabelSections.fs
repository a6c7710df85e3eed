namespace Limen.Core.Reporting

open Giraffe.ViewEngine
open Limen.Core

/// Labels one by one and by frequency, and their thresholds.
[<RequireQualifiedAccess>]
module internal LabelSections =

    /// A table of every label to search and sort.
    let all (m: Measured) (against: Measured option) : XmlNode list =
        [
            div
                [ _class "tools" ]
                [
                    input
                        [
                            _type "search"
                            _id "label-search"
                            _placeholder "Search labels"
                            attr "aria-label" "Search labels"
                        ]
                    span [ _id "label-count"; attr "aria-live" "polite" ] []
                ]
            div
                [
                    _id "label-window"
                    _class "window"
                    attr "tabindex" "0"
                    attr "aria-label" "Labels"
                ]
                [ table [ _id "label-table" ] [] ]
            Page.note
                "A click on a heading sorts; another turns the order. A narrow screen shows fewer columns, and paper the first 100 rows of the present order."
            Page.data "label-data" (LabelColumns.json (LabelColumns.all m against))
        ]

    let private bucketRow (m: Measured) (bucket: Bucket) =
        let total = Bucket.total m bucket

        [
            bucket.Name
            Numerals.whole (float bucket.Labels.Length)
            Numerals.whole (total.TP + total.FN)
            $"{Ratio.precision AsZero total:F3}"
            $"{Ratio.recall AsZero total:F3}"
            $"{Bucket.macroF1 m bucket:F3}"
        ]

    /// How labels fare by how many training rows have them.
    let frequency (buckets: Bucket list) (m: Measured) : XmlNode list =
        [
            Page.charts
                [
                    Page.chart
                        "f1-by-support"
                        "F1 against support"
                        "A point for each label that rows have (some of them, where there are many). Labels without training rows stand at 0.5."
                        (LabelCharts.f1BySupport m)
                    Page.chart
                        "precision-recall"
                        "Precision and recall by frequency"
                        "One threshold for all labels of a bucket falls over their scores; the diamond is where the model's own decisions are. A curve ends where no more labels were weighed."
                        (BucketCurves.all m buckets |> LabelCharts.precisionRecall)
                ]
            Page.grid
                [ "training rows"; "labels"; "true pairs"; "precision"; "recall"; "macro-F1" ]
                (buckets |> List.map (bucketRow m))
            Page.note "Labels that no row has and none was given are left out."
        ]

    /// What scores must exceed, and what that is made of.
    let thresholds (buckets: Bucket list) (m: Measured) : XmlNode list =
        let means = ThresholdMeans.all m buckets

        [
            Page.charts
                [
                    match LabelCharts.thresholdByRarity m with
                    | Some chart ->
                        Page.chart
                            "threshold-by-rarity"
                            "Threshold against rarity"
                            "What the score of a label must exceed, for each label, by how rare it is in the training rows: rarity is 0 where every row has it, and 1 for the rarest."
                            chart
                    | None -> ()
                    if not means.IsEmpty then
                        Page.chart
                            "threshold-parts"
                            "What thresholds are made of"
                            "The parts add up to the mean threshold of the pairs of row and label that were weighed. Votes of neighbours lower it."
                            (LabelCharts.thresholdParts means)
                ]
            if (FittedRule.thresholds m.Model.Decision.Rule).IsNone then
                Page.note
                    $"The rule {m.Model.Decision.Rule.Stored.Tag} decides row by row and has no threshold for each label."
        ]
