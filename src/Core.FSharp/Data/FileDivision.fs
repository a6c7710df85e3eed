namespace Limen.Core

open System
open Limen

/// One file as training, validation and test rows.
[<RequireQualifiedAccess>]
module internal FileDivision =

    /// The part of each row, by its place, as the file names it.
    let private byColumn (file: ChosenFile) (rows: FileRows) (names: string[]) : int[] =
        names
        |> Array.mapi (fun row name ->
            match PartNames.tryPlace name with
            | Some place -> place
            | None ->
                let known = PartNames.train @ PartNames.validation @ PartNames.test

                Lines.fail
                    file.Path
                    (FileRows.line row rows)
                    1
                    $"""a part of the data ({String.Join(", ", known)})"""
                    $"\"{name}\"")

    /// The part of each row, by its place, as the split says.
    let private bySplit (file: ChosenFile) (rows: FileRows) (seed: Seed) (split: SplitOptions) : int[] =
        Splitting.faults split |> Configuration.require

        let shares = [| 1.0 - split.Validation - split.Test; split.Validation; split.Test |]

        let sets () =
            (FileRows.labelled (FileRows.labelSpace [ rows ]) file.Path rows).Truth

        match split.By, rows.Columns.Groups, rows.Columns.Times with
        | SplitBy.Labels, _, _ ->
            Splitting.stratified shares seed (Array.init rows.Rows.Count Array.singleton) (sets ())
        | SplitBy.Groups, Some groups, _ ->
            let units = Splitting.groups groups
            let parts = Splitting.stratified shares seed units (sets ())
            let part = Array.zeroCreate rows.Rows.Count
            Array.iter2 (fun unit p -> unit |> Array.iter (fun row -> part[row] <- p)) units parts
            part
        | SplitBy.Time, _, Some times ->
            match Splitting.moments times with
            | Ok moments -> Splitting.byTime shares moments
            | Error row ->
                Lines.fail
                    file.Path
                    (FileRows.line row rows)
                    1
                    "a time: a number, or a date as 2026-01-31"
                    $"\"{times[row]}\""
        | SplitBy.Groups, None, _ ->
            Configuration.refuse "split: expected the name of a column of groups (Fields.Group), received none"
        | SplitBy.Time, _, None ->
            Configuration.refuse "split: expected the name of a column of times (Fields.Time), received none"

    /// Which rows are which part and how that is said: as asked for, else as a column says, else all are training rows.
    let private parts (options: DataOptions) (file: ChosenFile) (rows: FileRows) : int[] option * string list =
        match options.Split, rows.Columns.Parts with
        | Some split, _ ->
            let by =
                match split.By with
                | SplitBy.Labels -> "labels (iterative stratification)"
                | SplitBy.Groups -> $"groups of {options.Fields.Group}"
                | SplitBy.Time -> $"time, {options.Fields.Time}"

            Some(bySplit file rows options.Seed split),
            [
                $"split from one file by {by}, {split.Validation} for validation and {split.Test} for test"
            ]
        | None, Some names ->
            Some(byColumn file rows names), [ $"split from one file by the column {options.Fields.Part}" ]
        | None, None -> None, []

    /// The parts of one file. Throws ConfigurationException for a split that cannot be made, or leaves no training row, and DataFormatException for a part or a time that is none.
    let divide (options: DataOptions) (file: ChosenFile) (rows: FileRows) : Split<ChosenFile> * Split<FileRows> =
        let parts, said = parts options file rows

        let rows =
            { rows with
                Columns = RowColumns.noted said rows.Columns
            }

        let select place =
            match parts with
            | None when place = 0 -> Some rows
            | None -> None
            | Some parts ->
                match [| 0 .. parts.Length - 1 |] |> Array.filter (fun row -> parts[row] = place) with
                | [||] -> None
                | chosen -> Some(FileRows.selectRows chosen rows)

        match select 0 with
        | None -> Configuration.refuse $"{file.Path}: expected training rows, found none after the split"
        | Some train ->
            let rows =
                {
                    Train = train
                    Validation = select 1
                    Test = select 2
                }

            Split.map (fun _ -> file) rows, rows
