module Limen.Properties.TorchPlanProperties

open System
open System.IO
open Expecto
open Limen.Core
open Limen.Properties.TorchSystems

let private with32 = Map.ofList [ "GLIBCXX_3.4.32", "GLIBCXX_3.4" ]
let private plain = Ok(Plain("/app/libtorch.so", "/app/libLibTorchSharp.so"))

let private rewritten older =
    Ok(WithOlderWants("/app/libtorch.so", "/app/libLibTorchSharp.so", older))

let private table =
    [
        "Ubuntu 24.04: GCC 13", linux "2.36" "3.4.32", plain
        "Debian 12 and Ubuntu 22.04: GCC 12", debian12, rewritten with32
        "RHEL 9: GCC 11, glibc 2.34", linux "2.34" "3.4.29", rewritten TorchPlan.older
        "Debian 11: glibc 2.31", linux "2.31" "3.4.28", Error(GlibcTooOld("GLIBC_2.34", "GLIBC_2.31"))
        "RHEL 8: glibc 2.28", linux "2.28" "3.4.28", Error(GlibcTooOld("GLIBC_2.34", "GLIBC_2.28"))
        "a glibc that is new enough and the libstdc++ of GCC 10",
        linux "2.36" "3.4.28",
        Error(LibraryTooOld("libstdc++.so.6", "GLIBCXX_3.4.29", "GLIBCXX_3.4.28"))
        "a libstdc++ without the older version either",
        { debian12 with
            Defined = debian12.Defined.Add("libstdc++.so.6", List.except [ "GLIBCXX_3.4" ] (libstdcpp "3.4.30"))
        },
        Error(LibraryTooOld("libstdc++.so.6", "GLIBCXX_3.4.32", "GLIBCXX_3.4.30"))
        "the system's libraries are not known", { debian12 with Defined = Map.empty }, plain
        "Alpine",
        { debian12 with
            Mapped = [ "/lib/ld-musl-x86_64.so.1"; "/usr/lib/libstdc++.so.6.0.33" ]
            Torch = None
            TorchSharp = None
        },
        Error MuslNotSupported
        "Alpine with the files in place",
        { debian12 with
            Mapped = [ "/lib/ld-musl-x86_64.so.1" ]
        },
        Error MuslNotSupported
        "linux-x64 without a libtorch package",
        { debian12 with Torch = None },
        Error(LibTorchMissing("linux-x64", debian12.Searched))
        "linux-x64 without either",
        { debian12 with
            Torch = None
            TorchSharp = None
        },
        Error(LibTorchMissing("linux-x64", debian12.Searched))
        "linux-x64, made for another system",
        { debian12 with TorchSharp = None },
        Error(TorchSharpMissing("linux-x64", debian12.Searched))
        "win-x64", other "win-x64", plain
        "win-x64 without a libtorch package",
        { other "win-x64" with Torch = None },
        Error(LibTorchMissing("win-x64", debian12.Searched))
        "win-arm64 without a libtorch package",
        { other "win-arm64" with Torch = None },
        Error(LibTorchMissing("win-arm64", debian12.Searched))
        "osx-arm64", other "osx-arm64", plain
        "osx-arm64 without a libtorch package",
        { other "osx-arm64" with Torch = None },
        Error(LibTorchMissing("osx-arm64", debian12.Searched))
        "a Mac with an Intel processor",
        { other "osx-x64" with
            Torch = None
            TorchSharp = None
        },
        Error(NoSuchSystem "osx-x64")
        "linux-arm64",
        { debian12 with
            System = "linux-arm64"
            Torch = None
            TorchSharp = None
        },
        Error(NoSuchSystem "linux-arm64")
        "linux-arm64 with a torch, but without TorchSharp's half",
        { debian12 with
            System = "linux-arm64"
            TorchSharp = None
        },
        Error(NoSuchSystem "linux-arm64")
        "linux-arm64 with libraries that somebody built",
        { linux "2.36" "3.4.32" with
            System = "linux-arm64"
        },
        plain
        "TorchSharp has loaded it",
        { debian12 with
            Mapped = [ "/app/libLibTorchSharp.so" ]
        },
        Ok AlreadyLoaded
        "a folder has the library's name",
        { debian12 with
            Mapped = [ "/src/LibTorchSharp.Tests/libcoreclr.so" ]
        },
        rewritten with32
        "it was loaded from memory",
        { debian12 with
            Mapped = [ "/memfd:libLibTorchSharp.so (deleted)" ]
        },
        Ok AlreadyLoaded
        "Windows has loaded it",
        { other "win-x64" with
            Mapped = [ "C:/app/LibTorchSharp.dll" ]
        },
        Ok AlreadyLoaded
    ]

let private explanations =
    [
        NoSuchSystem "linux-arm64", [ "linux-arm64"; "linux-x64"; "osx-arm64" ]
        MuslNotSupported, [ "musl"; "glibc-based image" ]
        LibTorchMissing("linux-x64", [ "/app"; "/usr/lib/torch" ]),
        [
            "add the package libtorch-cpu-linux-x64 2.10.0 (TorchSharp-cpu brings it) to the program"
            "#r \"nuget: libtorch-cpu-linux-x64, 2.10.0\""
            "\n  /app\n  /usr/lib/torch"
        ]
        LibTorchMissing("osx-arm64", []), [ "libtorch-cpu-osx-arm64 2.10.0 (TorchSharp-cpu brings it)" ]
        LibTorchMissing("win-x64", []), [ "libtorch-cpu-win-x64 2.10.0 (TorchSharp-cpu brings it)" ]
        // TorchSharp-cpu leaves this one out
        LibTorchMissing("win-arm64", []), [ "add the package libtorch-cpu-win-arm64 2.10.0 to the program" ]
        TorchSharpMissing("linux-x64", [ "/app" ]), [ "build or publish the program for linux-x64"; "\n  /app" ]
        GlibcTooOld("GLIBC_2.34", "GLIBC_2.28"), [ "GLIBC_2.34"; "GLIBC_2.28"; "use a newer system" ]
        LibraryTooOld("libstdc++.so.6", "GLIBCXX_3.4.29", "GLIBCXX_3.4.28"),
        [ "libstdc++.so.6"; "GLIBCXX_3.4.29"; "GLIBCXX_3.4.28"; "install a newer one" ]
    ]

[<Tests>]
let tests =
    testList
        "TorchPlan"
        [
            for name, here, expected in table do
                testCase name (fun () -> Require.equal expected (TorchPlan.make here))

            for obstacle, words in explanations do
                testCase $"the words for %A{obstacle}" (fun () ->
                    for part in words do
                        Require.contains part (TorchPlan.explain obstacle))

            property
                Cases.any
                "after the plan the system has all that is wanted, and only what it lacked was aged"
                (fun (has: bool list) ->
                    let defined =
                        List.zip
                            (libstdcpp "3.4.32")
                            (List.init (libstdcpp "3.4.32").Length (fun i ->
                                List.tryItem i has |> Option.defaultValue true))
                        |> List.filter snd
                        |> List.map fst

                    let here =
                        { debian12 with
                            Defined = debian12.Defined.Add("libstdc++.so.6", defined)
                        }

                    let wanted =
                        wants
                        |> List.filter (fun want -> want.Library = "libstdc++.so.6")
                        |> List.map _.Version

                    match TorchPlan.make here with
                    | Ok(Plain _) -> Require.isEmpty (List.except defined wanted)
                    | Ok(WithOlderWants(_, _, older)) ->
                        Require.isEmpty (
                            wanted
                            |> List.map (fun v -> older.TryFind v |> Option.defaultValue v)
                            |> List.except defined
                        )

                        Require.equal (Set(List.except defined wanted)) (Set older.Keys)
                    | Error(LibraryTooOld(_, lacked, _)) ->
                        Require.isTrue (List.contains lacked (List.except defined wanted))

                        TorchPlan.older.TryFind lacked
                        |> Option.iter (fun older -> Require.isFalse (List.contains older defined))
                    | other -> failtest $"received %A{other}")

            test
                "beside an assembly of a package lie its package's native files and torch's; beside one of a build, its own" {
                let root = Path.GetTempPath()
                let native = Path.Combine("runtimes", TorchFiles.system, "native")

                let full (parts: string list) =
                    Path.GetFullPath(Path.Combine(List.toArray parts))

                let around parts =
                    TorchFiles.around (full (parts @ [ "TorchSharp.dll" ]))
                    |> List.map Path.GetFullPath

                let build = [ root; "bin"; "net10.0" ]
                Require.equal [ full build; full (build @ [ native ]) ] (around build)

                let assembly = [ root; "packages"; "torchsharp"; "0.107.0"; "lib"; "net8.0" ]

                Require.equal
                    [
                        full assembly
                        full (assembly @ [ native ])
                        full [ root; "packages"; "torchsharp"; "0.107.0"; native ]
                        full
                            [
                                root
                                "packages"
                                $"libtorch-cpu-{TorchFiles.system}"
                                TorchFiles.version
                                native
                            ]
                    ]
                    (around assembly)

                Require.isEmpty (TorchFiles.around "") // within a single file
            }
        ]
