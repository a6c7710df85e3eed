namespace Limen.Core.Reporting

open System.Globalization
open Giraffe.ViewEngine
open Limen
open Limen.Core

/// The parts of a report, each from what was measured.
[<RequireQualifiedAccess>]
module internal Sections =

    let private whole (v: float) =
        v.ToString("#,0.##", CultureInfo.InvariantCulture)

    let private percent (part: int) (all: int) =
        $"{100.0 * float part / float (max 1 all):F1} %%"

    let private signed (v: float) =
        if v >= 0.0 then $"+{v:F4}" else $"−{-v:F4}"

    let private interval (lower: float, upper: float) = $"{lower:F4} to {upper:F4}"

    // -- metrics --

    let private card (f: Figure) =
        div
            [ _class "card" ]
            [
                span [] [ str f.Metric.Title ]
                b [] [ str $"{f.Value:F3}" ]
                match f.Interval with
                | Some range -> span [] [ str (interval range) ]
                | None -> ()
            ]

    let private figureRow (f: Figure) =
        [
            f.Metric.Title
            $"{f.Value:F4}"
            f.Interval |> Option.map interval |> Option.defaultValue ""
            f.Convention
        ]

    let private resampled (o: ReportOptions) =
        if o.Resamples = 0 then
            "No rows were weighed anew, so figures have no intervals."
        else
            $"Intervals hold {100.0 * o.Level:F0} %% of {o.Resamples} resamples of the rows (Bayesian bootstrap, seed {o.Seed}): how far a figure could be another on other rows of this kind."

    let metrics (o: ReportOptions) (m: Measured) : XmlNode list =
        let figures = Headline.figures o m.Evidence

        let main =
            [ "macro_f1_a"; "macro_f1_c"; "micro_f1"; "samples_f1"; "p_at_1"; "ndcg_at_5" ]

        [
            div
                [ _class "cards" ]
                [
                    for name in main do
                        match figures |> List.tryFind (fun f -> f.Metric.Name = name) with
                        | Some figure -> card figure
                        | None -> ()
                ]
            div
                [ _class "words" ]
                [
                    Page.grid [ "metric"; "value"; "interval"; "what it averages" ] (figures |> List.map figureRow)
                ]
            Page.note (resampled o)
            details
                []
                [
                    summary [] [ str "Every other metric of the library" ]
                    Page.grid
                        [ "metric"; "value" ]
                        [
                            for metric, value in Headline.others m.Evidence -> [ metric.Title; $"{value:F4}" ]
                        ]
                ]
        ]

    // -- comparison --

    let private comparedRow (metric: Metric, first: float, second: float, found: BootstrapInterval) =
        let clear = found.Lower > 0.0 || found.Upper < 0.0
        let better = (found.Difference > 0.0) = (metric.Better = Better.Higher)

        let verdict =
            if not clear then "unclear"
            elif better then "better"
            else "worse"

        tr
            []
            [
                td [] [ str metric.Title ]
                td [] [ str $"{first:F4}" ]
                td [] [ str $"{second:F4}" ]
                td
                    [
                        if clear then
                            _class (if better then "gain" else "loss")
                    ]
                    [ str (signed found.Difference) ]
                td [] [ str $"{signed found.Lower} to {signed found.Upper}" ]
                td [] [ str verdict ]
            ]

    /// Two models on the same rows.
    let comparison (o: ReportOptions) (buckets: Bucket list) (first: Measured) (second: Measured) : XmlNode list =
        let header = [ "metric"; o.Name; o.OtherName; "difference"; "interval"; "" ]

        let rows =
            [
                for metric, found in Headline.differences o first.Evidence second.Evidence do
                    comparedRow (
                        metric,
                        Metric.number metric first.Evidence,
                        Metric.number metric second.Evidence,
                        found
                    )
            ]

        let byBucket m =
            buckets |> List.map (fun b -> b.Name, Bucket.macroF1 m b)

        [
            div
                [ _class "scroll words pair" ]
                [
                    table
                        []
                        [
                            thead [] [ tr [] [ for name in header -> th [ attr "scope" "col" ] [ str name ] ] ]
                            tbody [] rows
                        ]
                ]
            Page.note
                $"Both models met the same rows, weighed anew together {o.Resamples} times (paired Bayesian bootstrap): what is hard for both cancels. A difference is clear where its interval does not hold 0."
            Page.charts
                [
                    Page.chart
                        "f1-by-bucket"
                        "F1 by frequency"
                        "The mean F1 of labels that are about as frequent in the training rows of the first model."
                        (Charts.f1ByBucket [ o.Name, byBucket first; o.OtherName, byBucket second ])
                ]
            Page.note "The table of labels has F1 of both and the gain; sort by it to see where each is better."
        ]

    // -- labels --

    let labels (m: Measured) (against: Measured option) : XmlNode list =
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
            whole (float bucket.Labels.Length)
            whole (total.TP + total.FN)
            $"{Ratio.precision AsZero total:F3}"
            $"{Ratio.recall AsZero total:F3}"
            $"{Bucket.macroF1 m bucket:F3}"
        ]

    let frequency (buckets: Bucket list) (m: Measured) : XmlNode list =
        [
            Page.charts
                [
                    Page.chart
                        "f1-by-support"
                        "F1 against support"
                        "A point for each label that rows have (some of them, where there are many). Labels without training rows stand at 0.5."
                        (Charts.f1BySupport m)
                    Page.chart
                        "precision-recall"
                        "Precision and recall by frequency"
                        "One threshold for all labels of a bucket falls over their scores; the diamond is where the model's own decisions are. A curve ends where no more labels were weighed."
                        (BucketCurves.all m buckets |> Charts.precisionRecall)
                ]
            Page.grid
                [ "training rows"; "labels"; "true pairs"; "precision"; "recall"; "macro-F1" ]
                (buckets |> List.map (bucketRow m))
            Page.note "Labels that no row has and none was given are left out."
        ]

    // -- thresholds --

    let thresholds (buckets: Bucket list) (m: Measured) : XmlNode list =
        let means = ThresholdMeans.all m buckets

        [
            Page.charts
                [
                    match Charts.thresholdByRarity m with
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
                            (Charts.thresholdParts means)
                ]
            if (FittedRule.thresholds m.Model.Decision.Rule).IsNone then
                Page.note
                    $"The rule {m.Model.Decision.Rule.Stored.Tag} decides row by row and has no threshold for each label."
        ]

    // -- calibration --

    let calibration (m: Measured) : XmlNode list =
        let e = Evidence.counted m.Evidence
        let probabilities = e.Probabilities.Value

        let tables =
            [
                "all pairs", Reliability.ofProbabilities Reliability.standardBins e.Weights probabilities e.Truth
                "the 5 most probable of each row",
                Reliability.atK Reliability.standardBins 5 e.Weights probabilities e.Truth
            ]

        let how =
            match m.Model.Decision.Calibration with
            | Some _ -> "Probabilities are calibrated."
            | None -> "Probabilities are not calibrated: they are the sigmoid of the score."

        [
            p [] [ str how ]
            Page.charts
                [
                    Page.chart
                        "reliability"
                        "Reliability"
                        "How often pairs are true, against what their probability says. On the dashed line probabilities are frequencies; below it the model is too sure."
                        (Charts.reliability tables)
                    Page.chart
                        "bin-counts"
                        "Pairs of each probability"
                        "Most pairs of row and label have a probability near 0; a label that was not weighed has 0."
                        (Charts.binCounts tables)
                ]
            Page.grid
                [ "pairs"; "calibration error"; "Brier score" ]
                [
                    for name, table in tables ->
                        [ name; $"{Reliability.ece table:F5}"; $"{Reliability.brier table:F5}" ]
                ]
        ]

    // -- co-occurrence --

    let coOccurrence (o: ReportOptions) (m: Measured) : XmlNode list =
        let e = Evidence.counted m.Evidence
        let labels = CoOccurrence.frequent o.Frequent m

        if labels.Length < 2 then
            [ Page.note "Fewer than two labels occur in the rows." ]
        else
            let names = labels |> Array.map m.Labels.Name

            let chart sets =
                CoOccurrence.shares labels e.Weights sets |> Charts.coOccurrence names

            [
                div
                    [ _class "tall" ]
                    [
                        Page.charts
                            [
                                Page.chart
                                    "together-true"
                                    "In truth"
                                    $"Of the rows with the label of a line, the share that has the label of a column too: the {labels.Length} labels that most rows have, by their numbers."
                                    (chart e.Truth)
                                Page.chart
                                    "together-predicted"
                                    "As predicted"
                                    "The same of the predicted label sets. Lines without a colour were never predicted."
                                    (chart e.Predicted.Value)
                            ]
                    ]
            ]

    // -- rows --

    let private lostLabel (l: LostLabel) =
        li
            []
            [
                span
                    [ _class (if l.IsFalsePositive then "tag" else "tag missed") ]
                    [ str (if l.IsFalsePositive then "wrong" else "missed") ]
                strong [] [ str l.Label ]
                str " "
                small [] [ str l.Reason ]
            ]

    /// Lost labels of a row that are shown: rows of hundreds would hide the others.
    let private most = 30

    let private lostRow (row: LostRow) =
        let missed = row.Lost |> List.filter (fun l -> not l.IsFalsePositive) |> List.length
        let hidden = row.Lost.Length - most

        article
            [ _class "lost" ]
            [
                h3
                    []
                    [
                        str
                            $"Row {row.Number}: {missed} missed, {row.Lost.Length - missed} wrong, {row.Found.Length} right"
                    ]
                match row.Text with
                | Some text -> blockquote [] [ str text ]
                | None -> ()
                ul [] (row.Lost |> List.truncate most |> List.map lostLabel)
                if hidden > 0 then
                    Page.note $"and {hidden} more"
                if not row.Found.IsEmpty then
                    let right = row.Found |> List.truncate most |> String.concat ", "
                    Page.note $"Right: {right}"
            ]

    let lost (o: ReportOptions) (rows: Rows) (m: Measured) : XmlNode list =
        let all = LostRows.outcomes m

        [
            Page.grid
                [ "rows"; "of all"; "share" ]
                [
                    for name, n in
                        [
                            "whose label set is exactly right", all.Exact
                            "with a label that was missed", all.Missing
                            "given a label that is wrong", all.Wrong
                            "given no label", all.Empty
                        ] -> [ name; whole (float n); percent n all.Rows ]
                ]
            if o.Examples > 0 then
                Page.note
                    "The rows on which most labels are lost. A threshold is the sum of its parts: rarity's, the neighbours', what it starts from and the label's own correction, in log-odds."

                yield! LostRows.worst o rows m |> List.map lostRow
        ]

    // -- training --

    let training (m: Measured) : XmlNode list =
        let logs =
            [
                for i, scorer in List.indexed m.Model.Ranker.Scorers do
                    match scorer.Log with
                    | Some log when not log.Epochs.IsEmpty -> $"scorer {i + 1}, {scorer.Stored.Tag}", log.Epochs
                    | _ -> ()
            ]

        let validated =
            logs
            |> List.filter (fun (_, epochs) -> epochs |> List.exists _.Validation.IsSome)

        [
            if logs.IsEmpty then
                Page.note "No scorer of this model trains in epochs."
            else
                Page.charts
                    [
                        Page.chart
                            "history-loss"
                            "Training loss"
                            "The mean loss of a training row, summed over labels."
                            (Charts.history "loss of a row" (fun e -> Some e.Loss) logs)
                        if not validated.IsEmpty then
                            Page.chart
                                "history-validation"
                                "nDCG@5 on held-out rows"
                                "By which training stops early and the best epoch is kept."
                                (Charts.history "nDCG@5" _.Validation validated)
                    ]
        ]

    let modelCard (m: Measured) : XmlNode list =
        [
            dl
                []
                [
                    for name, value in ModelCard.lines m.Model do
                        dt [] [ str name ]
                        dd [] [ str value ]
                ]
        ]

    // -- the head --

    /// What was measured, and signs that the model fails on it.
    let about (m: Measured) : XmlNode list =
        [
            p
                []
                [
                    str
                        $"{whole (float m.Evidence.Rows)} rows with known labels, {whole (float m.Labels.Count)} labels; the model learned from {whole m.Model.Counts.Rows} rows."
                ]
            for warning in Diagnosis.ofPredictions m.Features m.Evidence.Predicted.Value m.Model do
                p [ _class "warning" ] [ str (warning.ToString()) ]
        ]
