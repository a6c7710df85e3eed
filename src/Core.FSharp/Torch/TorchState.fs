namespace Limen.Core

open System

/// What is known before TorchSharp's native half is loaded.
type internal TorchSurroundings =
    {
        /// The process's system and architecture: linux-x64.
        System: string
        /// Whether the process runs on musl in place of glibc.
        Musl: bool
        /// The folders that were searched.
        Searched: string list
        /// The file of torch's library, which a libtorch package brings.
        Torch: string option
        /// The file of TorchSharp's own library.
        TorchSharp: string option
        /// On Linux: what TorchSharp's library wants of the system's libraries.
        Wants: VersionWant list
        /// On Linux: what the system's libraries define, by their file name; a library that is not among them is not checked.
        Defined: Map<string, string list>
    }

/// What loading TorchSharp's native half takes, or what stands in its way.
type internal TorchState =
    | Ready of torch: string * torchSharp: string
    /// It loads once it wants older versions of the system's C++ library.
    | NeedsOlderVersions of torch: string * torchSharp: string
    | NoSuchSystem of system: string
    | MuslNotSupported
    | PackageMissing of package: string * version: string * searched: string list
    | LibraryTooOld of library: string * wanted: string * found: string

[<RequireQualifiedAccess>]
module internal TorchState =

    /// The systems that TorchSharp has a native half for.
    let systems = [ "linux-x64"; "win-x64"; "win-arm64"; "osx-arm64" ]

    /// Versions of libstdc++ that TorchSharp wants, and older ones that serve. GLIBCXX_3.4.32 (GCC 13) names one symbol, std::ios_base_library_init, that nothing is
    /// bound to; of GLIBCXX_3.4.30 (GCC 12) it is std::condition_variable::wait, which has been there since GLIBCXX_3.4.11.
    let older =
        Map.ofList [ "GLIBCXX_3.4.32", "GLIBCXX_3.4"; "GLIBCXX_3.4.30", "GLIBCXX_3.4.11" ]

    /// The newest of versions such as GLIBC_2.34, of those with the name and numbers.
    let private newest (name: string) (versions: string list) : string =
        versions
        |> List.choose (fun version ->
            match version.Split '_' with
            | [| own; numbers |] when own = name ->
                match Version.TryParse numbers with
                | true, parsed -> Some(parsed, version)
                | _ -> None
            | _ -> None)
        |> function
            | [] -> "none"
            | found -> found |> List.max |> snd

    let detect (libtorch: string) (here: TorchSurroundings) : TorchState =
        let lacking =
            here.Wants
            |> List.filter (fun want ->
                match here.Defined.TryFind want.Library with
                | Some versions -> not (List.contains want.Version versions)
                | None -> false)

        match here.Torch, here.TorchSharp with
        | _ when not (List.contains here.System systems) -> NoSuchSystem here.System
        | _ when here.Musl -> MuslNotSupported
        | None, _ -> PackageMissing($"libtorch-cpu-{here.System}", libtorch, here.Searched)
        | _, None -> PackageMissing("TorchSharp", "", here.Searched)
        | Some torch, Some torchSharp ->
            match lacking |> List.tryFind (fun want -> not (older.ContainsKey want.Version)) with
            | Some want ->
                let name = want.Version.Split('_')[0]

                let wanted =
                    lacking
                    |> List.filter (fun other -> other.Library = want.Library)
                    |> List.map _.Version

                LibraryTooOld(want.Library, newest name wanted, newest name here.Defined[want.Library])
            | None when lacking.IsEmpty -> Ready(torch, torchSharp)
            | None -> NeedsOlderVersions(torch, torchSharp)
