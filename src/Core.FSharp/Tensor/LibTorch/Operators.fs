namespace Limen.Core.LibTorch

open System
open System.Runtime.InteropServices
open Microsoft.FSharp.NativeInterop

#nowarn "9" // arguments lie on the stack while the native call reads them

/// One argument of an operator: what it is, how many elements a list has, its bits or the address of the list.
[<Struct; StructLayout(LayoutKind.Sequential)>]
type internal Cell = { Tag: int; Count: int; Bits: int64 }

[<RequireQualifiedAccess>]
module internal Cell =
    let nothing = { Tag = 0; Count = 0; Bits = 0L }

    let inline tensor (handle: Handle) =
        {
            Tag = 1
            Count = 0
            Bits = int64 handle.Address
        }

    let inline int (i: int64) = { Tag = 2; Count = 0; Bits = i }

    let inline float (x: float) =
        {
            Tag = 3
            Count = 0
            Bits = BitConverter.DoubleToInt64Bits x
        }

    let inline bool (b: bool) =
        {
            Tag = 4
            Count = 0
            Bits = if b then 1L else 0L
        }

    let inline ints (address: nativeptr<int64>) (count: int) =
        {
            Tag = 5
            Count = count
            Bits = int64 (NativePtr.toNativeInt address)
        }

    let inline tensors (address: nativeptr<nativeint>) (count: int) =
        {
            Tag = 6
            Count = count
            Bits = int64 (NativePtr.toNativeInt address)
        }

/// Torch's operators, each found by name once, and calls that give one tensor. Callers keep the arguments alive.
module internal Operators =

    let private find name overload =
        Native.ensure ()
        let mutable result = 0n
        Code.check (Native.limen_operator ("aten::" + name, overload, &result))
        result

    let add = find "add" "Tensor"
    let sub = find "sub" "Tensor"
    let mul = find "mul" "Tensor"
    let div = find "div" "Tensor"
    let addScalar = find "add" "Scalar"
    let mulScalar = find "mul" "Scalar"
    let neg = find "neg" ""
    let abs = find "abs" ""
    let exp = find "exp" ""
    let log = find "log" ""
    let sqrt = find "sqrt" ""
    let pow = find "pow" "Tensor_Scalar"
    let relu = find "relu" ""
    let sigmoid = find "sigmoid" ""
    let softplus = find "softplus" ""
    let maximum = find "maximum" ""
    let minimum = find "minimum" ""
    let clamp = find "clamp" ""
    let greater = find "gt" "Scalar"
    let where = find "where" "self"
    let sum = find "sum" ""
    let mean = find "mean" ""
    let sumAxis = find "sum" "dim_IntList"
    let meanAxis = find "mean" "dim"
    let maxAxis = find "amax" ""
    let logSumExp = find "logsumexp" ""
    let softmax = find "softmax" "int"
    let mm = find "mm" ""
    let mv = find "mv" ""
    let transpose = find "t" ""
    let reshape = find "reshape" ""
    let cat = find "cat" ""
    let indexSelect = find "index_select" ""
    let indexAdd = find "index_add" ""
    let narrow = find "narrow" ""
    let cast = find "to" "dtype"
    let clone = find "clone" ""
    let detach = find "detach" ""

    let private invoke operator (cells: nativeptr<Cell>) count =
        let mutable result = 0n
        Code.check (Native.limen_call (operator, NativePtr.toNativeInt cells, count, &result))
        Handle.Own result

    let call1 operator (a: Cell) =
        let cells = NativePtr.stackalloc<Cell> 1
        NativePtr.write cells a
        invoke operator cells 1

    let call2 operator (a: Cell) (b: Cell) =
        let cells = NativePtr.stackalloc<Cell> 2
        NativePtr.write cells a
        NativePtr.set cells 1 b
        invoke operator cells 2

    let call3 operator (a: Cell) (b: Cell) (c: Cell) =
        let cells = NativePtr.stackalloc<Cell> 3
        NativePtr.write cells a
        NativePtr.set cells 1 b
        NativePtr.set cells 2 c
        invoke operator cells 3

    let call4 operator (a: Cell) (b: Cell) (c: Cell) (d: Cell) =
        let cells = NativePtr.stackalloc<Cell> 4
        NativePtr.write cells a
        NativePtr.set cells 1 b
        NativePtr.set cells 2 c
        NativePtr.set cells 3 d
        invoke operator cells 4
