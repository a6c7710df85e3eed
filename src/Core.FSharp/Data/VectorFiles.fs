namespace Limen.Core

open System.IO

/// Vectors of rows in a file of their own, row by row.
[<RequireQualifiedAccess>]
module internal VectorFiles =

    /// The file of vectors of a data file: the path itself where one file is read, else the file beside it whose name ends so.
    let private fileOf (path: string) (alone: bool) (vectors: string) : string =
        if alone && File.Exists vectors then
            vectors
        else
            let unpacked = Lines.unpacked path
            let beside = Path.ChangeExtension(unpacked, null) + vectors

            if File.Exists beside then
                beside
            else
                Configuration.refuse
                    $"vectors: expected {beside}, or the path of a file where one file of rows is read, found none"

    /// Rows with the vectors of another file, where vectors are asked for: beside their texts where these are asked for too, else in the place of what they have. Throws
    /// ConfigurationException where the file is not there or has other rows, and for rows of labels alone.
    let addTo (options: DataOptions) (alone: bool) (path: string) (rows: FileRows) : FileRows =
        match options.Vectors with
        | None when rows.Rows.Dimension = Some 0 ->
            Configuration.refuse
                $"{path}: expected a column of texts ({FieldNames.listed FieldNames.texts}), columns of numbers, or vectors in a file beside it (vectors), found labels alone"
        | None -> rows
        | Some vectors ->
            let file = fileOf path alone vectors
            let found = PartFiles.detected { options with Format = None } file
            let read = found.Format.Read options.Cache file

            match read.Rows with
            | Rows.Texts _ -> Configuration.refuse $"vectors: expected rows of numbers in {file}, found texts"
            | _ when read.Rows.Count <> rows.Rows.Count ->
                Configuration.refuse
                    $"vectors: expected {rows.Rows.Count} rows in {file}, as in {path}, found {read.Rows.Count}"
            | features ->
                let isBeside = options.Fields.Text.Count > 0 && rows.Rows.IsTexts

                { rows with
                    Rows =
                        if isBeside then
                            Rows.beside features rows.Rows
                        else
                            features
                    Columns =
                        rows.Columns
                        |> RowColumns.noted
                            [
                                $"vectors of {features.Dimension.Value} numbers from {Path.GetFileName file}"
                            ]
                }
