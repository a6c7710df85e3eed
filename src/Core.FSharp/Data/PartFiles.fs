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

    let private alike (a: string) (b: string) =
        String.Equals(a, b, StringComparison.OrdinalIgnoreCase)

    /// What stands before the ending, the file unpacked: None for another ending.
    let private stem (ending: string) (file: string) : string option =
        let name = Lines.unpacked (Path.GetFileName file)

        if name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) then
            Some name[.. name.Length - ending.Length - 1]
        else
            None

    /// The files of the folder called one of these names, with one of the endings, packed or not; letters of either case are alike. Where none is, those whose names end so: yeast-train.arff.
    let private named (files: string list) (names: string list) (endings: string list) : string list =
        let stems file =
            endings |> List.choose (fun ending -> stem ending file)

        let ends (stem: string) (name: string) =
            stem.EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && stem.Length > name.Length
            && "-_.".Contains stem[stem.Length - name.Length - 1]

        let matching test =
            files
            |> List.filter (fun file -> stems file |> List.exists (fun stem -> names |> List.exists (test stem)))

        match matching alike with
        | [] -> matching ends
        | found -> found

    let private tryOne (part: string) (files: string list) : string option =
        match files with
        | [] -> None
        | [ file ] -> Some file
        | several ->
            Configuration.refuse
                $"""{part} rows: expected one file, found {String.Join(" and ", several)}: move all but one away, or give the files of the parts by their paths (--data TRAIN --data DEV --data TEST)"""

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

    let private formats (options: DataOptions) : InputFormat list =
        match options.Format with
        | Some format -> [ format ]
        | None -> options.Formats |> List.map _.Format

    let private isVectors (options: DataOptions) (file: string) =
        options.Vectors
        |> Option.exists (fun ending -> (Lines.unpacked file).EndsWith(ending, StringComparison.OrdinalIgnoreCase))

    /// The file with a word on those of other formats, which are not read.
    let private instead (candidates: string list) (file: ChosenFile) : ChosenFile =
        match candidates |> List.except [ file.Path ] |> List.map Path.GetFileName with
        | [] -> file
        | others ->
            { file with
                Reason = $"{file.Reason}; not read: {FieldNames.listed others}"
            }

    /// The training file: of files of several formats that of the first.
    let private train (options: DataOptions) (files: string list) : ChosenFile option =
        let candidates =
            formats options
            |> List.collect _.Endings
            |> List.distinct
            |> named files PartNames.train
            |> List.filter (isVectors options >> not)
            |> List.map (fun path -> InputFormats.detect options.Formats path, path)

        match options.Format with
        | Some _ -> candidates |> List.map snd |> tryOne "training" |> Option.map (detected options)
        | None ->
            options.Formats
            |> List.tryPick (fun entry ->
                candidates
                |> List.choose (fun (found, path) ->
                    found
                    |> Option.filter (fun (e, _) -> e.Format.Name = entry.Format.Name)
                    |> Option.map (fun _ -> path))
                |> tryOne "training")
            |> Option.map (detected options >> instead (List.map snd candidates))

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

    /// The folders of the parts that are Annif's full texts, or this folder as the rows of all.
    let private annif (directory: string) : Split<ChosenFile> option =
        let file path =
            {
                Path = path
                Format = AnnifFolder.format
                Reason = "a folder of texts with subjects beside them"
            }

        let part names =
            Directory.GetDirectories directory
            |> Array.tryFind (fun folder ->
                names |> List.exists (alike (Path.GetFileName folder))
                && AnnifFolder.looks folder)
            |> Option.map file

        match part PartNames.train with
        | Some train ->
            Some
                {
                    Train = train
                    Validation = part PartNames.validation
                    Test = part PartNames.test
                }
        | None when AnnifFolder.looks directory ->
            Some
                {
                    Train = file directory
                    Validation = None
                    Test = None
                }
        | None -> None

    let private otherwise (options: DataOptions) (directory: string) (files: string list) : Split<ChosenFile> =
        let isPart (file: string) =
            PartNames.tryPlace ((Path.GetFileName file).Split('.')[0]) <> None

        match others options files with
        | [ only ] when not (isPart only) ->
            {
                Train = detected options only
                Validation = None
                Test = None
            }
        | found ->
            let names =
                formats options
                |> InputFormat.usualEndings
                |> List.map (fun ending -> $"train{ending}")

            let received =
                match found with
                | [] when options.Format.IsSome && not files.IsEmpty ->
                    $"{files |> List.map Path.GetFileName |> FieldNames.listed} (read as {options.Format.Value.Name}, as chosen)"
                | [] -> "none"
                | some -> some |> List.map Path.GetFileName |> FieldNames.listed

            let alone =
                match found |> List.tryFind isPart with
                | Some file -> $"; to read the rows of one part alone, give the path of its file, {file}"
                | None -> ""

            Configuration.refuse
                $"""{directory}: expected {FieldNames.listed names} (plain, .gz or .bz2), or one file of data, found {received}{alone}"""

    /// The files of the parts of a folder: train (training, trn), dev (validation, valid, val), test (testing, tst), the others of the training file's format; or
    /// the folders of the parts, where they are Annif's full texts; or the one data file that is there, whose rows are all. Throws ConfigurationException where there is none, or two for one part.
    let find (options: DataOptions) (directory: string) : Split<ChosenFile> =
        let files = Directory.GetFiles directory |> Array.sort |> Array.toList

        match train options files with
        | Some file ->
            let own = Path.GetExtension(Lines.unpacked file.Path)

            let part name names =
                named files names (List.distinct (own :: file.Format.Endings))
                |> List.filter (isVectors options >> not)
                |> tryOne name
                |> Option.map (fun path ->
                    { file with
                        Path = path
                        Reason = "as the training rows"
                    })

            {
                Train = file
                Validation = part "validation" PartNames.validation
                Test = part "test" PartNames.test
            }
        | None ->
            match annif directory with
            | Some folders when options.Format.IsNone -> folders
            | _ -> otherwise options directory files
