namespace Limen.Core

open System
open System.IO
open ICSharpCode.SharpZipLib
open ICSharpCode.SharpZipLib.BZip2
open ICSharpCode.SharpZipLib.Checksum
open ICSharpCode.SharpZipLib.Zip.Compression

/// A function that reads on into (buffer, offset, count): how many bytes it read, 0 only at the end.
type internal ReadOn = byte[] -> int -> int -> int

/// The bytes of a gzip file (RFC 1952): members one behind the other, each with the checksum and the length that it says, and nothing else. The framework's own reader takes
/// a file that is cut off, or whose second member is damaged, for a shorter one.
[<Sealed>]
type internal GzipReader(raw: Stream) =
    let input: byte[] = Array.zeroCreate (1 <<< 16)
    let mutable at = 0
    let mutable length = 0
    let mutable within = false
    let inflater = Inflater(noHeader = true)
    let checksum = Crc32()
    let headerChecksum = Crc32()

    let damaged (what: string) = raise (InvalidDataException what)

    /// Whether there is a byte more.
    let more () =
        if at = length then
            length <- raw.Read(input, 0, input.Length)
            at <- 0

        at < length

    let next () : int =
        if not (more ()) then
            damaged "the file is cut off"

        at <- at + 1
        int input[at - 1]

    /// A byte of a header, which may have a checksum of its own.
    let headerByte () : int =
        let value = next ()
        headerChecksum.Update value
        value

    let skip count =
        for _ in 1..count do
            headerByte () |> ignore

    let rec skipText () =
        if headerByte () <> 0 then
            skipText ()

    /// A number of four bytes, the lowest first.
    let number () : uint32 =
        Seq.init 4 (fun i -> uint32 (next ()) <<< (8 * i)) |> Seq.fold (|||) 0u

    let header () =
        headerChecksum.Reset()

        if headerByte () <> 0x1f || headerByte () <> 0x8b then
            damaged "what follows is no part of it"

        if headerByte () <> 8 then
            damaged "it is not packed by deflate"

        let flags = headerByte ()

        if flags &&& 0xe0 <> 0 then
            damaged "a flag that has no meaning"

        skip 6

        if flags &&& 4 <> 0 then
            let low = headerByte ()
            skip (low + (headerByte () <<< 8))

        if flags &&& 8 <> 0 then
            skipText ()

        if flags &&& 16 <> 0 then
            skipText ()

        if flags &&& 2 <> 0 then
            let expected = int headerChecksum.Value &&& 0xffff
            let low = next ()

            if low + (next () <<< 8) <> expected then
                damaged "the checksum of its head differs"

    let feed () =
        inflater.SetInput(input, at, length - at)
        at <- length

    let start () =
        header ()
        inflater.Reset()
        checksum.Reset()
        within <- true
        feed ()

    let finish () =
        at <- length - inflater.RemainingInput

        if number () <> uint32 checksum.Value then
            damaged "the checksum differs"

        if number () <> uint32 inflater.TotalOut then
            damaged "the length differs"

        within <- false

    /// Reads on; throws InvalidDataException at what is no gzip.
    member this.Read (buffer: byte[]) (offset: int) (count: int) : int =
        if not within then
            if more () then
                start ()
                this.Read buffer offset count
            else
                0
        else
            match inflater.Inflate(buffer, offset, count) with
            | n when n > 0 ->
                checksum.Update(ArraySegment(buffer, offset, n))
                n
            | _ when inflater.IsFinished ->
                finish ()
                this.Read buffer offset count
            | _ when inflater.IsNeedingInput && more () ->
                feed ()
                this.Read buffer offset count
            | _ when inflater.IsNeedingInput -> damaged "the file is cut off"
            | _ -> damaged "it cannot be unpacked"

/// Files that are packed, by their name's ending.
[<RequireQualifiedAccess>]
module internal Packed =

    let ending (path: string) =
        Path.GetExtension(path).ToLowerInvariant()

    /// How many bytes a file holds at most; of one that is packed that is not known.
    let tryLength (path: string) : int64 option =
        match ending path with
        | ".gz"
        | ".bz2" -> None
        | _ -> Some(FileInfo(path).Length)

    /// Several bzip2 streams one behind the other are one file (pbzip2 writes such).
    let private bzip2 (raw: Stream) : ReadOn =
        let mutable part: Stream = Stream.Null

        // the library takes a stream without this for an empty one
        let begins () =
            let mark = Array.zeroCreate 4
            let n = raw.ReadAtLeast(Span mark, 4, false)
            raw.Position <- raw.Position - int64 n
            n = 4 && mark[..2] = "BZh"B && mark[3] >= '1'B && mark[3] <= '9'B

        let rec read buffer offset count =
            match part.Read(buffer, offset, count) with
            | 0 when raw.Position < raw.Length ->
                if not (begins ()) then
                    raise (InvalidDataException "what follows is no part of it")

                part <- new BZip2InputStream(raw, IsStreamOwner = false)
                read buffer offset count
            | n -> n

        read

    /// What an unpacking library throws at damage is its own affair: all but failures to read the file become InvalidDataException.
    let private orDamaged (read: ReadOn) : ReadOn =
        fun buffer offset count ->
            try
                read buffer offset count
            with
            | :? EndOfStreamException as e -> raise (InvalidDataException(e.Message, e))
            | :? InvalidDataException
            | :? IOException
            | :? UnauthorizedAccessException -> reraise ()
            | :? SharpZipBaseException as e -> raise (InvalidDataException(e.Message, e))
            | e -> raise (InvalidDataException("it cannot be unpacked", e))

    /// The same, ended by the token of the scope (Cancellation.within) from one reading to the next.
    let private untilCancelled (read: ReadOn) : ReadOn =
        fun buffer offset count ->
            Cancellation.check ()
            read buffer offset count

    /// Opens a file and gives the continuation what reads its bytes, unpacked, and throws InvalidDataException at damage. Every reader of a file
    /// that may be long reads through this, so that each of them can be cancelled.
    let reading (path: string) (continuation: ReadOn -> 'result) : 'result =
        use raw =
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 <<< 17)

        let read =
            match ending path with
            | ".gz" -> orDamaged (GzipReader(raw).Read)
            | ".bz2" -> orDamaged (bzip2 raw)
            | _ -> fun buffer offset count -> raw.Read(buffer, offset, count)

        continuation (untilCancelled read)
