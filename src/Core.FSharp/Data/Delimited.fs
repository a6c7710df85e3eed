namespace Limen.Core

open System
open System.IO
open System.Text
open Limen
open nietras.SeparatedValues

/// What a row of a table meets on its way in.
type DelimitedOptions =
    {
        /// Between two columns. None: the one in the first line.
        Delimiter: char option
        /// Whether quotes hold values together: otherwise they mean themselves.
        Quotes: bool
        /// Whether the first row names the columns: otherwise they are named by their numbers, from 1.
        Header: bool
    }

/// Tables of text, read by Sep (https://github.com/nietras/Sep) row by row: quotes, line breaks within them, UTF-8 with a byte order mark or without, UTF-16 with one;
/// plain, .gz or .bz2 by the name's ending.
[<RequireQualifiedAccess>]
module Delimited =

    /// A stream of an unpacked file, forward only.
    let private stream (read: byte[] -> int -> int -> int) : Stream =
        { new Stream() with
            member _.CanRead = true
            member _.CanSeek = false
            member _.CanWrite = false
            member _.Length = raise (NotSupportedException())

            member _.Position
                with get () = raise (NotSupportedException())
                and set _ = raise (NotSupportedException())

            member _.Flush() = ()
            member _.Seek(_, _) = raise (NotSupportedException())
            member _.SetLength _ = raise (NotSupportedException())
            member _.Write(_, _, _) = raise (NotSupportedException())
            member _.Read(buffer, offset, count) = read buffer offset count
        }

    let private utf8 = UTF8Encoding(false, true)

    /// Raises DataFormatException at the first bytes of a file that are no UTF-8, which are looked for anew: a reader of text only knows that there are some.
    let private refuseBytes (path: string) : 'result =
        let refuse line column found =
            Lines.fail path line column "text in UTF-8" $"{found} (save the file as UTF-8)"

        try
            Lines.mapBlocks Lines.blockBytes (fun line bytes -> Lines.decode path line bytes |> ignore) path
            |> ignore
        with :? DataFormatException as e ->
            refuse e.Line e.Column e.Found

        refuse 1 1 "bytes of another encoding"

    /// Calls the function with the file's text while it is open. Throws DataFormatException for damage, near the line that the function has reached, and for bytes that are no
    /// UTF-8 (the column counts bytes).
    let internal withText (path: string) (reached: unit -> int) (continuation: TextReader -> 'result) : 'result =
        // nothing was read before the first line
        let line () = max 1 (reached ())

        try
            Packed.reading path (fun read ->
                use reader = new StreamReader(stream read, utf8, true)
                continuation reader)
        with
        | :? DecoderFallbackException -> refuseBytes path
        | e when Lines.isDamage e -> raise (Lines.damaged path (line ()) e)

    /// Whether every quote of a row opens a value, closes one, or is one of two within: elsewhere Sep would read on to the next quote, over columns and lines.
    let private isWellQuoted (delimiter: char) (row: ReadOnlySpan<char>) : bool =
        let mutable at = 0
        let mutable well = true

        while well && at < row.Length do
            if row[at] = '"' then
                at <- at + 1
                let mutable closed = false

                while not closed && at < row.Length do
                    if row[at] <> '"' then
                        at <- at + 1
                    elif at + 1 < row.Length && row[at + 1] = '"' then
                        at <- at + 2
                    else
                        closed <- true
                        at <- at + 1

                well <- closed && (at = row.Length || row[at] = delimiter)
                at <- at + 1
            else
                let rest = row.Slice at
                let next = rest.IndexOf delimiter
                let value = if next < 0 then rest else rest.Slice(0, next)
                well <- value.IndexOf '"' < 0
                at <- at + value.Length + 1

        well

    let private shown (value: ReadOnlySpan<char>) =
        let text = value.ToString().Replace("\n", " ").Replace("\r", "")

        if text.Length > 30 then
            $"\"{text[..29]}...\""
        else
            $"\"{text}\""

    let private readerOf (options: DelimitedOptions) (text: TextReader) : SepReader =
        let separator =
            match options.Delimiter with
            | Some c -> Nullable(Sep c)
            | None -> Nullable()

        SepReaderOptions(
            separator,
            HasHeader = false,
            DisableColCountCheck = true,
            DisableQuotesParsing = not options.Quotes,
            Unescape = options.Quotes,
            CreateToString = SepToString.PoolPerCol(maximumStringLength = 64)
        )
            .From(text)

    /// Reads a table. The first function gets the names of the columns and says which it wants by their places, the second gets each row's line (from 1) and what
    /// stands in these. Empty lines are passed over. Throws DataFormatException (columns are those of the table, from 1) for a row of more
    /// or fewer columns than the first and for a quote within a value.
    let read
        (options: DelimitedOptions)
        (header: string[] -> int[])
        (row: int -> string[] -> unit)
        (path: string)
        : unit =
        let reached = ref 1

        withText path (fun () -> reached.Value) (fun text ->
            try
                use reader = readerOf options text
                let mutable columns = -1
                let mutable wanted = Array.empty

                while reader.MoveNext() do
                    let current = reader.Current
                    let line = current.LineNumberFrom
                    reached.Value <- line
                    let empty = current.Span.IsEmpty

                    if options.Quotes && not (isWellQuoted reader.Spec.Sep.Separator current.Span) then
                        Lines.fail
                            path
                            line
                            1
                            "quotes around a whole value, and twice where they stand within one"
                            (shown current.Span)

                    if empty then
                        ()
                    elif columns < 0 && options.Header then
                        columns <- current.ColCount
                        let names = Array.zeroCreate columns

                        for c in 0 .. columns - 1 do
                            let column = current[c]
                            names[c] <- column.ToString().Trim()

                        wanted <- header names
                    else
                        if columns < 0 then
                            columns <- current.ColCount
                            wanted <- header (Array.init columns (fun c -> string (c + 1)))

                        if current.ColCount <> columns then
                            let what = if options.Header then "the header" else "the first row"
                            let least = min columns current.ColCount

                            let hint =
                                if options.Quotes && current.ColCount > columns then
                                    $" (a value with \"{reader.Spec.Sep.Separator}\" in it stands in quotes)"
                                else
                                    ""

                            Lines.fail
                                path
                                line
                                (least + 1)
                                $"{columns} columns as in {what}"
                                $"{current.ColCount}{hint}"

                        let values = Array.zeroCreate wanted.Length

                        for i in 0 .. wanted.Length - 1 do
                            let column = current[wanted[i]]
                            values[i] <- column.ToString()

                        row line values
            with :? NotSupportedException as e ->
                Lines.fail path reached.Value 1 "shorter rows" $"one that Sep does not hold: {e.Message}")
