namespace Limen.Core

open System
open Limen.Kernels

/// How training rows are clustered, and how many clusters a row belongs to.
type ClusterNeighboursOptions =
    {
        /// K, the clusters; at least 1. Fewer where there are fewer rows with features.
        K: int
        /// A row belongs to so many nearest clusters; at least 1.
        Nearest: int
        /// tau: a row belongs to a cluster by exp(cosine / tau); above 0. Small: to the nearest alone.
        Temperature: float
        /// Values that are not above this one are dropped. In [0, 1].
        Floor: float32
        /// How often rows are assigned and centroids moved; at least 0.
        Iterations: int
    }

/// Clusters of the training rows, and what share of each has a label.
[<ReferenceEquality>]
type ClusterNeighbours =
    {
        Options: ClusterNeighboursOptions
        /// Over the centroids [K, D].
        Centroids: CosineIndex
        /// p_cl [K, L] = sum_r q_rc y_rl / sum_r q_rc.
        Shares: CsrMatrix
    }

/// The labels of the clusters that a row is near to (the question of arXiv 2505.03118 about clustering): with the centroids of spherical k-means over the training
/// features (Dhillon and Modha 2001, https://doi.org/10.1023/A:1007612920971), q_ic = exp(cos(x_i, mu_c) / tau), normalised over the nearest centroids of positive
/// cosine, A_il = sum_c q_ic p_cl. One pass over K centroids for each row, in the place of all training rows.
[<RequireQualifiedAccess>]
module ClusterNeighbours =

    /// 64 clusters, a row in the nearest 4 of them by exp(cosine / 0.1), ten moves of the centroids; shares of 1 % or less are dropped.
    let defaults =
        {
            K = 64
            Nearest = 4
            Temperature = 0.1
            Floor = 0.01f
            Iterations = 10
        }

    /// Every fault of the options, in plain sentences.
    let faults (o: ClusterNeighboursOptions) : string list =
        [
            yield! Limits.whole "ClusterNeighbours.K" (1, Limits.units) o.K
            yield! Limits.whole "ClusterNeighbours.Nearest" (1, Limits.neighbours) o.Nearest
            yield! Limits.number "ClusterNeighbours.Temperature" (1e-6, 1e6) o.Temperature
            yield! Limits.number "ClusterNeighbours.Floor" (0.0, 1.0) (float o.Floor)
            yield! Limits.whole "ClusterNeighbours.Iterations" (0, Limits.passes) o.Iterations
        ]

    /// The rows of each column [C] with their values.
    let private members (assigned: CsrMatrix) : struct (int * float32)[][] =
        let t = Csr.transpose assigned
        Array.init t.Rows (fun c -> Csr.row c t)

    /// The sum of each cluster's rows, each of Euclidean norm 1 times its weight; a cluster without rows keeps its centroid.
    let private moved (train: Dataset) (centroids: CsrMatrix) (assigned: CsrMatrix) : CsrMatrix =
        let rows = members assigned

        SparseRows.build centroids.Rows centroids.Columns (fun sums c ->
            if rows[c].Length = 0 then
                Csr.row c centroids
            else
                for struct (r, _) in rows[c] do
                    let x = Csr.row r train.Features
                    let norm = x |> Array.sumBy (fun struct (_, v) -> float v * float v) |> sqrt

                    for struct (d, v) in x do
                        sums.Add(d, RowWeights.at r train.Weights * float v / norm)

                sums.DrainRow())

    /// Spherical k-means from rows that are drawn by the seed.
    let private centroids (o: ClusterNeighboursOptions) (seed: Seed) (train: Dataset) : CsrMatrix =
        let drawn =
            Seed.permutation train.Rows (Seed.derive "centroids" 0 seed)
            |> Array.filter (fun r -> train.Features.RowIndices(r).Length > 0)
            |> Array.truncate o.K

        let step centroids _ =
            (CosineIndex.Build centroids).Search(train.Features, 1) |> moved train centroids

        Seq.fold step (Csr.selectRows drawn train.Features) (seq { 1 .. o.Iterations })

    /// q [B, K] of rows with the given cosines [B, K] to their nearest centroids.
    let private memberships (o: ClusterNeighboursOptions) (cosines: CsrMatrix) : CsrMatrix =
        Array.init cosines.Rows (fun i ->
            let near = Csr.row i cosines

            if near.Length = 0 then
                near
            else
                let top = near |> Array.map (fun struct (_, cosine) -> cosine) |> Array.max

                let q =
                    near
                    |> Array.map (fun struct (_, cosine) -> exp (float (cosine - top) / o.Temperature))

                let total = Array.sum q

                Array.map2 (fun (struct (c, _)) q -> struct (c, float32 (RowWeights.exact (q / total)))) near q
                |> Array.filter (fun struct (_, q) -> q > 0f))
        |> Csr.ofRows cosines.Columns

    /// A [B, L] from what each row asks of each of its clusters: its labels' sums there, and the weight of all rows there.
    let private blend
        (o: ClusterNeighboursOptions)
        (labels: int)
        (memberships: CsrMatrix)
        (asked: int -> int -> float32 -> struct (struct (int * float)[] * float))
        : LocalSignal =
        SparseRows.build memberships.Rows labels (fun sums i ->
            let mutable total = 0.0

            for struct (c, q) in Csr.row i memberships do
                let struct (ofLabels, mass) = asked i c q

                if mass > 0.0 then
                    total <- total + float q

                    for struct (l, sum) in ofLabels do
                        if sum > 0.0 then
                            sums.Add(l, float q * sum / mass)

            sums.Drain()
            |> Array.map (fun struct (l, v) -> struct (l, float32 (min 1.0 (v / total))))
            |> Array.filter (fun struct (_, v) -> v > o.Floor))
        |> SparseRows.signal

    /// The signal of rows that are not training rows, from their features [B, D].
    let apply (features: CsrMatrix) (m: ClusterNeighbours) : LocalSignal =
        let shares =
            Array.init m.Shares.Rows (fun c ->
                Csr.row c m.Shares |> Array.map (fun struct (l, v) -> struct (l, float v)))

        m.Centroids.Search(features, m.Options.Nearest)
        |> memberships m.Options
        |> fun q -> blend m.Options m.Shares.Columns q (fun _ c _ -> struct (shares[c], 1.0))

    /// Clusters the training rows, which count by their weights; the second result is the signal [N, L] of the training rows themselves, each without its own labels
    /// in the shares of its clusters. (Its features did help to place the centroids; they are no labels.) Throws ConfigurationException with every fault.
    let fit (o: ClusterNeighboursOptions) (seed: Seed) (train: Dataset) : ClusterNeighbours * LocalSignal =
        faults o |> Configuration.require

        let index = CosineIndex.Build(centroids o seed train)
        let q = index.Search(train.Features, o.Nearest) |> memberships o
        let rows = members q

        let counted r (q: float32) =
            RowWeights.exact (RowWeights.at r train.Weights * float q)

        let masses = rows |> Array.map (Array.sumBy (fun struct (r, q) -> counted r q))

        let labels = Array.init train.Rows (fun r -> Csr.set r train.Labels)

        let sums =
            rows
            |> Cancellation.map (fun ofCluster ->
                let sums = Accumulator train.Labels.Columns

                for struct (r, q) in ofCluster do
                    for l in labels[r] do
                        sums.Add(l, counted r q)

                sums.Drain())

        let shares =
            Array.map2
                (fun sums mass ->
                    sums
                    |> Array.map (fun struct (l, sum) -> struct (l, float32 (sum / max 1e-30 mass))))
                sums
                masses
            |> Csr.ofRows train.Labels.Columns

        let without i c q =
            let own = counted i q

            let ofLabels =
                sums[c]
                |> Array.map (fun struct (l, sum) ->
                    struct (l,
                            (if Array.BinarySearch(labels[i], l) >= 0 then
                                 sum - own
                             else
                                 sum)))

            struct (ofLabels, masses[c] - own)

        {
            Options = o
            Centroids = index
            Shares = shares
        },
        blend o train.Labels.Columns q without

    let private tag = "cluster-neighbours"

    let private unfit (sizes: Sizes) (m: ClusterNeighbours) : string list =
        [
            yield! faults m.Options
            yield! Unfit.sparse "centroids" (m.Shares.Rows, sizes.FeatureCount) m.Centroids.Source
            yield! Unfit.sparse "shares of labels" (m.Shares.Rows, sizes.LabelCount) m.Shares
            yield! Unfit.shares "shares of labels" m.Shares
        ]

    let private fitted (m: ClusterNeighbours) : FittedSignal =
        FittedSignal.ofFeatures (Stored.create tag unfit m) (fun x -> apply x m)

    /// The signal of the clusters that a row is near to.
    let signal (options: ClusterNeighboursOptions) : LocalSignalSpec =
        LocalSignalSpec.ofFeatures tag (faults options) (fun training ->
            let m, own = fit options training.Seed training.Rows
            fitted m, own)

    /// In the registry.
    let entry: LocalSignalEntry =
        {
            Codec = Codec.create tag fitted
            Door = "ClusterNeighbours"
            Source = "https://doi.org/10.1023/A:1007612920971"
            Examples = [ signal defaults ]
            Faulty =
                [
                    signal
                        {
                            K = 0
                            Nearest = 0
                            Temperature = 0.0
                            Floor = -1f
                            Iterations = -1
                        }
                ]
        }
