namespace Limen.Core

open System
open System.Collections.Generic
open Limen
open Limen.Kernels

/// Lines of tab-separated values without a header, whose quotes mean themselves.
[<RequireQualifiedAccess>]
module internal TabbedTexts =

    /// Reads a line for each row: the function gets the line's number and its values, and gives the row's text, labels and id.
    let read (row: int -> string[] -> string * string[] * string) (path: string) : FileRows =
        let lines = List<int>()
        let texts = TextListBuilder()
        let names = NameSetsBuilder()
        let ids = List<string>()

        let options =
            {
                Delimiter = Some '\t'
                Quotes = false
                Header = false
            }

        let all (names: string[]) = Array.init names.Length id

        let add line values =
            let text, labels, id = row line values
            lines.Add line
            texts.Add text
            names.Add labels
            ids.Add id

        Delimited.read options all add path

        if lines.Count = 0 then
            Lines.fail path 1 1 "at least one row" "none"

        let labels = names.ToSets()

        { FileRows.ofPacked (texts.ToList()) labels (RowWeights.ofFile path lines.Count None) with
            Columns =
                { RowColumns.none with
                    Lines = Some(lines.ToArray())
                    Ids = if ids.Contains "" then None else Some(ids.ToArray())
                    Notes = RepeatedLabels.note labels.Dropped |> Option.toList
                }
        }

    let words (value: string) : string[] =
        value.Split([| ' ' |], StringSplitOptions.RemoveEmptyEntries)

    /// Without what would part columns or lines.
    let private oneLine (text: string) : string =
        text.Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' ')

    /// Writes a line for each row, which the function makes of its text and its labels, and weights beside them. Throws ArgumentException for other rows, and for a label
    /// that is empty or has a blank or one of the marks in it, where `what` are expected.
    let write
        (what: string, marks: char list)
        (line: string -> string[] -> string)
        (path: string)
        (rows: FileRows)
        : unit =
        let rows = FileRows.texts rows
        let parting = [| ' '; '\t'; '\n'; '\r'; yield! marks |]

        let require row (name: string) =
            if name = "" || name.IndexOfAny parting >= 0 then
                invalidArg (nameof rows) $"row {row + 1}: expected {what}, received \"{name}\""

        let written row (text: string) =
            rows.LabelNames[row] |> Array.iter (require row)
            line (oneLine text) rows.LabelNames[row]

        rows.Texts |> Array.mapi written |> Lines.write path
        RowWeights.write path rows.Weights
