namespace Limen.Core

open System
open System.Buffers
open System.Collections.Generic
open System.IO
open System.IO.Compression
open System.Threading
open System.Threading.Tasks
open ICSharpCode.SharpZipLib.BZip2
open Limen.Kernels

/// Line files, plain, .gz or .bz2 by their name's ending: read in blocks of whole lines, decompressed on one thread
/// while others parse.
[<RequireQualifiedAccess>]
module Lines =

    /// The block length that suits parsing: long enough to keep a thread busy, short enough for the cache.
    let blockBytes = 1 <<< 20

    /// The longest line that is read, in bytes: 256 MiB.
    let longest = 1 <<< 28

    /// What the names of packed files end in.
    let packings = [ ".gz"; ".bz2" ]

    /// A file's name without the ending that says how it is packed.
    let unpacked (path: string) : string =
        if List.contains (Packed.ending path) packings then
            path[.. path.Length - (Packed.ending path).Length - 1]
        else
            path

    /// Raises DataFormatException: what was expected at a line and column of a file, and what was found.
    let internal fail path line column expected found : 'result =
        let place =
            {
                File = path
                Line = line
                Column = column
            }

        raise (DataFormatException(place, expected, found))

    /// Raises DataFormatException where a parser stopped in the block that begins with the given line.
    let internal require path firstLine (fault: ParseFault) : unit =
        match fault with
        | null -> ()
        | fault -> fail path (firstLine + fault.Line) fault.Column fault.Expected fault.Found

    let internal damaged path line (e: exn) =
        DataFormatException(
            { File = path; Line = line; Column = 1 },
            $"a whole {Packed.ending path} file",
            $"damage: {e.Message}"
        )

    let internal isDamage (e: exn) = e :? InvalidDataException

    let private utf8 = Text.UTF8Encoding(false, true)

    /// A byte order mark in UTF-8.
    let private bom = [| 0xEFuy; 0xBBuy; 0xBFuy |]

    /// Fills the buffer from offset on; fewer bytes only at the end of the file.
    let private fill (read: ReadOn) (buffer: byte[]) offset count =
        let mutable got = 0
        let mutable n = 1

        while got < count && n > 0 do
            n <- read buffer (offset + got) (count - got)
            got <- got + n

        got

    /// Whether every second byte of the first sixteen is NUL, and no other one: letters of Europe in UTF-16 without a mark.
    let private alternates (head: ReadOnlySpan<byte>) =
        let isNul = head.Slice(0, min 16 head.Length).ToArray() |> Array.map ((=) 0uy)

        isNul.Length = 16
        && isNul[0] <> isNul[1]
        && Array.forall2 (=) isNul[..13] isNul[2..]

    /// Raises DataFormatException where a file begins like another thing than text in UTF-8.
    let private requireText path (head: ReadOnlySpan<byte>) =
        let refuse what = fail path 1 1 "text in UTF-8" what

        if head.StartsWith [| 0xFFuy; 0xFEuy; 0uy; 0uy |] then
            refuse "UTF-32 (by its first bytes)"
        elif head.StartsWith [| 0xFFuy; 0xFEuy |] || head.StartsWith [| 0xFEuy; 0xFFuy |] then
            refuse "UTF-16 (by its first bytes): save it as UTF-8"
        elif alternates head then
            refuse "UTF-16 (every second byte is NUL): save it as UTF-8"
        elif head.StartsWith [| 0x1Fuy; 0x8Buy |] then
            refuse "what gzip packs: its name should end in .gz"
        elif head.StartsWith "BZh"B && head.Length > 4 && head[4] = 0x31uy then
            refuse "what bzip2 packs: its name should end in .bz2"

    /// The first line without its end, "" for an empty file; at most the first 64 KiB of it.
    let first (path: string) : string =
        let buffer = Array.zeroCreate (1 <<< 16)

        let got =
            try
                Packed.reading path (fun read -> fill read buffer 0 buffer.Length)
            with :? InvalidDataException as e ->
                raise (damaged path 1 e)

        requireText path (ReadOnlySpan(buffer, 0, got))
        let text = Text.Encoding.UTF8.GetString(buffer, 0, got).TrimStart('\uFEFF')
        (text.Split('\n', 2)[0]).TrimEnd '\r'

    /// Up to where the lines are whole, less the empty ones at the end: they may be the last ones of the file.
    let private whole (bytes: ReadOnlySpan<byte>) : int =
        let lines = bytes.Slice(0, bytes.LastIndexOf 10uy + 1)

        match lines.LastIndexOfAnyExcept(10uy, 13uy) with
        | -1 -> 0
        | last -> last + lines.Slice(last).IndexOf 10uy + 1

    /// The same with the longest line that is read.
    let internal mapBlocksWithin
        (longest: int)
        (blockBytes: int)
        (parse: int -> ReadOnlyMemory<byte> -> 'block)
        (path: string)
        : 'block[] =
        let blockBytes = Math.Clamp(blockBytes, 1, longest)
        use slots = new SemaphoreSlim(2 * Environment.ProcessorCount)
        let tasks = List<Task<'block>>()
        let failed = ref false
        let reached = ref 1

        let start line (buffer: byte[]) offset length =
            slots.Wait()

            tasks.Add(
                Task.Run(fun () ->
                    try
                        try
                            parse line (ReadOnlyMemory(buffer, offset, length))
                        with _ ->
                            Volatile.Write(&failed.contents, true)
                            reraise ()
                    finally
                        ArrayPool.Shared.Return buffer
                        slots.Release() |> ignore)
            )

        /// The bytes of a buffer, without a byte order mark at the start of the file.
        let text line (buffer: byte[]) length =
            if line = 1 && buffer.AsSpan(0, length).StartsWith bom then
                3, length - 3
            else
                0, length

        /// The last lines of a file, the empty ones at its end left out.
        let last line (buffer: byte[]) length =
            let skipped, _ = text line buffer length

            match buffer.AsSpan(skipped, length - skipped).LastIndexOfAnyExcept(10uy, 13uy) with
            | -1 -> ArrayPool.Shared.Return buffer
            | at ->
                let after = skipped + at + 1
                let rest = buffer.AsSpan(after, length - after).IndexOf 10uy
                let ended = if rest < 0 then length else after + rest
                buffer[ended] <- 10uy
                start line buffer skipped (ended + 1 - skipped)

        let rec blocks read line (buffer: byte[]) kept capacity =
            let length = kept + fill read buffer kept (capacity - kept)

            if line = 1 && kept < 16 then
                requireText path (ReadOnlySpan(buffer, 0, length))

            let whole = whole (ReadOnlySpan(buffer, 0, length))

            if Volatile.Read &failed.contents then
                ArrayPool.Shared.Return buffer
            elif length < capacity then
                last line buffer length
            elif whole = 0 then
                if capacity = longest then
                    fail path line 1 $"lines of at most {longest} bytes" "a longer one"

                let wider = min (2 * capacity) longest
                let longer = ArrayPool.Shared.Rent(wider + 1)
                Array.blit buffer 0 longer 0 length
                ArrayPool.Shared.Return buffer
                blocks read line longer length wider
            else
                let rest = length - whole
                let capacity = max blockBytes (min (2 * rest) longest)
                let next = ArrayPool.Shared.Rent(capacity + 1)
                Array.blit buffer whole next 0 rest
                let lines = MemoryExtensions.Count(ReadOnlySpan(buffer, 0, whole), 10uy)

                if lines > Int32.MaxValue - line then
                    fail path line 1 $"at most {Int32.MaxValue} lines" "more"

                reached.Value <- line + lines
                text line buffer whole ||> start line buffer
                blocks read (line + lines) next rest capacity

        try
            // a small file takes a small buffer
            let capacity =
                match Packed.tryLength path with
                | Some length when length < int64 blockBytes -> int length + 1
                | _ -> blockBytes

            Packed.reading path (fun read -> blocks read 1 (ArrayPool.Shared.Rent(capacity + 1)) 0 capacity)
        with
        | :? InvalidDataException as e -> tasks.Add(Task.FromException<'block>(damaged path reached.Value e))
        | e -> tasks.Add(Task.FromException<'block> e)

        // blocks at work hold the slots
        tasks
        |> Seq.iter (fun t -> (t :> IAsyncResult).AsyncWaitHandle.WaitOne() |> ignore)

        tasks.ToArray() |> Array.map (fun t -> t.GetAwaiter().GetResult())

    /// Maps the blocks of a file in parallel; the results come in the file's order. The function gets the number of the block's first line (from 1) and its bytes, which end in
    /// a line feed (added to a last line without one; a UTF-8 byte order mark and empty lines at the end of the file are left out). Its first failure in the file's order is
    /// raised, whatever the number of threads. Of the file's text only a few blocks are in memory at a time. Throws DataFormatException for a file that is damaged or no text
    /// in UTF-8, and for a line that is too long.
    let mapBlocks (blockBytes: int) (parse: int -> ReadOnlyMemory<byte> -> 'block) (path: string) : 'block[] =
        mapBlocksWithin longest blockBytes parse path

    /// Text, strictly: throws DataFormatException at bytes that are no UTF-8.
    let internal decode path firstLine (bytes: ReadOnlyMemory<byte>) : string =
        try
            utf8.GetString bytes.Span
        with :? Text.DecoderFallbackException as e ->
            let before = bytes.Span.Slice(0, e.Index)
            let line = firstLine + MemoryExtensions.Count(before, 10uy)
            let column = e.Index - before.LastIndexOf 10uy
            fail path line column "valid UTF-8" (ParseFault.Quote(bytes.Span.Slice e.Index))

    /// f(number from 1, text without a line feed) of every line of a block.
    let internal mapLines (path: string) (f: int -> string -> 'row) firstLine (bytes: ReadOnlyMemory<byte>) : 'row[] =
        (decode path firstLine bytes).TrimEnd('\n').Split '\n'
        |> Array.mapi (fun i text -> f (firstLine + i) text)

    /// The same of every line of a file, blocks in parallel.
    let internal map (blockBytes: int) (f: int -> string -> 'row) (path: string) : 'row[] =
        mapBlocks blockBytes (mapLines path f) path |> Array.concat

    /// Calls the function with a writer of UTF-8 text with line feeds; compressed where the name ends in .gz or .bz2.
    let internal writing (path: string) (write: TextWriter -> unit) : unit =
        use raw = File.Create path

        use packed: Stream =
            match Packed.ending path with
            | ".gz" -> new GZipStream(raw, CompressionLevel.Fastest)
            | ".bz2" -> new BZip2OutputStream(raw)
            | _ -> raw

        use writer = new StreamWriter(packed, NewLine = "\n")
        write writer

    /// Writes lines as UTF-8, each with a line feed; compressed where the name ends in .gz or .bz2.
    let write (path: string) (lines: string seq) : unit =
        writing path (fun writer -> lines |> Seq.iter (fun line -> writer.WriteLine line))
