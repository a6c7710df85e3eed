namespace Limen.Core

open System
open System.Buffers.Binary
open System.Text

/// A version of its symbols that a library wants of another one: GLIBCXX_3.4.30 of libstdc++.so.6.
type internal VersionWant = { Library: string; Version: string }

/// The symbol versions of a 64-bit little-endian ELF library, found as the dynamic linker finds them: by the program headers, so that a stripped library serves.
/// Bytes that are no such library, or not a whole one, throw BadImageFormatException. Layouts: System V ABI; Linux Standard Base, "Symbol Versioning".
[<RequireQualifiedAccess>]
module internal ElfVersions =

    /// A part of the file that is mapped into memory from an address on.
    type private Segment =
        {
            Offset: int64
            Address: int64
            Length: int64
        }

    let private broken what : 'a =
        raise (BadImageFormatException $"not a whole ELF library of 64 bits: {what}")

    /// The place as an index, once so many bytes from there on are within the file.
    let private within (at: int64) (length: int64) (library: byte[]) : int =
        if length < 0L || at < 0L || at > int64 library.Length - length then
            broken $"it has {library.Length} bytes, {length} are wanted at {at}"

        int at

    let private u16 at library =
        int64 (BinaryPrimitives.ReadUInt16LittleEndian(ReadOnlySpan(library, within at 2L library, 2)))

    let private u32 at library =
        int64 (BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan(library, within at 4L library, 4)))

    let private u64 at library =
        BinaryPrimitives.ReadInt64LittleEndian(ReadOnlySpan(library, within at 8L library, 8))

    /// The segments by their kind (p_type); what the linker maps lies within the file.
    let private segments (library: byte[]) : (int64 * Segment) list =
        if Array.truncate 6 library <> "\127ELF\002\001"B then
            broken "it starts with other bytes"

        [
            for i in 0L .. u16 0x38L library - 1L do
                let header = u64 0x20L library + i * u16 0x36L library

                let segment =
                    {
                        Offset = u64 (header + 8L) library
                        Address = u64 (header + 16L) library
                        Length = u64 (header + 32L) library
                    }

                within segment.Offset segment.Length library |> ignore
                u32 header library, segment
        ]

    /// The places of the values in the dynamic section, by tag; empty for a library without one.
    let private dynamic (library: byte[]) : Map<int64, int64> =
        segments library
        |> List.filter (fun (kind, _) -> kind = 2L)
        |> List.collect (fun (_, segment) -> [ segment.Offset .. 16L .. segment.Offset + segment.Length - 16L ])
        |> List.map (fun at -> u64 at library, at + 8L)
        |> List.takeWhile (fun (tag, _) -> tag <> 0L)
        |> Map.ofList

    /// The place in the file of what a value of the dynamic section points to.
    let private place (tag: int64) (library: byte[]) : int64 option =
        dynamic library
        |> Map.tryFind tag
        |> Option.map (fun at ->
            let address = u64 at library

            segments library
            |> List.tryPick (fun (kind, s) ->
                if kind = 1L && address >= s.Address && address - s.Address < s.Length then
                    Some(s.Offset + address - s.Address)
                else
                    None)
            |> Option.defaultWith (fun () -> broken $"nothing is mapped at {address}"))

    /// The name so many bytes into the table of names.
    let private name (offset: int64) (library: byte[]) : string =
        let start =
            match place 5L library with
            | Some table -> table + offset
            | None -> broken "it has no table of names"

        match Array.IndexOf(library, 0uy, within start 1L library) with
        | -1 -> broken $"the name at {start} has no end"
        | stop -> Encoding.ASCII.GetString(library, int start, stop - int start)

    /// The places of a chain of records from its first on; each says at `next` how far it is to the following one, the last one 0.
    let private chain (next: int64) (first: int64) (library: byte[]) : int64 list =
        Some first
        |> List.unfold (
            Option.map (fun at ->
                match u32 (at + next) library with
                | 0L -> at, None
                | step -> at, Some(at + step))
        )

    /// The name by which other libraries ask for this one: libstdc++.so.6, whatever its file is called.
    let sharedName (library: byte[]) : string option =
        dynamic library
        |> Map.tryFind 14L
        |> Option.map (fun at -> name (u64 at library) library)

    /// Each want and the place of its record (Elf64_Vernaux).
    let private wantRecords (library: byte[]) : (VersionWant * int64) list =
        [
            for first in Option.toList (place 0x6ffffffeL library) do
                for needed in chain 12L first library do
                    for at in chain 12L (needed + u32 (needed + 8L) library) library do
                        {
                            Library = name (u32 (needed + 4L) library) library
                            Version = name (u32 (at + 8L) library) library
                        },
                        at
        ]

    /// The versions that the library wants of others; without them the linker refuses to load it.
    let wants (library: byte[]) : VersionWant list = wantRecords library |> List.map fst

    /// The versions that the library defines for others to want.
    let defines (library: byte[]) : string list =
        [
            for first in Option.toList (place 0x6ffffffcL library) do
                for definition in chain 16L first library do
                    name (u32 (definition + u32 (definition + 12L) library) library) library
        ]

    /// A copy of the library that wants older versions in the place of newer ones, where it wants the older one of the same library as well;
    /// nothing else differs. A symbol that was bound to the newer version is then looked for in the older one.
    let withOlderWants (older: Map<string, string>) (library: byte[]) : byte[] =
        let records = wantRecords library
        let places = Map.ofList records
        let copy = Array.copy library

        for want, at in records do
            older.TryFind want.Version
            |> Option.bind (fun version -> places.TryFind { want with Version = version })
            |> Option.iter (fun served ->
                // the hash and the name of the version; flags and the index by which symbols name this record stay
                Array.blit library (int served) copy (int at) 4
                Array.blit library (int served + 8) copy (int at + 8) 4)

        copy

    /// A copy of the library that has every symbol bound as it is loaded (DF_BIND_NOW), so that a missing one is an error then, and not the end of the process at
    /// the first call. Of a library without flags it is a mere copy.
    let boundAtOnce (library: byte[]) : byte[] =
        let copy = Array.copy library

        dynamic library
        |> Map.tryFind 30L
        |> Option.iter (fun at -> copy[int at] <- copy[int at] ||| 8uy)

        copy
