namespace Limen.Core

open System.IO

/// Data in another format.
[<RequireQualifiedAccess>]
module Convert =

    /// The formats that can be written, of these.
    let writable (formats: InputFormatEntry list) : InputFormatEntry list =
        formats |> List.filter _.Format.Write.IsSome

    /// Texts with the names of their labels, features with their ids.
    let private rows (part: LabelledRows) : FileRows =
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
            Columns = RowColumns.none
        }

    /// Writes each part as a file of the format, train, dev and test with the format's first ending, into a folder that is made where it is not there, and labels.txt beside features, whose labels
    /// are ids there. Read again they are the same rows with the same labels; ids, groups and times of rows are not written. Returns the files. Throws ConfigurationException where the format has no
    /// writer, and ArgumentException for rows that it has no form for, before anything of them is written.
    let write (format: InputFormat) (directory: string) (parts: Split<LabelledRows>) : string list =
        let write =
            match format.Write with
            | Some write -> write
            | None -> Configuration.refuse $"convert: {format.Name} can be read, not written"

        Directory.CreateDirectory directory |> ignore

        let file name part =
            let path = Path.Combine(directory, name + format.Endings.Head)
            write path (rows part)
            path

        let files =
            [
                file "train" parts.Train
                yield! parts.Validation |> Option.map (file "dev") |> Option.toList
                yield! parts.Test |> Option.map (file "test") |> Option.toList
            ]

        if parts.Train.Rows.IsTexts then
            files
        else
            // the labels of the test rows begin with all others
            let space = (defaultArg parts.Test parts.Train).Space
            let names = Path.Combine(directory, "labels.txt")
            Lines.write names space.Names
            files @ [ names ]
