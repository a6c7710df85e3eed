namespace Limen.Core

/// A place in an input file: lines and columns count from 1.
type Place =
    { File: string; Line: int; Column: int }

namespace Limen

open System
open System.Collections.Generic
open Limen.Core
open Limen.Kernels

/// Input that does not have the form it should: where, what was expected, what was found. Lines and columns count from 1.
/// The message is one line, "train.svm:17:8: expected ..., found ...", in which characters that a console would obey are shown by their numbers.
[<Sealed>]
type DataFormatException(place: Place, expected: string, found: string) =
    inherit
        FormatException(
            ParseFault.Readable $"{place.File}:{place.Line}:{place.Column}: expected {expected}, found {found}"
        )

    /// The file.
    member _.File = place.File

    /// The line, counted from 1.
    member _.Line = place.Line

    /// The column, counted from 1.
    member _.Column = place.Column

    /// What should stand there.
    member _.Expected = expected

    /// What stands there.
    member _.Found = found

/// A saved model that cannot be used: damaged, incomplete, or written by a newer version.
[<Sealed>]
type ModelFormatException(path: string, reason: string) =
    inherit Exception(ParseFault.Readable $"{path}: {reason}")

    /// The file or folder.
    member _.Path = path

    /// What is wrong with it.
    member _.Reason = reason

/// Settings with faults: all of them, not the first. The message is the fault where there is but one. Characters that a console would obey are shown by their numbers.
[<Sealed>]
type ModelConfigurationException(faults: IEnumerable<string>) =
    inherit
        ArgumentException(
            match faults |> Seq.map ParseFault.Readable |> List.ofSeq with
            | [ one ] -> one
            | all ->
                "The configuration has faults:\n"
                + String.Join("\n", all |> Seq.map (fun f -> "  - " + f))
        )

    /// Every fault, in a plain sentence each.
    member val Faults: IReadOnlyList<string> = Seq.toArray (Seq.map ParseFault.Readable faults)

/// A value that training met in its first epoch and cannot go on from.
[<Sealed>]
type TrainingDivergedException(step: int, batch: int, what: string) =
    inherit
        Exception(
            $"training stopped at step {step} (batch {batch} of its epoch): {what} is not finite. "
            + "A lower learning rate, or features without huge values, usually helps."
        )

    /// The step, counted from 1 over all epochs.
    member _.Step = step

    /// The batch of its epoch.
    member _.Batch = batch

namespace Limen.Core

open System

/// The exception of settings with faults, raised with F#'s lists.
type ConfigurationException = Limen.ModelConfigurationException

/// Settings that are refused, as a ConfigurationException.
[<RequireQualifiedAccess>]
module internal Configuration =

    /// Raises it of one fault.
    let refuse (fault: string) : 'result =
        raise (ConfigurationException [ fault ])

    /// Raises it where there are faults.
    let require (faults: string list) : unit =
        if not faults.IsEmpty then
            raise (ConfigurationException faults)

type DataFormatException = Limen.DataFormatException

type ModelFormatException = Limen.ModelFormatException

type TrainingDivergedException = Limen.TrainingDivergedException

/// A row to which a model gives a score that is no number, or beyond all numbers: its features are too large for what a scorer has learned, and nothing could
/// be said of the row.
[<Sealed>]
type ScoreNotFiniteException(row: int, scorer: int, label: int) =
    inherit
        ArgumentException(
            $"row {row}: the score that scorer {scorer} gives to label {label} is not finite, for the row's features are too large for what it has learned"
        )

    /// The row, counted from 1.
    member _.Row = row

    /// The scorer, counted from 1.
    member _.Scorer = scorer

    /// The label's id, counted from 0.
    member _.Label = label

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
