namespace Limen.Core

open System
open TorchSharp

/// The primitives of `TensorRuntime` over TorchSharp, which does not count memory.
[<RequireQualifiedAccess>]
module internal EngineRuntime =

    let name = "torchsharp"

    let version () =
        string (typeof<torch.Tensor>.Assembly.GetName().Version)

    let liveBytes () = -1L
    let peakBytes () = -1L
    let systemAllocations () = -1L
    let liveHandles () = -1L

    let setMemoryLimit (bytes: int64 option) =
        if bytes.IsSome then
            raise (NotSupportedException "TorchSharp's allocator has no limit: the libtorch engine has one")

    let setThreads (n: int) = torch.set_num_threads n
    let threads () = torch.get_num_threads ()

    /// TorchSharp sets threads for the whole process only, so others would notice.
    let onOneThread (f: unit -> 'a) : 'a = f ()

    let blas () : string option = None
    let warnings () : string list = []
