namespace Limen.Core

open System
open System.Text.RegularExpressions
open Limen

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

    let private line (text: string) (labels: string[]) =
        $"""{String.Join(' ', labels)}{'\t'}{text}"""

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
            Write = Some(TabbedTexts.write ("labels of one word", []) line)
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
