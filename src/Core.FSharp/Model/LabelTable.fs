namespace Limen

open System

/// What a model holds of a label and, where rows were measured, how it does on them.
[<NoComparison>]
type LabelRow =
    {
        /// The label's name.
        Label: string
        /// Training rows with it: a sum of weights, where rows have them; 0 for a label that the model does not know.
        Support: float
        /// What a score must exceed, in log-odds; null where the rule has no threshold for each label, or the model does not know it.
        Threshold: Nullable<float>
        /// Measured rows that have it; null where none were measured.
        Positives: Nullable<float>
        /// Measured rows that it was predicted for.
        Predicted: Nullable<float>
        /// Measured rows of both kinds.
        Hits: Nullable<float>
        /// 2 Hits / (Predicted + Positives), 0/0 = 0.
        F1: Nullable<float>
    }

namespace Limen.Core

open System
open System.IO
open Limen

/// A model label by label.
[<RequireQualifiedAccess>]
module LabelTable =

    let private ofLabel
        (model: Model)
        (thresholds: float32[] option)
        (names: LabelSpace)
        (measured: Confusion[] option)
        l
        =
        let known = l < model.Labels.Count

        let number (f: Confusion -> float) =
            measured |> Option.map (fun c -> f c[l]) |> Option.toNullable

        {
            Label = names.Name l
            Support = if known then model.Counts.Positives[l] else 0.0
            Threshold =
                thresholds
                |> Option.filter (fun _ -> known)
                |> Option.map (fun t -> float t[l])
                |> Option.toNullable
            Positives = number (fun c -> c.TP + c.FN)
            Predicted = number (fun c -> c.TP + c.FP)
            Hits = number _.TP
            F1 = number (Ratio.f1 AsZero)
        }

    let private rows names measured (model: Model) : LabelRow[] =
        let thresholds = FittedRule.thresholds model.Decision.Rule
        Array.init (names: LabelSpace).Count (ofLabel model thresholds names measured)

    /// Every label of the model, in the order of the ids.
    let ofModel (model: Model) : LabelRow[] = rows model.Labels None model

    /// The same with what labelled rows say; labels that only these have stand last. Throws ArgumentException for rows of another kind than the model's.
    let measured (rows': LabelledRows) (model: Model) : LabelRow[] =
        let names, _, evidence = Evaluation.ofRows rows' model
        let evidence = Evidence.counted evidence

        let counts =
            Counts.ofSets evidence.Weights evidence.Predicted.Value evidence.Truth
            |> Counts.perLabel

        rows names (Some(Seq.toArray counts)) model

    let private header =
        [ "label"; "support"; "threshold"; "positives"; "predicted"; "hits"; "f1" ]

    /// The table as lines of comma-separated values, the names of the columns first; what is not known is empty.
    let csv (table: LabelRow seq) : string list =
        [
            String.Join(",", header)
            for row in table do
                CsvLine.ofValues
                    [
                        row.Label
                        row.Support
                        row.Threshold
                        row.Positives
                        row.Predicted
                        row.Hits
                        row.F1
                    ]
        ]

    /// Writes the lines to a file.
    let write (path: string) (table: LabelRow seq) : unit = File.WriteAllLines(path, csv table)
