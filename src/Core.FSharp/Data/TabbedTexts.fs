namespace Limen.Core

open System
open System.Collections.Generic
open System.Text.RegularExpressions
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
    let oneLine (text: string) : string =
        text.Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' ')

/// Rows as LibMultiLabel reads them (https://www.csie.ntu.edu.tw/~cjlin/libmultilabel/cli/ov_data_format.html): "labels TAB text" or "id TAB labels TAB text", labels between
/// blanks.
[<RequireQualifiedAccess>]
module LibMultiLabel =

    let private row (path: string) line (values: string[]) =
        match values with
        | [| labels; text |] -> text, TabbedTexts.words labels, ""
        | [| id; labels; text |] -> text, TabbedTexts.words labels, id
        | _ ->
            Lines.fail
                path
                line
                1
                "labels and text, or id, labels and text, with tabs between them"
                $"{values.Length} columns"

    let private line (rows: TextDataset) i =
        for name in rows.LabelNames[i] do
            if name = "" || name.IndexOfAny [| ' '; '\t'; '\n'; '\r' |] >= 0 then
                invalidArg (nameof rows) $"row {i + 1}: expected labels of one word, received \"{name}\""

        $"""{String.Join(' ', rows.LabelNames[i])}{'\t'}{TabbedTexts.oneLine rows.Texts[i]}"""

    /// Files *.txt and *.tsv whose first line has one or two tabs, words before the last and a text after it.
    let format: InputFormat =
        {
            Name = "libmultilabel"
            Endings = [ ".txt"; ".tsv" ]
            Looks =
                fun first ->
                    match first.Split '\t' with
                    | [| _; text |]
                    | [| _; _; text |] ->
                        text.Trim() <> ""
                        && not (text.StartsWith '<')
                        && not (Regex.IsMatch(text, @"^\s*\d+:[-\d.]"))
                    | _ -> false
            Read = fun _ path -> TabbedTexts.read (row path) path
            Write =
                Some(fun path rows ->
                    let texts = FileRows.texts rows
                    Seq.init texts.Rows (line texts) |> Seq.toArray |> Lines.write path
                    RowWeights.write path texts.Weights)
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format
            With = fun _ -> format
            About = "labels TAB text, or id TAB labels TAB text, labels between blanks"
            Source = "https://www.csie.ntu.edu.tw/~cjlin/libmultilabel/cli/ov_data_format.html"
            Examples =
                [
                    {
                        Lines = [ "b a\tone \"two"; "\tthree" ]
                        Labels = [ [ "a"; "b" ]; [] ]
                        Beside = []
                    }
                    {
                        Lines = [ "7\ta\tone"; "8\tb c\ttwo" ]
                        Labels = [ [ "a" ]; [ "b"; "c" ] ]
                        Beside = []
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ "a\tone"; "two" ]
                        Line = 2
                        Column = 2
                    }
                ]
        }

/// Rows of Annif's short texts (https://github.com/NatLibFi/Annif/wiki/Document-corpus-formats): "text TAB <uri> <uri>", subjects by their addresses in angle brackets.
[<RequireQualifiedAccess>]
module AnnifTsv =

    let private subject (path: string) line (word: string) =
        if word.Length > 2 && word.StartsWith '<' && word.EndsWith '>' then
            word[1 .. word.Length - 2]
        else
            Lines.fail path line 2 "subjects as <address>" $"\"{word}\""

    let private row (path: string) line (values: string[]) =
        let subjects =
            values
            |> Array.skip 1
            |> Array.collect TabbedTexts.words
            |> Array.map (subject path line)
            |> Array.distinct

        values[0], subjects, ""

    let private line (rows: TextDataset) i =
        for name in rows.LabelNames[i] do
            if name = "" || name.IndexOfAny [| ' '; '\t'; '\n'; '\r'; '<'; '>' |] >= 0 then
                invalidArg (nameof rows) $"row {i + 1}: expected addresses as labels, received \"{name}\""

        let subjects = rows.LabelNames[i] |> Array.map (fun name -> $"<{name}>")
        $"""{TabbedTexts.oneLine rows.Texts[i]}{'\t'}{String.Join(' ', subjects)}"""

    /// Files *.tsv and *.txt whose first line has a subject in angle brackets after a tab.
    let format: InputFormat =
        {
            Name = "annif"
            Endings = [ ".tsv"; ".txt" ]
            Looks = _.Contains("\t<")
            Read = fun _ path -> TabbedTexts.read (row path) path
            Write =
                Some(fun path rows ->
                    let texts = FileRows.texts rows
                    Seq.init texts.Rows (line texts) |> Seq.toArray |> Lines.write path
                    RowWeights.write path texts.Weights)
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format
            With = fun _ -> format
            About = "text TAB <uri> <uri>"
            Source = "https://github.com/NatLibFi/Annif/wiki/Document-corpus-formats"
            Examples =
                [
                    {
                        Lines = [ "one two\t<http://x.org/b> <http://x.org/a>"; "three\t" ]
                        Labels = [ [ "http://x.org/a"; "http://x.org/b" ]; [] ]
                        Beside = []
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ "one\t<http://x.org/a>"; "two\thttp://x.org/b" ]
                        Line = 2
                        Column = 2
                    }
                ]
        }
