namespace Limen.Core

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open Microsoft.FSharp.NativeInterop
open TorchSharp

#nowarn "9" // tensor memory is an address

/// What a tensor is to this engine.
type internal Raw = torch.Tensor

/// The primitives of `Tensor` over the official TorchSharp package (0.107); operands in the order of the formula.
[<RequireQualifiedAccess>]
module internal Engine =

    /// TorchSharp reports native errors, with torch's message, as ExternalException.
    let inline private native ([<InlineIfLambda>] f: unit -> 'a) : 'a =
        try
            f ()
        with :? ExternalException as e ->
            raise (TensorException e.Message)

    let private scalarType =
        function
        | DType.Float32 -> torch.ScalarType.Float32
        | DType.Float64 -> torch.ScalarType.Float64
        | DType.Int64 -> torch.ScalarType.Int64
        | DType.Bool -> torch.ScalarType.Bool
        | DType.BFloat16 -> torch.ScalarType.BFloat16

    let private sizes (shape: int[]) = Array.map int64 shape

    // -- storage --

    let isDisposed (a: Raw) = a.IsInvalid
    let shape (a: Raw) : int[] = a.shape |> Array.map int
    let count (a: Raw) = a.numel ()
    let isContiguous (a: Raw) = a.is_contiguous ()
    let requiresGrad (a: Raw) = a.requires_grad

    let dtype (a: Raw) =
        match a.dtype with
        | torch.ScalarType.Float32 -> DType.Float32
        | torch.ScalarType.Float64 -> DType.Float64
        | torch.ScalarType.Int64 -> DType.Int64
        | torch.ScalarType.Bool -> DType.Bool
        | torch.ScalarType.BFloat16 -> DType.BFloat16
        | other -> raise (TensorException $"torch's element type {other} has no counterpart here")

    /// A tensor with a copy of the values at this address, or with memory that is not set where it is 0.
    let ofMemory dtype (shape: int[]) (values: nativeint) : Raw =
        native (fun () ->
            let a = torch.empty (sizes shape, dtype = Nullable(scalarType dtype))

            if values <> 0n then
                let memory = a.bytes
                Span<byte>(NativePtr.toVoidPtr (NativePtr.ofNativeInt<byte> values), memory.Length).CopyTo memory

            a)

    let full dtype (shape: int[]) (value: float) : Raw =
        native (fun () -> torch.full (sizes shape, value.ToScalar(), dtype = Nullable(scalarType dtype)))

    /// Copies the values, row by row and converted to dtype, to this address.
    let read dtype (a: Raw) (values: nativeint) =
        native (fun () ->
            use outside = a.detach ()
            use here = outside.cpu ()
            use converted = here.to_type (scalarType dtype)
            use rows = converted.contiguous ()
            let memory = rows.bytes
            memory.CopyTo(Span<byte>(NativePtr.toVoidPtr (NativePtr.ofNativeInt<byte> values), memory.Length)))

    /// The address of contiguous memory of at most 2 GB: TorchSharp hands it out as a span of bytes.
    let address (a: Raw) : nativeint =
        let memory = a.bytes
        NativePtr.toNativeInt (NativePtr.ofVoidPtr<byte>(Unsafe.AsPointer(&MemoryMarshal.GetReference memory)))

    let cast dtype (a: Raw) : Raw =
        native (fun () -> a.to_type (scalarType dtype, copy = true))

    // -- elementwise --

    let add (a: Raw) (b: Raw) : Raw = native (fun () -> a.add b)
    let sub (a: Raw) (b: Raw) : Raw = native (fun () -> a.sub b)
    let mul (a: Raw) (b: Raw) : Raw = native (fun () -> a.mul b)
    let div (a: Raw) (b: Raw) : Raw = native (fun () -> a.div b)

    let shift (a: Raw) (c: float) : Raw = native (fun () -> a.add (c.ToScalar()))

    let scale (a: Raw) (c: float) : Raw = native (fun () -> a.mul (c.ToScalar()))

    let neg (a: Raw) : Raw = native (fun () -> a.neg ())
    let abs (a: Raw) : Raw = native (fun () -> a.abs ())
    let exp (a: Raw) : Raw = native (fun () -> a.exp ())
    let log (a: Raw) : Raw = native (fun () -> a.log ())
    let sqrt (a: Raw) : Raw = native (fun () -> a.sqrt ())

    let pow (a: Raw) (p: float) : Raw = native (fun () -> a.pow (p.ToScalar()))

    let relu (a: Raw) : Raw = native (fun () -> a.relu ())
    let sigmoid (a: Raw) : Raw = native (fun () -> a.sigmoid ())

    let softplus (a: Raw) (bound: float) : Raw =
        native (fun () -> a.softplus (1.0, bound))

    let maximum (a: Raw) (b: Raw) : Raw = native (fun () -> a.max b)
    let minimum (a: Raw) (b: Raw) : Raw = native (fun () -> a.min b)

    let clamp (a: Raw) (low: float) (high: float) : Raw =
        native (fun () -> a.clamp (low.ToScalar(), high.ToScalar()))

    let greaterThan (a: Raw) (c: float) : Raw = native (fun () -> a.gt (c.ToScalar()))

    let where (mask: Raw) (a: Raw) (b: Raw) : Raw =
        native (fun () -> torch.where (mask, a, b))

    // -- reductions --

    let sum (a: Raw) : Raw = native (fun () -> a.sum ())
    let mean (a: Raw) : Raw = native (fun () -> a.mean ())

    let sumAxis (a: Raw) (axis: int) : Raw = native (fun () -> a.sum (int64 axis))

    let meanAxis (a: Raw) (axis: int) : Raw =
        native (fun () -> a.mean [| int64 axis |])

    let maxAxis (a: Raw) (axis: int) : Raw =
        native (fun () -> a.amax ([| int64 axis |], keepdim = false))

    let logSumExp (a: Raw) (axis: int) : Raw =
        native (fun () -> a.logsumexp (int64 axis))

    let softmax (a: Raw) (axis: int) : Raw =
        native (fun () -> a.softmax (int64 axis))

    // -- linear algebra, layout --

    let mm (a: Raw) (b: Raw) : Raw = native (fun () -> a.mm b)

    let product (a: Raw) (b: Raw) : Raw =
        native (fun () ->
            use c = a.mm b
            c.to_type (scalarType Float32, copy = true))

    let transpose (a: Raw) : Raw = native (fun () -> a.t ())

    let reshape (a: Raw) (shape: int[]) : Raw =
        native (fun () -> a.reshape (sizes shape))

    let cat (tensors: Raw list) (axis: int) : Raw =
        native (fun () -> torch.cat (List.toArray tensors, int64 axis))

    let selectRows (a: Raw) (ids: Raw) : Raw =
        native (fun () -> a.index_select (0L, ids))

    let columns (a: Raw) (from: int) (count: int) : Raw =
        native (fun () -> a.narrow (1L, int64 from, int64 count))

    /// target, with row i of rows added to its row ids[i].
    let addRows (target: Raw) (ids: Raw) (rows: Raw) : Raw =
        native (fun () -> target.index_add (0L, ids, rows, (1.0).ToScalar()))

    // -- autograd --

    let detach (a: Raw) : Raw = native (fun () -> a.detach ())

    /// A copy in row-major order, whatever the layout of a.
    let clone (a: Raw) : Raw =
        native (fun () -> if a.is_contiguous () then a.clone () else a.contiguous ())

    let record (a: Raw) =
        native (fun () -> a.requires_grad <- true)

    let backward (a: Raw) (gradient: Raw option) =
        native (fun () ->
            match gradient with
            | None -> a.backward ()
            | Some g -> torch.autograd.backward (a, g))

    let grad (a: Raw) : Raw option = native (fun () -> Option.ofObj a.grad)

    let forgetGrad (a: Raw) = native (fun () -> a.grad <- null)

    let noGrad (f: unit -> 'a) : 'a =
        use _ = torch.no_grad ()
        f ()
