namespace Limen.Core

open System.IO
open System.Text
open Limen
open Limen.Core.Reporting

/// A model on rows with known labels, as one HTML file that needs nothing else: no network, no other file.
[<RequireQualifiedAccess>]
module Report =

    let private html (o: ReportOptions) (rows: LabelledRows) (m: Measured) (against: Measured option) : string =
        let buckets = Bucket.all m

        Page.document
            o.Title
            (ModelSections.about m)
            [
                "metrics", "Metrics", MetricsSection.nodes o m
                match against with
                | Some other -> "comparison", "Comparison", ComparisonSection.nodes o buckets m other
                | None -> ()
                "labels", "Labels", LabelSections.all m against
                "frequency", "Frequency", LabelSections.frequency buckets m
                "thresholds", "Thresholds", LabelSections.thresholds buckets m
                "calibration", "Calibration", PairSections.calibration m
                "together", "Co-occurrence", PairSections.coOccurrence o m
                "lost", "Where rows lose", LostSection.nodes o rows.Rows m
                "training", "Training", ModelSections.training m
                "model", "Model card", ModelSections.card m
            ]

    let private save (path: string) (text: string) : unit =
        match Path.GetDirectoryName(Path.GetFullPath path) with
        | null -> ()
        | folder -> Directory.CreateDirectory folder |> ignore

        File.WriteAllText(path, text, UTF8Encoding false)

    let private make (o: ReportOptions) (models: Model list) (rows: LabelledRows) (path: string) : unit =
        match ReportOptions.faults o with
        | [] -> ()
        | faults -> raise (ConfigurationException faults)

        if rows.Count = 0 then
            invalidArg (nameof rows) "expected at least one row, received none"

        let measured = Measured.ofModels rows models
        html o rows measured.Head (List.tryItem 1 measured) |> save path

    /// Writes the report of a model on rows with known labels, which it must not have learned from, to a file, which is replaced. The texts of rows on which it loses are in the
    /// file (ReportOptions.Examples). Throws ConfigurationException with every fault of the options; ArgumentException for rows of another kind than the model's, and for none;
    /// IOException where the file cannot be written.
    let write (options: ReportOptions) (model: Model) (rows: LabelledRows) (path: string) : unit =
        make options [ model ] rows path

    /// The same with another model measured on the same rows: differences of metrics with intervals of a paired bootstrap, and F1 of each label by both.
    let compare (options: ReportOptions) (model: Model) (other: Model) (rows: LabelledRows) (path: string) : unit =
        make options [ model; other ] rows path
