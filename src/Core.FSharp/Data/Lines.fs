namespace Limen.Core

open System
open System.Buffers
open System.Collections.Generic
open System.IO
open System.IO.Compression
open System.Threading
open System.Threading.Tasks
open ICSharpCode.SharpZipLib
open ICSharpCode.SharpZipLib.BZip2
open ICSharpCode.SharpZipLib.GZip
open Limen.Kernels

/// Line files, plain, .gz or .bz2 by their name's ending: read in blocks of whole lines, decompressed on one thread
/// while others parse.
[<RequireQualifiedAccess>]
module Lines =

    /// The block length that suits parsing: long enough to keep a thread busy, short enough for the cache.
    let blockBytes = 1 <<< 20

    let private ending (path: string) =
        Path.GetExtension(path).ToLowerInvariant()

    /// What the names of packed files end in.
    let packings = [ ".gz"; ".bz2" ]

    /// A file's name without the ending that says how it is packed.
    let unpacked (path: string) : string =
        if List.contains (ending path) packings then
            path[.. path.Length - (ending path).Length - 1]
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

    /// Several bzip2 streams one behind the other are one file (pbzip2 writes such); gzip's reader knows that by
    /// itself.
    let private bzip2Reader (raw: Stream) : byte[] -> int -> int -> int =
        let mutable part: Stream = Stream.Null

        let rec read buffer offset count =
            match part.Read(buffer, offset, count) with
            | 0 when raw.Position < raw.Length ->
                part <- new BZip2InputStream(raw, IsStreamOwner = false)
                read buffer offset count
            | n -> n

        read

    /// Whether every part of a .gz file is complete, by a slower but stricter reader.
    let private isWholeGzip (path: string) =
        use raw = File.OpenRead path
        use unpacked = new GZipInputStream(raw)
        let buffer = Array.zeroCreate (1 <<< 16)

        try
            while unpacked.Read(buffer, 0, buffer.Length) > 0 do
                ()

            true
        with
        | :? SharpZipBaseException
        | :? EndOfStreamException -> false

    /// The last four bytes of a .gz file: the length of its last part before it was packed, modulo 2^32; 0 for an
    /// empty file.
    let private lengthAtEnd (path: string) =
        use raw = File.OpenRead path

        match raw.Length with
        | 0L -> Some 0u
        | n when n < 18L -> None
        | _ ->
            raw.Seek(-4L, SeekOrigin.End) |> ignore
            use reader = new BinaryReader(raw)
            Some(reader.ReadUInt32())

    /// The framework's gzip reader takes a file that is cut off for a shorter one, so what was read is held against
    /// the length that the file ends with. They differ for a whole file too if it has several parts; the stricter
    /// reader tells.
    let private gzipReader (path: string) (unpacked: Stream) : byte[] -> int -> int -> int =
        let mutable total = 0u

        fun buffer offset count ->
            let n = unpacked.Read(buffer, offset, count)
            total <- total + uint32 n

            if n = 0 && lengthAtEnd path <> Some total && not (isWholeGzip path) then
                raise (EndOfStreamException "the file is cut off")

            n

    /// A function that reads on into (buffer, offset, count), 0 at the end, given to the continuation while the file
    /// is open.
    let internal reading (path: string) (continuation: (byte[] -> int -> int -> int) -> 'result) : 'result =
        use raw =
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 <<< 17)

        match ending path with
        | ".gz" ->
            use unpacked = new GZipStream(raw, CompressionMode.Decompress)
            continuation (gzipReader path unpacked)
        | ".bz2" -> continuation (bzip2Reader raw)
        | _ -> continuation (fun buffer offset count -> raw.Read(buffer, offset, count))

    let internal damaged path line (e: exn) =
        DataFormatException(
            { File = path; Line = line; Column = 1 },
            $"a whole {ending path} file",
            $"damage: {e.Message}"
        )

    let internal isDamage (e: exn) =
        e :? InvalidDataException
        || e :? SharpZipBaseException
        || e :? EndOfStreamException

    /// A byte order mark in UTF-8.
    let private bom = [| 0xEFuy; 0xBBuy; 0xBFuy |]

    /// Fills the buffer from offset on; fewer bytes only at the end of the file.
    let private fill (read: byte[] -> int -> int -> int) (buffer: byte[]) offset count =
        let mutable got = 0
        let mutable n = 1

        while got < count && n > 0 do
            n <- read buffer (offset + got) (count - got)
            got <- got + n

        got

    /// The first line without its end, "" for an empty file; at most the first 64 KiB of it.
    let first (path: string) : string =
        let buffer = Array.zeroCreate (1 <<< 16)

        let got =
            try
                reading path (fun read -> fill read buffer 0 buffer.Length)
            with e when isDamage e ->
                raise (damaged path 1 e)

        let text = Text.Encoding.UTF8.GetString(buffer, 0, got).TrimStart('\uFEFF')
        (text.Split('\n', 2)[0]).TrimEnd '\r'

    /// Maps the blocks of a file in parallel; the results come in the file's order. The function gets the number of
    /// the block's first line (from 1) and its bytes, which end in a line feed (added to a last line without one; a
    /// UTF-8 byte order mark is left out). Its first failure in the file's order is raised, whatever the number of
    /// threads. Of the file's text only a few blocks are in memory at a time.
    let mapBlocks (blockBytes: int) (parse: int -> ReadOnlyMemory<byte> -> 'block) (path: string) : 'block[] =
        let blockBytes = Math.Clamp(blockBytes, 1, Array.MaxLength - 1)
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

        let rec blocks read line (buffer: byte[]) kept capacity =
            let length = kept + fill read buffer kept (capacity - kept)
            let ended = length < capacity

            let skipped =
                if line = 1 && buffer.AsSpan(0, length).StartsWith bom then
                    3
                else
                    0

            let whole = buffer.AsSpan(0, length).LastIndexOf 10uy + 1

            if Volatile.Read &failed.contents || (ended && length <= skipped) then
                ArrayPool.Shared.Return buffer
            elif ended then
                let length =
                    if whole = length then
                        length
                    else
                        buffer[length] <- 10uy
                        length + 1

                start line buffer skipped (length - skipped)
            elif whole = 0 then
                let wider = int (min (2L * int64 capacity) (int64 Array.MaxLength - 1L))

                if wider = capacity then
                    fail path line 1 $"lines of less than {capacity} bytes" "a longer one"

                let longer = ArrayPool.Shared.Rent(wider + 1)
                Array.blit buffer 0 longer 0 length
                ArrayPool.Shared.Return buffer
                blocks read line longer length wider
            else
                let rest = length - whole
                let capacity = max blockBytes (rest + 1)
                let next = ArrayPool.Shared.Rent(capacity + 1)
                Array.blit buffer whole next 0 rest
                let lines = MemoryExtensions.Count(ReadOnlySpan(buffer, 0, whole), 10uy)
                reached.Value <- line + lines
                start line buffer skipped (whole - skipped)
                blocks read (line + lines) next rest capacity

        try
            reading path (fun read -> blocks read 1 (ArrayPool.Shared.Rent(blockBytes + 1)) 0 blockBytes)
        with e when isDamage e ->
            tasks.Add(Task.FromException<'block>(damaged path reached.Value e))

        tasks.ToArray() |> Array.map (fun t -> t.GetAwaiter().GetResult())

    /// Calls the function with a writer of UTF-8 text with line feeds; compressed where the name ends in .gz or .bz2.
    let internal writing (path: string) (write: TextWriter -> unit) : unit =
        use raw = File.Create path

        use packed: Stream =
            match ending path with
            | ".gz" -> new GZipStream(raw, CompressionLevel.Fastest)
            | ".bz2" -> new BZip2OutputStream(raw)
            | _ -> raw

        use writer = new StreamWriter(packed, NewLine = "\n")
        write writer

    /// Writes lines as UTF-8, each with a line feed; compressed where the name ends in .gz or .bz2.
    let write (path: string) (lines: string seq) : unit =
        writing path (fun writer -> lines |> Seq.iter (fun line -> writer.WriteLine line))
