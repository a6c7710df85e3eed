namespace Limen.Core

open System
open System.Collections.Generic
open System.IO

/// What the files of a data folder hold.
[<RequireQualifiedAccess>]
type InputKind =
    /// JSON lines: *.jsonl.
    | Text
    /// Multi-label svmlight or XMC: *.svm, *.svmlight or *.txt.
    | Svmlight

/// How a data folder is read.
type FolderOptions =
    {
        /// None: text where there is text, else svmlight.
        Kind: InputKind option
        Svmlight: SvmlightOptions
        /// Where parsed svmlight files are kept in binary form.
        Cache: CachePlace
    }

/// A data folder: train, optional dev (or validation) and test files, as *.jsonl or as svmlight, plain, .gz or .bz2;
/// optional labels.txt and features.txt with one name a line, in the order of the ids.
[<ReferenceEquality>]
type DataFolder =
    {
        /// The files that were read.
        Files: Split<string>
        /// The names in features.txt, for svmlight input.
        FeatureNames: string[] option
        /// The rows of each part, all in one label space: all labels of all parts, those that training never saw among them. Named by labels.txt;
        /// without it text labels are in ordinal order and svmlight labels are named by their ids.
        Rows: Split<LabelledRows>
    }

    /// The labels of all parts.
    member folder.Labels = folder.Rows.Train.Space

[<RequireQualifiedAccess>]
module Folder =

    let defaults =
        {
            Kind = None
            Svmlight = Svmlight.defaults
            Cache = NoCache
        }

    let private endings =
        function
        | InputKind.Text -> [ ".jsonl" ]
        | InputKind.Svmlight -> [ ".svm"; ".svmlight"; ".txt" ]

    let private packings = [ ""; ".gz"; ".bz2" ]

    let private refuse fault =
        raise (ConfigurationException [ fault ])

    /// The one file of a part, under any of its names, with any ending of the kind.
    let private tryFind directory (names: string list) kind : string option =
        let candidates =
            [
                for name in names do
                    for ending in endings kind do
                        for packing in packings -> Path.Combine(directory, name + ending + packing)
            ]

        match List.filter File.Exists candidates with
        | [] -> None
        | [ file ] -> Some file
        | several -> refuse $"""expected one file, found {String.Join(" and ", several)}"""

    let private tryFiles directory kind : Split<string> option =
        tryFind directory [ "train" ] kind
        |> Option.map (fun train ->
            {
                Train = train
                Validation = tryFind directory [ "dev"; "validation" ] kind
                Test = tryFind directory [ "test" ] kind
            })

    let private find directory (chosen: InputKind option) : InputKind * Split<string> =
        let kinds =
            match chosen with
            | Some kind -> [ kind ]
            | None -> [ InputKind.Text; InputKind.Svmlight ]

        match
            kinds
            |> List.tryPick (fun kind -> tryFiles directory kind |> Option.map (fun files -> kind, files))
        with
        | Some found -> found
        | None ->
            let names =
                kinds |> List.collect endings |> List.map (fun ending -> $"train{ending}")

            refuse $"""{directory}: expected {String.Join(" or ", names)} (plain, .gz or .bz2), found none"""

    /// One name a line, each not empty and once.
    let private readNames (file: string) : string[] =
        let names = File.ReadAllLines file
        let seen = HashSet<string>(StringComparer.Ordinal)

        names
        |> Array.iteri (fun i name ->
            let place =
                {
                    File = file
                    Line = i + 1
                    Column = 1
                }

            if name.Trim() = "" then
                raise (DataFormatException(place, "a name", "the end of the line"))

            if not (seen.Add name) then
                raise (DataFormatException(place, "each name once", $"\"{name}\"")))

        names

    let private tryNames directory file =
        let path = Path.Combine(directory, file)
        if File.Exists path then Some(readNames path) else None

    /// As many names as the files have ids: exactly as many as the headers say; where a file has no header, at least
    /// as many as were met.
    let private checkCount directory file what (names: string[]) (stated: int option) (met: int) =
        let place =
            {
                File = Path.Combine(directory, file)
                Line = names.Length
                Column = 1
            }

        let wrong expected =
            raise (DataFormatException(place, expected, $"{names.Length}"))

        match stated with
        | Some n when n <> names.Length -> wrong $"{n} names, as the data files have {what}"
        | None when met > names.Length -> wrong $"{met} names or more, as the data files have {what}"
        | _ -> ()

    let private unknown file (space: LabelSpace) row name : exn =
        let place =
            {
                File = file
                Line = row + 1
                Column = 1
            }

        DataFormatException(place, $"one of the {space.Count} known labels", $"\"{name}\"")

    let private readText directory (files: Split<string>) : DataFolder =
        let read = files |> Split.map (fun file -> file, JsonLines.read file)

        let labels =
            match tryNames directory "labels.txt" with
            | Some names -> LabelSpace names
            | None ->
                Split.parts read
                |> Seq.collect (fun (_, rows) -> rows.LabelNames)
                |> LabelSpace.ofNames

        {
            Files = files
            FeatureNames = None
            Rows =
                read
                |> Split.map (fun (file, rows) ->
                    LabelSpace.encodeOr (unknown file labels) labels rows.LabelNames
                    |> LabelledRows.create labels (Rows.Texts rows.Texts))
        }

    let private readCounts directory (options: FolderOptions) (files: Split<string>) : DataFolder =
        let read = Split.map (CsrCache.svmlight options.Cache options.Svmlight) files
        let headers = Split.parts files |> List.choose Svmlight.header

        let largest (of': Dataset -> int) =
            Split.parts read |> List.map of' |> List.max

        let stated (of': XmcHeader -> int) =
            if headers.Length = (Split.parts files).Length then
                headers |> List.map of' |> List.max |> Some
            else
                None

        let features = largest _.Features.Columns
        let labels = largest _.Labels.Columns
        let featureNames = tryNames directory "features.txt"
        let labelNames = tryNames directory "labels.txt"

        featureNames
        |> Option.iter (fun names -> checkCount directory "features.txt" "features" names (stated _.Features) features)

        labelNames
        |> Option.iter (fun names -> checkCount directory "labels.txt" "labels" names (stated _.Labels) labels)

        let count names met =
            names |> Option.map Array.length |> Option.defaultValue met

        let space =
            labelNames
            |> Option.defaultWith (fun () -> Array.init labels string)
            |> LabelSpace

        {
            Files = files
            FeatureNames = featureNames
            Rows =
                read
                |> Split.map (fun part ->
                    let part = Dataset.widen (count featureNames features) space.Count part
                    LabelledRows.create space (Rows.Features part.Features) part.Truth)
        }

    /// Reads a data folder. Throws ConfigurationException where it has no training file or two for one part, and
    /// DataFormatException for a file that is not as it should be, a label that labels.txt does not name, and a name
    /// file of another length.
    let read (options: FolderOptions) (directory: string) : DataFolder =
        match find directory options.Kind with
        | InputKind.Text, files -> readText directory files
        | InputKind.Svmlight, files -> readCounts directory options files
