namespace Limen.Experiments

open System.IO
open Limen
open Limen.Core

/// A data set as the experiments use it: features ready, validation rows set aside, test rows untouched.
[<ReferenceEquality>]
type Task =
    {
        Name: string
        Labels: LabelSpace
        Input: InputSpace
        Train: Dataset
        Validation: Dataset
        Test: Dataset
        /// The rows before features were made of them, texts where there are texts, in the parts that the data set itself has.
        Source: unit -> Split<LabelledRows>
    }

[<RequireQualifiedAccess>]
module Task =

    /// The embedded default: the API documentation of the installed .NET SDK.
    let embedded = "api-documentation"

    /// The share of the training rows that becomes validation rows where a data set has none of its own.
    let private heldOut = 0.2

    let private seed = Seed.ofInt 20261120

    let private ofSplit name source labels input (split: Split<Dataset>) : Task =
        let train, validation =
            match split.Validation with
            | Some v -> split.Train, v
            | None -> Dataset.holdOut heldOut seed split.Train

        {
            Name = name
            Labels = labels
            Input = input
            Train = train
            Validation = validation
            Test = Option.get split.Test
            Source = source
        }

    let private prepared (name: string) source (rows: Split<LabelledRows>) : Task =
        let labels, input, split =
            rows |> Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic

        ofSplit name source labels input split

    let private ofFolder (name: string) (path: string) : Task =
        (Folder.read
            { Folder.defaults with
                Format = Some(InputFormats.find "svmlight")
            }
            path)
            .Rows
        |> prepared name (fun () -> (Folder.read Folder.defaults path).Rows)

    let private apiDocumentation () : Split<LabelledRows> =
        Limen.Cli.ApiDocs.read () |> Split.map LabelledRows.ofTexts

    /// Whether a data set is there: the embedded one, or a folder of svmlight files below the data directory.
    let exists (data: string option) (name: string) : bool =
        name = embedded
        || data |> Option.exists (fun root -> Directory.Exists(Path.Combine(root, name)))

    let read (data: string option) (name: string) : Task =
        match data with
        | Some root when name <> embedded -> ofFolder name (Path.Combine(root, name))
        | _ -> apiDocumentation () |> prepared embedded apiDocumentation

    /// How sparse and how imbalanced a data set is, by its training rows: labels a row, their share of L, the share of labels with
    /// fewer than ten rows, and the mean over labels that occur of (rows of the most frequent label / rows of the label), the MeanIR
    /// of Charte et al. 2015 (https://doi.org/10.1016/j.neucom.2014.08.091).
    let statistics (task: Task) : (string * float) list =
        let support = Csr.columnCounts task.Train.Labels
        let cardinality = float task.Train.Labels.NonZeros / float task.Train.Rows
        let most = float (Array.max support)

        [
            "rows", float task.Train.Rows
            "labels", float support.Length
            "cardinality", cardinality
            "density", cardinality / float support.Length
            "share_of_labels_below_ten_rows",
            float (support |> Array.filter (fun n -> n < 10) |> Array.length)
            / float support.Length
            "mean_imbalance_ratio",
            support
            |> Array.filter (fun n -> n > 0)
            |> Array.averageBy (fun n -> most / float n)
        ]
