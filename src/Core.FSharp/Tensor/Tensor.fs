namespace Limen.Core

open System
open Microsoft.FSharp.NativeInterop

#nowarn "9" // tensor memory is an address

[<Sealed>]
type Tensor internal (raw: Raw) =

    member internal _.Raw =
        if Engine.isDisposed raw then
            raise (ObjectDisposedException "Tensor")

        raw

    /// Wraps an engine's tensor and puts it into this thread's scope, where there is one.
    static member internal Own(raw: Raw) =
        let tensor = new Tensor(raw)
        Scope.Register tensor
        tensor

    member this.Shape = Engine.shape this.Raw
    member this.DType = Engine.dtype this.Raw
    member this.Count = Engine.count this.Raw
    member this.RequiresGrad = Engine.requiresGrad this.Raw

    interface IDisposable with
        member _.Dispose() = (raw :> IDisposable).Dispose()

[<RequireQualifiedAccess>]
module Tensor =

    let inline private own raw = Tensor.Own raw
    let inline private raw (t: Tensor) = t.Raw

    let private elements (shape: int[]) =
        Array.fold (fun n d -> n * int64 d) 1L shape

    let private copyOf dtype (shape: int[]) (values: 'a[]) =
        if elements shape <> values.LongLength then
            invalidArg (nameof values) $"shape %A{shape} has {elements shape} elements, received {values.Length} values"

        use pinned = fixed values
        own (Engine.ofMemory dtype shape (NativePtr.toNativeInt pinned))

    let private read dtype (t: Tensor) : 'a[] =
        let values = Array.zeroCreate<'a>(int t.Count)
        use pinned = fixed values
        Engine.read dtype t.Raw (NativePtr.toNativeInt pinned)
        values

    // -- making and reading --

    let ofArray shape (values: float32[]) = copyOf Float32 shape values
    let ofArray64 shape (values: float[]) = copyOf Float64 shape values
    let ofIds shape (values: int64[]) = copyOf DType.Int64 shape values
    let empty shape = own (Engine.ofMemory Float32 shape 0n)
    let full dtype shape value = own (Engine.full dtype shape value)
    let zeros dtype shape = full dtype shape 0.0
    let ones dtype shape = full dtype shape 1.0
    let scalar value = full Float32 [||] value
    let toArray (t: Tensor) : float32[] = read Float32 t
    let toArray64 (t: Tensor) : float[] = read Float64 t

    let item (t: Tensor) =
        if t.Count <> 1L then
            invalidArg (nameof t) $"expected one element, received shape %A{t.Shape}"

        (toArray64 t)[0]

    let address (t: Tensor) =
        if t.DType <> Float32 || not (Engine.isContiguous t.Raw) then
            invalidArg (nameof t) $"expected contiguous Float32 memory, received {t.DType} of shape %A{t.Shape}"

        Engine.address t.Raw

    let span (t: Tensor) : Span<float32> =
        Span<float32>(NativePtr.toVoidPtr (NativePtr.ofNativeInt<float32>(address t)), int t.Count)

    let cast dtype (t: Tensor) = own (Engine.cast dtype t.Raw)

    // -- elementwise: the piped value, which comes last, is the formula's first operand --

    let add b a = own (Engine.add (raw a) (raw b))
    let sub b a = own (Engine.sub (raw a) (raw b))
    let mul b a = own (Engine.mul (raw a) (raw b))
    let div b a = own (Engine.div (raw a) (raw b))
    let shift c x = own (Engine.shift (raw x) c)
    let scale c x = own (Engine.scale (raw x) c)
    let neg x = own (Engine.neg (raw x))
    let abs x = own (Engine.abs (raw x))
    let exp x = own (Engine.exp (raw x))
    let log x = own (Engine.log (raw x))
    let sqrt x = own (Engine.sqrt (raw x))
    let pow p x = own (Engine.pow (raw x) p)
    let relu x = own (Engine.relu (raw x))
    let sigmoid x = own (Engine.sigmoid (raw x))

    // beyond 40, ln(1 + e^x) = x in float64 too; torch's own bound of 20 is made for float32
    let softplus x = own (Engine.softplus (raw x) 40.0)

    let maximum b a = own (Engine.maximum (raw a) (raw b))
    let minimum b a = own (Engine.minimum (raw a) (raw b))
    let clamp low high x = own (Engine.clamp (raw x) low high)
    let greaterThan c x = own (Engine.greaterThan (raw x) c)

    let where mask a b =
        own (Engine.where (raw mask) (raw a) (raw b))

    // -- reductions --

    let sum x = own (Engine.sum (raw x))
    let mean x = own (Engine.mean (raw x))
    let sumAxis axis x = own (Engine.sumAxis (raw x) axis)
    let meanAxis axis x = own (Engine.meanAxis (raw x) axis)
    let maxAxis axis x = own (Engine.maxAxis (raw x) axis)
    let logSumExp axis x = own (Engine.logSumExp (raw x) axis)
    let softmax axis x = own (Engine.softmax (raw x) axis)

    // -- linear algebra, layout --

    let mm b a = own (Engine.mm (raw a) (raw b))
    let product b a = own (Engine.product (raw a) (raw b))
    let transpose x = own (Engine.transpose (raw x))
    let reshape shape x = own (Engine.reshape (raw x) shape)

    let cat axis tensors =
        own (Engine.cat (List.map raw tensors) axis)

    let selectRows ids x =
        own (Engine.selectRows (raw x) (raw ids))

    let columns from count x = own (Engine.columns (raw x) from count)

    let addRows rows ids (x: Tensor) =
        let shape = x.Shape
        shape[0] <- rows
        use zero = zeros x.DType shape
        own (Engine.addRows (raw zero) (raw ids) (raw x))

    // -- autograd --

    let detach x = own (Engine.detach (raw x))
    let clone x = own (Engine.clone (raw x))

    let leaf x =
        use values = detach x
        let copy = clone values
        Engine.record copy.Raw
        copy

    let backward x = Engine.backward (raw x) None

    let backwardWith gradient x =
        Engine.backward (raw x) (Some(raw gradient))

    let grad x = Engine.grad (raw x) |> Option.map own
    let zeroGrad x = Engine.forgetGrad (raw x)
    let noGrad f = Engine.noGrad f

    // -- scopes --

    let keep (t: Tensor) =
        Scope.Keep t
        t

    let scope (f: unit -> Tensor) = Scope.Run(Scope.Keep, f)
    let using (f: unit -> 'a) : 'a = Scope.Run(ignore, f)

[<RequireQualifiedAccess>]
module TensorRuntime =
    let engine = EngineRuntime.name
    let version () = EngineRuntime.version ()
    let liveBytes () = EngineRuntime.liveBytes ()
    let peakBytes () = EngineRuntime.peakBytes ()
    let systemAllocations () = EngineRuntime.systemAllocations ()
    let liveHandles () = EngineRuntime.liveHandles ()
    let setMemoryLimit bytes = EngineRuntime.setMemoryLimit bytes

    let setThreads n =
        if n < 1 then
            invalidArg (nameof n) $"expected at least one thread, received {n}"

        EngineRuntime.setThreads n

    let threads () = EngineRuntime.threads ()
    let onOneThread f = EngineRuntime.onOneThread f
    let blas () = EngineRuntime.blas ()
    let warnings () = EngineRuntime.warnings ()
