namespace Limen.Core

open System
open System.IO

/// What is known of the process before TorchSharp's native half is loaded.
type internal TorchSurroundings =
    {
        /// The process's system and architecture: linux-x64.
        System: string
        /// The files that the process has mapped.
        Mapped: string list
        /// The folders that were searched.
        Searched: string list
        /// The file of torch's library, which a libtorch package brings.
        Torch: string option
        /// The file of TorchSharp's own library.
        TorchSharp: string option
        /// What TorchSharp's library wants of others; empty where libraries have no versions (Windows, macOS).
        Wants: VersionWant list
        /// What the system's libraries define, by their names; wants of a library that is not here are not checked.
        Defined: Map<string, string list>
    }

/// How TorchSharp's native half is loaded.
type internal TorchPlan =
    | AlreadyLoaded
    | Plain of torch: string * torchSharp: string
    /// From a copy that wants older versions of libstdc++: newer version, older version.
    | WithOlderWants of torch: string * torchSharp: string * older: Map<string, string>

/// What stands in the way of TorchSharp's native half.
type internal TorchObstacle =
    | NoSuchSystem of system: string
    | MuslNotSupported
    | LibTorchMissing of system: string * searched: string list
    | TorchSharpMissing of system: string * searched: string list
    | GlibcTooOld of wanted: string * found: string
    | LibraryTooOld of library: string * wanted: string * found: string

[<RequireQualifiedAccess>]
module internal TorchPlan =

    /// The systems that TorchSharp has a native half for.
    let systems = [ "linux-x64"; "win-x64"; "win-arm64"; "osx-arm64" ]

    /// Versions of libstdc++ that TorchSharp's library wants, and older ones that serve. GLIBCXX_3.4.32 (GCC 13) has one symbol there, std::ios_base_library_init,
    /// which nothing is bound to; GLIBCXX_3.4.30 (GCC 12) has std::condition_variable::wait, which GLIBCXX_3.4.11 has as well.
    let older =
        Map.ofList [ "GLIBCXX_3.4.32", "GLIBCXX_3.4"; "GLIBCXX_3.4.30", "GLIBCXX_3.4.11" ]

    /// Those for which the package TorchSharp-cpu brings torch's library.
    let private combined = [ "linux-x64"; "win-x64"; "osx-arm64" ]

    let private glibc = "libc.so.6"

    /// The newest version of a family, such as GLIBC of GLIBC_2.34; "none" where there is none.
    let private newest (family: string) (versions: string list) : string =
        versions
        |> List.choose (fun version ->
            match version.Split '_' with
            | [| own; numbers |] when own = family ->
                match Version.TryParse numbers with
                | true, parsed -> Some(parsed, version)
                | _ -> None
            | _ -> None)
        |> function
            | [] -> "none"
            | found -> found |> List.max |> snd

    /// The wants that the system's libraries do not meet.
    let private lacking (here: TorchSurroundings) : VersionWant list =
        here.Wants
        |> List.filter (fun want ->
            here.Defined.TryFind want.Library
            |> Option.exists (List.contains want.Version >> not))

    /// Whether an older version of the same library serves in the place of this one.
    let private mendable (here: TorchSurroundings) (want: VersionWant) : bool =
        older.TryFind want.Version
        |> Option.exists (fun version -> List.contains version here.Defined[want.Library])

    /// The first library that lacks what no older version can stand for; the system's C library before others.
    let private tooOld (here: TorchSurroundings) (wants: VersionWant list) : TorchObstacle option =
        wants
        |> List.groupBy _.Library
        |> List.sortBy (fun (library, _) -> library <> glibc)
        |> List.tryHead
        |> Option.map (fun (library, wants) ->
            let family = wants.Head.Version.Split('_')[0]
            let wanted = wants |> List.map _.Version |> newest family
            let found = newest family here.Defined[library]

            if library = glibc then
                GlibcTooOld(wanted, found)
            else
                LibraryTooOld(library, wanted, found))

    let private named (start: string) (files: string list) =
        files
        |> List.exists (fun file -> (Path.GetFileName file).StartsWith(start, StringComparison.Ordinal))

    /// The names under which TorchSharp's library is mapped; the second is of a copy from memory.
    let private mapped =
        [ "libLibTorchSharp."; "memfd:libLibTorchSharp."; "LibTorchSharp.dll" ]

    /// How to load it here, or what stands in the way.
    let make (here: TorchSurroundings) : Result<TorchPlan, TorchObstacle> =
        if mapped |> List.exists (fun start -> named start here.Mapped) then
            Ok AlreadyLoaded
        elif named "ld-musl-" here.Mapped then
            Error MuslNotSupported
        else
            match here.Torch, here.TorchSharp with
            | None, _
            | _, None when not (List.contains here.System systems) -> Error(NoSuchSystem here.System)
            | None, _ -> Error(LibTorchMissing(here.System, here.Searched))
            | _, None -> Error(TorchSharpMissing(here.System, here.Searched))
            | Some torch, Some torchSharp ->
                let mended, lacked = lacking here |> List.partition (mendable here)

                match tooOld here lacked with
                | Some obstacle -> Error obstacle
                | None when mended.IsEmpty -> Ok(Plain(torch, torchSharp))
                | None ->
                    let older =
                        mended |> List.map (fun want -> want.Version, older[want.Version]) |> Map.ofList

                    Ok(WithOlderWants(torch, torchSharp, older))

    let private lines (searched: string list) = String.Join("\n  ", "" :: searched)

    /// Cause and cure.
    let explain (obstacle: TorchObstacle) : string =
        match obstacle with
        | NoSuchSystem system ->
            $"""TorchSharp has no native library for {system}, only for {String.Join(", ", systems)}: run the program on one of these."""
        | MuslNotSupported ->
            "torch is built for glibc, and this system has musl (Alpine): use a glibc-based image, such as Debian, Ubuntu or their .NET images."
        | LibTorchMissing(system, searched) ->
            let brought =
                if List.contains system combined then
                    " (TorchSharp-cpu brings it)"
                else
                    ""

            $"torch's library is missing: add the package libtorch-cpu-{system} {TorchFiles.version}{brought} to the program; "
            + $"in a script, #r \"nuget: libtorch-cpu-{system}, {TorchFiles.version}\". Folders searched:{lines searched}"
        | TorchSharpMissing(system, searched) ->
            $"TorchSharp's native library is missing, though torch's is there: build or publish the program for {system}, so that the package TorchSharp brings it. "
            + $"Folders searched:{lines searched}"
        | GlibcTooOld(wanted, found) ->
            $"TorchSharp needs glibc with {wanted}, and this system's goes up to {found}: use a newer system (Debian 12, Ubuntu 22.04, RHEL 9 or later)."
        | LibraryTooOld(library, wanted, found) ->
            $"TorchSharp needs {library} with {wanted}, and this system's goes up to {found}: install a newer one or use a newer system."
