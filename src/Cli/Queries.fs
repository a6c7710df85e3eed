namespace Limen.Cli

open System
open System.CommandLine
open System.Globalization
open System.IO
open System.Text.Json
open Limen.Core
open Limen.Kernels

/// Rows without labels to be predicted or explained: words of the command line, a file, or standard input; texts or features, as the model reads them.
[<RequireQualifiedAccess>]
module Queries =

    /// So many rows are predicted together.
    let private block = 1_000

    /// How rows can be given.
    let ways = "a text, --data FILE, or rows on standard input (< rows.txt)"

    let private blocksOf (asked: AskedFields) (file: string) (model: Model) (lines: string seq) : Rows seq =
        lines
        |> Seq.chunkBySize block
        |> Seq.mapi (fun i lines -> QueryLines.ofLines asked file model (i * block + 1) lines)

    /// The bytes of each line, without its end.
    let private byteLines (bytes: unit -> Stream) : byte[] seq =
        seq {
            use stream = new BufferedStream(bytes (), 1 <<< 16)
            let line = new MemoryStream()
            let mutable next = stream.ReadByte()

            while next >= 0 do
                if next = 10 then
                    yield line.ToArray()
                    line.SetLength 0L
                else
                    line.WriteByte(byte next)

                next <- stream.ReadByte()

            if line.Length > 0L then
                yield line.ToArray()
        }

    let private utf8 = Text.UTF8Encoding(false, true)

    /// Line by line, as far as it is read. Throws DataFormatException, with line and column (in bytes), at bytes that are no text.
    let private linesOf (place: string) (bytes: unit -> Stream) : string seq =
        let text number (line: byte[]) =
            try
                (utf8.GetString line).TrimEnd '\r'
            with :? Text.DecoderFallbackException as e ->
                let at =
                    {
                        File = place
                        Line = number + 1
                        Column = e.Index + 1
                    }

                raise (QueryLines.wrongRow at "text in UTF-8" (ParseFault.Quote(ReadOnlySpan(line).Slice e.Index)))

        byteLines bytes
        |> Seq.mapi text
        |> Seq.mapi (fun number line -> if number = 0 then line.TrimStart '\uFEFF' else line)

    let private standardInput (asked: AskedFields) (model: Model) : Rows seq =
        linesOf "standard input" Console.OpenStandardInput
        |> blocksOf asked "standard input" model

    let private ofRows (rows: Rows) : Rows seq =
        seq { 0..block .. rows.Count - 1 }
        |> Seq.map (fun first -> Rows.selectRows [| first .. min rows.Count (first + block) - 1 |] rows)

    /// Whether a file is of a format with columns or labels of its own; else its lines are texts, JSON objects with a text, or features.
    let private isFormatted (given: ParseResult) (path: string) : bool =
        let ending = (Path.GetExtension path).ToLowerInvariant()

        (Given.tryText Source.format given).IsSome
        || (match InputFormats.detect InputFormats.all path with
            | Some(entry, _) when ending = ".txt" || ending = ".jsonl" ->
                not (List.contains entry.Format.Name [ "jsonl"; "csv" ])
                && Lines.first path <> ""
                && entry.Format.Looks(Lines.first path)
            | Some(entry, _) -> List.exists ((=) ending) (entry.Format.Endings @ Lines.packings)
            | None -> false)

    /// A file of a format that the library reads gives its rows; any other is read line by line.
    let private ofFile (given: ParseResult) (path: string) (model: Model) : Rows seq =
        Places.requireExists path

        if Directory.Exists path || isFormatted given path then
            let rows = (Source.rows "test" given path).Rows
            ModelRows.requireRead path model rows
            ofRows rows
        else
            linesOf path (fun () -> File.OpenRead path)
            |> blocksOf (Source.asked given) path model

    /// The rows in blocks: those of the words, which are one row together; else of the file; else of standard input. Throws Usage where there is nothing.
    let read (words: string list) (given: ParseResult) (model: Model) : Rows seq =
        let asked = Source.asked given

        match words, Given.all Source.data given with
        | [], [ path ] -> ofFile given path model
        | [], _ :: paths -> raise (Usage $"--data: expected one place, received {1 + paths.Length}")
        | _ :: _, path :: _ -> raise (Usage $"expected a text or --data, received both: a text, and {path}")
        | [ "-" ], [] -> standardInput asked model
        | [], [] when Console.IsInputRedirected -> standardInput asked model
        | [], [] -> raise (Usage $"expected {ways}")
        | words, [] -> Seq.singleton (QueryLines.ofLines asked "the command line" model 1 [| String.Join(' ', words) |])
