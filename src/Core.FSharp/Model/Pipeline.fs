namespace Limen.Core

open System
open System.Threading
open Limen
open Limen.Kernels

/// From texts to a model in one call: vectoriser, signals, scorers and decision, each fitted on its own rows only.
[<RequireQualifiedAccess>]
module Pipeline =

    /// The labels of text rows, in ordinal order.
    let labelSpace (rows: TextDataset seq) : LabelSpace =
        rows
        |> Seq.collect (fun d -> Seq.concat d.LabelNames)
        |> Seq.distinct
        |> Seq.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> Seq.toArray
        |> LabelSpace

    /// The label sets of text rows as a matrix [N, L]. Throws ArgumentException for a name that the space lacks.
    let labelSets (space: LabelSpace) (rows: TextDataset) : CsrMatrix =
        rows.LabelNames
        |> Array.mapi (fun i names ->
            names
            |> Array.map (fun name ->
                match space.TryId name with
                | Some id -> id
                | None ->
                    invalidArg
                        (nameof rows)
                        $"row {i + 1}: the label \"{name}\" is not one of the model's {space.Count} labels"))
        |> Csr.ofSets space.Count

    /// Features and label sets of text rows.
    let dataset (vectoriser: Vectoriser) (space: LabelSpace) (rows: TextDataset) : Dataset =
        Dataset.create (Vectoriser.apply vectoriser rows.Texts) (labelSets space rows)

    /// Fits the vectoriser on the training texts and the model on the features. space None: the labels of the given rows.
    let fitText
        (options: ModelOptions)
        (vectoriser: VectoriserOptions)
        (space: LabelSpace option)
        (train: TextDataset)
        (validation: TextDataset option)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        : Model =

        let space =
            space
            |> Option.defaultWith (fun () -> labelSpace (train :: Option.toList validation))

        match Vectoriser.faults vectoriser @ ModelOptions.faultsFor space options with
        | [] -> ()
        | faults -> raise (ConfigurationException faults)

        let fitted = Vectoriser.fit vectoriser train.Texts

        Model.fit
            options
            space
            (Texts fitted)
            (dataset fitted space train)
            (validation |> Option.map (dataset fitted space))
            progress
            cancellation
