namespace Limen.Core

open Limen.Kernels

/// How the neighbours of a row are chosen and weighted.
type FeatureKnnOptions =
    {
        /// K, the neighbours of a row; 1 to 10,000.
        K: int
        /// A neighbour weighs cosine^Power; 0 to 100.
        Power: float
        /// The least sum of weights that counts as evidence.
        Floor: float
    }

[<RequireQualifiedAccess>]
module FeatureKnnOptions =

    /// 30 neighbours weighted by their squared cosines; a total weight below 0.001 says nothing.
    let standard = { K = 30; Power = 2.0; Floor = 1e-3 }

    /// Every fault of the options, in plain sentences.
    let faults (o: FeatureKnnOptions) : string list =
        [
            yield! Limits.whole "FeatureKnn.K" (1, Limits.neighbours) o.K
            yield! Limits.number "FeatureKnn.Power" (0.0, 100.0) o.Power
            yield! Limits.number "FeatureKnn.Floor" (0.0, 1e6) o.Floor
        ]

    /// Throws ConfigurationException naming every fault.
    let validate (o: FeatureKnnOptions) : FeatureKnnOptions =
        match faults o with
        | [] -> o
        | faults -> raise (ConfigurationException faults)

/// The training rows as evidence: A_il = sum_r w_ir y_rl / sum_r w_ir over the K training rows r nearest to row i by cosine, with
/// w_ir = cosine^Power times the weight of row r.
[<ReferenceEquality>]
type FeatureKnn =
    {
        Options: FeatureKnnOptions
        /// Over the training features [N, D].
        Index: CosineIndex
        /// The training label sets Y [N, L].
        Labels: CsrMatrix
        /// How much each training row counts [N]; None: 1 each.
        Weights: float32[] option
    }

[<RequireQualifiedAccess>]
module FeatureKnn =

    /// Training rows of which an index stands already. Throws ConfigurationException when the options are out of range.
    let ofIndex (options: FeatureKnnOptions) (index: CosineIndex) (train: Dataset) : FeatureKnn =
        {
            Options = FeatureKnnOptions.validate options
            Index = index
            Labels = train.Labels
            Weights = train.Weights
        }

    /// Indexes the training rows. Throws ConfigurationException when the options are out of range.
    let fit (options: FeatureKnnOptions) (train: Dataset) : FeatureKnn =
        ofIndex options (CosineIndex.Build train.Features) train

    /// The signal of rows whose cosines [B, N] to their neighbours are known.
    let vote (cosines: CsrMatrix) (knn: FeatureKnn) : LocalSignal =
        let struct (values, fallbacks) =
            NeighbourVotes.Compute(cosines, knn.Options.Power, knn.Options.Floor, knn.Labels, Option.toObj knn.Weights)

        {
            Values = values
            Fallbacks = fallbacks
        }

    /// The signal of the training rows themselves, each one asked without its own labels: row i is not among its own neighbours.
    let leaveOneOut (knn: FeatureKnn) : LocalSignal =
        vote (knn.Index.LeaveOneOut knn.Options.K) knn

    /// The signal of other rows, from their features [N, D] alone.
    let apply (features: CsrMatrix) (knn: FeatureKnn) : LocalSignal =
        vote (knn.Index.Search(features, knn.Options.K)) knn

    /// For explanations: the neighbours of each row of the features [N, D], heaviest first; the weights of a row sum to 1.
    let neighbours (features: CsrMatrix) (knn: FeatureKnn) : RowNeighbour[][] =
        let cosines = knn.Index.Search(features, knn.Options.K)

        Array.init cosines.Rows (fun i ->
            let near = Csr.row i cosines

            let weight row (cosine: float32) =
                RowWeights.at row knn.Weights * float cosine ** knn.Options.Power

            let total = near |> Array.sumBy (fun struct (row, cosine) -> weight row cosine)

            // rows that all weigh nothing say nothing
            near
            |> Array.filter (fun _ -> total > 0.0)
            |> Array.map (fun struct (row, cosine) ->
                {
                    Row = row
                    Cosine = cosine
                    Weight = weight row cosine / total
                })
            |> Array.sortBy (fun n -> -n.Weight, n.Row))

    let private tag = "feature-knn"

    /// What is wrong with neighbours among rows [N, columns] with label sets [N, L] (Stored).
    let internal unfit (columns: int) (labels: int) (knn: FeatureKnn) : string list =
        let rows = knn.Labels.Rows

        [
            yield! FeatureKnnOptions.faults knn.Options
            yield! Unfit.sparse "training rows" (rows, columns) knn.Index.Source
            yield! Unfit.sparse "label sets of the training rows" (rows, labels) knn.Labels
            yield! Unfit.weights "weights of the training rows" rows knn.Weights
        ]

    /// What is stored is the training rows themselves: the index is built from their features when they are loaded.
    let private stored (knn: FeatureKnn) : Stored =
        knn
        |> Stored.create tag (fun sizes -> unfit sizes.FeatureCount sizes.LabelCount)
        |> Stored.holding
            [
                $"the features and label sets of {knn.Labels.Rows} training rows, among which neighbours are looked for"
            ]

    let private fitted (knn: FeatureKnn) : FittedSignal =
        { FittedSignal.ofFeatures (stored knn) (fun x -> apply x knn) with
            Voters =
                Some
                    {
                        Of = fun x -> neighbours x knn
                        Labels = knn.Labels
                    }
        }

    /// The signal of the nearest training rows.
    let signal (options: FeatureKnnOptions) : LocalSignalSpec =
        LocalSignalSpec.ofFeatures tag (FeatureKnnOptions.faults options) (fun training ->
            let knn = ofIndex options training.Index.Value training.Rows
            fitted knn, leaveOneOut knn)

    /// In the registry.
    let entry: LocalSignalEntry =
        {
            Codec = Codec.create tag fitted
            Door = "FeatureKnn"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples = [ signal FeatureKnnOptions.standard ]
            Faulty = [ signal { K = 0; Power = -1.0; Floor = -1.0 } ]
        }
