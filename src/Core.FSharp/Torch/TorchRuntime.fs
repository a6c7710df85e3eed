namespace Limen.Core

open System
open System.IO
open System.Runtime.InteropServices
open Microsoft.Win32.SafeHandles
open TorchSharp

/// TorchSharp's native half cannot be loaded; the message names the cause and what to do about it.
[<Sealed>]
type TorchUnavailableException(message: string, cause: exn) =
    inherit Exception(message, cause)

/// Loads TorchSharp's native half, without the copies of torch's libraries that TorchSharp makes where it fails.
[<RequireQualifiedAccess>]
module internal TorchLoader =

    [<DllImport("libc", SetLastError = true)>]
    extern int private memfd_create(string name, uint flags)

    let private fail (message: string) (cause: exn) : 'a =
        raise (TorchUnavailableException(message, cause))

    /// Reads what an ELF file says; a file that is damaged is named.
    let private read (what: byte[] -> 'a) (file: string) : 'a =
        try
            what (File.ReadAllBytes file)
        with :? BadImageFormatException as cause ->
            raise (BadImageFormatException($"{file} is {cause.Message}", file, cause))

    /// What the process and its folders hold.
    let surroundings () : TorchSurroundings =
        let folders = TorchFiles.folders ()
        let mapped = TorchFiles.mapped ()
        let torchSharp = TorchFiles.find folders TorchFiles.torchSharp

        let versioned =
            if OperatingSystem.IsLinux() then
                Option.toList torchSharp
            else
                []

        {
            System = TorchFiles.system
            Mapped = mapped
            Searched = folders
            Torch = TorchFiles.find folders TorchFiles.torch
            TorchSharp = torchSharp
            Wants = versioned |> List.collect (read ElfVersions.wants)
            Defined =
                [
                    for file in mapped do
                        let name = Path.GetFileName file

                        if
                            not versioned.IsEmpty
                            && [ "libc."; "libc-"; "libstdc++." ] |> List.exists name.StartsWith
                        then
                            read ElfVersions.sharedName file |> Option.defaultValue name, read ElfVersions.defines file
                ]
                |> Map.ofList
        }

    /// Loads a copy of the library from memory that wants older versions.
    let loadRewritten (older: Map<string, string>) (library: string) : unit =
        let descriptor = memfd_create (Path.GetFileName library, 1u) // 1: not for child processes

        if descriptor < 0 then
            fail $"no memory file for a copy of {library}: error {Marshal.GetLastPInvokeError()} of the system" null

        // the linker knows the copy by this path: the descriptor stays open, so that no other file comes to have it
        let copy = $"/proc/self/fd/{descriptor}"

        File.WriteAllBytes(
            copy,
            File.ReadAllBytes library
            |> ElfVersions.withOlderWants older
            |> ElfVersions.boundAtOnce
        )

        try
            NativeLibrary.Load copy |> ignore
        with _ ->
            (new SafeFileHandle(nativeint descriptor, true)).Dispose()
            reraise ()

    let private follow (plan: TorchPlan) : unit =
        match plan with
        | AlreadyLoaded -> ()
        | Plain(torch, torchSharp) ->
            NativeLibrary.Load torch |> ignore // and what it asks for, which may lie in the folder of another package than TorchSharp's
            NativeLibrary.Load torchSharp |> ignore
        | WithOlderWants(torch, torchSharp, older) ->
            NativeLibrary.Load torch |> ignore
            loadRewritten older torchSharp // TorchSharp then finds it by its name

    /// Whether TorchSharp finds its library by name, as it asks for it. Where it does not, its first use would copy torch's libraries about and then fail for good.
    let private found () : bool =
        try
            NativeLibrary.TryLoad("LibTorchSharp", typeof<torch.Tensor>.Assembly, Nullable(), ref 0n)
        with _ ->
            false

    /// Loads the library as the plan for these surroundings says.
    let load () : unit =
        try
            match TorchPlan.make (surroundings ()) with
            | Ok plan -> follow plan
            | Error obstacle -> fail (TorchPlan.explain obstacle) null

            if not (found ()) then
                fail
                    ("TorchSharp's native library is loaded, but TorchSharp.dll does not find it: the AssemblyLoadContext that it is in looks for native libraries "
                     + "itself. Load TorchSharp.dll in AssemblyLoadContext.Default.")
                    null

            torch.InitializeDeviceType DeviceType.CPU

            match Int32.TryParse(Environment.GetEnvironmentVariable "LIMEN_THREADS") with
            | true, threads when threads > 0 -> torch.set_num_threads threads
            | _ -> ()
        with
        | :? TorchUnavailableException -> reraise ()
        | :? TypeInitializationException as cause ->
            fail
                "TorchSharp was used before TorchRuntime.Load() and failed, and in one process it does not try twice: call TorchRuntime.Load() first."
                cause
        | cause -> fail $"TorchSharp's native library does not load: {cause.Message}" cause

namespace Limen

open System.Threading
open Limen.Core

/// TorchSharp's native half in this process.
[<AbstractClass; Sealed>]
type TorchRuntime private () =

    static let gate = obj ()
    static let mutable loaded = false

    /// Whether `Load` has loaded it. False where TorchSharp was used without `Load`.
    static member IsLoaded: bool = Volatile.Read &loaded

    /// Loads TorchSharp's native half, once, however often and from however many threads it is called. Limen calls it before it uses torch; a program that uses
    /// TorchSharp before Limen calls it first: TorchSharp alone does not load where libstdc++ is older than GCC 13's (Debian 12, Ubuntu 22.04, RHEL 9).
    /// The environment variable LIMEN_THREADS, where it is a number above 0, sets torch's threads; otherwise they stay as they are.
    /// Throws `TorchUnavailableException` where it cannot be loaded: without a libtorch package, with musl, with a glibc older than 2.34.
    static member Load() : unit =
        if not TorchRuntime.IsLoaded then
            lock gate (fun () ->
                if not loaded then
                    TorchLoader.load ()
                    Volatile.Write(&loaded, true))
