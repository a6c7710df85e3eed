/// Systems as the loader finds them, for the tests of its plan.
module internal Limen.Properties.TorchSystems

open Limen.Core

/// What TorchSharp's library wants of the system.
let wants =
    [
        for version in [ "GLIBC_2.2.5"; "GLIBC_2.14"; "GLIBC_2.32"; "GLIBC_2.34" ] do
            {
                Library = "libc.so.6"
                Version = version
            }
        for version in
            [
                "GLIBCXX_3.4"
                "GLIBCXX_3.4.11"
                "GLIBCXX_3.4.29"
                "GLIBCXX_3.4.30"
                "GLIBCXX_3.4.32"
                "CXXABI_1.3.13"
            ] do
            {
                Library = "libstdc++.so.6"
                Version = version
            }
        {
            Library = "libm.so.6"
            Version = "GLIBC_2.2.5"
        }
    ]

/// The versions of a family up to one of them.
let private upTo (family: string) (numbers: string list) (last: string) =
    let index = List.findIndex ((=) last) numbers
    numbers |> List.take (index + 1) |> List.map (fun n -> $"{family}_{n}")

let private glibc last =
    "GLIBC_PRIVATE"
    :: upTo "GLIBC" [ "2.2.5"; "2.14"; "2.28"; "2.31"; "2.32"; "2.34"; "2.36" ] last

let libstdcpp last =
    "CXXABI_1.3.13"
    :: "CXXABI_FLOAT128"
    :: upTo "GLIBCXX" [ "3.4"; "3.4.9"; "3.4.11"; "3.4.28"; "3.4.29"; "3.4.30"; "3.4.32" ] last

let linux c cpp =
    {
        System = "linux-x64"
        Mapped =
            [
                "/usr/lib/x86_64-linux-gnu/libc.so.6"
                "/usr/share/dotnet/libcoreclr.so"
                "/app/TorchSharp.dll"
            ]
        Searched = [ "/app"; "/app/runtimes/linux-x64/native" ]
        Torch = Some "/app/libtorch.so"
        TorchSharp = Some "/app/libLibTorchSharp.so"
        Wants = wants
        Defined = Map.ofList [ "libc.so.6", glibc c; "libstdc++.so.6", libstdcpp cpp ]
    }

let debian12 = linux "2.36" "3.4.30"

/// Another system, whose libraries have no versions.
let other system =
    { debian12 with
        System = system
        Mapped = []
        Wants = []
        Defined = Map.empty
    }
