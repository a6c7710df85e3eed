namespace Limen.Core

open System

/// TorchSharp's native half cannot be loaded: the message says why and what to do.
[<Sealed>]
type TorchUnavailableException(message: string, cause: exn) =
    inherit Exception(message, cause)

namespace Limen

open System
open System.IO
open System.Runtime.InteropServices
open System.Threading
open Limen.Core
open TorchSharp

module private TorchNative =

    [<DllImport("libc", SetLastError = true)>]
    extern int memfd_create(string name, uint flags)

    [<DllImport("libc")>]
    extern nativeint dlopen(string file, int flags)

    [<DllImport("libc")>]
    extern nativeint dlerror()

    let unavailable (message: string) : 'a =
        raise (TorchUnavailableException(message, null))

    /// What the process and its folders hold.
    let surroundings () : TorchSurroundings =
        let loaded =
            if OperatingSystem.IsLinux() then
                TorchFiles.loaded ()
            else
                []

        let folders = TorchFiles.folders ()
        let torchSharp = TorchFiles.find folders "LibTorchSharp"

        {
            System = TorchFiles.system
            Musl =
                loaded
                |> List.exists (fun file -> (Path.GetFileName file).StartsWith "ld-musl-")
            Searched = folders
            Torch = TorchFiles.find folders "torch"
            TorchSharp = torchSharp
            Wants =
                match torchSharp with
                | Some file when OperatingSystem.IsLinux() -> ElfVersions.wants (File.ReadAllBytes file)
                | _ -> []
            Defined =
                [
                    for file in loaded do
                        let name = Path.GetFileName file

                        if [ "libc."; "libc-"; "libstdc++." ] |> List.exists name.StartsWith then
                            let library = File.ReadAllBytes file
                            ElfVersions.sharedName library |> Option.defaultValue name, ElfVersions.defines library
                ]
                |> Map.ofList
        }

    /// Loads TorchSharp's library from memory with older wants.
    let loadRewritten (torchSharp: string) =
        let descriptor = memfd_create ("libLibTorchSharp.so", 1u)

        if descriptor < 0 then
            unavailable $"no file in memory for TorchSharp's library: error {Marshal.GetLastPInvokeError()}"

        // the descriptor stays open: the linker knows the library by this path, which no other file may then have
        let file = $"/proc/self/fd/{descriptor}"
        File.WriteAllBytes(file, torchSharp |> File.ReadAllBytes |> ElfVersions.withOlderWants TorchState.older)
        dlerror () |> ignore

        // 2: all symbols are bound at once, so that one that is missing is found here and not in the middle of a computation
        if dlopen (file, 2) = 0n then
            unavailable $"TorchSharp's library does not load: {Marshal.PtrToStringUTF8(dlerror ())}"

    let load () =
        match TorchState.detect TorchFiles.version (surroundings ()) with
        | Ready(torch, torchSharp) ->
            NativeLibrary.Load torch |> ignore
            NativeLibrary.Load torchSharp |> ignore
        | NeedsOlderVersions(torch, torchSharp) ->
            NativeLibrary.Load torch |> ignore
            loadRewritten torchSharp
        | obstacle -> unavailable (string obstacle)

        torch.InitializeDeviceType DeviceType.CPU

        match Int32.TryParse(Environment.GetEnvironmentVariable "LIMEN_THREADS") with
        | true, threads when threads > 0 -> torch.set_num_threads threads
        | _ -> ()

/// TorchSharp's native half in this process.
[<AbstractClass; Sealed>]
type TorchRuntime private () =

    static let gate = obj ()
    static let mutable loaded = false

    /// Whether `Load` has loaded it.
    static member IsLoaded: bool = Volatile.Read &loaded

    /// Loads it, once; call it before the first use of TorchSharp. Limen calls it itself before it uses torch.
    /// Throws `TorchUnavailableException` where it cannot be loaded.
    static member Load() : unit =
        lock gate (fun () ->
            if not loaded then
                TorchNative.load ()
                Volatile.Write(&loaded, true))
