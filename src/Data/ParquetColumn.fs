namespace Limen.Core

open System
open System.Globalization

/// What a column of a Parquet file holds, row by row; a list has any number of values, another column one or, where it is null, none.
[<RequireQualifiedAccess>]
type internal ParquetValues =
    | Strings of string[][]
    | Numbers of float[][]

[<RequireQualifiedAccess>]
module internal ParquetValues =

    let tryStrings (values: ParquetValues) : string[][] option =
        match values with
        | ParquetValues.Strings rows -> Some rows
        | ParquetValues.Numbers _ -> None

    let tryNumbers (values: ParquetValues) : float[][] option =
        match values with
        | ParquetValues.Numbers rows -> Some rows
        | ParquetValues.Strings _ -> None

/// A column by its name: that of a field of a struct is "struct.field".
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal ParquetColumn =
    {
        Name: string
        IsList: bool
        /// Whether it holds strings; otherwise numbers.
        IsText: bool
        /// N, the number of rows.
        Rows: int
        /// Its values, a row group of a file at a time: every pass reads the file anew, and holds one group.
        Groups: ParquetValues seq
    }

[<RequireQualifiedAccess>]
module internal ParquetColumn =

    /// Of a field of a struct the last part of the name.
    let field (column: ParquetColumn) : string =
        column.Name.Substring(column.Name.LastIndexOf '.' + 1)

    /// Each row as a text, values of a list between blanks.
    let texts (column: ParquetColumn) : string seq =
        column.Groups
        |> Seq.collect (fun group ->
            match group with
            | ParquetValues.Strings rows -> rows |> Array.map (String.concat " ")
            | ParquetValues.Numbers rows ->
                rows
                |> Array.map (Array.map _.ToString("R", CultureInfo.InvariantCulture) >> String.concat " "))

    /// The strings of each row; none of a column of numbers.
    let strings (column: ParquetColumn) : string[] seq =
        column.Groups
        |> Seq.collect (ParquetValues.tryStrings >> Option.defaultValue [||])

    /// The numbers of each row, None of a column of strings.
    let tryNumbers (column: ParquetColumn) : float[][] option =
        if column.IsText then
            None
        else
            column.Groups
            |> Seq.choose ParquetValues.tryNumbers
            |> Seq.concat
            |> Seq.toArray
            |> Some

    /// A vector each row.
    let isVector (column: ParquetColumn) : bool = column.IsList && not column.IsText

    /// At most one number each row.
    let isNumber (column: ParquetColumn) : bool = not (column.IsList || column.IsText)

    /// 0 or 1 each row.
    let isFlag (column: ParquetColumn) : bool =
        isNumber column
        && column.Groups
           |> Seq.choose ParquetValues.tryNumbers
           |> Seq.forall (Array.forall (Array.forall (fun v -> v = 0.0 || v = 1.0)))
