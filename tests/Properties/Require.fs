namespace Limen.Properties

open System
open System.Text.RegularExpressions
open Expecto

/// Requirements whose failure shows what was expected and what was received.
[<RequireQualifiedAccess>]
module Require =

    let private fail (expected: string) (received: 'value) : unit =
        failtest $"expected {expected}\nreceived %A{received}"

    let isTrue (condition: bool) : unit =
        if not condition then
            fail "true" condition

    let isFalse (condition: bool) : unit =
        if condition then
            fail "false" condition

    /// F# equality: lists, arrays, tuples and records by their contents.
    let equal (expected: 'value) (received: 'value) : unit =
        if received <> expected then
            fail $"%A{expected}" received

    let notEqual (other: 'value) (received: 'value) : unit =
        if received = other then
            fail $"anything but %A{other}" received

    let same (expected: 'value when 'value: not struct) (received: 'value) : unit =
        if not (obj.ReferenceEquals(received, expected)) then
            fail $"the very object %A{expected}" received

    /// |received - expected| <= tolerance.
    let near (tolerance: float) (expected: float) (received: float) : unit =
        if not (abs (received - expected) <= tolerance) then
            fail $"{expected} +- {tolerance}" received

    /// Both ends included.
    let between (least: 'value, most: 'value) (received: 'value) : unit =
        if not (least <= received && received <= most) then
            fail $"%A{least} to %A{most}" received

    let below bound received =
        if not (received < bound) then
            fail $"below %A{bound}" received

    let atMost bound received =
        if not (received <= bound) then
            fail $"at most %A{bound}" received

    let above bound received =
        if not (received > bound) then
            fail $"above %A{bound}" received

    let atLeast bound received =
        if not (received >= bound) then
            fail $"at least %A{bound}" received

    let isNaN (received: float) : unit =
        if not (Double.IsNaN received) then
            fail "NaN" received

    let isEmpty (received: 'value seq) : unit =
        if not (Seq.isEmpty received) then
            fail "nothing" received

    let isNonEmpty (received: 'value seq) : unit =
        if Seq.isEmpty received then
            fail "something" received

    /// Every element is the expected one.
    let all (expected: 'value) (received: 'value seq) : unit =
        if not (Seq.forall ((=) expected) received) then
            fail $"%A{expected} everywhere" received

    let contains (words: string) (received: string) : unit =
        if not (received.Contains(words, StringComparison.Ordinal)) then
            fail $"\"{words}\" in it" received

    let startsWith (words: string) (received: string) : unit =
        if not (received.StartsWith(words, StringComparison.Ordinal)) then
            fail $"\"{words}\" at its start" received

    let endsWith (words: string) (received: string) : unit =
        if not (received.EndsWith(words, StringComparison.Ordinal)) then
            fail $"\"{words}\" at its end" received

    let matches (pattern: string) (received: string) : unit =
        if not (Regex.IsMatch(received, pattern)) then
            fail $"a match of {pattern}" received

    /// The exception that an action must end in: of this very type, not of one derived from it.
    let thrown<'refusal when 'refusal :> exn> (action: unit -> obj) : 'refusal =
        let outcome =
            try
                action () |> ignore
                None
            with e ->
                Some e

        match outcome with
        | Some(:? 'refusal as refusal) when refusal.GetType() = typeof<'refusal> -> refusal
        | other -> failtest $"expected {typeof<'refusal>.Name}\nreceived %A{other}"

    let throws<'refusal when 'refusal :> exn> (action: unit -> obj) : unit = thrown<'refusal> action |> ignore

    /// The message of the exception that an action must end in.
    let refusal<'refusal when 'refusal :> exn> (action: unit -> obj) : string = (thrown<'refusal> action).Message
