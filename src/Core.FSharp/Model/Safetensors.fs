namespace Limen.Core

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.IO
open System.Runtime.InteropServices
open System.Text.Json

/// An array with its shape, as the safetensors format stores it.
type StoredArray =
    | F32 of shape: int[] * values: float32[]
    | F64 of shape: int[] * values: float[]
    | I32 of shape: int[] * values: int[]

/// The safetensors file format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header,
/// the header (name → dtype, shape, offsets), then the arrays' bytes, little-endian.
[<RequireQualifiedAccess>]
module Safetensors =

    let private headerLimit = 100_000_000L

    let private bytesOf (a: StoredArray) =
        match a with
        | F32(_, v) -> MemoryMarshal.AsBytes(ReadOnlySpan v)
        | F64(_, v) -> MemoryMarshal.AsBytes(ReadOnlySpan v)
        | I32(_, v) -> MemoryMarshal.AsBytes(ReadOnlySpan v)

    let private describe (a: StoredArray) =
        match a with
        | F32(shape, v) -> "F32", shape, 4L * int64 v.Length
        | F64(shape, v) -> "F64", shape, 8L * int64 v.Length
        | I32(shape, v) -> "I32", shape, 4L * int64 v.Length

    /// Writes the arrays under their names, in the order given.
    let write (path: string) (arrays: (string * StoredArray) list) : unit =
        use header = new MemoryStream()
        use json = new Utf8JsonWriter(header)
        json.WriteStartObject()

        arrays
        |> List.fold
            (fun (offset: int64) (name, a) ->
                let dtype, shape, length = describe a
                json.WriteStartObject name
                json.WriteString("dtype", dtype)
                json.WriteStartArray "shape"

                for size: int in shape do
                    json.WriteNumberValue size

                json.WriteEndArray()
                json.WriteStartArray "data_offsets"
                json.WriteNumberValue offset
                json.WriteNumberValue(offset + length)
                json.WriteEndArray()
                json.WriteEndObject()
                offset + length)
            0L
        |> ignore

        json.WriteEndObject()
        json.Flush()
        // The format asks for an eight-byte aligned start of the data, reached by spaces.
        let padded = (header.Length + 7L) / 8L * 8L
        let size = Array.zeroCreate<byte> 8
        BinaryPrimitives.WriteInt64LittleEndian(size, padded)
        use file = File.Create path
        file.Write size
        header.WriteTo file
        file.Write(ReadOnlySpan(Array.create (int (padded - header.Length)) (byte ' ')))
        arrays |> List.iter (fun (_, a) -> file.Write(bytesOf a))
        file.Flush true

    /// How many numbers a shape says; none where a size is negative or no array holds so many.
    let private numbers (shape: int[]) : int64 option =
        (Some 1L, shape)
        ||> Array.fold (fun count size ->
            count
            |> Option.map (fun n -> n * int64 size)
            |> Option.filter (fun n -> size >= 0 && n <= int64 Array.MaxLength))

    let private refuse path reason =
        raise (ModelFormatException(path, reason))

    let private readExactly (path: string) (file: FileStream) (target: Span<byte>) =
        try
            file.ReadExactly target
        with :? EndOfStreamException ->
            refuse path "the file ends before its arrays do"

    /// The arrays by name. Throws ModelFormatException where the file breaks the format.
    let read (path: string) : IReadOnlyDictionary<string, StoredArray> =
        use file = File.OpenRead path
        let size = Array.zeroCreate<byte> 8
        readExactly path file (size.AsSpan())
        let length = BinaryPrimitives.ReadInt64LittleEndian size

        if length < 2L || length > headerLimit || 8L + length > file.Length then
            refuse path $"the header's length {length} does not fit a file of {file.Length} bytes"

        let header = Array.zeroCreate<byte>(int length)
        readExactly path file (header.AsSpan())

        use document =
            try
                JsonDocument.Parse(ReadOnlyMemory header)
            with :? JsonException as e ->
                refuse path $"the header is not JSON: {e.Message}"

        let arrays = Dictionary<string, StoredArray>()

        for entry in document.RootElement.EnumerateObject() do
            if entry.Name <> "__metadata__" then
                let shape =
                    [| for s in entry.Value.GetProperty("shape").EnumerateArray() -> s.GetInt32() |]

                let offsets =
                    [|
                        for o in entry.Value.GetProperty("data_offsets").EnumerateArray() -> o.GetInt64()
                    |]

                let dtype = entry.Value.GetProperty("dtype").GetString()
                let bytes = if dtype = "F64" then 8L else 4L

                let count =
                    match numbers shape with
                    | Some n when offsets.Length = 2 && offsets[0] >= 0L && offsets[1] - offsets[0] = bytes * n -> n
                    | _ -> refuse path $"the array \"{entry.Name}\" has offsets that do not fit its shape"

                if 8L + length + offsets[1] > file.Length then
                    refuse path $"the array \"{entry.Name}\" lies beyond the end of the file"

                file.Position <- 8L + length + offsets[0]

                match dtype with
                | "F32" ->
                    let values = Array.zeroCreate<float32>(int count)
                    readExactly path file (MemoryMarshal.AsBytes(values.AsSpan()))
                    arrays[entry.Name] <- F32(shape, values)
                | "F64" ->
                    let values = Array.zeroCreate<float>(int count)
                    readExactly path file (MemoryMarshal.AsBytes(values.AsSpan()))
                    arrays[entry.Name] <- F64(shape, values)
                | "I32" ->
                    let values = Array.zeroCreate<int>(int count)
                    readExactly path file (MemoryMarshal.AsBytes(values.AsSpan()))
                    arrays[entry.Name] <- I32(shape, values)
                | other -> refuse path $"the array \"{entry.Name}\" has the type {other}; F32, F64 and I32 are known"

        arrays
