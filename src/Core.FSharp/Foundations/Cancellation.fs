namespace Limen.Core

open System.Runtime.CompilerServices
open System.Threading
open Limen.Kernels

/// What a fit does when its token is cancelled.
[<RequireQualifiedAccess>]
type WhenCancelled =
    /// It throws OperationCanceledException (the default).
    | Throw
    /// It gives the best model so far where there is one, and throws OperationCanceledException where there is none. There is one as soon as every scorer of the
    /// first fit (of the first fold, where there are folds) is whole, a network from its first epoch on; the decision is then still fitted.
    | BestSoFar

/// Ending long work early. The token of a scope reaches all that runs in it, on other threads too.
[<RequireQualifiedAccess>]
module Cancellation =

    /// The result of work that ends with OperationCanceledException soon after the token is cancelled: reading, vectorising, fitting, measuring.
    let within (token: CancellationToken) (work: unit -> 'a) : 'a =
        use _ = CancellationScope.Of token
        CancellationScope.ThrowIfCancelled()
        work ()

    /// The result of work that goes on though the scope around it was cancelled.
    let internal shielded (work: unit -> 'a) : 'a =
        use _ = CancellationScope.Of CancellationToken.None
        work ()

    /// Throws OperationCanceledException where the scope was cancelled. For loops that take long. What it calls is internal, so other assemblies must not inline it.
    [<MethodImpl(MethodImplOptions.NoInlining)>]
    let check () : unit = CancellationScope.ThrowIfCancelled()

    /// f 0 to f (count - 1), computed at once on the threads of the pool, and cancelled with the scope. The first exception of an element is thrown as it is.
    let internal init (count: int) (f: int -> 'a) : 'a[] =
        let results = Array.zeroCreate count
        CancellationScope.For(count, (fun i -> results[i] <- f i))
        results

    /// f 0 to f (count - 1), as by `init`, for what they do.
    let internal iter (count: int) (f: int -> unit) : unit = CancellationScope.For(count, f)

    /// As Array.map, each element computed as by `init`.
    let internal map (f: 'a -> 'b) (values: 'a[]) : 'b[] =
        init values.Length (fun i -> f values[i])
