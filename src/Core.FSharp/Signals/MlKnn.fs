namespace Limen.Core

open Limen.Kernels

/// The numbers of ML-kNN.
type MlKnnOptions =
    {
        /// K, the neighbours of a row; 1 to 10,000.
        K: int
        /// s, added to every count; above 0, at most 1e6.
        Smoothing: float
    }

/// What ML-kNN learned from N training rows: for each label and each number d of neighbours that have it, how many
/// rows (by their weights) with the label (Positive) and without it (Negative) have exactly d such neighbours.
[<ReferenceEquality>]
type MlKnn =
    {
        Options: MlKnnOptions
        /// Y [N, L] of the training rows, which neighbours refer to.
        Labels: CsrMatrix
        /// How much each training row counts [N]; None: 1 each.
        Weights: float32[] option
        /// N, the weight of all rows.
        Rows: float
        /// n_l [L].
        Support: float[]
        /// [L, K + 1], row by row.
        Positive: float[]
        /// [L, K + 1], row by row.
        Negative: float[]
    }

/// What is stored: the training rows that neighbours are looked for in, and the counts.
[<ReferenceEquality>]
type StoredMlKnn = { Index: CosineIndex; Learned: MlKnn }

/// The ML-kNN posterior of a label given how many of the K neighbours have it (Zhang and Zhou 2007,
/// https://doi.org/10.1016/j.patcog.2006.12.019): with P(H1) = (s + n_l) / (2s + N) and
/// P(d | H1) = (s + c_l[d]) / (s (K + 1) + n_l), the same for H0, p = P(H1) P(d | H1) / (P(H1) P(d | H1) + P(H0) P(d | H0)).
/// Only labels that occur among the neighbours are read out: sparse [B, L], values in (0, 1).
[<RequireQualifiedAccess>]
module MlKnn =

    /// 10 neighbours, s = 1, as published.
    let defaults = { K = 10; Smoothing = 1.0 }

    /// How many neighbours have each label: [B, L] from neighbours [B, N] and the labels [N, L] of the training rows.
    let votes (labels: CsrMatrix) (neighbours: CsrMatrix) : CsrMatrix =
        Shape.require (nameof neighbours) "[N]" [ labels.Rows ] [ neighbours.Columns ]

        SparseRows.build neighbours.Rows labels.Columns (fun sums i ->
            for r in neighbours.RowIndices i do
                for l in labels.RowIndices r do
                    sums.Add(l, 1.0)

            sums.DrainRow())

    let private requireAtMost k (neighbours: CsrMatrix) =
        for i in 0 .. neighbours.Rows - 1 do
            let n = neighbours.RowStart[i + 1] - neighbours.RowStart[i]

            if n > k then
                invalidArg (nameof neighbours) $"row {i + 1}: expected at most K = {k} neighbours, received {n}"

    /// Counts over the training rows; `neighbours` [N, N] holds each row's nearest other rows (never itself).
    /// Throws ArgumentException
    /// when a row is its own neighbour, or has more than K.
    let fit (options: MlKnnOptions) (weights: float32[] option) (neighbours: CsrMatrix) (labels: CsrMatrix) : MlKnn =
        Shape.require (nameof neighbours) "[N; N]" [ labels.Rows; labels.Rows ] [ neighbours.Rows; neighbours.Columns ]

        requireAtMost options.K neighbours

        for i in 0 .. neighbours.Rows - 1 do
            if neighbours |> Csr.set i |> Array.contains i then
                invalidArg (nameof neighbours) $"row {i + 1} is among its own neighbours"

        let k = options.K
        let votes = votes labels neighbours
        let rows = Seq.init labels.Rows (fun i -> RowWeights.exactAt i weights) |> Seq.sum
        let support: float[] = Array.zeroCreate labels.Columns
        let bins = Shapes.Length(int64 labels.Columns, int64 k + 1L, nameof options)
        let positive: float[] = Array.zeroCreate bins
        let negative: float[] = Array.zeroCreate bins

        for i in 0 .. labels.Rows - 1 do
            let w = RowWeights.exactAt i weights

            let count (bins: float[]) l d =
                bins[l * (k + 1) + d] <- bins[l * (k + 1) + d] + w

            for l in labels.RowIndices i do
                support[l] <- support[l] + w

            for struct (l, d) in Csr.row i votes do
                count (if Csr.item i l labels <> 0f then positive else negative) l (int d)

        for l in 0 .. labels.Columns - 1 do
            let voted (bins: float[]) =
                Array.sum bins[l * (k + 1) .. l * (k + 1) + k]

            positive[l * (k + 1)] <- support[l] - voted positive
            negative[l * (k + 1)] <- rows - support[l] - voted negative

        {
            Options = options
            Labels = labels
            Weights = weights
            Rows = rows
            Support = support
            Positive = positive
            Negative = negative
        }

    /// p from N, n_l and the rows in bin d, with and without the label.
    let private posterior (m: MlKnn) rows support inPositive inNegative =
        let s = m.Options.Smoothing
        let bins = s * float (m.Options.K + 1)

        let joint n inBin =
            (s + n) / (2.0 * s + rows) * (s + inBin) / (bins + n)

        let h1 = joint support inPositive
        float32 (h1 / (h1 + joint (rows - support) inNegative))

    /// The posteriors [B, L] of rows with the given neighbours [B, N] among the training rows, at most K each. A row whose
    /// neighbours have no label, or that has none, is empty and counted as fallback.
    let apply (neighbours: CsrMatrix) (m: MlKnn) : LocalSignal =
        requireAtMost m.Options.K neighbours
        let bin l (d: float32) = l * (m.Options.K + 1) + int d

        votes m.Labels neighbours
        |> Csr.mapValues (fun _ l d -> posterior m m.Rows m.Support[l] m.Positive[bin l d] m.Negative[bin l d])
        |> SparseRows.signal

    /// The posteriors [N, L] of the training rows themselves from the other rows' counts only: a row's labels take no
    /// part, neither in the counts of its own bin nor as a neighbour's vote in the bins of others.
    let leaveOneOut (neighbours: CsrMatrix) (m: MlKnn) : LocalSignal =
        let votes = votes m.Labels neighbours
        let votedBy = Csr.transpose neighbours

        let value i l (d: float32) =
            let has r = Csr.item r l m.Labels <> 0f
            let bin = l * (m.Options.K + 1) + int d
            let own = RowWeights.exactAt i m.Weights

            if has i then
                // rows that count i as a neighbour would have one vote less: bin d loses to d - 1 and gains from d + 1
                let mutable positive = m.Positive[bin] - own
                let mutable negative = m.Negative[bin]

                for r in votedBy.RowIndices i do
                    let w = RowWeights.exactAt r m.Weights

                    let moved =
                        match Csr.item r l votes - d with
                        | 0f -> -w
                        | 1f -> w
                        | _ -> 0.0

                    if has r then
                        positive <- positive + moved
                    else
                        negative <- negative + moved

                posterior m (m.Rows - own) (m.Support[l] - own) positive negative
            else
                posterior m (m.Rows - own) m.Support[l] m.Positive[bin] (m.Negative[bin] - own)

        Csr.mapValues value votes |> SparseRows.signal

    let private tag = "ml-knn"

    let private faults (o: MlKnnOptions) =
        [
            yield! Limits.whole "MlKnn.K" (1, Limits.neighbours) o.K
            yield! Limits.above0 "MlKnn.Smoothing" 1e6 o.Smoothing
        ]

    /// Counts are sums of weights, and differences of them may come out a little below 0.
    let private least = -1e-3

    let private unfit (sizes: Sizes) (stored: StoredMlKnn) : string list =
        let m = stored.Learned
        let rows = m.Labels.Rows
        let bins = int64 sizes.LabelCount * (int64 m.Options.K + 1L)

        [
            yield! faults m.Options
            yield! Unfit.sparse "training rows" (rows, sizes.FeatureCount) stored.Index.Source
            yield! Unfit.sparse "label sets of the training rows" (rows, sizes.LabelCount) m.Labels
            yield! Unfit.weights "weights of the training rows" rows m.Weights
            yield! Unfit.doubles "weight of all rows" 0.0 1L [| m.Rows |]
            yield! Unfit.doubles "rows of each label" 0.0 sizes.LabelCount m.Support
            yield! Unfit.doubles "rows with a label, by votes" least bins m.Positive
            yield! Unfit.doubles "rows without a label, by votes" least bins m.Negative
        ]

    let private fitted (mlKnn: StoredMlKnn) : FittedSignal =
        let stored =
            Stored.create tag unfit mlKnn
            |> Stored.holding
                [
                    $"the features and label sets of {mlKnn.Learned.Labels.Rows} training rows, among which neighbours are looked for"
                ]

        FittedSignal.ofFeatures stored (fun x -> apply (mlKnn.Index.Search(x, mlKnn.Learned.Options.K)) mlKnn.Learned)

    /// The signal of ML-kNN posteriors.
    let signal (options: MlKnnOptions) : LocalSignalSpec =
        LocalSignalSpec.ofFeatures tag (faults options) (fun training ->
            let index = training.Index.Value
            let neighbours = index.LeaveOneOut options.K
            let counts = fit options training.Rows.Weights neighbours training.Rows.Labels
            fitted { Index = index; Learned = counts }, leaveOneOut neighbours counts)

    /// In the registry.
    let entry: LocalSignalEntry =
        {
            Codec = Codec.create tag fitted
            Door = "MlKnn"
            Source = "https://doi.org/10.1016/j.patcog.2006.12.019"
            Examples = [ signal defaults ]
            Faulty = [ signal { K = 0; Smoothing = 0.0 } ]
        }
