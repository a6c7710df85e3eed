namespace Limen.Core

open System

/// A place in an input file: lines and columns count from 1.
type Place =
    { File: string; Line: int; Column: int }

/// Input that does not have the form it should: where, what was expected, what was found.
/// The message is one line: "train.svm:17:8: expected ..., found ...".
[<Sealed>]
type DataFormatException(place: Place, expected: string, found: string) =
    inherit FormatException($"{place.File}:{place.Line}:{place.Column}: expected {expected}, found {found}")
    member _.Place = place
    member _.Expected = expected
    member _.Found = found

/// A saved model that cannot be used: damaged, incomplete, or written by a newer version.
[<Sealed>]
type ModelFormatException(path: string, reason: string) =
    inherit Exception($"{path}: {reason}")
    member _.Path = path
    member _.Reason = reason

/// A configuration with faults: all of them, not the first.
[<Sealed>]
type ConfigurationException(faults: string list) =
    inherit
        ArgumentException(
            "The configuration has faults:\n"
            + String.Join("\n", faults |> List.map (fun f -> "  - " + f))
        )

    member _.Faults = faults

/// An error of torch while a loss was computed, with torch's own message.
[<Sealed>]
type TensorException(message: string) =
    inherit Exception(message)

/// Shape checks of the kernels' callers: a mismatch is a programming error and names both shapes.
[<RequireQualifiedAccess>]
module Shape =

    /// Throws ArgumentException when received differs from expected; both in the library's letters.
    let require (argument: string) (letters: string) (expected: int list) (received: int list) =
        if expected <> received then
            invalidArg argument $"expected {letters} = %A{expected}, received %A{received}"
