namespace Limen.Core

open System
open System.IO
open Limen

/// Data as people have it: a folder, a file, or the files of the parts.
[<RequireQualifiedAccess>]
module DataSource =

    /// Formats of this library, columns by their usual names, files as they are.
    let defaults: DataOptions =
        {
            Formats = InputFormats.all
            Format = None
            Fields = Fields()
            Vectors = None
            Split = None
            Seed = Seed.ofInt 1
            Cache = NoCache
        }

    let private refuse fault =
        raise (ConfigurationException [ fault ])

    /// The format of that name, with the columns of the options. Throws ConfigurationException, with the names that there are, where there is none.
    let withFormat (name: string) (options: DataOptions) : DataOptions =
        { options with
            Format = Some(InputFormats.findAmong options.Formats options.Fields name)
        }

    /// A fault of a file whose format was guessed says so.
    let private guessed (file: ChosenFile) (read: unit -> 'result) : 'result =
        try
            read ()
        with :? DataFormatException as e when file.Reason <> "as chosen" && e.File = file.Path ->
            let place =
                {
                    File = e.File
                    Line = e.Line
                    Column = e.Column
                }

            raise (
                DataFormatException(
                    place,
                    e.Expected,
                    $"{e.Found} (read as {file.Format.Name}: {file.Reason}; another format can be chosen by its name)"
                )
            )

    /// The file of vectors of a data file.
    let private vectorsOf (path: string) (alone: bool) (vectors: string) : string =
        if alone && File.Exists vectors then
            vectors
        else
            let unpacked = Lines.unpacked path
            let beside = Path.ChangeExtension(unpacked, null) + vectors

            if File.Exists beside then
                beside
            else
                refuse $"vectors: expected {beside}, or the path of a file where one file of rows is read, found none"

    /// Rows with the vectors of another file in the place of their own features.
    let private withVectors (options: DataOptions) (alone: bool) (path: string) (rows: FileRows) : FileRows =
        match options.Vectors with
        | None when rows.Rows.Dimension = Some 0 ->
            refuse
                $"{path}: expected a column of texts ({FieldNames.listed FieldNames.texts}), columns of numbers, or vectors in a file beside it (vectors), found labels alone"
        | None -> rows
        | Some vectors ->
            let file = vectorsOf path alone vectors
            let found = PartFiles.detected { options with Format = None } file
            let read = found.Format.Read options.Cache file

            match read.Rows with
            | Rows.Texts _ -> refuse $"vectors: expected rows of numbers in {file}, found texts"
            | _ when read.Rows.Count <> rows.Rows.Count ->
                refuse $"vectors: expected {rows.Rows.Count} rows in {file}, as in {path}, found {read.Rows.Count}"
            | features ->
                { rows with
                    Rows = features
                    Columns =
                        { rows.Columns with
                            Notes =
                                rows.Columns.Notes
                                @ [
                                    $"vectors of {features.Dimension.Value} numbers from {Path.GetFileName file}"
                                ]
                        }
                }

    let private readRows (options: DataOptions) (alone: bool) (file: ChosenFile) : FileRows =
        guessed file (fun () -> file.Format.Read options.Cache file.Path)
        |> withVectors options alone file.Path

    /// The rows of each part, by its place; None where the file does not say.
    let private ofColumn (file: ChosenFile) (rows: FileRows) : int[] option =
        rows.Columns.Parts
        |> Option.map (
            Array.mapi (fun row name ->
                match PartNames.tryPlace name with
                | Some place -> place
                | None ->
                    let names = PartNames.train @ PartNames.validation @ PartNames.test

                    Lines.fail
                        file.Path
                        (FileRows.line row rows)
                        1
                        $"""a part of the data ({String.Join(", ", names)})"""
                        $"\"{name}\"")
        )

    let private bySplit (file: ChosenFile) (rows: FileRows) (seed: Seed) (split: SplitOptions) : int[] =
        match Splitting.faults split with
        | [] -> ()
        | faults -> raise (ConfigurationException faults)

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
            refuse "split: expected the name of a column of groups (Fields.Group), received none"
        | SplitBy.Time, _, None -> refuse "split: expected the name of a column of times (Fields.Time), received none"

    /// The parts of one file: as asked for, else as a column of it says, else all rows are training rows.
    let private divided
        (options: DataOptions)
        (file: ChosenFile)
        (rows: FileRows)
        : Split<ChosenFile> * Split<FileRows> =
        let parts =
            match options.Split with
            | Some split -> Some(bySplit file rows options.Seed split)
            | None -> ofColumn file rows

        let said =
            match options.Split, rows.Columns.Parts with
            | Some split, _ ->
                let by =
                    match split.By with
                    | SplitBy.Labels -> "labels (iterative stratification)"
                    | SplitBy.Groups -> $"groups of {options.Fields.Group}"
                    | SplitBy.Time -> $"time, {options.Fields.Time}"

                [
                    $"split from one file by {by}, {split.Validation} for validation and {split.Test} for test"
                ]
            | None, Some _ -> [ $"split from one file by the column {options.Fields.Part}" ]
            | None, None -> []

        let rows =
            { rows with
                Columns =
                    { rows.Columns with
                        Notes = rows.Columns.Notes @ said
                    }
            }

        let select place =
            match parts with
            | None when place = 0 -> Some rows
            | None -> None
            | Some parts ->
                match
                    [|
                        for row in 0 .. parts.Length - 1 do
                            if parts[row] = place then
                                row
                    |]
                with
                | [||] -> None
                | chosen -> Some(FileRows.selectRows chosen rows)

        match select 0 with
        | None -> refuse $"{file.Path}: expected training rows, found none after the split"
        | Some train ->
            {
                Train = file
                Validation = select 1 |> Option.map (fun _ -> file)
                Test = select 2 |> Option.map (fun _ -> file)
            },
            {
                Train = train
                Validation = select 1
                Test = select 2
            }

    let private assembled (options: DataOptions) (files: Split<ChosenFile>) : DataFolder =
        let alone = (Split.parts files).Length = 1
        let read = files |> Split.map (readRows options alone)
        let directory = Path.GetDirectoryName(Path.GetFullPath files.Train.Path)

        if alone then
            divided options files.Train read.Train ||> DataParts.assemble directory
        elif options.Split.IsSome then
            refuse $"split: expected one file, received files of {(Split.parts files).Length} parts already"
        else
            DataParts.assemble directory files read

    /// Which of several files is which part: by their names, else train, test or train, validation, test in this order.
    let private given (options: DataOptions) (paths: string list) : Split<ChosenFile> =
        let place (path: string) =
            PartNames.tryPlace ((Path.GetFileName path).Split('.')[0])

        let file path = PartFiles.detected options path
        let places = paths |> List.map place

        let ordered =
            if List.forall Option.isSome places && List.distinct places = places then
                [ 0; 1; 2 ]
                |> List.map (fun p ->
                    List.zip places paths
                    |> List.tryPick (fun (at, path) -> if at = Some p then Some path else None))
            else
                match paths with
                | [ train ] -> [ Some train; None; None ]
                | [ train; test ] -> [ Some train; None; Some test ]
                | [ train; validation; test ] -> [ Some train; Some validation; Some test ]
                | _ ->
                    refuse
                        $"data: expected a folder, a file, or the files of train, validation and test, received {paths.Length} paths"

        match ordered with
        | Some train :: rest ->
            {
                Train = file train
                Validation = rest[0] |> Option.map file
                Test = rest[1] |> Option.map file
            }
        | _ -> refuse $"""data: expected a training file among {String.Join(", ", paths)}"""

    /// Reads a folder, one file, or the files of the parts, and says what was read. Rows of one file are split as the options or a column of it say. Throws ConfigurationException
    /// for what is not there, and DataFormatException for a file that is not as it should be; where its format was guessed, the message says as what it was read and why.
    let read (options: DataOptions) (paths: string list) : DataFolder =
        match
            paths
            |> List.filter (fun path -> not (File.Exists path || Directory.Exists path))
        with
        | [] -> ()
        | missing ->
            missing
            |> List.map (fun path -> $"{path}: expected a file or a folder, found nothing of that name")
            |> ConfigurationException
            |> raise

        match paths with
        | [ folder ] when Directory.Exists folder -> PartFiles.find options folder |> assembled options
        | _ ->
            match paths |> List.tryFind Directory.Exists with
            | Some folder -> refuse $"{folder}: expected a file beside others, found a folder"
            | None -> given options paths |> assembled options

    /// All rows of one file. Throws as `read` does.
    let readFile (options: DataOptions) (path: string) : LabelledRows =
        if not (File.Exists path) then
            let found =
                if Directory.Exists path then
                    "a folder"
                else
                    "nothing of that name"

            refuse $"{path}: expected a file, found {found}"

        let rows = PartFiles.detected options path |> readRows options true
        FileRows.labelled (FileRows.labelSpace [ rows ]) path rows

/// A data folder alone.
[<RequireQualifiedAccess>]
module Folder =

    /// Formats of this library, columns by their usual names, files as they are.
    let defaults: DataOptions = DataSource.defaults

    /// Reads a data folder, as `DataSource.read` does.
    let read (options: DataOptions) (directory: string) : DataFolder = DataSource.read options [ directory ]
