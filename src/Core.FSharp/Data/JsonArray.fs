namespace Limen.Core

open System
open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open Limen
open Limen.Kernels

/// Text rows as one JSON array of objects, over as many lines as it likes; their fields are those of JSON lines. Plain, .gz or .bz2 by the name's ending.
[<RequireQualifiedAccess>]
module JsonArray =

    /// The beginning of a file, where the fields of its first object stand.
    let private beginning (path: string) : string =
        Delimited.withText path (fun () -> 1) (fun text ->
            let buffer = Array.zeroCreate<char>(1 <<< 16)
            String(buffer, 0, text.ReadBlock(buffer, 0, buffer.Length)))

    /// The rows of a file. Throws DataFormatException (columns in bytes) at the first object that is not as it should be, for a file without rows, and where
    /// weights stand beside the file too (RowWeights).
    let read (fields: Fields) (path: string) : FileRows =
        let chosen, notes = JsonRoles.fieldsOf fields (beginning path)

        let struct (rows, lines) =
            try
                Packed.reading path (fun read -> JsonArrayParser.Parse(chosen, read))
            with e when Lines.isDamage e ->
                raise (Lines.damaged path 1 e)

        Lines.require path 1 rows.Fault
        JsonRows.assemble fields notes path (lines |> Seq.map ((+) 1) |> Seq.toArray) [| rows |]

    /// Writes rows, an object a line.
    let private write (path: string) (rows: FileRows) : unit =
        Lines.writing path (fun text ->
            text.Write "[\n"

            JsonLines.objects rows
            |> Seq.iteri (fun row line ->
                if row > 0 then
                    text.Write ",\n"

                text.Write line)

            text.Write "\n]\n")

    /// Files *.json, and others whose first line begins an array.
    let format (fields: Fields) : InputFormat =
        {
            Name = "json"
            Endings = [ ".json" ]
            Looks = fun first -> first.TrimStart().StartsWith '['
            Read = fun _ path -> read fields path
            Write = Some write
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format (Fields())
            With = format
            About = """[{"text": "...", "labels": ["a", "b"]}, ...], over as many lines as it likes"""
            Source = "https://www.rfc-editor.org/rfc/rfc8259"
            Examples =
                [
                    {
                        Lines =
                            [
                                "["
                                "  {"
                                "    \"text\": \"one\","
                                "    \"labels\": [1, 0, 1]"
                                "  }, {\"text\": \"two\", \"labels\": [0, 0, 0]}"
                                "]"
                            ]
                        Labels = [ [ "0"; "2" ]; [] ]
                        Beside = []
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ "[{\"text\": \"one\", \"labels\": []},"; " {\"text\": 2, \"labels\": []}]" ]
                        Line = 2
                        Column = 11
                    }
                ]
        }
