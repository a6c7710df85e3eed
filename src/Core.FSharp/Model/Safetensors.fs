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

/// What the header says of an array: where it lies among the bytes after the header.
[<NoComparison>]
type private HeaderEntry =
    {
        Name: string
        Type: string
        Shape: int[]
        Count: int
        First: int64
        Next: int64
    }

/// The safetensors file format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header,
/// the header (name → dtype, shape, offsets), then the arrays' bytes, little-endian. The arrays fill the file: none overlaps another, and nothing lies between or after them.
[<RequireQualifiedAccess>]
module Safetensors =

    let private headerLimit = 100_000_000L

    /// Numbers that are read or written at once, whose bytes a span can count.
    let private piece = 1 <<< 24

    let private sizeOf dtype =
        match dtype with
        | "F32"
        | "I32" -> Some 4L
        | "F64" -> Some 8L
        | _ -> None

    let private describe (a: StoredArray) =
        match a with
        | F32(shape, v) -> "F32", shape, 4L * int64 v.Length
        | F64(shape, v) -> "F64", shape, 8L * int64 v.Length
        | I32(shape, v) -> "I32", shape, 4L * int64 v.Length

    let private header (arrays: (string * StoredArray) list) : byte[] =
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
        header.ToArray()

    let private writeNumbers (file: HashedOutput) (values: 'number[]) =
        for at in 0..piece .. values.Length - 1 do
            let part = ReadOnlySpan(values, at, min piece (values.Length - at))
            file.Write(MemoryMarshal.AsBytes part)

    /// Writes the arrays under their names, in the order given.
    let internal writeTo (file: HashedOutput) (arrays: (string * StoredArray) list) : unit =
        let header = header arrays
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

    let private whole (what: string) (json: JsonElement) : int64 =
        match
            json.ValueKind,
            (if json.ValueKind = JsonValueKind.Number then
                 json.TryGetInt64()
             else
                 (false, 0L))
        with
        | JsonValueKind.Number, (true, n) when n >= 0L -> n
        | _ -> raise (JsonException $"{what}: expected a whole number from 0, found {json.GetRawText()}")

    let private wholes (what: string) (json: JsonElement) : int64[] =
        if json.ValueKind <> JsonValueKind.Array then
            raise (JsonException $"{what}: expected a list, found {json.GetRawText()}")

        [| for item in json.EnumerateArray() -> whole what item |]

    /// How many numbers a shape says. Throws where no array holds so many.
    let private count (what: string) (shape: int64[]) : int =
        (1L, shape)
        ||> Array.fold (fun n size ->
            if size > int64 Array.MaxLength || n * size > int64 Array.MaxLength then
                raise (JsonException $"{what}: expected at most {Array.MaxLength} numbers, found the shape %A{shape}")

            n * size)
        |> int

    let private entry (property: JsonProperty) : HeaderEntry =
        let name = property.Name
        let what = $"the array \"{name}\""

        let json = property.Value

        if json.ValueKind <> JsonValueKind.Object then
            raise (JsonException $"{what}: expected an object, found {json.GetRawText()}")

        let field (key: string) =
            match json.TryGetProperty key with
            | true, value -> value
            | _ -> raise (JsonException $"{what}: expected {key}, found none")

        for other in json.EnumerateObject() do
            if not (List.contains other.Name [ "dtype"; "shape"; "data_offsets" ]) then
                raise (JsonException $"{what}: expected dtype, shape and data_offsets, found \"{other.Name}\"")

        let dtype = field "dtype"
        let dtype = dtype.ToString()
        let shape = wholes $"{what}, shape" (field "shape")
        let count = count what shape

        match sizeOf dtype, wholes $"{what}, data_offsets" (field "data_offsets") with
        | None, _ -> raise (JsonException $"{what}: expected the type F32, F64 or I32, found {dtype}")
        | Some size, [| first; next |] when next >= first && next - first = size * int64 count ->
            {
                Name = name
                Type = dtype
                Shape = Array.map int shape
                Count = count
                First = first
                Next = next
            }
        | Some size, offsets ->
            raise (
                JsonException
                    $"{what}: expected offsets {size * int64 count} bytes apart, as its shape says, found %A{offsets}"
            )

    /// The entries in the order of their bytes, which they must fill without gap or overlap.
    let private entries (bytes: int64) (json: ReadOnlyMemory<byte>) : HeaderEntry list =
        use document =
            JsonDocument.Parse(json, JsonDocumentOptions(AllowDuplicateProperties = false))

        if document.RootElement.ValueKind <> JsonValueKind.Object then
            raise (JsonException $"expected an object, found {document.RootElement.ValueKind}")

        let all =
            [
                for property in document.RootElement.EnumerateObject() do
                    if property.Name <> "__metadata__" then
                        entry property
            ]
            |> List.sortBy (fun e -> struct (e.First, e.Next))

        let finish =
            (0L, all)
            ||> List.fold (fun at e ->
                if e.First <> at then
                    raise (
                        JsonException
                            $"the array \"{e.Name}\": expected to begin at byte {at}, where the one before ends, found {e.First}"
                    )

                e.Next)

        if finish <> bytes then
            raise (JsonException $"expected {finish} bytes of arrays after the header, found {bytes}")

        all

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
                entries file.Left (ReadOnlyMemory header)
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
