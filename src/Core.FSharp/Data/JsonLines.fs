namespace Limen.Core

open System
open System.Text.Encodings.Web
open System.Text.Json
open Limen.Kernels

/// Text rows as JSON lines: {"text": "...", "labels": ["a", "b"]}, one object a line, optionally with "weight", a number of at least 0 that
/// says how much the row counts (absent: 1); other fields are passed over. Plain, .gz or .bz2 by the name's ending.
[<RequireQualifiedAccess>]
module JsonLines =

    /// The rows of a file, parsed in parallel by blocks of the given length in bytes. Row i is line i + 1: there are
    /// no empty lines. Throws DataFormatException (columns in bytes) at the first line that is not as it should be,
    /// for a file without rows, and where weights stand beside the file too (RowWeights).
    let readBlocks (blockBytes: int) (path: string) : TextDataset =
        let parse firstLine (bytes: ReadOnlyMemory<byte>) =
            let block = JsonLinesParser.Parse bytes.Span
            Lines.require path firstLine block.Fault
            block

        let blocks = Lines.mapBlocks blockBytes parse path
        let texts = blocks |> Array.collect (fun b -> Seq.toArray b.Texts)

        if texts.Length = 0 then
            Lines.fail path 1 1 "at least one row" "none"

        let within =
            if blocks |> Array.exists _.Weighted then
                blocks |> Array.collect (fun b -> Seq.toArray b.Weights) |> Some
            else
                None

        {
            Texts = texts
            LabelNames = blocks |> Seq.collect _.Labels |> LabelSpace.share
            Weights = RowWeights.ofFile path texts.Length within
        }

    /// The rows of a file.
    let read (path: string) : TextDataset = readBlocks Lines.blockBytes path

    let private options =
        JsonSerializerOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

    let private line (rows: TextDataset) row =
        let text, labels = rows.Texts[row], rows.LabelNames[row]

        match rows.Weights with
        | None -> JsonSerializer.Serialize({| text = text; labels = labels |}, options)
        | Some weights ->
            JsonSerializer.Serialize(
                {|
                    text = text
                    labels = labels
                    weight = weights[row]
                |},
                options
            )

    /// Writes rows, weights where there are any; lone surrogates, which UTF-8 has no form for, become U+FFFD.
    let write (path: string) (rows: TextDataset) : unit =
        Seq.init rows.Rows (line rows) |> Lines.write path

    /// Files *.jsonl.
    let format: InputFormat =
        {
            Name = "jsonl"
            Endings = [ ".jsonl" ]
            Looks = fun first -> first.TrimStart().StartsWith '{'
            Read = fun _ path -> read path |> FileRows.ofTexts
            Write = Some(fun path rows -> FileRows.texts rows |> write path)
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format
            With = fun _ -> format
            About = """{"text": "...", "labels": ["a", "b"], "weight": 1}"""
            Source = "https://jsonlines.org"
            Examples =
                [
                    {
                        Lines =
                            [
                                """{"text": "one two", "labels": ["b", "a"]}"""
                                """{"labels": [], "id": 7, "text": "three"}"""
                            ]
                        Labels = [ [ "a"; "b" ]; [] ]
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ """{"text": "one", "labels": []}"""; """{"text": 2, "labels": []}""" ]
                        Line = 2
                        Column = 10
                    }
                ]
        }
