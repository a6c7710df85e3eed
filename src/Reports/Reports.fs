namespace Limen

open System
open Limen.Core

/// Reports to look at: one HTML file each, which needs no network. F# has them as `Report.write` and `Report.compare`.
[<AbstractClass; Sealed>]
type Reports private () =

    /// Writes the report of a model on rows with known labels, which it must not have learned from, to a file, which is replaced. The texts of rows on which it loses are in the
    /// file (ReportOptions.Examples). Throws ConfigurationException with every fault of the options; ArgumentException for rows of another kind than the model's, and for none.
    static member Write
        (model: AdaptiveThresholdModel, rows: MultiLabelDataset, path: string, options: ReportOptions)
        : unit =
        ArgumentNullException.ThrowIfNull model
        ArgumentNullException.ThrowIfNull rows
        ArgumentNullException.ThrowIfNull path
        ArgumentNullException.ThrowIfNull options
        Report.write options model.Fitted rows.Labelled path

    /// The same with the default options.
    static member Write(model: AdaptiveThresholdModel, rows: MultiLabelDataset, path: string) : unit =
        Reports.Write(model, rows, path, ReportOptions())

    /// Writes the report of a model with another one measured on the same rows: differences of metrics with intervals of a paired bootstrap, and F1 of each label by both.
    static member Compare
        (
            model: AdaptiveThresholdModel,
            other: AdaptiveThresholdModel,
            rows: MultiLabelDataset,
            path: string,
            options: ReportOptions
        ) : unit =
        ArgumentNullException.ThrowIfNull model
        ArgumentNullException.ThrowIfNull other
        ArgumentNullException.ThrowIfNull rows
        ArgumentNullException.ThrowIfNull path
        ArgumentNullException.ThrowIfNull options
        Report.compare options model.Fitted other.Fitted rows.Labelled path

    /// The same with the default options.
    static member Compare
        (model: AdaptiveThresholdModel, other: AdaptiveThresholdModel, rows: MultiLabelDataset, path: string)
        : unit =
        Reports.Compare(model, other, rows, path, ReportOptions())
