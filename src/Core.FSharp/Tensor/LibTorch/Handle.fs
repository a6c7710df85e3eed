namespace Limen.Core.LibTorch

open System
open System.Runtime.InteropServices
open System.Threading
open Limen.Core

/// Tensor memory, which the garbage collector does not see: when must it collect all the same?
module internal Pressure =

    /// Undisposed tensors may hold this much, or half of what is truly in use, before a collection is forced.
    let private slack = 512L <<< 20

    let private gate = obj ()
    let mutable private mark = slack

    /// After each new tensor: where live bytes have passed the mark, collects, so that the finalizers of tensors that
    /// nobody disposed give their memory back, and sets the mark above what remains.
    let watch () =
        if Native.limen_live_bytes () > mark then
            lock gate (fun () ->
                if Native.limen_live_bytes () > mark then
                    GC.Collect()
                    GC.WaitForPendingFinalizers()
                    let live = Native.limen_live_bytes ()
                    mark <- live + max slack (live / 2L))

/// Owns one count of a native tensor. `GC.KeepAlive` it after each native call that takes its address.
[<Sealed>]
type internal Handle(native: nativeint) =
    let mutable native = native

    static member Own(native: nativeint) =
        let handle = new Handle(native)
        Pressure.watch ()
        handle

    /// 0 once it is disposed.
    member _.Address = native

    member private _.Free() =
        let address = Interlocked.Exchange(&native, 0n)

        if address <> 0n then
            Native.limen_free address

    interface IDisposable with
        member this.Dispose() =
            this.Free()
            GC.SuppressFinalize this

    override this.Finalize() = this.Free()

module internal Code =

    /// A return code other than 0 becomes an exception with torch's message.
    let check (code: int) =
        if code <> 0 then
            raise (TensorException(Marshal.PtrToStringUTF8(Native.limen_error ())))

    /// Element types as torch counts them.
    let ofType =
        function
        | Float32 -> 6
        | Float64 -> 7
        | Int64 -> 4
        | Bool -> 11
        | BFloat16 -> 15

    let toType =
        function
        | 6 -> Float32
        | 7 -> Float64
        | 4 -> Int64
        | 11 -> Bool
        | 15 -> BFloat16
        | code -> raise (TensorException $"torch's element type {code} has no counterpart here")
