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

    /// The rows of each part, one part after the other; None where they are not all of one type.
    let tryConcat (parts: ParquetValues list) : ParquetValues option =
        let all choose make =
            match List.choose choose parts with
            | rows when rows.Length = parts.Length -> Some(make (Array.concat rows))
            | _ -> None

        all tryStrings ParquetValues.Strings
        |> Option.orElseWith (fun () -> all tryNumbers ParquetValues.Numbers)

/// A column by its name: that of a field of a struct is "struct.field".
[<RequireQualifiedAccess>]
type internal ParquetColumn =
    {
        Name: string
        IsList: bool
        Values: ParquetValues
    }

[<RequireQualifiedAccess>]
module internal ParquetColumn =

    /// N, the number of rows.
    let rows (column: ParquetColumn) : int =
        match column.Values with
        | ParquetValues.Strings rows -> rows.Length
        | ParquetValues.Numbers rows -> rows.Length

    /// Of a field of a struct the last part of the name.
    let field (column: ParquetColumn) : string =
        column.Name.Substring(column.Name.LastIndexOf '.' + 1)

    /// Each row as a text, values of a list between blanks.
    let texts (column: ParquetColumn) : string[] =
        match column.Values with
        | ParquetValues.Strings rows -> rows |> Array.map (String.concat " ")
        | ParquetValues.Numbers rows ->
            rows
            |> Array.map (Array.map _.ToString("R", CultureInfo.InvariantCulture) >> String.concat " ")

    let tryNumbers (column: ParquetColumn) : float[][] option = ParquetValues.tryNumbers column.Values

    let isText (column: ParquetColumn) : bool = (tryNumbers column).IsNone

    /// A vector each row.
    let isVector (column: ParquetColumn) : bool =
        column.IsList && (tryNumbers column).IsSome

    /// At most one number each row.
    let isNumber (column: ParquetColumn) : bool =
        not column.IsList && (tryNumbers column).IsSome

    /// 0 or 1 each row.
    let isFlag (column: ParquetColumn) : bool =
        not column.IsList
        && tryNumbers column
           |> Option.exists (Array.forall (Array.forall (fun v -> v = 0.0 || v = 1.0)))
