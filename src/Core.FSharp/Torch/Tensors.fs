namespace Limen.Core

open System
open System.Runtime.InteropServices
open TorchSharp

/// What losses, thresholds and training need beside TorchSharp's own operators.
[<RequireQualifiedAccess>]
module internal Tensors =

    /// The name of a module of torch.nn, with torch loaded before the module itself is made.
    let moduleName (name: string) : string =
        Limen.TorchRuntime.Load()
        name

    // -- scopes: a tensor that is not disposed keeps its native memory until the garbage collector comes by --

    /// Runs f and disposes every tensor that it made on this thread, except its result, which must be a fresh one.
    let scope (f: unit -> torch.Tensor) : torch.Tensor =
        use _ = torch.NewDisposeScope()
        f().MoveToOuterDisposeScope()

    /// Runs f, which must not return tensors, and disposes every tensor that it made on this thread.
    let using (f: unit -> 'a) : 'a =
        use _ = torch.NewDisposeScope()
        f ()

    // -- memory --

    let private sizes (shape: int list) : int64[] = shape |> List.map int64 |> List.toArray

    /// The memory of a contiguous float32 tensor on the CPU, for kernels. Valid while the tensor lives: hold on to it until the last access.
    let span (t: torch.Tensor) : Span<float32> =
        MemoryMarshal.Cast<byte, float32> t.bytes

    /// A float32 scalar on the CPU.
    let scalar (value: float) : torch.Tensor = torch.tensor (float32 value)

    /// float32 zeros on the CPU.
    let zeros (shape: int list) : torch.Tensor =
        torch.zeros (sizes shape, dtype = Nullable torch.ScalarType.Float32)

    /// A float32 tensor on the CPU with a copy of the numbers, row by row.
    let ofSpan (shape: int list) (values: Span<float32>) : torch.Tensor =
        let t = torch.empty (sizes shape, dtype = Nullable torch.ScalarType.Float32)
        values.CopyTo(span t)
        t

    /// The same as a leaf that records gradients.
    let leaf (shape: int list) (values: Span<float32>) : torch.Tensor =
        (ofSpan shape values).requires_grad_ true

    /// A copy of the numbers, row by row, as float32, from any type and device.
    let toArray (t: torch.Tensor) : float32[] =
        use _ = torch.NewDisposeScope()
        (span (t.detach().cpu().to_type(torch.ScalarType.Float32).contiguous())).ToArray()

    /// The value of a tensor with one element.
    let item (t: torch.Tensor) : float =
        use _ = torch.NewDisposeScope()
        t.detach().cpu().to_type(torch.ScalarType.Float64).item<float>()

    /// A value per label [L] beside a tensor [B, L]: of its type, on its device.
    let perLabel (values: float32[]) (beside: torch.Tensor) : torch.Tensor =
        Shape.require "values" "[L]" [ int beside.shape[beside.shape.Length - 1] ] [ values.Length ]
        torch.from_array(values).``to``(beside.dtype, beside.device)

    // -- numbers beside tensors --
    // TorchSharp makes a Scalar of each, which the garbage collector may take while torch still reads it: torch then reads another number, or says
    // "Expected false to be true". Here somebody holds it until torch is done. Its own operators with a float beside them, the sum of two tensors (whose
    // factor is a Scalar) and softplus hold none, and are not for losses.

    let private holding (value: float) (f: Scalar -> torch.Tensor) : torch.Tensor =
        use number = Scalar.op_Implicit value
        f number

    /// a + b.
    let add (a: torch.Tensor) (b: torch.Tensor) : torch.Tensor = holding 1.0 (fun one -> a.add (b, one))

    /// c x.
    let times (c: float) (x: torch.Tensor) : torch.Tensor = holding c x.mul

    /// x / c.
    let over (c: float) (x: torch.Tensor) : torch.Tensor = holding c (fun c -> x.div c)

    /// x + c.
    let plus (c: float) (x: torch.Tensor) : torch.Tensor =
        holding c (fun c -> holding 1.0 (fun one -> x.add (c, one)))

    /// 1 - x.
    let complement (x: torch.Tensor) : torch.Tensor = -x |> plus 1.0

    /// x where x lies in [low, high], else the bound; the gradient is 0 outside.
    let clamp (low: float) (high: float) (x: torch.Tensor) : torch.Tensor =
        holding low (fun low -> holding high (fun high -> x.clamp (low, high)))

    /// x^p.
    let power (p: float) (x: torch.Tensor) : torch.Tensor = holding p x.pow

    /// 1 where x > c, else 0: of the type of x, without gradient.
    let above (c: float) (x: torch.Tensor) : torch.Tensor = (holding c x.gt).to_type x.dtype

    /// c everywhere, of the shape, type and device of x.
    let fullLike (c: float) (x: torch.Tensor) : torch.Tensor =
        holding c (fun c -> torch.full_like (x, c))

    // -- functions that torch has with other names or bounds --

    /// ln(1 + e^x), exact for every x and of every type; torch's own softplus is x beyond a bound that is made for float32.
    let softplus (x: torch.Tensor) : torch.Tensor = x.logaddexp (torch.zeros_like x)

    /// The sum along an axis, which is removed.
    let sumOver (axis: int) (x: torch.Tensor) : torch.Tensor = x.sum (int64 axis)
