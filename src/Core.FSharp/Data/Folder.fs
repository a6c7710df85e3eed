namespace Limen.Core

open System
open System.Collections.Generic
open System.IO

/// How a data folder is read.
[<NoEquality; NoComparison>]
type FolderOptions =
    {
        /// None: the first of `InputFormats.all` that the training file looks like.
        Format: InputFormat option
        /// Where parsed files are kept in binary form.
        Cache: CachePlace
    }

/// A data folder: train, optional dev (or validation) and test files of one format, plain, .gz or .bz2, each with its weights within or beside it
/// (RowWeights); optional labels.txt and features.txt with one name a line, in the order of the ids.
[<ReferenceEquality>]
type DataFolder =
    {
        /// The files that were read.
        Files: Split<string>
        /// The names in features.txt, where the rows are features.
        FeatureNames: string[] option
        /// The rows of each part, all in one label space: all labels of all parts, those that training never saw among them. Named by labels.txt;
        /// without it names are in ordinal order, and labels that files give by their ids are named by these.
        Rows: Split<LabelledRows>
    }

    /// The labels of all parts.
    member folder.Labels = folder.Rows.Train.Space

[<RequireQualifiedAccess>]
module Folder =

    let defaults = { Format = None; Cache = NoCache }

    let private refuse fault =
        raise (ConfigurationException [ fault ])

    /// The one file of a part, under any of its names, with any of the endings, that is wanted.
    let private tryFind directory (names: string list) (wanted: string -> bool) (endings: string list) : string option =
        let candidates =
            [
                for name in names do
                    for ending in endings do
                        for packing in "" :: Lines.packings -> Path.Combine(directory, name + ending + packing)
            ]

        match candidates |> List.filter (fun file -> File.Exists file && wanted file) with
        | [] -> None
        | [ file ] -> Some file
        | several -> refuse $"""expected one file, found {String.Join(" and ", several)}"""

    let private tryTrain directory (chosen: bool) (format: InputFormat) : string option =
        let looks file =
            chosen
            || InputFormats.tryOfFile file |> Option.exists (fun f -> f.Name = format.Name)

        tryFind directory [ "train" ] looks format.Endings

    /// The format and the files of the parts; the training file tells which format.
    let private find directory (chosen: InputFormat option) : InputFormat * Split<string> =
        let formats =
            match chosen with
            | Some format -> [ format ]
            | None -> InputFormats.all |> List.map _.Format

        let part (format: InputFormat) names =
            tryFind directory names (fun _ -> true) format.Endings

        match
            formats
            |> List.tryPick (fun format ->
                tryTrain directory chosen.IsSome format
                |> Option.map (fun train -> format, train))
        with
        | Some(format, train) ->
            format,
            {
                Train = train
                Validation = part format [ "dev"; "validation" ]
                Test = part format [ "test" ]
            }
        | None ->
            let names =
                formats
                |> List.collect _.Endings
                |> List.distinct
                |> List.map (fun ending -> $"train{ending}")

            refuse $"""{directory}: expected {String.Join(" or ", names)} (plain, .gz or .bz2), found none"""

    /// One name a line, each not empty and once.
    let private readNames (file: string) : string[] =
        let names = File.ReadAllLines file
        let seen = HashSet<string>(StringComparer.Ordinal)

        names
        |> Array.iteri (fun i name ->
            if name.Trim() = "" then
                Lines.fail file (i + 1) 1 "a name" "the end of the line"

            if not (seen.Add name) then
                Lines.fail file (i + 1) 1 "each name once" $"\"{name}\"")

        names

    let private tryNames directory file =
        let path = Path.Combine(directory, file)
        if File.Exists path then Some(readNames path) else None

    /// As many names as the files have ids: exactly as many where every file says how many there are, else at least as many as were met.
    let private checkCount directory file what (sized: bool) (met: int) (names: string[]) =
        let wrong expected =
            Lines.fail
                (Path.Combine(directory, file))
                names.Length
                1
                $"{expected}, as the data files have {what}"
                $"{names.Length}"

        if sized && met <> names.Length then
            wrong $"{met} names"

        if met > names.Length then
            wrong $"{met} names or more"

    /// The labels of each part: what labels.txt names or, without it, the labels of training and validation rows. Labels that only test rows have come after these, and
    /// only test rows know them.
    let private labelSpaces directory sized (parts: Split<FileRows>) : Split<LabelSpace> =
        let all = Split.parts parts

        match tryNames directory "labels.txt" with
        | Some names ->
            match parts.Train.Labels with
            | FileLabels.Names _ -> ()
            | FileLabels.Ids _ -> checkCount directory "labels.txt" "labels" sized (FileRows.labelSpace all).Count names

            let space = LabelSpace names
            parts |> Split.map (fun _ -> space)
        | None ->
            let known = parts.Train :: Option.toList parts.Validation |> FileRows.labelSpace

            {
                Train = known
                Validation = parts.Validation |> Option.map (fun _ -> known)
                Test =
                    parts.Test
                    |> Option.map (fun test -> FileRows.labelSpace [ test ] |> LabelSpace.union known)
            }

    /// The names of features, where there are any.
    let private namesOfFeatures directory sized (parts: FileRows list) : string[] option =

        parts
        |> List.map _.Rows
        |> Rows.dimension
        |> Option.bind (fun met ->
            let names = tryNames directory "features.txt"
            names |> Option.iter (checkCount directory "features.txt" "features" sized met)
            names)

    /// Reads a data folder. Throws ConfigurationException where it has no training file or two for one part, and
    /// DataFormatException for a file that is not as it should be, a label that labels.txt does not name, and a name
    /// file of another length.
    let read (options: FolderOptions) (directory: string) : DataFolder =
        let format, files = find directory options.Format
        let read = files |> Split.map (format.Read options.Cache)
        let parts = Split.parts read
        let sized = parts |> List.forall _.Sized
        let featureNames = namesOfFeatures directory sized parts
        let spaces = labelSpaces directory sized read

        let widen rows =
            match
                featureNames
                |> Option.map Array.length
                |> Option.orElse (parts |> List.map _.Rows |> Rows.dimension)
            with
            | Some dimension -> Rows.widen dimension rows
            | None -> rows

        let labelled space file (part: FileRows) =
            FileRows.labelled space file { part with Rows = widen part.Rows }

        {
            Files = files
            FeatureNames = featureNames
            Rows =
                {
                    Train = labelled spaces.Train files.Train read.Train
                    Validation = Option.map3 labelled spaces.Validation files.Validation read.Validation
                    Test = Option.map3 labelled spaces.Test files.Test read.Test
                }
        }
