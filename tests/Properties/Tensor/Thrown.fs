namespace Limen.Properties

open System
open NUnit.Framework

/// The exception that a function must throw.
[<RequireQualifiedAccess>]
module Thrown =

    let by<'e when 'e :> exn> (f: unit -> unit) : 'e = Assert.Throws<'e>(Action f)

    /// Fails unless the function throws this exception.
    let check<'e when 'e :> exn> (f: unit -> unit) = by<'e> f |> ignore
