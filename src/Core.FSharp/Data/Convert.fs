namespace Limen.Core

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

    /// Texts with the names of their labels, features with their ids.
    let private rows (part: LabelledRows) (columns: RowColumns) : FileRows =
        let labels =
            match part.Rows with
            | Rows.Texts _ ->
                Array.init part.Count (fun row -> part.Truth.Matrix |> Csr.set row |> Array.map part.Space.Name)
                |> FileLabels.Names
            | Rows.Features _
            | Rows.Dense _ -> FileLabels.Ids(part.Truth, 0)

        {
            Rows = part.Rows
            Labels = labels
            Sized = false
            Weights = part.Weights
            Columns = columns
        }

    /// Writes each part as a file of the format, train, dev and test with the format's first ending, into a folder that is made where it is not there, and labels.txt beside features, whose labels
    /// are ids there. Read again they are the same rows with the same labels. Ids, groups and times stand in the columns id, group and time of formats that have such (dropped). Returns the files. Throws ConfigurationException where the format has no
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

        Directory.CreateDirectory directory |> ignore

        let file name part columns =
            let path = Path.Combine(directory, name + format.Endings.Head)
            write path (rows part columns)
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
