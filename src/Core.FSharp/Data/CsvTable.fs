namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// What is kept of a table while it is read, row by row: the values of the columns that have a role. Throws DataFormatException (columns are those of the table, from 1)
/// for a value that is not what its column holds.
[<Sealed>]
type internal CsvTable(path: string, names: string[], roles: CsvRoles) =
    let read = roles.Read
    let lines = List<int>()
    let texts = TextListBuilder()
    let lists = TextListBuilder()
    let flagged = NameSetsBuilder()
    let numbers = List<float32[]>()
    let opened = roles.Open |> Array.map (fun _ -> OpenColumn())
    let kept = roles.Kept |> List.map (fun column -> column, List<string>())

    let refuse line column expected (value: string) =
        Lines.fail path line (column + 1) expected $"\"{value}\""

    let flag line column name value : bool =
        match TableValues.flag value with
        | ValueSome isLabel -> isLabel
        | ValueNone -> refuse line column $"0 or 1 for the label \"{name}\"" value

    let number line column value : float32 =
        match TableValues.number value with
        | ValueSome v -> v
        | ValueNone -> refuse line column $"a number for \"{names[column]}\"" value

    member _.Roles = roles

    /// The line that each row begins on, from 1.
    member _.Lines = lines

    /// The texts of all rows, once they are read.
    member _.Texts = texts.ToList()

    /// The values of the columns of label lists, packed, those of a row one after the other, once all rows are read.
    member _.Lists = lists.ToList()

    /// The labels that columns of flags give each row, once all rows are read.
    member _.Flagged = flagged.ToSets()

    /// Features of columns that are asked for.
    member _.Numbers = numbers

    /// Columns that are not known to be anything, as roles.Open has them.
    member _.Open = opened

    member _.Names = names
    member _.Name(column: int) = names[column]

    /// A column's values as they are written.
    member _.Kept(column: int) : string[] =
        let _, values = kept |> List.find (fun (c, _) -> c = column)
        values.ToArray()

    /// Takes a row: the line it begins on, and the values of roles.Read.
    member _.Add (line: int) (values: string[]) : unit =
        let value column =
            values[Array.BinarySearch(read, column)]

        lines.Add line

        if roles.Text.Length > 0 then
            roles.Text |> Array.map value |> String.concat "\n" |> texts.Add

        roles.Labels |> Array.iter (value >> lists.Add)

        if roles.Flags.Length > 0 then
            roles.Flags
            |> Array.filter (fun (column, name) -> flag line column name (value column))
            |> Array.map snd
            |> flagged.Add

        if roles.Numbers.Length > 0 then
            roles.Numbers
            |> Array.map (fun column -> number line column (value column))
            |> numbers.Add

        roles.Open |> Array.iteri (fun i column -> opened[i].Add(value column))

        for column, values in kept do
            values.Add(value column)
