namespace Limen.Fuzz

open System
open System.Buffers.Binary
open System.IO
open System.Security.Cryptography
open System.Text
open System.Text.Json.Nodes

/// The files of a saved model as docs/model-format.md tells of them, written down a second time: what the library reads is held to this.
[<RequireQualifiedAccess>]
module SavedFolder =

    let manifest = "manifest.json"
    let sum = "manifest.json.sha256"
    let strings = "strings.json"
    let weights = "weights.safetensors"

    /// In the order in which an archive has them.
    let files = [ manifest; sum; strings; weights ]

    let private checksum (bytes: byte[]) =
        Convert.ToHexStringLower(SHA256.HashData bytes)

    /// Header and arrays of a safetensors file; what is no such file is all header.
    let split (bytes: byte[]) : string * byte[] =
        let length =
            if bytes.Length < 8 then
                -1L
            else
                BinaryPrimitives.ReadInt64LittleEndian(ReadOnlySpan bytes)

        if length < 0L || length > int64 (bytes.Length - 8) then
            Encoding.UTF8.GetString bytes, [||]
        else
            Encoding.UTF8.GetString(bytes, 8, int length), bytes[8 + int length ..]

    /// A safetensors file.
    let join (header: string) (arrays: byte[]) : byte[] =
        let header = Encoding.UTF8.GetBytes header
        let length = Array.zeroCreate 8
        BinaryPrimitives.WriteInt64LittleEndian(length.AsSpan(), int64 header.Length)
        Array.concat [ length; header; arrays ]

    /// Files whose checksums are right again, as far as the manifest can be read.
    let sealedFiles (contents: Map<string, byte[]>) : Map<string, byte[]> =
        let text =
            try
                let json = JsonNode.Parse(ReadOnlySpan contents[manifest])

                for file in [ strings; weights ] do
                    match json["Files"] with
                    | :? JsonObject as files when not (isNull files[file]) -> files[file] <- checksum contents[file]
                    | _ -> ()

                Encoding.UTF8.GetBytes(json.ToJsonString())
            with _ ->
                contents[manifest]

        contents
        |> Map.add manifest text
        |> Map.add sum (Encoding.UTF8.GetBytes $"{checksum text}  {manifest}\n")

    /// The files that are in a folder.
    let read (folder: string) : Map<string, byte[]> =
        Map
            [
                for file in files do
                    let path = Path.Combine(folder, file)

                    if File.Exists path then
                        file, File.ReadAllBytes path
            ]

    let write (folder: string) (contents: Map<string, byte[]>) : unit =
        Directory.CreateDirectory folder |> ignore

        for KeyValue(file, bytes) in contents do
            File.WriteAllBytes(Path.Combine(folder, file), bytes)

    /// Makes the checksums in a folder right again.
    let seal (folder: string) : unit =
        read folder |> sealedFiles |> write folder

    /// Changes the header of a file of arrays.
    let changeHeader (change: string -> string) (path: string) : unit =
        let header, arrays = split (File.ReadAllBytes path)
        File.WriteAllBytes(path, join (change header) arrays)

    /// Changes the bytes after the header.
    let changeArrays (change: byte[] -> byte[]) (path: string) : unit =
        let header, arrays = split (File.ReadAllBytes path)
        File.WriteAllBytes(path, join header (change arrays))

    /// The arrays by name: type, shape and bytes.
    let arrays (file: byte[]) : Map<string, string * string * byte[]> =
        let header, bytes = split file

        Map
            [
                for KeyValue(name, entry) in JsonNode.Parse(header).AsObject() do
                    if name <> "__metadata__" then
                        let first = (entry["data_offsets"][0]).GetValue<int>()
                        let next = (entry["data_offsets"][1]).GetValue<int>()
                        name, (string entry["dtype"], string entry["shape"], bytes[first .. next - 1])
            ]

    /// All files one after the other, each after its length.
    let pack (contents: Map<string, byte[]>) : byte[] =
        Array.concat
            [
                for file in files do
                    let bytes = contents |> Map.tryFind file |> Option.defaultValue [||]
                    BitConverter.GetBytes bytes.Length
                    bytes
            ]

    /// The files of an archive.
    let unpack (archive: byte[]) : Map<string, byte[]> =
        ((0, []), files)
        ||> List.fold (fun (at, sofar) file ->
            let length = BitConverter.ToInt32(archive, at)
            at + 4 + length, (file, archive[at + 4 .. at + 3 + length]) :: sofar)
        |> snd
        |> Map
