namespace Limen.Core

open Limen.Kernels

/// How often (row, label) pairs are true positives, false positives and false negatives, each pair counting as much as its row.
/// One label over all rows, one row over all labels, or everything at once; every ratio is a function of it.
[<Struct>]
type Confusion = { TP: float; FP: float; FN: float }

/// The confusion of each of L labels over N rows; sums of the rows' weights, whole numbers where every row counts as 1.
type Counts =
    {
        /// N, or the sum of the rows' weights.
        Rows: float
        TruePositives: float[]
        FalsePositives: float[]
        FalseNegatives: float[]
    }

    /// L, the number of labels.
    member c.Labels = c.TruePositives.Length

[<RequireQualifiedAccess>]
module Confusion =

    let zero = { TP = 0.0; FP = 0.0; FN = 0.0 }

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
    let requireSameShape (argument: string) (other: CsrMatrix) (truth: CsrMatrix) =
        Shape.require argument "[N; L]" [ truth.Rows; truth.Columns ] [ other.Rows; other.Columns ]

    /// Visits (label, outcome) for each label in the union of the two sets of a row, labels ascending.
    let inline visitRow (predicted: CsrMatrix) (truth: CsrMatrix) (row: int) ([<InlineIfLambda>] visit) =
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

    /// Compares predicted and true label sets [N, L] of rows with weights [N] (None: 1 each); every stored entry is a member of its
    /// row's set. Time in the number of entries. ArgumentException when the shapes differ.
    let ofSets (weights: float32[] option) (LabelSets predicted) (LabelSets truth) : Counts =
        Outcome.requireSameShape (nameof predicted) predicted truth
        let cells () = Array.zeroCreate<float> truth.Columns
        let counts = [| cells (); cells (); cells () |] // by outcome
        let mutable rows = 0.0

        for row in 0 .. truth.Rows - 1 do
            let w = RowWeights.at row weights
            rows <- rows + w

            Outcome.visitRow predicted truth row (fun label outcome ->
                counts[outcome][label] <- counts[outcome][label] + w)

        {
            Rows = rows
            TruePositives = counts[Outcome.TruePositive]
            FalsePositives = counts[Outcome.FalsePositive]
            FalseNegatives = counts[Outcome.FalseNegative]
        }

    /// The confusion of label l over the rows.
    let label (l: int) (c: Counts) : Confusion =
        {
            TP = c.TruePositives[l]
            FP = c.FalsePositives[l]
            FN = c.FalseNegatives[l]
        }

    /// The confusion of each label, in the order of their ids.
    let perLabel (c: Counts) : Confusion[] =
        Array.init c.Labels (fun l -> label l c)

    /// The confusion of all pairs together: what micro averages are computed from.
    let total (c: Counts) : Confusion =
        Array.fold Confusion.add Confusion.zero (perLabel c)

    /// The confusion of row i over all labels, the row counting as 1.
    let internal ofRow (predicted: CsrMatrix) (truth: CsrMatrix) (row: int) : Confusion =
        let found = Array.zeroCreate<float> 3 // by outcome
        Outcome.visitRow predicted truth row (fun _ outcome -> found[outcome] <- found[outcome] + 1.0)

        {
            TP = found[Outcome.TruePositive]
            FP = found[Outcome.FalsePositive]
            FN = found[Outcome.FalseNegative]
        }
