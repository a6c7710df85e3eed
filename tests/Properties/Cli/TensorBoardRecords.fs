namespace Limen.Properties

open System
open Expecto

/// The plain reading of a file of TFRecords.
[<RequireQualifiedAccess>]
module TensorBoardRecords =

    /// CRC-32C bit by bit, by the polynomial of Castagnoli.
    let private crc (bytes: byte[]) : uint32 =
        let mutable register = 0xffffffffu

        for b in bytes do
            register <- register ^^^ uint32 b

            for _ in 1..8 do
                register <-
                    if register &&& 1u = 1u then
                        (register >>> 1) ^^^ 0x82f63b78u
                    else
                        register >>> 1

        ~~~register

    let private masked (bytes: byte[]) : uint32 =
        let c = crc bytes
        ((c >>> 15) ||| (c <<< 17)) + 0xa282ead8u

    /// The events of a file, the checksums of lengths and events compared.
    let rec read (bytes: byte[]) : byte[] list =
        if bytes.Length = 0 then
            []
        else
            let length = int (BitConverter.ToUInt64(bytes, 0))
            let event = bytes[12 .. 11 + length]
            Expect.equal (BitConverter.ToUInt32(bytes, 8)) (masked bytes[..7]) "the length's checksum"
            Expect.equal (BitConverter.ToUInt32(bytes, 12 + length)) (masked event) "the event's checksum"
            event :: read bytes[16 + length ..]
