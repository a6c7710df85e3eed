namespace Limen.Core

open System
open System.Buffers.Binary
open System.IO
open System.Text
open System.Text.RegularExpressions
open Limen

/// Matrices as numpy saves them (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): [N, D] numbers of 1 to 8 bytes in either order, by rows or by columns; of one dimension: [N, 1].
/// Such a file has no labels: it lies beside another that has (DataOptions.Vectors).
[<RequireQualifiedAccess>]
module Npy =

    type private Header =
        {
            /// A letter and a number of bytes: "f4".
            Type: string
            LittleEndian: bool
            ByColumns: bool
            Rows: int
            Columns: int
        }

    let private header (path: string) (text: string) : Header =
        let wrong what =
            FileFault.ofFile path what $"\"{text.Trim()}\""

        let field (pattern: string) what =
            match Regex.Match(text, pattern) with
            | m when m.Success -> m.Groups
            | _ -> wrong what

        let kind =
            field @"'descr':\s*'([<>|=])([fiub][1248])'" "real numbers, without names, as 'descr'"

        let order = field @"'fortran_order':\s*(True|False)" "'fortran_order'"

        let shape =
            field @"'shape':\s*\(\s*(\d+)\s*,\s*(\d*)\s*,?\s*\)" "one or two dimensions as 'shape'"

        let size (group: Group) =
            match Int32.TryParse group.Value with
            | true, n -> n
            | _ -> wrong $"a size below {Int32.MaxValue}"

        {
            Type = kind[2].Value
            LittleEndian = kind[1].Value <> ">"
            ByColumns = order[1].Value = "True"
            Rows = size shape[1]
            Columns = if shape[2].Value = "" then 1 else size shape[2]
        }

    let private number (h: Header) (bytes: ReadOnlySpan<byte>) : float32 =
        let bits =
            match bytes.Length, h.LittleEndian with
            | 1, _ -> uint64 bytes[0]
            | 2, true -> uint64 (BinaryPrimitives.ReadUInt16LittleEndian bytes)
            | 2, false -> uint64 (BinaryPrimitives.ReadUInt16BigEndian bytes)
            | 4, true -> uint64 (BinaryPrimitives.ReadUInt32LittleEndian bytes)
            | 4, false -> uint64 (BinaryPrimitives.ReadUInt32BigEndian bytes)
            | _, true -> BinaryPrimitives.ReadUInt64LittleEndian bytes
            | _, false -> BinaryPrimitives.ReadUInt64BigEndian bytes

        match h.Type with
        | "f2" -> float32 (BitConverter.UInt16BitsToHalf(uint16 bits))
        | "f4" -> BitConverter.UInt32BitsToSingle(uint32 bits)
        | "f8" -> float32 (BitConverter.UInt64BitsToDouble bits)
        | "i1" -> float32 (sbyte bits)
        | "i2" -> float32 (int16 bits)
        | "i4" -> float32 (int32 bits)
        | "i8" -> float32 (int64 bits)
        | _ -> float32 bits

    /// The matrix of a file; NaN is a missing value. Throws DataFormatException for what is no .npy file of real numbers, and for one that is longer or shorter than its header says.
    let readMatrix (path: string) : float32[,] =
        use stream = new BufferedStream(File.OpenRead path, 1 <<< 16)

        let take count what =
            let bytes = Array.zeroCreate<byte> count

            if stream.ReadAtLeast(Span bytes, count, false) < count then
                FileFault.ofFile path what "the end of the file"

            bytes

        let start = take 8 "numpy's magic bytes"

        if start[0] <> 0x93uy || Encoding.ASCII.GetString(start, 1, 5) <> "NUMPY" then
            FileFault.ofFile path "numpy's magic bytes" "others"

        let length =
            if start[6] = 1uy then
                int (BinaryPrimitives.ReadUInt16LittleEndian(take 2 "the header's length"))
            else
                int (min 100_000_000u (BinaryPrimitives.ReadUInt32LittleEndian(take 4 "the header's length")))

        if int64 length > stream.Length then
            FileFault.ofFile path "a header within the file" "the end of the file"

        let h = header path (Encoding.Latin1.GetString(take length "the header"))
        let width = int h.Type[1] - int '0'
        let wanted = int64 h.Rows * int64 h.Columns * int64 width
        let left = stream.Length - stream.Position

        if wanted <> left then
            FileFault.ofFile
                path
                $"{wanted} bytes after the header, {h.Rows} rows of {h.Columns} numbers of {width} bytes"
                $"{left}"

        let matrix = Array2D.zeroCreate<float32> h.Rows h.Columns
        let outer, inner = if h.ByColumns then h.Columns, h.Rows else h.Rows, h.Columns
        let buffer = Array.zeroCreate<byte>(inner * width)

        for o in 0 .. outer - 1 do
            Cancellation.check ()
            stream.ReadExactly(Span buffer)

            for i in 0 .. inner - 1 do
                let value = number h (ReadOnlySpan(buffer, i * width, width))
                let r, c = if h.ByColumns then i, o else o, i

                if Single.IsInfinity value then
                    FileFault.ofFile
                        path
                        "finite numbers, or NaN for a missing one"
                        $"{value} in row {r + 1}, column {c + 1}"

                matrix[r, c] <- value

        matrix

    /// Writes a matrix of float32 by rows.
    let writeMatrix (path: string) (matrix: float32[,]) : unit =
        let header =
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({matrix.GetLength 0}, {matrix.GetLength 1}), }}"

        let padded = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n"
        use writer = new BinaryWriter(File.Create path)
        writer.Write [| 0x93uy; yield! Encoding.ASCII.GetBytes "NUMPY"; 1uy; 0uy |]
        writer.Write(uint16 padded.Length)
        writer.Write(Encoding.ASCII.GetBytes padded)
        matrix |> Seq.cast<float32> |> Seq.iter writer.Write

    let private read (path: string) : FileRows =
        let matrix = readMatrix path

        {
            Rows = Rows.Dense matrix
            Labels = FileLabels.Names(NameSets.Of(Seq.replicate (matrix.GetLength 0) [||]))
            Sized = false
            Weights = None
            Columns = RowColumns.none
        }

    /// Files *.npy.
    let format: InputFormat =
        {
            Name = "npy"
            Endings = [ ".npy" ]
            Looks = _.Contains("NUMPY")
            Read = fun _ path -> read path
            Write = None
        }
