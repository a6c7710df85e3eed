namespace Limen.Core

open System
open System.Text.Encodings.Web
open System.Text.Json
open Limen
open Limen.Kernels

/// Text rows as JSON lines: {"text": "...", "labels": ["a", "b"]}, one object a line, optionally with "weight", a number of at least 0 that
/// says how much the row counts (absent: 1); other fields are passed over. Fields may have other names (Fields). Labels are names or ids in a list, 0 and 1 for each label,
/// one name or id, a string that lists them, an object or fields of 0 and 1, or null, none. Plain, .gz or .bz2 by the name's ending.
[<RequireQualifiedAccess>]
module JsonLines =

    /// The rows of a file, parsed in parallel by blocks of the given length in bytes. Row i is line i + 1: blank lines stand at the end alone. Throws
    /// DataFormatException (columns in bytes) at the first line that is not as it should be, for a file without rows, and where weights stand beside the file
    /// too (RowWeights).
    let readBlocks (blockBytes: int) (fields: Fields) (path: string) : FileRows =
        let chosen, notes = JsonRoles.fieldsOf fields (Lines.first path)

        let parse firstLine (bytes: ReadOnlyMemory<byte>) =
            struct (firstLine, JsonLinesParser.Parse(chosen, bytes.Span))

        let blocks = Lines.mapBlocks blockBytes parse path
        let mutable blank = None

        for struct (firstLine, block) in blocks do
            match blank with
            | Some line when block.Texts.Count > 0 || not (isNull block.Fault) ->
                Lines.fail path line 1 "a JSON object" "the end of the line"
            | _ -> ()

            Lines.require path firstLine block.Fault

            if blank.IsNone && block.Blank.HasValue then
                blank <- Some(firstLine + block.Blank.Value)

        let blocks = blocks |> Array.map (fun struct (_, block) -> block)
        let rows = blocks |> Array.sumBy _.Texts.Count
        JsonRows.assemble fields notes path (Array.init rows (fun row -> row + 1)) blocks

    /// The rows of a file whose labels are named.
    let read (path: string) : TextDataset =
        readBlocks Lines.blockBytes (Fields()) path |> FileRows.texts

    let private options =
        JsonSerializerOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

    let private json (value: 'a) : string =
        JsonSerializer.Serialize(value, options)

    /// An object for each row, with weights, ids, groups and times where there are any; labels by name are strings, by id numbers. Throws ArgumentException for features.
    let internal objects (rows: FileRows) : string seq =
        let texts = FileRows.packed rows

        let labels =
            match rows.Labels with
            | FileLabels.Names names -> fun row -> json names[row]
            | FileLabels.Ids(sets, first) -> fun row -> Csr.set row sets.Matrix |> Array.map ((+) first) |> json

        let fields =
            [
                "labels", labels
                "text", (fun row -> json texts[row])
                match rows.Weights with
                | Some weights -> "weight", (fun row -> json weights[row])
                | None -> ()
                for name, values in RowColumns.written rows.Columns do
                    name, (fun row -> json values[row])
            ]

        Seq.init texts.Count (fun row ->
            let written = fields |> List.map (fun (name, value) -> $"\"{name}\":{value row}")
            "{" + String.Join(",", written) + "}")

    /// Writes rows, weights where there are any; lone surrogates, which UTF-8 has no form for, become U+FFFD.
    let write (path: string) (rows: TextDataset) : unit =
        FileRows.ofTexts rows |> objects |> Lines.write path

    /// Files *.jsonl and *.ndjson, and others whose first line begins an object.
    let formatWith (fields: Fields) : InputFormat =
        {
            Name = "jsonl"
            Endings = [ ".jsonl"; ".ndjson" ]
            Looks = fun first -> first.TrimStart().StartsWith '{'
            Read = fun _ path -> readBlocks Lines.blockBytes fields path
            Write = Some(fun path rows -> objects rows |> Lines.write path)
        }

    /// With fields by their usual names.
    let format: InputFormat = formatWith (Fields())

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format
            With = formatWith
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
                        Beside = []
                    }
                    {
                        Lines =
                            [
                                """{"body": "one", "tags": "b;a"}"""
                                """{"body": "two", "tags": null}"""
                                ""
                            ]
                        Labels = [ [ "a"; "b" ]; [] ]
                        Beside = []
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
