namespace Limen.Core

open System
open System.Collections.Generic
open System.Globalization

/// What values in tables of text mean, as people and libraries write them.
[<RequireQualifiedAccess>]
module internal TableValues =

    /// Whether a value says that its label is one of the row; None where it says neither. An empty one says no.
    let flag (value: string) : bool voption =
        match value.Trim() with
        | "0"
        | "0.0"
        | ""
        | "False"
        | "false"
        | "FALSE" -> ValueSome false
        | "1"
        | "1.0"
        | "True"
        | "true"
        | "TRUE" -> ValueSome true
        | _ -> ValueNone

    /// A finite number; NaN where it is missing, None where the value is none. An empty one is missing.
    let number (value: string) : float32 voption =
        match value.Trim() with
        | ""
        | "NA"
        | "NaN"
        | "nan"
        | "?" -> ValueSome nanf
        | text ->
            match Single.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
            | true, v when Single.IsFinite v -> ValueSome v
            | _ -> ValueNone

/// The values of a column of which nothing is known, as flags and as numbers, for as long as all of them are such.
type internal OpenColumn() =
    let mutable flags = Some(List<bool>())
    let mutable numbers = Some(List<float32>())

    let keep (parse: string -> 'a voption) (value: string) (kept: List<'a> option) =
        kept
        |> Option.filter (fun values ->
            match parse value with
            | ValueSome v ->
                values.Add v
                true
            | ValueNone -> false)

    /// None where a value was neither 0 nor 1.
    member _.Flags = flags

    /// None where a value was no number.
    member _.Numbers = numbers

    member _.Add(value: string) : unit =
        flags <- keep TableValues.flag value flags
        numbers <- keep TableValues.number value numbers
