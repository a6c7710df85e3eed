namespace Limen.Core

open System.Collections.Generic
open Limen.Kernels

/// How a file says which labels its rows have.
[<RequireQualifiedAccess; ReferenceEquality>]
type FileLabels =
    /// By name, row by row.
    | Names of NameSets
    /// By id: label sets [N, L] whose ids count from 0, and what the file's own ids count from.
    | Ids of sets: LabelSets * first: int

/// The rows of one file as the file gives them, before the labels of several files are one label space.
[<ReferenceEquality>]
type FileRows =
    {
        Rows: Rows
        Labels: FileLabels
        /// Whether the file itself says how many features and labels there are; otherwise that is one more than the largest id in it.
        Sized: bool
        /// How much each row counts [N], finite and at least 0. None: 1 each.
        Weights: float32[] option
        Columns: RowColumns
    }

[<RequireQualifiedAccess>]
module FileRows =

    /// Packed texts with the names of their labels.
    let internal ofPacked (texts: TextList) (names: NameSets) (weights: float32[] option) : FileRows =
        {
            Rows = Rows.Texts texts
            Labels = FileLabels.Names names
            Sized = false
            Weights = weights
            Columns = RowColumns.none
        }

    /// Texts with the names of their labels.
    let ofTexts (rows: TextDataset) : FileRows =
        {
            Rows = Rows.Texts rows.Texts
            Labels = FileLabels.Names(NameSets.Of rows.LabelNames)
            Sized = false
            Weights = rows.Weights
            Columns = RowColumns.none
        }

    /// The same with more that is said of how they were read.
    let noted (notes: string list) (rows: FileRows) : FileRows =
        { rows with
            Columns = RowColumns.noted notes rows.Columns
        }

    /// The names of each row's labels; ids are named as the file writes them.
    let labelNames (rows: FileRows) : string[][] =
        match rows.Labels with
        | FileLabels.Names names -> Seq.toArray names
        | FileLabels.Ids(sets, first) ->
            Array.init sets.Matrix.Rows (fun row ->
                Csr.set row sets.Matrix |> Array.map (fun id -> string (first + id)))

    /// The texts as they are held. Throws ArgumentException for features.
    let internal packed (rows: FileRows) : IReadOnlyList<string> =
        match rows.Rows with
        | Rows.Texts texts -> texts
        | _ -> invalidArg (nameof rows) $"expected texts, received {rows.Rows.Kind}"

    /// What a writer of texts writes. Throws ArgumentException for features.
    let texts (rows: FileRows) : TextDataset =
        {
            Texts = packed rows |> Seq.toArray
            LabelNames = labelNames rows
            Weights = rows.Weights
        }

    /// Features with the ids of their labels, which the file counts from `first`.
    let ofDataset (sized: bool) (first: int) (rows: Dataset) : FileRows =
        {
            Rows = Rows.Features rows.Features
            Labels = FileLabels.Ids(rows.Truth, first)
            Sized = sized
            Weights = rows.Weights
            Columns = RowColumns.none
        }

    /// What a writer of features writes. Throws ArgumentException for texts, or labels without ids.
    let dataset (rows: FileRows) : Dataset =
        match Rows.tryFeatures rows.Rows, rows.Labels with
        | Some features, FileLabels.Ids(sets, _) ->
            { Dataset.create features sets.Matrix with
                Weights = rows.Weights
            }
        | _ -> invalidArg (nameof rows) $"expected features and the ids of their labels, received {rows.Rows.Kind}"

    /// The chosen rows, in the order given.
    let selectRows (chosen: int[]) (part: FileRows) : FileRows =
        {
            Rows = Rows.selectRows chosen part.Rows
            Labels =
                match part.Labels with
                | FileLabels.Names names -> chosen |> Seq.map (fun row -> names[row]) |> NameSets.Of |> FileLabels.Names
                | FileLabels.Ids(sets, first) -> FileLabels.Ids(LabelSets(Csr.selectRows chosen sets.Matrix), first)
            Sized = part.Sized
            Weights = RowWeights.selectRows chosen part.Weights
            Columns = RowColumns.selectRows chosen part.Columns
        }

    /// One more than the largest label id that any part may have, counted from 0; 0 where labels have names.
    let labelIds (parts: FileRows seq) : int =
        parts
        |> Seq.map (fun part ->
            match part.Labels with
            | FileLabels.Ids(sets, _) -> sets.Matrix.Columns
            | FileLabels.Names _ -> 0)
        |> Seq.fold max 0

    /// What a label is called whose id is written so.
    let private nameOf (first: int) (id: int) = string (int64 first + int64 id)

    /// The labels that rows of any part have: names in ordinal order, or ids in theirs, named as the files write them. An id that no row has is no label, however many
    /// labels a header counts.
    let labelSpace (parts: FileRows seq) : LabelSpace =
        let names =
            parts
            |> Seq.map (fun part ->
                match part.Labels with
                | FileLabels.Names names -> Seq.toArray names.Names
                | FileLabels.Ids _ -> [||])

        let ids =
            [|
                for part in parts do
                    match part.Labels with
                    | FileLabels.Names _ -> ()
                    | FileLabels.Ids(sets, first) ->
                        for id in (ColumnChoice.ofEntries sets.Matrix).Ids -> int64 first + int64 id
            |]
            |> Array.distinct
            |> Array.sort

        if ids.Length = 0 then
            LabelSpace.ofNames names
        else
            LabelSpace.ofNames names |> LabelSpace.union (LabelSpace(Array.map string ids))

    /// The line of a row, from 1.
    let line (row: int) (part: FileRows) : int =
        match part.Columns.Lines with
        | Some lines -> lines[row]
        | None -> row + 1

    /// The rows of a file in a label space; the target is the place in it of a label's id. Throws DataFormatException at the first name that the space does not know.
    let private within (target: int -> int -> int) (space: LabelSpace) (file: string) (part: FileRows) : LabelledRows =
        let unknown row name : exn =
            let place =
                {
                    File = file
                    Line = line row part
                    Column = 1
                }

            DataFormatException(place, $"one of the {space.Count} known labels", $"\"{name}\"")

        let sets =
            match part.Labels with
            | FileLabels.Names names -> names.Encode(unknown, space)
            | FileLabels.Ids(sets, first) ->
                let met = ColumnChoice.ofEntries sets.Matrix

                sets.Matrix
                |> ColumnChoice.moveTo space.Count (met.Ids |> Array.map (target first)) met
                |> LabelSets

        { LabelledRows.create space part.Rows sets with
            Weights = part.Weights
        }

    /// The rows of a file in a label space, which has the ids of labels as names. Throws DataFormatException at the first label that the space does not know.
    let labelled (space: LabelSpace) (file: string) (part: FileRows) : LabelledRows =
        let place first id =
            match space.TryId(nameOf first id) with
            | Some place -> place
            | None -> invalidArg (nameof space) $"expected the label {nameOf first id} of {file} among {space.Count}"

        within place space file part

    /// The same for a label space whose names stand at the places of the ids. Throws ArgumentException where it has fewer labels than the file has ids.
    let placed (space: LabelSpace) (file: string) (part: FileRows) : LabelledRows =
        if labelIds [ part ] > space.Count then
            invalidArg (nameof space) $"expected at least {labelIds [ part ]} labels, received {space.Count}"

        within (fun _ id -> id) space file part
