namespace Limen.Core

open System
open System.Diagnostics
open System.IO
open System.Runtime.InteropServices
open TorchSharp

/// Where the native files of packages lie: TorchSharp's own library and torch's.
[<RequireQualifiedAccess>]
module internal TorchFiles =

    /// The version of the libtorch packages that TorchSharp is built for: `torch.__version__` without its last part. The property itself would load the library.
    let version = "2.10.0"

    /// The process's system and architecture as packages name them: linux-x64, win-arm64, osx-arm64.
    let system =
        let os =
            if OperatingSystem.IsWindows() then "win"
            elif OperatingSystem.IsMacOS() then "osx"
            else "linux"

        $"{os}-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant()

    let private fileName (library: string) =
        if OperatingSystem.IsWindows() then $"{library}.dll"
        elif OperatingSystem.IsMacOS() then $"lib{library}.dylib"
        else $"lib{library}.so"

    /// TorchSharp's own library.
    let torchSharp = fileName "LibTorchSharp"

    /// The library of torch that brings all those with it that TorchSharp's library asks for.
    let torch = fileName (if OperatingSystem.IsWindows() then "torch_cpu" else "torch")

    /// The files that the process has mapped: its libraries, the system's among them. On macOS the program alone.
    let mapped () : string list =
        use self = Process.GetCurrentProcess()
        [ for part in self.Modules -> part.FileName ]

    /// The folders of a list with the system's separator; parts that are no full path say nothing here.
    let private listed (paths: string) : string list =
        paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        |> List.ofArray
        |> List.filter Path.IsPathFullyQualified

    let private native (folder: string) =
        Path.Combine(folder, "runtimes", system, "native")

    /// The folders around an assembly: its own with the one that a build makes in it, and where it lies in a package (`dotnet fsi`), that package's
    /// and the libtorch package's beside it.
    let around (assembly: string) : string list =
        match Path.GetDirectoryName assembly with
        | null
        | "" -> [] // within a single file an assembly has no place
        | folder ->
            [
                folder
                native folder

                match
                    folder.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
                    |> List.ofArray
                    |> List.rev
                with
                | _ :: "lib" :: _ -> // packages/torchsharp/0.107.0/lib/net8.0
                    let package = Path.Combine(folder, "..", "..")
                    native package
                    native (Path.Combine(package, "..", "..", $"libtorch-cpu-{system}", version))
                | _ -> ()
            ]

    /// The folders to search, in their order: those that the program's host names (packages, what a single file unpacks), the program's own,
    /// those of the packages that a script names (`dotnet fsi` puts them into PATH), those around TorchSharp.dll, and the system's list for libraries.
    let folders () : string list =
        let variable name =
            listed (string (Environment.GetEnvironmentVariable name))

        [
            yield! listed (string (AppContext.GetData "NATIVE_DLL_SEARCH_DIRECTORIES"))
            AppContext.BaseDirectory
            native AppContext.BaseDirectory
            yield! variable "PATH" |> List.filter _.EndsWith(native "")
            yield! around typeof<torch.Tensor>.Assembly.Location
            yield!
                variable (
                    if OperatingSystem.IsMacOS() then
                        "DYLD_LIBRARY_PATH"
                    else
                        "LD_LIBRARY_PATH"
                )
        ]
        |> List.map (Path.GetFullPath >> Path.TrimEndingDirectorySeparator)
        |> List.distinct

    /// The first file of the name in the folders.
    let find (folders: string list) (file: string) : string option =
        folders
        |> List.map (fun folder -> Path.Combine(folder, file))
        |> List.tryFind File.Exists
