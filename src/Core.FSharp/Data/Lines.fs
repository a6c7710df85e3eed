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

/// Line files, plain, .gz or .bz2 by their name's ending: read in blocks of whole lines, decompressed on one thread while others parse.
[<RequireQualifiedAccess>]
module Lines =

    /// The block length that suits parsing: long enough to keep a thread busy, short enough for the cache.
    let blockBytes = 1 <<< 20

    let private ending (path: string) =
        Path.GetExtension(path).ToLowerInvariant()

    /// Several bzip2 streams one behind the other are one file (pbzip2 writes such); gzip's reader knows that by itself.
    let private bzip2Reader (raw: Stream) : byte[] -> int -> int -> int =
        let next () =
            new BZip2InputStream(raw, IsStreamOwner = false)

        let mutable part = next ()

        let rec read buffer offset count =
            match part.Read(buffer, offset, count) with
            | 0 when raw.Position < raw.Length ->
                part <- next ()
                read buffer offset count
            | n -> n

        fun buffer offset count -> if raw.Length = 0L then 0 else read buffer offset count

    /// A function that reads on into (buffer, offset, count), 0 at the end, given to the continuation while the file is open.
    let private reading (path: string) (continuation: (byte[] -> int -> int -> int) -> 'result) : 'result =
        use raw =
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 <<< 17)

        match ending path with
        | ".gz" ->
            use unpacked = new GZipStream(raw, CompressionMode.Decompress)
            continuation (fun buffer offset count -> unpacked.Read(buffer, offset, count))
        | ".bz2" -> continuation (bzip2Reader raw)
        | _ -> continuation (fun buffer offset count -> raw.Read(buffer, offset, count))

    let private damaged path line (e: exn) =
        DataFormatException(
            { File = path; Line = line; Column = 1 },
            $"a whole {ending path} file",
            $"damage: {e.Message}"
        )

    let private isDamage (e: exn) =
        e :? InvalidDataException
        || e :? ICSharpCode.SharpZipLib.SharpZipBaseException
        || e :? EndOfStreamException

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
        reading path (fun read ->
            let buffer = Array.zeroCreate (1 <<< 16)

            let got =
                try
                    fill read buffer 0 buffer.Length
                with e when isDamage e ->
                    raise (damaged path 1 e)

            let text = Text.Encoding.UTF8.GetString(buffer, 0, got).TrimStart('\uFEFF')

            match text.IndexOf '\n' with
            | -1 -> text
            | stop -> text[.. stop - 1].TrimEnd '\r')

    /// Maps the blocks of a file in parallel; the results come in the file's order. The function gets the number of the
    /// block's first line (from 1) and its bytes, which end in a line feed (added to a last line without one; a UTF-8 byte
    /// order mark is left out). Its first failure in the file's order is raised, whatever the number of threads.
    /// Of the file's text only a few blocks are in memory at a time.
    let mapBlocks (blockBytes: int) (parse: int -> ReadOnlyMemory<byte> -> 'block) (path: string) : 'block[] =
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
                let longer = ArrayPool.Shared.Rent(2 * capacity + 1)
                Array.blit buffer 0 longer 0 length
                ArrayPool.Shared.Return buffer
                blocks read line longer length (2 * capacity)
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

    /// Writes lines as UTF-8, each with a line feed; compressed where the name ends in .gz or .bz2.
    let write (path: string) (lines: string seq) : unit =
        use raw = File.Create path

        use packed: Stream =
            match ending path with
            | ".gz" -> new GZipStream(raw, CompressionLevel.Fastest)
            | ".bz2" -> new BZip2OutputStream(raw)
            | _ -> raw

        use writer = new StreamWriter(packed, NewLine = "\n")
        lines |> Seq.iter (fun line -> writer.WriteLine line)
