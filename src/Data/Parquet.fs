namespace Limen.Core

open Limen

/// Rows of Parquet files: a text in a column of strings or in a field of a struct ("post.body"), labels as a list of strings or ids, as one string or id, as 0 and 1 in columns or in a struct, vectors
/// as a list of numbers (all of one length) or numbers in columns, beside texts where both are asked for. A file NAME-00000-of-00003.parquet is read with the others of its set.
[<RequireQualifiedAccess>]
module Parquet =

    /// The rows of a file. Throws DataFormatException for a column that is not there or holds something else, and for damage.
    let read (fields: Fields) (path: string) : FileRows =
        let columns = ParquetSet.read path

        if columns.Length = 0 then
            FileFault.ofFile path "columns of strings, numbers or lists of them" "none"

        let count = columns[0].Rows

        if count = 0 then
            FileFault.ofFile path "at least one row" "none"

        let roles = ParquetRoles.find fields path columns

        let rows, saidOfRows =
            match roles.Text, roles.Features with
            | [||], [||] ->
                FileFault.ofFile
                    path
                    $"a column of texts ({FieldNames.listed FieldNames.texts}), vectors or numbers, or the name of one"
                    $"the columns {columns |> Seq.map _.Name |> FieldNames.listed}"
            | [||], features -> ParquetContents.features path features
            | texts, [||] -> ParquetContents.texts texts
            | texts, features ->
                let texts, saidOfTexts = ParquetContents.texts texts
                let numbers, saidOfNumbers = ParquetContents.features path features
                Rows.beside numbers texts, $"{saidOfTexts}, and {saidOfNumbers}"

        let kept = Option.map (ParquetColumn.texts >> Seq.toArray)
        let labels, saidOfLabels = ParquetContents.labels fields path count roles.Labels

        {
            Rows = rows
            Labels = labels
            Sized = false
            Weights =
                roles.Weight
                |> Option.map (ParquetContents.weights path)
                |> RowWeights.ofFile path count
            Columns =
                {
                    Ids = kept roles.Id
                    Groups = kept roles.Group
                    Times = kept roles.Time
                    Parts = kept roles.Part
                    Lines = None
                    Notes = [ saidOfRows; saidOfLabels ]
                }
        }

    /// Files *.parquet; of a set the first, NAME-00000-of-00003.parquet.
    let format (fields: Fields) : InputFormat =
        {
            Name = "parquet"
            Endings = ".parquet" :: [ for n in 1..99 -> $"-00000-of-{n:D5}.parquet" ]
            Looks = _.StartsWith("PAR1")
            Read = fun _ path -> read fields path
            Write = None
        }
