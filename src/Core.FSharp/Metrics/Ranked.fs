namespace Limen.Core

open Limen.Kernels

/// The order of a score list: the highest score first, the lower label id first among equals.
[<RequireQualifiedAccess>]
module Ranked =

    let internal requirePlaces k =
        if k < 1 then
            invalidArg (nameof k) $"expected k of at least 1, received {k}"

    /// The labels in the first k places of a row of scores [N, L], best first. Labels without a stored score never
    /// enter: a list shorter than k leaves its last places empty, and an empty place is a miss.
    /// ArgumentException when k < 1.
    let row (k: int) (scores: CsrMatrix) (i: int) : int[] =
        requirePlaces k
        let labels = scores.RowIndices i
        let values = scores.RowValues i
        let best = Array.zeroCreate (min k labels.Length)
        let mutable held = 0

        for at in 0 .. labels.Length - 1 do
            if held < best.Length || (held > 0 && values[at] > values[best[held - 1]]) then
                let mutable place = if held < best.Length then held else held - 1
                held <- max held (place + 1)

                while place > 0 && values[at] > values[best[place - 1]] do
                    best[place] <- best[place - 1]
                    place <- place - 1

                best[place] <- at

        for place in 0 .. best.Length - 1 do
            best[place] <- labels[best[place]]

        best

    /// The first k places of each row as label sets [N, L].
    let sets (k: int) (Scores scores) : LabelSets =
        Array.init scores.Rows (row k scores) |> Csr.ofSets scores.Columns |> LabelSets

    let internal isTrue (truth: CsrMatrix) (i: int) (label: int) = truth.Find(i, label) >= 0
