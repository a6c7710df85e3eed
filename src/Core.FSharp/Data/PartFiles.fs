namespace Limen.Core

open System
open System.IO

/// A file with the format that it is read in, and why it is.
[<NoEquality; NoComparison>]
type ChosenFile =
    {
        Path: string
        Format: InputFormat
        Reason: string
    }

/// Which files of a folder are which part.
[<RequireQualifiedAccess>]
module PartFiles =

    let private refuse fault =
        raise (ConfigurationException [ fault ])

    let private alike (a: string) (b: string) =
        String.Equals(a, b, StringComparison.OrdinalIgnoreCase)

    /// The files of the folder called one of these names, with one of the endings, packed or not; letters of either case are alike.
    let private named (files: string list) (names: string list) (endings: string list) : string list =
        let wanted =
            [
                for name in names do
                    for ending in endings do
                        for packing in "" :: Lines.packings -> name + ending + packing
            ]

        files
        |> List.filter (fun file -> wanted |> List.exists (alike (Path.GetFileName file)))

    let private tryOne (files: string list) : string option =
        match files with
        | [] -> None
        | [ file ] -> Some file
        | several -> refuse $"""expected one file, found {String.Join(" and ", several)}"""

    let private chosen (options: DataOptions) (entry: InputFormatEntry) (reason: string) (path: string) : ChosenFile =
        {
            Path = path
            Format = entry.With options.Fields
            Reason = reason
        }

    /// What a file is read as: the chosen format, else what it is taken for.
    let detected (options: DataOptions) (path: string) : ChosenFile =
        match options.Format with
        | Some format ->
            {
                Path = path
                Format = format
                Reason = "as chosen"
            }
        | None ->
            let entry, reason = InputFormats.require options.Formats path
            chosen options entry reason path

    let private train (options: DataOptions) (files: string list) : ChosenFile option =
        match options.Format with
        | Some format ->
            named files PartNames.train format.Endings
            |> tryOne
            |> Option.map (detected options)
        | None ->
            options.Formats
            |> List.tryPick (fun entry ->
                named files PartNames.train entry.Format.Endings
                |> List.filter (fun file ->
                    InputFormats.detect options.Formats file
                    |> Option.exists (fun (e, _) -> e.Format.Name = entry.Format.Name))
                |> tryOne
                |> Option.map (detected options))

    let private formats (options: DataOptions) : InputFormat list =
        match options.Format with
        | Some format -> [ format ]
        | None -> options.Formats |> List.map _.Format

    /// Files of data that are no part: the one file of a folder without parts.
    let private others (options: DataOptions) (files: string list) : string list =
        let endings = formats options |> List.collect _.Endings

        let isNames (file: string) =
            [ "labels.txt"; "features.txt"; "README.txt" ]
            |> List.exists (alike (Path.GetFileName file))

        files
        |> List.filter (fun file ->
            endings
            |> List.exists (fun e -> (Lines.unpacked file).EndsWith(e, StringComparison.OrdinalIgnoreCase))
            && not (isNames file))

    /// The files of the parts of a folder: train (training, trn), dev (validation, valid, val), test (testing, tst), the others of the training file's format; or
    /// the one data file that is there, whose rows are all. Throws ConfigurationException where there is none, or two for one part.
    let find (options: DataOptions) (directory: string) : Split<ChosenFile> =
        let files = Directory.GetFiles directory |> Array.sort |> Array.toList

        match train options files with
        | Some file ->
            let part names =
                named files names file.Format.Endings
                |> tryOne
                |> Option.map (fun path ->
                    { file with
                        Path = path
                        Reason = "as the training rows"
                    })

            {
                Train = file
                Validation = part PartNames.validation
                Test = part PartNames.test
            }
        | None ->
            match others options files with
            | [ only ] when PartNames.tryPlace ((Path.GetFileName only).Split('.')[0]) = None ->
                {
                    Train = detected options only
                    Validation = None
                    Test = None
                }
            | found ->
                let names =
                    formats options
                    |> List.collect _.Endings
                    |> List.distinct
                    |> List.map (fun ending -> $"train{ending}")

                let received =
                    match found with
                    | [] -> "none"
                    | some -> some |> List.map Path.GetFileName |> FieldNames.listed

                refuse
                    $"""{directory}: expected {String.Join(" or ", names)} (plain, .gz or .bz2), or one file of data, found {received}"""
