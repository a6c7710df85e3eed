namespace Limen.Core

open System

/// What numbers of options and of rows may be: far beyond what is useful, and far within what float32 and memory bear. A number outside is a fault that names its range.
[<RequireQualifiedAccess>]
module Limits =

    /// The magnitude of a feature: its square is finite in float32.
    let feature = 1e18f

    /// The magnitude of a score of another model, in log-odds.
    let score = 1e9f

    /// How much a row may count.
    let rowWeight = 1e6f

    /// A cost, a weight of an objective, a factor of a loss.
    let factor = 1e6

    /// Units of a hidden layer, landmarks, clusters.
    let units = 65_536

    /// Neighbours of a row.
    let neighbours = 10_000

    /// Labels listed for a row, terms listed for a label.
    let listed = 100_000

    /// Passes over the rows, trees, resamples.
    let passes = 100_000

    /// Rows of a training step.
    let batch = 1_000_000

    /// Parts that rows or labels are cut into: folds, buckets, bins.
    let parts = 10_000

    /// Labels drawn beside those of a batch.
    let drawn = 10_000_000

    let private fault name expected (received: obj) =
        [ $"{name}: expected {expected}, received {received}" ]

    /// The fault of a whole number that is not in its range, both ends included; none where it is.
    let whole (name: string) (least: int, most: int) (received: int) : string list =
        if least <= received && received <= most then
            []
        else
            fault name $"{least} to {most}" received

    /// The fault of a number that is not in its range, both ends included, or NaN.
    let number (name: string) (least: float, most: float) (received: float) : string list =
        if least <= received && received <= most then
            []
        else
            fault name $"{least} to {most}" received

    /// The fault of a number that is not above 0 and at most the limit, or NaN.
    let above0 (name: string) (most: float) (received: float) : string list =
        if 0.0 < received && received <= most then
            []
        else
            fault name $"above 0, at most {most}" received

    /// Throws ArgumentException, the argument named, for a whole number that is not in its range, both ends included.
    let require (argument: string) (least: int, most: int) (received: int) : unit =
        if received < least || received > most then
            invalidArg argument $"expected {least} to {most}, received {received}"
