namespace Limen.Core

open System
open System.Collections.Generic
open Limen

/// Lines of tab-separated values without a header, whose quotes mean themselves.
[<RequireQualifiedAccess>]
module internal TabbedTexts =

    /// Reads a line for each row: the function gets the line's number and its values, and gives the row's text, labels and id.
    let read (row: int -> string[] -> string * string[] * string) (path: string) : FileRows =
        let lines = List<int>()
        let rows = List<string * string[] * string>()
        let mutable columns = 0

        let options =
            {
                Delimiter = Some '\t'
                Quotes = false
                Header = false
            }

        let all (names: string[]) =
            columns <- names.Length
            Array.init names.Length id

        Delimited.read
            options
            all
            (fun line values ->
                lines.Add line
                rows.Add(row line values))
            path

        if rows.Count = 0 then
            Lines.fail path 1 1 "at least one row" "none"

        let ids = rows |> Seq.map (fun (_, _, id) -> id) |> Seq.toArray

        { FileRows.ofTexts
              {
                  Texts = rows |> Seq.map (fun (text, _, _) -> text) |> Seq.toArray
                  LabelNames = rows |> Seq.map (fun (_, labels, _) -> labels) |> LabelSpace.share
                  Weights = RowWeights.ofFile path rows.Count None
              } with
            Columns =
                { RowColumns.none with
                    Lines = Some(lines.ToArray())
                    Ids = if ids |> Array.forall ((<>) "") then Some ids else None
                }
        }

    let words (value: string) : string[] =
        value.Split([| ' ' |], StringSplitOptions.RemoveEmptyEntries) |> Array.distinct

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
