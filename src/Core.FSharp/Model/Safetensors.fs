namespace Limen.Core

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.IO
open System.Runtime.InteropServices
open System.Text.Json

/// The safetensors file format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header,
/// the header (name → dtype, shape, offsets), then the arrays' bytes, little-endian. The arrays fill the file: none overlaps another, and nothing lies between or after them.
[<RequireQualifiedAccess>]
module Safetensors =

    let private headerLimit = 100_000_000L

    /// Numbers that are read or written at once, whose bytes a span can count.
    let private piece = 1 <<< 24

    let private writeNumbers (file: HashedOutput) (values: 'number[]) =
        for at in 0..piece .. values.Length - 1 do
            let part = ReadOnlySpan(values, at, min piece (values.Length - at))
            file.Write(MemoryMarshal.AsBytes part)

    /// Writes the arrays under their names, in the order given.
    let internal writeTo (file: HashedOutput) (arrays: (string * StoredArray) list) : unit =
        let header = SafetensorsHeader.write arrays
        // The format asks for an eight-byte aligned start of the data, reached by spaces.
        let padded = (header.Length + 7) / 8 * 8
        let size = Array.zeroCreate<byte> 8
        BinaryPrimitives.WriteInt64LittleEndian(size, int64 padded)
        file.Write(ReadOnlySpan size)
        file.Write(ReadOnlySpan header)
        file.Write(ReadOnlySpan(Array.create (padded - header.Length) (byte ' ')))

        for _, array in arrays do
            match array with
            | F32(_, v) -> writeNumbers file v
            | F64(_, v) -> writeNumbers file v
            | I32(_, v) -> writeNumbers file v

    /// Writes the arrays under their names, in the order given, to a new file, and flushes it to disk. SHA-256 of the file, in small hexadecimal digits.
    let write (path: string) (arrays: (string * StoredArray) list) : string =
        use file = new HashedOutput(path)
        writeTo file arrays
        file.Finish()

    let private readNumbers (file: HashedFile) (count: int) : 'number[] =
        let values = Array.zeroCreate count

        for at in 0..piece .. count - 1 do
            file.Fill(MemoryMarshal.AsBytes(values.AsSpan(at, min piece (count - at))))

        values

    let internal readFrom (file: HashedFile) : IReadOnlyDictionary<string, StoredArray> =
        let size = Array.zeroCreate<byte> 8
        file.Fill(size.AsSpan())
        let length = BinaryPrimitives.ReadInt64LittleEndian size

        if length < 2L || length > min headerLimit file.Left then
            file.Refuse $"the header's length {length} does not fit a file of {file.Length} bytes"

        let header = Array.zeroCreate<byte>(int length)
        file.Fill(header.AsSpan())

        let entries =
            try
                SafetensorsHeader.read file.Left (ReadOnlyMemory header)
            with
            | :? JsonException
            | :? InvalidOperationException as e -> file.Refuse $"the header is damaged: {e.Message}"

        let arrays = Dictionary<string, StoredArray>()

        for e in entries do
            arrays.Add(
                e.Name,
                match e.Type with
                | "F32" -> F32(e.Shape, readNumbers file e.Count)
                | "F64" -> F64(e.Shape, readNumbers file e.Count)
                | _ -> I32(e.Shape, readNumbers file e.Count)
            )

        arrays

    /// The arrays by name. Throws ModelFormatException where the file is missing or breaks the format in any way: it is read strictly.
    let read (path: string) : IReadOnlyDictionary<string, StoredArray> =
        use folder = new OpenFolder(Path.GetDirectoryName(Path.GetFullPath path))

        match folder.TryOpen(Path.GetFileName path) with
        | None -> raise (ModelFormatException(path, "the file is missing"))
        | Some file ->
            use file = file
            readFrom file
