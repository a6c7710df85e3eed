namespace Limen.Core

open System.Collections.Generic
open Limen.Kernels

/// What happened to some (row, label) pairs: true positives, false positives, false negatives.
/// One label over all rows, one row over all labels, or everything at once; every ratio is a function of it.
[<Struct>]
type Confusion = { TP: int64; FP: int64; FN: int64 }

/// The confusion of each of L labels over N rows. Counts of shards add up to the counts of the whole.
type Counts =
    {
        /// N, the rows counted.
        Rows: int
        TruePositives: int[]
        FalsePositives: int[]
        FalseNegatives: int[]
    }

    /// L, the number of labels.
    member c.Labels = c.TruePositives.Length

/// How many rows have each confusion: all that a per-row ("samples") metric needs, whatever its ratio.
/// Histograms of shards add up to the histogram of the whole, exactly.
type RowCounts = { Outcomes: Map<Confusion, int> }

[<RequireQualifiedAccess>]
module Confusion =

    let zero = { TP = 0L; FP = 0L; FN = 0L }

    let add (a: Confusion) (b: Confusion) : Confusion =
        {
            TP = a.TP + b.TP
            FP = a.FP + b.FP
            FN = a.FN + b.FN
        }

/// The walk over truth and prediction of a row that all counting shares.
[<RequireQualifiedAccess>]
module internal Outcome =

    [<Literal>]
    let TruePositive = 0

    [<Literal>]
    let FalsePositive = 1

    [<Literal>]
    let FalseNegative = 2

    /// Both matrices are [N, L]; otherwise ArgumentException with both shapes.
    let requireSameShape (argument: string) (truth: CsrMatrix) (other: CsrMatrix) =
        Shape.require argument "[N; L]" [ truth.Rows; truth.Columns ] [ other.Rows; other.Columns ]

    /// Score lists [N, L] beside the truth [N, L], none of them NaN (which has no place in an order); otherwise
    /// ArgumentException.
    let requireScores (truth: CsrMatrix) (scores: CsrMatrix) =
        requireSameShape (nameof scores) truth scores

        for row in 0 .. scores.Rows - 1 do
            for at in scores.RowStart[row] .. scores.RowStart[row + 1] - 1 do
                if System.Single.IsNaN scores.Values[at] then
                    invalidArg (nameof scores) $"row {row}, label {scores.Indices[at]}: expected a score, received NaN"

    /// Visits (label, outcome) for each label in the union of the two sets of a row, labels ascending.
    let inline visitRow (truth: CsrMatrix) (predicted: CsrMatrix) (row: int) ([<InlineIfLambda>] visit) =
        let mutable t = truth.RowStart[row]
        let mutable p = predicted.RowStart[row]
        let endT = truth.RowStart[row + 1]
        let endP = predicted.RowStart[row + 1]

        while t < endT || p < endP do
            let inTruth = t < endT && (p = endP || truth.Indices[t] <= predicted.Indices[p])

            let inPrediction =
                p < endP && (t = endT || predicted.Indices[p] <= truth.Indices[t])

            let label = if inTruth then truth.Indices[t] else predicted.Indices[p]

            let outcome =
                if not inTruth then FalsePositive
                elif inPrediction then TruePositive
                else FalseNegative

            if inTruth then
                t <- t + 1

            if inPrediction then
                p <- p + 1

            visit label outcome

[<RequireQualifiedAccess>]
module Counts =

    /// The counts of no rows over L labels: what `add` leaves unchanged.
    let zero (labels: int) : Counts =
        {
            Rows = 0
            TruePositives = Array.zeroCreate labels
            FalsePositives = Array.zeroCreate labels
            FalseNegatives = Array.zeroCreate labels
        }

    /// The counts of the rows of both. ArgumentException when the numbers of labels differ.
    let add (a: Counts) (b: Counts) : Counts =
        Shape.require (nameof b) "[L]" [ a.Labels ] [ b.Labels ]

        {
            Rows = a.Rows + b.Rows
            TruePositives = Array.map2 (+) a.TruePositives b.TruePositives
            FalsePositives = Array.map2 (+) a.FalsePositives b.FalsePositives
            FalseNegatives = Array.map2 (+) a.FalseNegatives b.FalseNegatives
        }

    /// Compares true and predicted label sets, both [N, L]; every stored entry is a member of its row's set.
    /// Time in the number of entries. ArgumentException when the shapes differ.
    let ofSets (truth: CsrMatrix) (predicted: CsrMatrix) : Counts =
        Outcome.requireSameShape (nameof predicted) truth predicted

        let counts =
            { zero truth.Columns with
                Rows = truth.Rows
            }

        for row in 0 .. truth.Rows - 1 do
            Outcome.visitRow truth predicted row (fun label outcome ->
                let cells =
                    match outcome with
                    | Outcome.TruePositive -> counts.TruePositives
                    | Outcome.FalsePositive -> counts.FalsePositives
                    | _ -> counts.FalseNegatives

                cells[label] <- cells[label] + 1)

        counts

    /// The confusion of label l over the rows.
    let label (l: int) (c: Counts) : Confusion =
        {
            TP = int64 c.TruePositives[l]
            FP = int64 c.FalsePositives[l]
            FN = int64 c.FalseNegatives[l]
        }

    /// The confusion of each label, in the order of their ids.
    let perLabel (c: Counts) : Confusion[] =
        Array.init c.Labels (fun l -> label l c)

    /// The confusion of all pairs together: what micro averages are computed from.
    let total (c: Counts) : Confusion =
        Array.fold Confusion.add Confusion.zero (perLabel c)

    /// The positives of each label among the rows, TP + FN.
    let support (c: Counts) : int[] =
        Array.map2 (+) c.TruePositives c.FalseNegatives

    /// How often each label was predicted, TP + FP.
    let predictions (c: Counts) : int[] =
        Array.map2 (+) c.TruePositives c.FalsePositives

    /// The share of all N L pairs that are wrong, (FP + FN) / (N L); 0 without pairs.
    let hammingLoss (c: Counts) : float =
        let pairs = float c.Rows * float c.Labels
        let t = total c
        if pairs = 0.0 then 0.0 else float (t.FP + t.FN) / pairs

[<RequireQualifiedAccess>]
module RowCounts =

    /// No rows: what `add` leaves unchanged.
    let zero: RowCounts = { Outcomes = Map.empty }

    let add (a: RowCounts) (b: RowCounts) : RowCounts =
        let merge outcomes confusion rows =
            outcomes
            |> Map.change confusion (fun known -> Some(rows + Option.defaultValue 0 known))

        {
            Outcomes = Map.fold merge a.Outcomes b.Outcomes
        }

    /// Compares true and predicted label sets, both [N, L]. ArgumentException when the shapes differ.
    let ofSets (truth: CsrMatrix) (predicted: CsrMatrix) : RowCounts =
        Outcome.requireSameShape (nameof predicted) truth predicted
        let rows = Dictionary<Confusion, int>()

        for row in 0 .. truth.Rows - 1 do
            let mutable found = Confusion.zero

            Outcome.visitRow truth predicted row (fun _ outcome ->
                found <-
                    match outcome with
                    | Outcome.TruePositive -> { found with TP = found.TP + 1L }
                    | Outcome.FalsePositive -> { found with FP = found.FP + 1L }
                    | _ -> { found with FN = found.FN + 1L })

            rows[found] <- 1 + rows.GetValueOrDefault found

        {
            Outcomes = rows |> Seq.map (fun pair -> pair.Key, pair.Value) |> Map.ofSeq
        }

    /// N, the rows counted.
    let rows (c: RowCounts) : int =
        c.Outcomes |> Map.fold (fun n _ rows -> n + rows) 0

    /// The mean of a ratio over the rows; 0 without rows.
    let mean (ratio: Confusion -> float) (c: RowCounts) : float =
        let sum =
            c.Outcomes
            |> Map.fold (fun s confusion rows -> s + float rows * ratio confusion) 0.0

        sum / float (max 1 (rows c))

    /// The share of rows whose predicted set is the true set; 0 without rows.
    let subsetAccuracy (c: RowCounts) : float =
        c |> mean (fun row -> if row.FP = 0L && row.FN = 0L then 1.0 else 0.0)
