namespace Limen.Core

open System
open System.Buffers.Binary
open System.IO
open System.Numerics
open Limen

/// TensorFlow's records (https://www.tensorflow.org/tutorials/load_data/tfrecord): a length, its checksum, so many bytes, their checksum.
[<RequireQualifiedAccess>]
module internal TfRecords =

    /// The masked CRC-32C of bytes.
    let checksum (bytes: ReadOnlySpan<byte>) : uint32 =
        let mutable crc = 0xFFFFFFFFu

        for b in bytes do
            crc <- BitOperations.Crc32C(crc, b)

        let crc = ~~~crc
        ((crc >>> 15) ||| (crc <<< 17)) + 0xa282ead8u

    /// Calls the function with the number of each record (from 1, the "line" of its faults) and its bytes. Throws DataFormatException for a checksum that is wrong and for a file that is cut off.
    let iterate (record: int -> byte[] -> unit) (path: string) : unit =
        use stream = new BufferedStream(File.OpenRead path, 1 <<< 16)
        let head = Array.zeroCreate<byte> 12
        let mutable number = 0
        let mutable more = true

        while more do
            Cancellation.check ()

            match stream.ReadAtLeast(Span head, 12, false) with
            | 0 -> more <- false
            | 12 ->
                number <- number + 1

                if
                    checksum (ReadOnlySpan(head, 0, 8))
                    <> BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan(head, 8, 4))
                then
                    FileFault.at path number 1 "a record's length with its checksum" "another checksum"

                let length = BinaryPrimitives.ReadUInt64LittleEndian(ReadOnlySpan(head, 0, 8))

                if length > uint64 (stream.Length - stream.Position) then
                    FileFault.at path number 1 $"a record of {length} bytes" "the end of the file"

                let bytes = Array.zeroCreate<byte>(int length + 4)

                if stream.ReadAtLeast(Span bytes, bytes.Length, false) < bytes.Length then
                    FileFault.at path number 1 $"a record of {length} bytes" "the end of the file"

                let data = bytes[.. int length - 1]

                if
                    checksum (ReadOnlySpan data)
                    <> BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan(bytes, int length, 4))
                then
                    FileFault.at path number 1 "a record with its checksum" "another checksum"

                record number data
            | _ -> FileFault.at path (number + 1) 1 "a record's length with its checksum" "the end of the file"

    /// Writes records.
    let write (path: string) (records: byte[] seq) : unit =
        use writer = new BinaryWriter(File.Create path)

        for record in records do
            let length = BitConverter.GetBytes(uint64 record.Length)
            writer.Write length
            writer.Write(checksum (ReadOnlySpan length))
            writer.Write record
            writer.Write(checksum (ReadOnlySpan record))
