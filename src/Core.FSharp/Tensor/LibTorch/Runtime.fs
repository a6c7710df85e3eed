namespace Limen.Core

open System.Runtime.InteropServices
open Limen.Core.LibTorch

/// The primitives of `TensorRuntime` over the system's libtorch.
[<RequireQualifiedAccess>]
module internal EngineRuntime =

    let name = "libtorch"

    let version () =
        Native.ensure ()
        Marshal.PtrToStringUTF8(Native.limen_version ())

    let private memory () =
        Native.ensure ()
        let mutable memory = Memory()
        Native.limen_memory &memory
        memory

    let liveBytes () = memory().Live
    let peakBytes () = memory().Peak
    let systemAllocations () = memory().System

    let liveHandles () =
        Native.ensure ()
        Native.limen_handles ()

    let setMemoryLimit (bytes: int64 option) =
        Native.ensure ()
        Native.limen_set_memory_limit (defaultArg bytes -1L)

    let setThreads (n: int) =
        Native.ensure ()
        Code.check (Native.limen_set_threads n)

    let threads () =
        Native.ensure ()
        Native.limen_threads ()

    let onOneThread (f: unit -> 'a) : 'a =
        Native.ensure ()
        let before = Native.limen_own_threads 1

        try
            f ()
        finally
            Native.limen_own_threads before |> ignore

    let blas () =
        Native.ensure ()
        Option.ofObj (Marshal.PtrToStringUTF8(Native.limen_blas ()))

    /// BLAS libraries that are made to be fast; each has its name in its path.
    let private fast = [ "openblas"; "mkl"; "blis"; "atlas"; "flexiblas" ]

    let warnings () =
        match blas () with
        | Some file when not (fast |> List.exists (fun (name: string) -> file.Contains name)) ->
            [
                $"{file}, the reference BLAS, serves matrix products: they run some twenty times slower than with OpenBLAS. "
                + "Install it (apt-get install libopenblas0-pthread) or choose it (update-alternatives --config libblas.so.3-x86_64-linux-gnu)."
            ]
        | _ -> []
