namespace Limen.Properties

open System
open System.IO
open System.Text
open FsCheck
open FsCheck.FSharp
open Limen.Core

/// A small ELF library with symbol versions, for tests: all that the dynamic linker reads of them, and nothing else.
type ElfLibrary =
    {
        SharedName: string
        /// Each library with the versions that are wanted of it.
        Wants: (string * string list) list
        Defines: string list
        /// DT_FLAGS, where the library has it.
        Flags: int option
    }

[<RequireQualifiedAccess>]
module ElfLibrary =

    /// Where the file is mapped: elsewhere than at 0, so that an address is not taken for a place in the file.
    let private mapped = 0x40000

    /// Versions that TorchSharp wants and such as serve in their place among them.
    let versions =
        [
            "GLIBCXX_3.4"
            "GLIBCXX_3.4.11"
            "GLIBCXX_3.4.29"
            "GLIBCXX_3.4.30"
            "GLIBCXX_3.4.32"
            "CXXABI_1.3"
            "GLIBC_2.34"
        ]

    let private libraries = [ "libstdc++.so.6"; "libc.so.6"; "libm.so.6" ]

    /// The table of names: the same one for every library, so that libraries with other wants differ in the wants alone.
    let private names = "" :: "libtiny.so" :: libraries @ versions

    let private table =
        names
        |> List.collect (fun name -> [ yield! Encoding.ASCII.GetBytes name; 0uy ])
        |> Array.ofList

    let private place (name: string) =
        names
        |> List.takeWhile ((<>) name)
        |> List.sumBy (fun before -> before.Length + 1)

    /// The hash of a version's name (System V ABI, "Hash Table").
    let private hash (name: string) =
        (0u, name)
        ||> Seq.fold (fun h c ->
            let h = (h <<< 4) + uint32 c
            let top = h &&& 0xf0000000u
            (h ^^^ (top >>> 24)) &&& ~~~top)

    /// The bytes that the parts write, the last of a chain told apart.
    let private bytes (write: BinaryWriter -> unit) : byte[] =
        use stream = new MemoryStream()
        use writer = new BinaryWriter(stream)
        write writer
        writer.Flush()
        stream.ToArray()

    let private chained (items: 'a list) (write: bool -> 'a -> unit) =
        items |> List.iteri (fun i item -> write (i = items.Length - 1) item)

    let private wants (library: ElfLibrary) =
        bytes (fun w ->
            chained library.Wants (fun last (name, versions) ->
                w.Write 1us
                w.Write(uint16 versions.Length)
                w.Write(place name)
                w.Write(if versions.IsEmpty then 0 else 16)
                w.Write(if last then 0 else 16 + 16 * versions.Length)

                chained versions (fun last version ->
                    w.Write(hash version)
                    w.Write 0us
                    w.Write 2us
                    w.Write(place version)
                    w.Write(if last then 0 else 16))))

    let private definitions (library: ElfLibrary) =
        bytes (fun w ->
            chained library.Defines (fun last version ->
                w.Write 1us
                w.Write 0us
                w.Write 2us
                w.Write 1us
                w.Write(hash version)
                w.Write 20
                w.Write(if last then 0 else 28)
                w.Write(place version)
                w.Write 0))

    /// The file.
    let write (library: ElfLibrary) : byte[] =
        let wants = wants library
        let definitions = definitions library
        let start = 64 + 2 * 56 // the header and two program headers
        let wantsAt = start + table.Length
        let definitionsAt = wantsAt + wants.Length
        let dynamicAt = definitionsAt + definitions.Length

        let entries =
            [
                14L, int64 (place library.SharedName)
                5L, int64 (mapped + start)
                yield! library.Flags |> Option.toList |> List.map (fun flags -> 30L, int64 flags)

                if wants.Length > 0 then
                    0x6ffffffeL, int64 (mapped + wantsAt)

                if definitions.Length > 0 then
                    0x6ffffffcL, int64 (mapped + definitionsAt)

                0L, 0L
            ]

        let total = dynamicAt + 16 * entries.Length

        let segment (kind: int) (at: int) (length: int) (w: BinaryWriter) =
            w.Write kind
            w.Write 4

            for value in [ at; mapped + at; mapped + at; length; length; 8 ] do
                w.Write(int64 value)

        bytes (fun w ->
            w.Write "\127ELF\002\001\001"B
            w.Write(Array.zeroCreate<byte> 9)
            w.Write 3us // a shared object
            w.Write 62us // for x86-64
            w.Write 1
            w.Write 0L
            w.Write 64L
            w.Write 0L
            w.Write 0

            for value in [ 64; 56; 2; 0; 0; 0 ] do
                w.Write(uint16 value)

            segment 1 0 total w
            segment 2 dynamicAt (16 * entries.Length) w
            w.Write table
            w.Write wants
            w.Write definitions

            for tag, value in entries do
                w.Write tag
                w.Write value)

    /// Libraries with any of the wants and definitions; nothing is wanted or defined twice.
    let generator: Gen<ElfLibrary> =
        gen {
            let! wanted = Gen.subListOf libraries

            let! versionsOf =
                Gen.listOfLength wanted.Length (Gen.nonEmptyListOf (Gen.elements versions))

            let! defined = Gen.subListOf versions
            let! flags = Gen.optionOf (Gen.choose (0, 31))

            return
                {
                    SharedName = "libtiny.so"
                    Wants = List.zip (List.ofSeq wanted) (versionsOf |> List.map List.distinct)
                    Defines = List.ofSeq defined
                    Flags = flags
                }
        }

/// The arbitraries of this folder's laws.
type ElfArbitraries =
    static member Library() = Arb.fromGen ElfLibrary.generator
