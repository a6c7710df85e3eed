module Limen.Properties.ElfVersionsProperties

open System
open System.IO
open Expecto
open Limen.Core

let private cases = Cases.from [ typeof<ElfArbitraries> ]

let private wantsOf (library: ElfLibrary) =
    [
        for name, versions in library.Wants do
            for version in versions -> { Library = name; Version = version }
    ]

/// The library as it is once its wants are older: a newer one gives way to the older where that is wanted of the same library.
let private aged (library: ElfLibrary) =
    { library with
        Wants =
            [
                for name, versions in library.Wants ->
                    name,
                    versions
                    |> List.map (fun version ->
                        match TorchPlan.older.TryFind version with
                        | Some older when List.contains older versions -> older
                        | _ -> version)
            ]
    }

/// What reading gives, or the exception that it is to end in; any other exception goes on.
let private attempt (read: byte[] -> 'a) (file: byte[]) : 'a option =
    try
        Some(read file)
    with :? BadImageFormatException ->
        None

let private readAll (file: byte[]) =
    ElfVersions.wants file,
    ElfVersions.defines file,
    ElfVersions.sharedName file,
    ElfVersions.withOlderWants TorchPlan.older file,
    ElfVersions.boundAtOnce file

[<Tests>]
let tests =
    testList
        "ElfVersions"
        [
            property cases "what a library wants, defines and is called is read back" (fun library ->
                let file = ElfLibrary.write library
                Require.equal (wantsOf library) (ElfVersions.wants file)
                Require.equal library.Defines (ElfVersions.defines file)
                Require.equal (Some library.SharedName) (ElfVersions.sharedName file))

            property cases "older wants change the wants and not one byte more" (fun library ->
                ElfLibrary.write library
                |> ElfVersions.withOlderWants TorchPlan.older
                |> Require.equal (ElfLibrary.write (aged library)))

            property cases "twice is once" (fun library ->
                let once = ElfLibrary.write library |> ElfVersions.withOlderWants TorchPlan.older
                Require.equal once (ElfVersions.withOlderWants TorchPlan.older once))

            property cases "a library stays as it is where none of its wants has an older one" (fun library ->
                let file = ElfLibrary.write library
                Require.equal file (ElfVersions.withOlderWants (Map.ofList [ "GLIBCXX_9.9", "GLIBCXX_3.4" ]) file)

                let without =
                    { library with
                        Wants =
                            [
                                for name, versions in library.Wants ->
                                    name, versions |> List.filter (TorchPlan.older.ContainsKey >> not)
                            ]
                            |> List.filter (fun (_, versions) -> not versions.IsEmpty)
                    }
                    |> ElfLibrary.write

                Require.equal without (ElfVersions.withOlderWants TorchPlan.older without))

            property cases "binding at once sets its flag and not one bit more" (fun library ->
                let atOnce =
                    { library with
                        Flags = library.Flags |> Option.map (fun flags -> flags ||| 8)
                    }

                ElfLibrary.write library
                |> ElfVersions.boundAtOnce
                |> Require.equal (ElfLibrary.write atOnce))

            property cases "the library that was handed in is not written to" (fun library ->
                let file = ElfLibrary.write library

                ElfVersions.withOlderWants TorchPlan.older file
                |> ElfVersions.boundAtOnce
                |> ignore

                ElfVersions.boundAtOnce file |> ignore
                Require.equal (ElfLibrary.write library) file)

            property (Cases.times 20 cases) "a library that breaks off anywhere is refused" (fun library ->
                let file = ElfLibrary.write library

                for length in 0 .. file.Length - 1 do
                    for read in
                        [
                            ElfVersions.wants >> ignore
                            ElfVersions.defines >> ignore
                            ElfVersions.sharedName >> ignore
                        ] do
                        Require.throws<BadImageFormatException>(fun () -> read (Array.truncate length file) |> box))

            property
                (Cases.times 2000 cases)
                "damaged bytes are read otherwise or refused, and nothing else"
                (fun library (places: (uint16 * byte) list) ->
                    let file = ElfLibrary.write library

                    for place, value in places do
                        file[int place % file.Length] <- value

                    attempt readAll file |> ignore)

            property
                Cases.any
                "foreign bytes are refused, those too that start as a library does"
                (fun (bytes: byte[]) ->
                    for file in
                        [
                            bytes
                            Array.append "\127ELF"B bytes
                            Array.append "\127ELF\002\001"B (Array.truncate 50 bytes)
                        ] do
                        Require.equal None (attempt readAll file))

            test "a 32-bit library and one of the other byte order are refused" {
                let file =
                    ElfLibrary.write
                        {
                            SharedName = "libtiny.so"
                            Wants = []
                            Defines = []
                            Flags = None
                        }

                Require.equal [] (ElfVersions.wants file)

                for at in [ 4; 5 ] do
                    let other = Array.copy file
                    other[at] <- 3uy - other[at]
                    Require.equal None (attempt readAll other)
            }

            test "a segment of more bytes than a file can have is refused" {
                let file =
                    ElfLibrary.write
                        {
                            SharedName = "libtiny.so"
                            Wants = []
                            Defines = []
                            Flags = None
                        }

                file[64 + 56 + 32 + 7] <- 0xC0uy // the sign of the second segment's length
                Require.equal None (attempt readAll file)
            }

            test "TorchSharp's own library: it wants what the plan knows of, and ages by two records of eight bytes" {
                if not (OperatingSystem.IsLinux()) then
                    skiptest "its library has versions on Linux alone"

                let file =
                    TorchFiles.find (TorchFiles.folders ()) TorchFiles.torchSharp
                    |> Option.get
                    |> File.ReadAllBytes

                let wants = ElfVersions.wants file
                Require.equal (Some "libLibTorchSharp.so") (ElfVersions.sharedName file)

                for newer, older in Map.toList TorchPlan.older do
                    for version in [ newer; older ] do
                        Require.equal
                            true
                            (List.contains
                                {
                                    Library = "libstdc++.so.6"
                                    Version = version
                                }
                                wants)

                let older = ElfVersions.withOlderWants TorchPlan.older file

                Require.equal
                    (wants
                     |> List.map (fun want -> TorchPlan.older.TryFind want.Version |> Option.defaultValue want.Version))
                    (ElfVersions.wants older |> List.map _.Version)

                let changed = Array.map2 (<>) file older |> Array.filter id
                Require.between (1, 16) changed.Length
            }
        ]
