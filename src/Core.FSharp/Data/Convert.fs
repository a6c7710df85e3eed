namespace Limen.Core

open System
open System.Globalization
open System.IO

/// Data in another format.
[<RequireQualifiedAccess>]
module Convert =

    /// The formats that can be written, of these.
    let writable (formats: InputFormatEntry list) : InputFormatEntry list =
        formats |> List.filter _.Format.Write.IsSome

    /// Formats whose rows may have ids, groups and times.
    let private keeping =
        [ JsonLines.entry; JsonArray.entry; Csv.entry ] |> List.map _.Format.Name

    /// What rows have beside features and labels that the format has no place for, in words.
    let dropped (format: InputFormat) (columns: Split<RowColumns>) : string list =
        let some (column: RowColumns -> string[] option) =
            Split.parts columns |> List.exists (fun c -> (column c).IsSome)

        if List.contains format.Name keeping then
            []
        else
            [
                if some _.Ids then
                    "ids"
                if some _.Groups then
                    "groups"
                if some _.Times then
                    "times"
            ]

    /// The id that a label is called by; None where its name is no number as ids are written.
    let private tryId (name: string) : int option =
        match Int32.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture) with
        | true, id when string id = name && id < Int32.MaxValue -> Some id
        | _ -> None

    /// Whether all labels are called by their ids, and those of training rows stand in the order of these, as readers of ids leave them.
    let private areIds (parts: Split<LabelledRows>) : bool =
        let ids (part: LabelledRows) = part.Space.Names |> Seq.map tryId

        Split.parts parts |> List.forall (ids >> Seq.forall Option.isSome)
        && ids parts.Train |> Seq.pairwise |> Seq.forall (fun (a, b) -> a < b)

    /// Texts with the names of their labels or, where all are called by ids, with these; features with the places of theirs.
    let private rows (byId: bool) (part: LabelledRows) (columns: RowColumns) : FileRows =
        let named =
            Seq.init part.Count (fun row -> part.Truth.Matrix |> Csr.set row |> Array.map part.Space.Name)

        let labels =
            match part.Rows with
            | Rows.Texts _ when byId -> named |> Seq.map (Array.choose tryId) |> Seq.toArray |> IdLists.ofIds 0
            | Rows.Texts _
            | Rows.Blocks _ -> named |> NameSets.Of |> FileLabels.Names
            | Rows.Features _
            | Rows.Dense _ -> FileLabels.Ids(part.Truth, 0)

        {
            Rows = part.Rows
            Labels = labels
            Sized = false
            Weights = part.Weights
            Columns = columns
        }

    /// Formats that rows of features are written in; all others take texts.
    let private ofFeatures = [ Svmlight.entry.Format.Name ]

    /// Throws ConfigurationException for a format that holds rows of the other kind.
    let requireWritable (format: InputFormat) (rows: Rows) : unit =
        let others =
            writable InputFormats.all |> List.map _.Format.Name |> List.except ofFeatures

        if rows.IsBlocks then
            Configuration.refuse
                $"convert: these rows are {rows.Kind}, which no format holds together: expected texts or features alone"

        match rows.IsTexts, List.contains format.Name ofFeatures with
        | true, true ->
            Configuration.refuse
                $"""convert: {format.Name} holds features, and these rows are texts: expected {String.Join(" or ", others)}"""
        | false, false ->
            Configuration.refuse
                $"""convert: {format.Name} holds texts, and these rows are features: expected {String.Join(" or ", ofFeatures)}"""
        | _ -> ()

    /// Writes each part as a file of the format, train, dev and test with the format's first ending, into a folder that is made where it is not there, and labels.txt beside features, whose labels
    /// are ids there. Read again they are the same rows with the same labels; in JSON, labels that are called by ids are numbers. Ids, groups and times stand in the columns id, group and time of formats that have such (dropped). Returns the files. Throws ConfigurationException where the format has no
    /// writer, and ArgumentException for rows that it has no form for, before anything of them is written.
    let write
        (format: InputFormat)
        (directory: string)
        (columns: Split<RowColumns>)
        (parts: Split<LabelledRows>)
        : string list =
        let write =
            match format.Write with
            | Some write -> write
            | None -> Configuration.refuse $"convert: {format.Name} can be read, not written"

        requireWritable format parts.Train.Rows
        Directory.CreateDirectory directory |> ignore

        let byId = areIds parts

        let file name part columns =
            let path = Path.Combine(directory, name + format.Endings.Head)
            write path (rows byId part columns)
            path

        let files =
            [
                file "train" parts.Train columns.Train
                yield! Option.map2 (file "dev") parts.Validation columns.Validation |> Option.toList
                yield! Option.map2 (file "test") parts.Test columns.Test |> Option.toList
            ]

        if parts.Train.Rows.IsTexts then
            files
        else
            // the labels of the test rows begin with all others
            let space = (defaultArg parts.Test parts.Train).Space
            let names = Path.Combine(directory, "labels.txt")
            Lines.write names space.Names
            files @ [ names ]
