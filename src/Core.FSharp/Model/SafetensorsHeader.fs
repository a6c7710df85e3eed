namespace Limen.Core

open System
open System.IO
open System.Text.Json

/// An array with its shape, as the safetensors format stores it.
type StoredArray =
    | F32 of shape: int[] * values: float32[]
    | F64 of shape: int[] * values: float[]
    | I32 of shape: int[] * values: int[]

/// What the header says of an array: where it lies among the bytes after the header.
[<NoComparison>]
type internal HeaderEntry =
    {
        Name: string
        Type: string
        Shape: int[]
        Count: int
        First: int64
        Next: int64
    }

/// The header of a safetensors file: a JSON object that says of each array its type, its shape and where its bytes lie.
[<RequireQualifiedAccess>]
module internal SafetensorsHeader =

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

    /// The bytes of the header of arrays that lie one after the other.
    let write (arrays: (string * StoredArray) list) : byte[] =
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

    /// The entries in the order of their bytes, of so many in all, which they must fill without gap or overlap. Throws JsonException or InvalidOperationException where a header says something else.
    let read (bytes: int64) (json: ReadOnlyMemory<byte>) : HeaderEntry list =
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
