namespace Limen.Core

open System
open System.Diagnostics
open System.IO
open System.Runtime.InteropServices
open TorchSharp

/// Where the native files of packages lie: TorchSharp's own half and torch's libraries.
[<RequireQualifiedAccess>]
module internal TorchFiles =

    /// The version of the libtorch packages that TorchSharp is built for: `torch.__version__` without the last part. That property itself loads the library.
    let version = "2.10.0"

    /// The process's system and architecture as packages name them: linux-x64, win-arm64, osx-arm64.
    let system =
        let os =
            if OperatingSystem.IsWindows() then "win"
            elif OperatingSystem.IsMacOS() then "osx"
            else "linux"

        $"{os}-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant()

    /// The file of a library under the system's rules.
    let fileName (library: string) =
        if OperatingSystem.IsWindows() then $"{library}.dll"
        elif OperatingSystem.IsMacOS() then $"lib{library}.dylib"
        else $"lib{library}.so"

    /// The files of the libraries that the process has loaded.
    let loaded () : string list =
        use self = Process.GetCurrentProcess()
        [ for part in self.Modules -> part.FileName ]

    let private listed (variable: string) =
        variable.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        |> List.ofArray

    let private native folder =
        Path.Combine(folder, "runtimes", system, "native")

    /// The folders to search, in order: what the host of the program names (its own folder, packages, what a single file unpacked), the program's folder,
    /// the packages beside TorchSharp's (`dotnet fsi`), and the system's list of folders for libraries.
    let folders () : string list =
        let library =
            match Path.GetDirectoryName typeof<torch.Tensor>.Assembly.Location with
            | null
            | "" -> [] // in a single file an assembly has no place
            | folder ->
                let package = Path.Combine(folder, "..", "..")
                let packages = Path.Combine(package, "..", "..")

                [
                    folder
                    native folder
                    native package
                    native (Path.Combine(packages, $"libtorch-cpu-{system}", version))
                ]

        let variable =
            if OperatingSystem.IsWindows() then "PATH"
            elif OperatingSystem.IsMacOS() then "DYLD_LIBRARY_PATH"
            else "LD_LIBRARY_PATH"

        [
            yield! listed (string (AppContext.GetData "NATIVE_DLL_SEARCH_DIRECTORIES"))
            AppContext.BaseDirectory
            native AppContext.BaseDirectory
            yield! library
            yield! listed (string (Environment.GetEnvironmentVariable variable))
        ]
        |> List.map (Path.GetFullPath >> Path.TrimEndingDirectorySeparator)
        |> List.distinct

    /// The first of the folders' files with the library's name.
    let find (folders: string list) (library: string) : string option =
        folders
        |> List.map (fun folder -> Path.Combine(folder, fileName library))
        |> List.tryFind File.Exists
