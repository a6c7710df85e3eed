namespace Limen.Fuzz

open System
open System.IO
open Limen.Kernels

/// Sparse matrices in binary form, and those that are made of arrays.
[<RequireQualifiedAccess>]
module Caches =

    let private key: byte[] = Array.init CsrFile.KeyBytes byte

    let private matrices =
        [|
            CsrMatrix(2, 5, [| 0; 2; 3 |], [| 0; 3; 1 |], [| 1f; -2f; 0.5f |])
            CsrMatrix(2, 3, [| 0; 0; 2 |], [| 0; 2 |], [| 1f; 1f |])
        |]

    let private seeds =
        lazy
            [|
                for some in [ matrices; matrices[..0]; [||] ] do
                    use file = new MemoryStream()
                    CsrFile.Write(file, key, some)
                    file.ToArray()
            |]

    /// CRC-32C, bit by bit.
    let private crc (bytes: byte[]) : uint32 =
        let step (c: uint32) (b: byte) =
            Seq.fold
                (fun (c: uint32) _ -> if c &&& 1u = 1u then (c >>> 1) ^^^ 0x82F63B78u else c >>> 1)
                (c ^^^ uint32 b)
                [ 1..8 ]

        ~~~(Array.fold step UInt32.MaxValue bytes)

    /// How the sizes cut a file into arrays: (first byte, bytes) of each that is not empty; None where they do not add up to its length.
    let private arrays (input: byte[]) : (int * int)[] option =
        let number at = int64 (BitConverter.ToInt32(input, at))
        let sizesAt = 16 + CsrFile.KeyBytes

        if input.Length < sizesAt + 4 then
            None
        else
            let count = number sizesAt

            if
                count < 0L
                || count > 1000L
                || int64 input.Length < int64 sizesAt + 4L + 12L * count
            then
                None
            else
                let sizes = [ for i in 0 .. 3 * int count - 1 -> number (sizesAt + 4 + 4 * i) ]

                let lengths =
                    [
                        for m in List.chunkBySize 3 sizes do
                            yield! [ m[0] + 1L; m[2]; m[2] ]
                    ]
                    |> List.map ((*) 4L)

                let starts = lengths |> List.scan (+) (int64 sizesAt + 4L + 12L * count)

                if List.exists (fun s -> s < 0L) sizes || List.last starts <> int64 input.Length then
                    None
                else
                    List.zip (List.take lengths.Length starts) lengths
                    |> List.filter (fun (_, length) -> length > 0L)
                    |> List.map (fun (start, length) -> int start, int length)
                    |> Array.ofList
                    |> Some

    /// The checksum that a file should have.
    let private checksum (input: byte[]) (arrays: (int * int)[]) : uint32 =
        let sizesAt = 16 + CsrFile.KeyBytes

        let sizes =
            input[sizesAt .. (if arrays.Length = 0 then input.Length else fst arrays[0]) - 1]

        [|
            input[16 .. sizesAt - 1]
            sizes
            yield! arrays |> Array.map (fun (start, length) -> input[start .. start + length - 1])
        |]
        |> Array.collect (crc >> BitConverter.GetBytes)
        |> crc

    /// Half of the damaged files get a checksum that fits, so that what it guards is looked at too.
    let private mutate (random: Random) (input: byte[]) =
        let damaged, near = Edits.mutate random input

        match arrays damaged with
        | Some cut when random.Next 2 = 0 ->
            BitConverter.GetBytes(checksum damaged cut).CopyTo(damaged, 12)
            damaged, near
        | _ -> damaged, near

    /// Whether arrays are a matrix: row starts ascend from 0 to the number of entries, columns ascend in each row within the matrix.
    let private isMatrix rows columns (starts: int[]) (indices: int[]) =
        starts.Length = rows + 1
        && starts[0] = 0
        && Seq.pairwise starts |> Seq.forall (fun (a, b) -> a <= b)
        && starts[rows] <= indices.Length
        && Seq.pairwise starts
           |> Seq.forall (fun (a, b) ->
               let row = indices[a .. b - 1]

               row |> Array.forall (fun c -> c >= 0 && c < columns)
               && Seq.pairwise row |> Seq.forall (fun (c, d) -> c < d))

    let private ints (input: byte[]) start count =
        Array.init count (fun i -> BitConverter.ToInt32(input, start + 4 * i))

    /// What is wrong with matrices that a file was read as.
    let private fault (input: byte[]) (read: CsrMatrix[]) : string option =
        let written =
            [|
                for m in read do
                    yield! m.RowStart
                    yield! m.Indices
                    yield! Array.map BitConverter.SingleToInt32Bits m.Values
            |]

        match arrays input with
        | None -> Some "sizes"
        | Some cut when BitConverter.ToUInt32(input, 12) <> checksum input cut -> Some "checksum"
        | Some _ when ints input (input.Length - 4 * written.Length) written.Length <> written -> Some "numbers"
        | Some _ when read |> Array.forall (fun m -> isMatrix m.Rows m.Columns m.RowStart m.Indices) -> None
        | Some _ -> Some "structure"

    let private cache (folder: string) (input: byte[]) : Outcome =
        let path = Path.Combine(folder, "a.limen-cache")
        File.WriteAllBytes(path, input)

        match CsrFile.TryRead(path, key) with
        | null -> Refused
        | read ->
            match fault input read with
            | None -> Accepted
            | Some what -> Wrong what

    /// Rows, columns, entries, then row starts and columns: 32-bit numbers of which bytes that are missing are 0.
    let private matrix (_: string) (input: byte[]) : Outcome =
        let padded = Array.append input (Array.zeroCreate 64)
        let small at = int padded[at] % 8
        let rows, columns, entries = small 0, BitConverter.ToInt32(padded, 1), small 5

        let number i =
            BitConverter.ToInt32(padded, min (padded.Length - 4) (8 + 4 * i))

        let starts = Array.init (rows + 1) number
        let indices = Array.init entries (fun i -> number (rows + 1 + i))
        let right = columns >= 0 && isMatrix rows columns starts indices

        try
            CsrMatrix(rows, columns, starts, indices, Array.zeroCreate entries) |> ignore

            if right then
                Accepted
            else
                Wrong "a matrix of arrays that are none"
        with :? ArgumentException ->
            if right then
                Wrong "refused although it is a matrix"
            else
                Refused

    let private matrixSeeds =
        lazy
            [|
                for m in matrices do
                    [|
                        byte m.Rows
                        yield! BitConverter.GetBytes m.Columns
                        byte m.NonZeros
                        0uy
                        0uy
                        yield! Array.append m.RowStart m.Indices |> Array.collect BitConverter.GetBytes
                    |]
            |]

    let targets: Target list =
        [
            {
                Name = "cache"
                Share = 3.0
                Seeds = seeds
                Mutate = mutate
                Run = cache
            }
            {
                Name = "matrix"
                Share = 2.0
                Seeds = matrixSeeds
                Mutate = Edits.mutate
                Run = matrix
            }
        ]
