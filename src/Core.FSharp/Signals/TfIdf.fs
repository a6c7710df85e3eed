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
/// normalised TF-IDF rows that have label l, in their weights. Sparse [N, L], values in (0, 1].
[<RequireQualifiedAccess>]
module TfIdf =

    /// 200 terms per label, 50 labels per row, every positive cosine.
    let defaults =
        {
            Terms = 200
            LabelsPerRow = 50
            Floor = 0f
        }

    let private profiles terms (totals: LabelTotal[]) columns =
        totals
        |> Cancellation.map (LabelTotals.ordered >> LabelTotals.profile terms)
        |> Csr.ofRows columns

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

        let weighed =
            match train.Weights with
            | None -> rows
            | Some w -> rows |> Csr.mapValues (fun r _ v -> w[r] * v)

        let totals = LabelTotals.totals weighed train.Labels

        let fitted =
            {
                Profiles = profiles options.Terms totals train.Features.Columns
                Options = options
            }

        struct (rows, weighed, totals, fitted)

    /// Learns the profiles [L, D] from the training rows; features are TF-IDF weights, rows of any norm.
    let fit (options: TfIdfOptions) (train: Dataset) : TfIdf =
        let struct (_, _, _, fitted) = learn options train
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
        let struct (rows, weighed, totals, fitted) = learn options train
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
                                 LabelTotals.ownCosine options.Terms row (Csr.row i weighed) own totals[l]
                             else
                                 v)))
                |> kept options)
            |> SparseRows.signal

        fitted, signal

    let private tag = "tf-idf"

    let private faults (o: TfIdfOptions) =
        [
            yield! Limits.whole "TfIdf.Terms" (1, Limits.listed) o.Terms
            yield! Limits.whole "TfIdf.LabelsPerRow" (1, Limits.listed) o.LabelsPerRow
            yield! Limits.number "TfIdf.Floor" (0.0, 1.0) (float o.Floor)
        ]

    let private unfit (sizes: Sizes) (profiles: TfIdf) : string list =
        faults profiles.Options
        @ Unfit.sparse "label profiles" (sizes.LabelCount, sizes.FeatureCount) profiles.Profiles

    let private fitted (profiles: TfIdf) : FittedSignal =
        FittedSignal.ofFeatures (Stored.create tag unfit profiles) (fun x -> apply x profiles)

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
