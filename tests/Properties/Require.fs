namespace Limen.Properties

open System
open NUnit.Framework

/// Requirements whose failure shows both sides.
[<RequireQualifiedAccess>]
module Require =

    /// F# equality: lists, arrays, tuples and records by their contents.
    let equal (expected: 'value) (received: 'value) : unit =
        if received <> expected then
            Assert.Fail $"expected %A{expected}\nreceived %A{received}"

    /// The message of the exception that an action must end in.
    let refusal<'refusal when 'refusal :> exn> (action: unit -> obj) : string =
        Assert.Throws<'refusal>(Action(action >> ignore)).Message
