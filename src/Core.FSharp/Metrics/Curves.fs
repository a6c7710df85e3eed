namespace Limen.Core

open System
open Limen.Kernels

/// True labels and score lists of the same rows, both [N, L]. The areas under curves compare scores of different rows,
/// so no fixed number of sums replaces them: what merges is the rows themselves.
[<ReferenceEquality>]
type ScoredRows = { Truth: CsrMatrix; Scores: CsrMatrix }

[<RequireQualifiedAccess>]
module ScoredRows =

    /// ArgumentException when the shapes differ or a score is NaN.
    let create (truth: CsrMatrix) (scores: CsrMatrix) : ScoredRows =
        Outcome.requireScores truth scores
        { Truth = truth; Scores = scores }

    /// The rows of a, then those of b.
    let add (a: ScoredRows) (b: ScoredRows) : ScoredRows =
        {
            Truth = Csr.append a.Truth b.Truth
            Scores = Csr.append a.Scores b.Scores
        }

/// Areas under the ROC curve (AUC) and the precision-recall curve (AP), in [0, 1]. Pairs absent from the score lists
/// tie below every stored score; tied pairs are one point of the curve. Full lists give scikit-learn's values on dense
/// scores.
[<RequireQualifiedAccess>]
module Curves =

    /// Positives and negatives of equal score.
    [<Struct>]
    type private Block = { Positives: float; Negatives: float }

    /// Which stored scores belong to true labels, beside `Scores.Values`.
    let private flags (rows: ScoredRows) : bool[] =
        let flags = Array.zeroCreate rows.Scores.NonZeros

        for row in 0 .. rows.Scores.Rows - 1 do
            for at in rows.Scores.RowStart[row] .. rows.Scores.RowStart[row + 1] - 1 do
                flags[at] <- Ranked.isTrue rows.Truth row rows.Scores.Indices[at]

        flags

    /// The blocks of a slice of the stored scores from the highest down, then the block of the absent pairs.
    let private blocks
        (scores: ReadOnlySpan<float32>)
        (flags: ReadOnlySpan<bool>)
        (positives: float)
        (negatives: float)
        =
        let keys = scores.ToArray() |> Array.map (~-)
        let flags = flags.ToArray()
        Array.Sort(keys, flags)
        let found = ResizeArray()
        let mutable at = 0
        let mutable listed = { Positives = 0.0; Negatives = 0.0 }

        while at < keys.Length do
            let start = at
            let mutable hits = 0

            while at < keys.Length && keys[at] = keys[start] do
                if flags[at] then
                    hits <- hits + 1

                at <- at + 1

            let block =
                {
                    Positives = float hits
                    Negatives = float (at - start - hits)
                }

            listed <-
                {
                    Positives = listed.Positives + block.Positives
                    Negatives = listed.Negatives + block.Negatives
                }

            found.Add block

        found.Add
            {
                Positives = positives - listed.Positives
                Negatives = negatives - listed.Negatives
            }

        found.ToArray()

    /// The blocks of each label, from matrices turned to [L, N].
    let private perLabel (rows: ScoredRows) =
        let byLabel =
            {
                Truth = Csr.transpose rows.Truth
                Scores = Csr.transpose rows.Scores
            }

        let flags = flags byLabel

        Array.init byLabel.Truth.Rows (fun label ->
            let start = byLabel.Scores.RowStart[label]
            let stored = byLabel.Scores.RowStart[label + 1] - start
            let positives = float (byLabel.Truth.RowIndices(label).Length)
            let negatives = float byLabel.Truth.Columns - positives
            blocks (byLabel.Scores.RowValues label) (ReadOnlySpan(flags, start, stored)) positives negatives)

    /// The blocks of all N L pairs.
    let private together (rows: ScoredRows) =
        let stored = rows.Scores.NonZeros
        let positives = float rows.Truth.NonZeros
        let negatives = float rows.Truth.Rows * float rows.Truth.Columns - positives
        blocks (ReadOnlySpan(rows.Scores.Values, 0, stored)) (ReadOnlySpan(flags rows)) positives negatives

    /// The share of (positive, negative) pairs in the right order, ties as half; None without both classes.
    let private auc blocks =
        let positives = blocks |> Array.sumBy _.Positives
        let negatives = blocks |> Array.sumBy _.Negatives

        let step struct (right, above) block =
            let below = negatives - above - block.Negatives
            struct (right + block.Positives * (below + block.Negatives / 2.0), above + block.Negatives)

        let struct (right, _) = Array.fold step (struct (0.0, 0.0)) blocks

        if positives = 0.0 || negatives = 0.0 then
            None
        else
            Some(right / (positives * negatives))

    /// The sum over blocks of (increase of recall) x (precision at the block's end); None without positives.
    let private averagePrecision blocks =
        let positives = blocks |> Array.sumBy _.Positives

        let step struct (area, hits, seen) block =
            let hits = hits + block.Positives
            let seen = seen + block.Positives + block.Negatives

            let gained =
                if block.Positives = 0.0 then
                    0.0
                else
                    block.Positives * hits / seen

            struct (area + gained, hits, seen)

        let struct (area, _, _) = Array.fold step (struct (0.0, 0.0, 0.0)) blocks
        if positives = 0.0 then None else Some(area / positives)

    let private meanOfDefined values =
        match Array.choose id values with
        | [||] -> None
        | defined -> Some(Array.average defined)

    /// The mean AUC of the labels that have both a positive and a negative row; None when there is no such label.
    let macroAuc (rows: ScoredRows) : float option =
        perLabel rows |> Array.map auc |> meanOfDefined

    /// The AUC of all N L pairs in one ranking; None unless there are positives and negatives.
    let microAuc (rows: ScoredRows) : float option = auc (together rows)

    /// The mean AP of the labels that have a positive row; None when there is no such label.
    let macroAp (rows: ScoredRows) : float option =
        perLabel rows |> Array.map averagePrecision |> meanOfDefined

    /// The AP of all N L pairs in one ranking; None without positives.
    let microAp (rows: ScoredRows) : float option = averagePrecision (together rows)
