namespace Limen.Core

open System
open System.Runtime.InteropServices
open Microsoft.FSharp.NativeInterop
open Limen.Core.LibTorch

#nowarn "9" // tensor memory and argument lists are addresses

/// What a tensor is to this engine.
type internal Raw = Handle

/// The primitives of `Tensor` over the system's libtorch; operands in the order of the formula.
[<RequireQualifiedAccess>]
module internal Engine =

    let private unary operator (a: Raw) =
        let r = Operators.call1 operator (Cell.tensor a)
        GC.KeepAlive a
        r

    let private unaryWith operator (a: Raw) (p: Cell) =
        let r = Operators.call2 operator (Cell.tensor a) p
        GC.KeepAlive a
        r

    let private unaryWith2 operator (a: Raw) (p: Cell) (q: Cell) =
        let r = Operators.call3 operator (Cell.tensor a) p q
        GC.KeepAlive a
        r

    let private unaryWith3 operator (a: Raw) (p: Cell) (q: Cell) (s: Cell) =
        let r = Operators.call4 operator (Cell.tensor a) p q s
        GC.KeepAlive a
        r

    let private binary operator (a: Raw) (b: Raw) =
        let r = Operators.call2 operator (Cell.tensor a) (Cell.tensor b)
        GC.KeepAlive a
        GC.KeepAlive b
        r

    /// Operators that take a list of axes: here always one.
    let private alongAxis operator (a: Raw) (axis: int) =
        let axes = NativePtr.stackalloc<int64> 1
        NativePtr.write axes (int64 axis)
        unaryWith operator a (Cell.ints axes 1)

    // -- storage --

    let isDisposed (a: Raw) = a.Address = 0n

    let private describe (a: Raw) =
        let mutable description = Description()
        Code.check (Native.limen_describe (a.Address, &description))
        GC.KeepAlive a
        description

    let shape (a: Raw) : int[] =
        let mutable description = describe a

        let sizes =
            MemoryMarshal.CreateReadOnlySpan(&description.FirstSize, description.Rank)

        let shape = Array.zeroCreate description.Rank

        for i in 0 .. shape.Length - 1 do
            shape[i] <- int sizes[i]

        shape

    let dtype (a: Raw) = Code.toType (describe a).DType
    let count (a: Raw) = (describe a).Count
    let isContiguous (a: Raw) = (describe a).Contiguous <> 0
    let requiresGrad (a: Raw) = (describe a).RequiresGrad <> 0

    /// A tensor with a copy of the values at this address, or with memory that is not set where it is 0.
    let ofMemory dtype (shape: int[]) (values: nativeint) =
        Native.ensure ()
        let sizes = Array.map int64 shape
        use sizes = fixed sizes
        let mutable r = 0n
        Code.check (Native.limen_new (values, NativePtr.toNativeInt sizes, shape.Length, Code.ofType dtype, &r))
        Handle.Own r

    let full dtype (shape: int[]) (value: float) =
        Native.ensure ()
        let sizes = Array.map int64 shape
        use sizes = fixed sizes
        let mutable r = 0n
        Code.check (Native.limen_full (value, NativePtr.toNativeInt sizes, shape.Length, Code.ofType dtype, &r))
        Handle.Own r

    /// Copies the values, row by row and converted to dtype, to this address.
    let read dtype (a: Raw) (values: nativeint) =
        Code.check (Native.limen_read (a.Address, Code.ofType dtype, values))
        GC.KeepAlive a

    let address (a: Raw) =
        let mutable r = 0n
        Code.check (Native.limen_address (a.Address, &r))
        GC.KeepAlive a
        r

    let cast dtype a =
        unaryWith3 Operators.cast a (Cell.int (int64 (Code.ofType dtype))) (Cell.bool false) (Cell.bool true)

    // -- elementwise --

    let add a b = binary Operators.add a b
    let sub a b = binary Operators.sub a b
    let mul a b = binary Operators.mul a b
    let div a b = binary Operators.div a b

    let shift a c =
        unaryWith Operators.addScalar a (Cell.float c)

    let scale a c =
        unaryWith Operators.mulScalar a (Cell.float c)

    let neg a = unary Operators.neg a
    let abs a = unary Operators.abs a
    let exp a = unary Operators.exp a
    let log a = unary Operators.log a
    let sqrt a = unary Operators.sqrt a

    let pow a p =
        unaryWith Operators.pow a (Cell.float p)

    let relu a = unary Operators.relu a
    let sigmoid a = unary Operators.sigmoid a

    let softplus a bound =
        unaryWith2 Operators.softplus a (Cell.float 1.0) (Cell.float bound)

    let maximum a b = binary Operators.maximum a b
    let minimum a b = binary Operators.minimum a b

    let clamp a low high =
        unaryWith2 Operators.clamp a (Cell.float low) (Cell.float high)

    let greaterThan a c =
        unaryWith Operators.greater a (Cell.float c)

    let where (mask: Raw) (a: Raw) (b: Raw) =
        let r = unaryWith2 Operators.where mask (Cell.tensor a) (Cell.tensor b)
        GC.KeepAlive a
        GC.KeepAlive b
        r

    // -- reductions --

    let sum a = unary Operators.sum a
    let mean a = unary Operators.mean a
    let sumAxis a axis = alongAxis Operators.sumAxis a axis
    let meanAxis a axis = alongAxis Operators.meanAxis a axis
    let maxAxis a axis = alongAxis Operators.maxAxis a axis
    let logSumExp a axis = alongAxis Operators.logSumExp a axis

    let softmax a (axis: int) =
        unaryWith Operators.softmax a (Cell.int (int64 axis))

    // -- linear algebra, layout --

    let transpose a = unary Operators.transpose a

    let reshape a (shape: int[]) =
        let sizes = Array.map int64 shape
        use pinned = fixed sizes
        unaryWith Operators.reshape a (Cell.ints pinned shape.Length)

    /// One row times a matrix: `mv` reads the matrix once, at the pace of memory; `mm` takes twice as long.
    let private rowTimes (row: Raw) (b: Raw) =
        use vector = reshape row [| -1 |]
        use columns = transpose b
        use product = binary Operators.mv columns vector
        reshape product [| 1; -1 |]

    let mm (a: Raw) (b: Raw) =
        match shape a, shape b with
        | [| 1; k |], [| k'; _ |] when k = k' -> rowTimes a b
        | _ -> binary Operators.mm a b

    let product (a: Raw) (b: Raw) =
        match shape a, dtype a with
        | [| 1; _ |], Float32 -> mm a b
        | _ ->
            let mutable r = 0n
            Code.check (Native.limen_product (a.Address, b.Address, &r))
            GC.KeepAlive a
            GC.KeepAlive b
            Handle.Own r

    let cat (tensors: Raw list) (axis: int) =
        let handles = [| for t in tensors -> t.Address |]
        use pinned = fixed handles

        let r =
            Operators.call2 Operators.cat (Cell.tensors pinned handles.Length) (Cell.int (int64 axis))

        GC.KeepAlive tensors
        r

    let selectRows a (ids: Raw) =
        let r = unaryWith2 Operators.indexSelect a (Cell.int 0L) (Cell.tensor ids)
        GC.KeepAlive ids
        r

    let columns a (from: int) (count: int) =
        unaryWith3 Operators.narrow a (Cell.int 1L) (Cell.int (int64 from)) (Cell.int (int64 count))

    /// target, with row i of rows added to its row ids[i].
    let addRows target (ids: Raw) (rows: Raw) =
        let r =
            unaryWith3 Operators.indexAdd target (Cell.int 0L) (Cell.tensor ids) (Cell.tensor rows)

        GC.KeepAlive ids
        GC.KeepAlive rows
        r

    // -- autograd --

    let detach a = unary Operators.detach a

    /// A copy in row-major order (memory format 0), whatever the layout of a.
    let clone a =
        unaryWith Operators.clone a (Cell.int 0L)

    let record (a: Raw) =
        Code.check (Native.limen_record a.Address)
        GC.KeepAlive a

    let backward (a: Raw) (gradient: Raw option) =
        let address = gradient |> Option.map _.Address |> Option.defaultValue 0n
        Code.check (Native.limen_backward (a.Address, address))
        GC.KeepAlive a
        GC.KeepAlive gradient

    let grad (a: Raw) =
        let mutable r = 0n
        Code.check (Native.limen_grad (a.Address, &r))
        GC.KeepAlive a
        if r = 0n then None else Some(Handle.Own r)

    let forgetGrad (a: Raw) =
        Code.check (Native.limen_forget_grad a.Address)
        GC.KeepAlive a

    let noGrad (f: unit -> 'a) : 'a =
        Native.ensure ()
        let before = Native.limen_grad_mode 0

        try
            f ()
        finally
            Native.limen_grad_mode before |> ignore
