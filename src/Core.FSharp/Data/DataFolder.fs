namespace Limen.Core

open System
open System.Collections.Generic
open System.IO

/// Data in parts: train, optional validation and test files of one format, plain, .gz or .bz2, each with its weights within or beside it
/// (RowWeights), or parts of one file; optional labels.txt and features.txt beside them with one name a line, in the order of the ids; or Hugging Face's dataset_info.json with the names of a ClassLabel.
[<ReferenceEquality>]
type DataFolder =
    {
        /// The files that were read.
        Files: Split<string>
        /// What was read, for people.
        Report: ReadReport
        /// Ids, groups and times of rows, where the files have such.
        Columns: Split<RowColumns>
        /// The names in features.txt, where the rows are features.
        FeatureNames: string[] option
        /// The rows of each part, all in one label space: all labels of all parts, those that training never saw among them. Named by labels.txt;
        /// without it names are in ordinal order, and labels that files give by their ids are named by these.
        Rows: Split<LabelledRows>
    }

    /// The labels of all parts.
    member folder.Labels = folder.Rows.Train.Space

/// How the files that were read become parts of one task.
[<RequireQualifiedAccess>]
module internal DataParts =

    /// One name a line, each not empty and once.
    let private readNames (file: string) : string[] =
        let seen = HashSet<string>(StringComparer.Ordinal)
        let names = Lines.map Lines.blockBytes (fun _ line -> line.TrimEnd '\r') file

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
                (max 1 names.Length)
                1
                $"{expected}, as the data files have {what}"
                $"{names.Length}"

        if sized && met <> names.Length then
            wrong $"{met} names"

        if met > names.Length then
            wrong $"{met} names or more"

    /// The labels of each part: what labels.txt names or, without it, the labels of training and validation rows. Labels that only test rows have come after these, and
    /// only test rows know them.
    let private labelSpaces directory names sized (parts: Split<FileRows>) : Split<LabelSpace> =
        let all = Split.parts parts

        match names with
        | Some names ->
            match parts.Train.Labels with
            | FileLabels.Names _ -> ()
            | FileLabels.Ids _ -> checkCount directory "labels.txt" "labels" sized (FileRows.labelIds all) names

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

    let private report (files: Split<ChosenFile>) (read: Split<FileRows>) (rows: Split<LabelledRows>) : ReadReport =
        let part name train (file: ChosenFile) (read: FileRows) rows =
            ReadReport.part name file.Path file.Format.Name file.Reason read.Columns.Notes train rows

        let train = Some rows.Train

        {
            Parts =
                [
                    part "train" None files.Train read.Train rows.Train
                    yield!
                        Option.map3 (part "validation" train) files.Validation read.Validation rows.Validation
                        |> Option.toList
                    yield! Option.map3 (part "test" train) files.Test read.Test rows.Test |> Option.toList
                ]
            Notes = []
        }

    /// Parts that were read as data in one label space, with the names that lie in the directory. Throws DataFormatException for a label that labels.txt does not
    /// name, and a name file of another length.
    let assemble (directory: string) (files: Split<ChosenFile>) (read: Split<FileRows>) : DataFolder =
        let parts = Split.parts read
        let sized = parts |> List.forall _.Sized
        let featureNames = namesOfFeatures directory sized parts

        let ofIds () =
            match read.Train.Labels with
            | FileLabels.Ids _ -> LabelNames.ofClassLabels directory
            | FileLabels.Names _ -> None

        let names = tryNames directory "labels.txt" |> Option.orElseWith ofIds
        let spaces = labelSpaces directory names sized read

        let widen rows =
            match featureNames with
            | Some names -> Rows.widen names.Length rows
            | None -> rows |> Rows.asWideAs (parts |> List.map _.Rows)

        let labelled space (file: ChosenFile) (part: FileRows) =
            { part with Rows = widen part.Rows }
            |> if names.IsSome then
                   FileRows.placed space file.Path
               else
                   FileRows.labelled space file.Path

        let rows =
            {
                Train = labelled spaces.Train files.Train read.Train
                Validation = Option.map3 labelled spaces.Validation files.Validation read.Validation
                Test = Option.map3 labelled spaces.Test files.Test read.Test
            }

        {
            Files = files |> Split.map _.Path
            Report = report files read rows
            Columns = read |> Split.map _.Columns
            FeatureNames = featureNames
            Rows = rows
        }
