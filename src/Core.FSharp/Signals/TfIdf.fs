namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// How much of the label profiles and of their cosines is kept.
type TfIdfOptions =
    {
        /// At most this many terms in each label's profile, those of the largest weights.
        Terms: int
        /// At most this many labels in each row, those of the largest cosines; ties at the cut fall out together.
        LabelsPerRow: int
        /// Cosines that are not above this value are dropped. In [0, 1].
        Floor: float32
    }

/// Label profiles fitted on training rows: [L, D], each of Euclidean norm 1, or empty for a label without rows.
[<ReferenceEquality>]
type TfIdf =
    {
        Profiles: CsrMatrix
        Options: TfIdfOptions
    }

/// Term evidence for a label (the first open question of arXiv 2505.03118): A_il = cos(x_i, mu_l), mu_l the mean of the
/// normalised TF-IDF rows that have label l. Sparse [N, L], values in (0, 1].
[<RequireQualifiedAccess>]
module TfIdf =

    /// 200 terms per label, 50 labels per row, every positive cosine.
    let defaults =
        {
            Terms = 200
            LabelsPerRow = 50
            Floor = 0f
        }

    /// The sum of label l's normalised rows. Sums are whole multiples of 2^-32, so that taking a row out again is exact.
    [<ReferenceEquality>]
    type private Total =
        {
            /// Ascending.
            Columns: int[]
            Sums: int64[]
            /// Positions in the order of `heavier`.
            Order: int[]
        }

    let private fixedPoint (v: float32) =
        int64 (Math.Round(float v * 4294967296.0))

    /// Descending weight, then ascending column.
    let private heavier struct (c1: int, s1: int64) struct (c2: int, s2: int64) =
        match compare (abs s2) (abs s1) with
        | 0 -> compare c1 c2
        | order -> order

    let private byWeight = Comparer<struct (int * int64)>.Create(fun a b -> heavier a b)

    let private total (features: CsrMatrix) (rows: ReadOnlySpan<int>) =
        let sums = Dictionary<int, int64>()

        for r in rows do
            for struct (c, v) in Csr.row r features do
                sums[c] <- sums.GetValueOrDefault c + fixedPoint v

        let columns = sums.Keys |> Seq.toArray |> Array.sort
        let values = columns |> Array.map (fun c -> sums[c])
        let order = Array.init columns.Length id
        let terms = Array.map2 (fun c s -> struct (c, s)) columns values
        Array.Sort(terms, order, byWeight)

        {
            Columns = columns
            Sums = values
            Order = order
        }

    let private totals (features: CsrMatrix) (labels: CsrMatrix) =
        let rowsOf = Csr.transpose labels
        Array.Parallel.init labels.Columns (fun l -> total features (rowsOf.RowIndices l))

    /// The heaviest terms, given in order, as a vector of norm 1 with ascending columns.
    let private profile terms (inOrder: struct (int * int64) seq) =
        let kept =
            inOrder
            |> Seq.filter (fun struct (_, s) -> s <> 0L)
            |> Seq.truncate terms
            |> Seq.toArray

        let norm = sqrt (kept |> Array.sumBy (fun struct (_, s) -> float s * float s))

        kept
        |> Array.map (fun struct (c, s) -> struct (c, float32 (float s / norm)))
        |> Array.sortBy (fun struct (c, _) -> c)

    let private ordered (t: Total) =
        t.Order |> Seq.map (fun k -> struct (t.Columns[k], t.Sums[k]))

    /// The row's cosine with the profile that is left when the row is taken out of the total: its own terms with what is
    /// left of them, merged in order with the others. `own` holds the row's columns.
    let private ownCosine terms (row: struct (int * float32)[]) (own: HashSet<int>) (t: Total) =
        // the heaviest `terms` of the others are all before this place, so lighter terms of the row cannot come in
        let last = min (int64 terms + int64 row.Length) (int64 t.Order.Length) |> int

        let least =
            if int64 last < int64 terms + int64 row.Length then
                0L
            else
                abs t.Sums[t.Order[last - 1]]

        let rest =
            row
            |> Array.map (fun struct (c, v) ->
                let at = Array.BinarySearch(t.Columns, c)
                struct (c, (if at >= 0 then t.Sums[at] else 0L) - fixedPoint v))
            |> Array.filter (fun struct (_, s) -> s <> 0L && abs s >= least)

        Array.Sort(rest, byWeight)
        let mutable taken = 0
        let mutable ownTaken = 0
        let mutable next = 0
        let mutable squares = 0.0

        while taken < terms && (next < last || ownTaken < rest.Length) do
            let struct (c, s) =
                if next < last then
                    struct (t.Columns[t.Order[next]], t.Sums[t.Order[next]])
                else
                    struct (-1, 0L)

            if next < last && (own.Contains c || s = 0L) then
                next <- next + 1
            else
                taken <- taken + 1

                if
                    ownTaken < rest.Length
                    && (next = last || heavier rest[ownTaken] (struct (c, s)) < 0)
                then
                    let struct (_, s) = rest[ownTaken]
                    squares <- squares + float s * float s
                    ownTaken <- ownTaken + 1
                else
                    squares <- squares + float s * float s
                    next <- next + 1

        let norm = sqrt squares
        let kept = rest |> Array.truncate ownTaken |> Array.sortBy (fun struct (c, _) -> c)
        let mutable at = 0
        let mutable dot = 0.0

        for struct (c, s) in kept do
            while (let struct (column, _) = row[at] in column < c) do
                at <- at + 1

            let struct (_, x) = row[at]
            dot <- dot + float x * float (float32 (float s / norm))

        dot

    let private profiles terms (totals: Total[]) columns =
        totals |> Array.Parallel.map (ordered >> profile terms) |> Csr.ofRows columns

    /// Adds up the dot products of a normalised row with every profile that shares a term; postings [D, L] is the profiles' transpose.
    let private addCosines (postings: CsrMatrix) (sums: Accumulator) (row: struct (int * float32)[]) =
        for struct (c, x) in row do
            for at in postings.RowStart[c] .. postings.RowStart[c + 1] - 1 do
                sums.Add(postings.Indices[at], float x * float postings.Values[at])

    let private kept options (cosines: struct (int * float)[]) =
        cosines
        |> Array.map (fun struct (l, v) -> struct (l, float32 (min 1.0 v)))
        |> Array.filter (fun struct (_, v) -> v > options.Floor && v > 0f)
        |> SparseRows.top options.LabelsPerRow

    let private learn options (train: Dataset) =
        let rows = Csr.normaliseRows train.Features
        let totals = totals rows train.Labels

        let fitted =
            {
                Profiles = profiles options.Terms totals train.Features.Columns
                Options = options
            }

        struct (rows, totals, fitted)

    /// Learns the profiles [L, D] from the training rows; features are TF-IDF weights, rows of any norm.
    let fit (options: TfIdfOptions) (train: Dataset) : TfIdf =
        let struct (_, _, fitted) = learn options train
        fitted

    /// The cosines [B, L] of rows [B, D]. A row that shares no term with any profile is empty and counted as fallback.
    /// Throws ArgumentException when D differs from the training rows'.
    let apply (features: CsrMatrix) (fitted: TfIdf) : LocalSignal =
        Shape.require (nameof features) "[D]" [ fitted.Profiles.Columns ] [ features.Columns ]
        let rows = Csr.normaliseRows features
        let postings = Csr.transpose fitted.Profiles

        SparseRows.build rows.Rows fitted.Profiles.Rows (fun sums i ->
            Csr.row i rows |> addCosines postings sums
            sums.Drain() |> kept fitted.Options)
        |> SparseRows.signal

    /// The profiles, and the cosines [N, L] of the training rows, each with profiles that hold no share of the row: what `fit` on the
    /// other N - 1 rows and `apply` to the row would say, in closed form.
    let fitLeaveOneOut (options: TfIdfOptions) (train: Dataset) : TfIdf * LocalSignal =
        let struct (rows, totals, fitted) = learn options train
        let postings = Csr.transpose fitted.Profiles

        let signal =
            SparseRows.build rows.Rows train.Labels.Columns (fun sums i ->
                let row = Csr.row i rows
                let own = HashSet(row |> Array.map (fun struct (c, _) -> c))
                addCosines postings sums row

                // touched even where the whole profile shares no term with the row
                for l in train.Labels.RowIndices i do
                    sums.Add(l, 0.0)

                sums.Drain()
                |> Array.map (fun struct (l, v) ->
                    let isOwn = Csr.item i l train.Labels <> 0f

                    struct (l,
                            (if isOwn then
                                 ownCosine options.Terms row own totals[l]
                             else
                                 v)))
                |> kept options)
            |> SparseRows.signal

        fitted, signal

    let private tag = "tf-idf"

    let private fitted (profiles: TfIdf) : FittedSignal =
        FittedSignal.ofFeatures { Tag = tag; Data = profiles } (fun x -> apply x profiles)

    let private faults (o: TfIdfOptions) =
        [
            if o.Terms < 1 then
                $"TfIdf.Terms: expected at least 1, received {o.Terms}"
            if o.LabelsPerRow < 1 then
                $"TfIdf.LabelsPerRow: expected at least 1, received {o.LabelsPerRow}"
            if not (o.Floor >= 0f && o.Floor <= 1f) then
                $"TfIdf.Floor: expected a value in 0 .. 1, received {o.Floor}"
        ]

    /// The signal of cosines with label profiles.
    let signal (options: TfIdfOptions) : LocalSignalSpec =
        LocalSignalSpec.ofFeatures tag (faults options) (fun training ->
            let profiles, values = fitLeaveOneOut options training.Rows
            fitted profiles, values)

    /// In the registry.
    let entry: LocalSignalEntry =
        {
            Codec = Codec.create tag fitted
            Door = "TfIdf"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples = [ signal defaults ]
            Faulty =
                [
                    signal
                        {
                            Terms = 0
                            LabelsPerRow = 0
                            Floor = 2f
                        }
                ]
        }
