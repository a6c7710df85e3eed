namespace Limen.Core

open System
open System.Text.Encodings.Web
open System.Text.Json
open Limen.Kernels

/// Text rows as JSON lines: {"text": "...", "labels": ["a", "b"]}, one object a line; other fields are passed over.
/// Plain, .gz or .bz2 by the name's ending.
[<RequireQualifiedAccess>]
module JsonLines =

    let private fail path line column expected found =
        raise (
            DataFormatException(
                {
                    File = path
                    Line = line
                    Column = column
                },
                expected,
                found
            )
        )

    /// The rows of a file, parsed in parallel by blocks of the given length in bytes. Row i is line i + 1: there are
    /// no empty lines. Throws DataFormatException (columns in bytes) at the first line that is not as it should be
    /// and for a file without rows.
    let readBlocks (blockBytes: int) (path: string) : TextDataset =
        let parse firstLine (bytes: ReadOnlyMemory<byte>) =
            let block = JsonLinesParser.Parse bytes.Span

            match block.Fault with
            | null -> block
            | fault -> fail path (firstLine + fault.Line) fault.Column fault.Expected fault.Found

        let blocks = Lines.mapBlocks blockBytes parse path
        let names = Collections.Generic.Dictionary<string, string>(StringComparer.Ordinal)

        let shared name =
            match names.TryGetValue name with
            | true, first -> first
            | _ ->
                names[name] <- name
                name

        match Seq.collect (fun (b: JsonLinesBlock) -> b.Texts) blocks |> Seq.toArray with
        | [||] -> fail path 1 1 "at least one row" "none"
        | texts ->
            {
                Texts = texts
                LabelNames =
                    blocks
                    |> Seq.collect (fun b -> b.Labels)
                    |> Seq.map (Array.map shared)
                    |> Seq.toArray
                Weights = None
            }

    /// The rows of a file.
    let read (path: string) : TextDataset = readBlocks Lines.blockBytes path

    let private options =
        JsonSerializerOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

    /// Writes rows; lone surrogates, which UTF-8 has no form for, become U+FFFD.
    let write (path: string) (rows: TextDataset) : unit =
        Seq.zip rows.Texts rows.LabelNames
        |> Seq.map (fun (text, labels) -> JsonSerializer.Serialize({| text = text; labels = labels |}, options))
        |> Lines.write path
