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
            Lines.fail
                e.File
                e.Line
                e.Column
                e.Expected
                $"{e.Found} (read as {file.Format.Name}: {file.Reason}; another format can be chosen by its name)"

    let private readRows (options: DataOptions) (alone: bool) (file: ChosenFile) : FileRows =
        guessed file (fun () -> file.Format.Read options.Cache file.Path)
        |> VectorFiles.addTo options alone file.Path

    let private assembled (options: DataOptions) (files: Split<ChosenFile>) : DataFolder =
        let alone = (Split.parts files).Length = 1
        let read = files |> Split.map (readRows options alone)
        let directory = Path.GetDirectoryName(Path.GetFullPath files.Train.Path)

        if alone then
            FileDivision.divide options files.Train read.Train
            ||> DataParts.assemble directory
        elif options.Split.IsSome then
            Configuration.refuse
                $"split: expected one file, received files of {(Split.parts files).Length} parts already"
        else
            DataParts.assemble directory files read

    /// Which of several files is which part: by their names, else train, test or train, validation, test in this order.
    let private given (options: DataOptions) (paths: string list) : Split<ChosenFile> =
        let place (path: string) =
            PartNames.tryPlace ((Path.GetFileName path).Split('.')[0])

        let file path = PartFiles.detected options path
        let places = paths |> List.map place

        paths
        |> List.countBy Path.GetFullPath
        |> List.tryFind (fun (_, count) -> count > 1)
        |> Option.iter (fun (path, count) ->
            Configuration.refuse
                $"{path}: expected each file once, found it {count} times: rows to measure on are others than those to learn from (one file can be split)")

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
                    Configuration.refuse
                        $"data: expected a folder, a file, or the files of train, validation and test, received {paths.Length} paths"

        match ordered with
        | Some train :: rest ->
            {
                Train = file train
                Validation = rest[0] |> Option.map file
                Test = rest[1] |> Option.map file
            }
        | _ -> Configuration.refuse $"""data: expected a training file among {String.Join(", ", paths)}"""

    /// Reads a folder, one file, or the files of the parts, and says what was read. Rows of one file are split as the options or a column of it say. Throws ConfigurationException
    /// for what is not there, and DataFormatException for a file that is not as it should be; where its format was guessed, the message says as what it was read and why.
    let read (options: DataOptions) (paths: string list) : DataFolder =
        paths
        |> List.filter (fun path -> not (File.Exists path || Directory.Exists path))
        |> List.map (fun path -> $"{path}: expected a file or a folder, found nothing of that name")
        |> Configuration.require

        match paths with
        | [ folder ] when Directory.Exists folder -> PartFiles.find options folder |> assembled options
        | _ ->
            match paths |> List.tryFind Directory.Exists with
            | Some folder -> Configuration.refuse $"{folder}: expected a file beside others, found a folder"
            | None -> given options paths |> assembled options

    /// All rows of one file. Throws as `read` does.
    let readFile (options: DataOptions) (path: string) : LabelledRows =
        if not (File.Exists path) then
            let found =
                if Directory.Exists path then
                    "a folder"
                else
                    "nothing of that name"

            Configuration.refuse $"{path}: expected a file, found {found}"

        let rows = PartFiles.detected options path |> readRows options true
        FileRows.labelled (FileRows.labelSpace [ rows ]) path rows

/// A data folder alone.
[<RequireQualifiedAccess>]
module Folder =

    /// Formats of this library, columns by their usual names, files as they are.
    let defaults: DataOptions = DataSource.defaults

    /// Reads a data folder, as `DataSource.read` does.
    let read (options: DataOptions) (directory: string) : DataFolder = DataSource.read options [ directory ]
