namespace Limen.Core

open Limen.Kernels

/// How the neighbours of a row are chosen and weighted.
type FeatureKnnOptions =
    {
        /// K, the neighbours of a row; at least 1.
        K: int
        /// A neighbour weighs cosine^Power; at least 0.
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
            if o.K < 1 then
                $"FeatureKnn.K: expected at least 1, received {o.K}"
            if not (o.Power >= 0.0) then
                $"FeatureKnn.Power: expected at least 0, received {o.Power}"
            if not (o.Floor >= 0.0) then
                $"FeatureKnn.Floor: expected at least 0, received {o.Floor}"
        ]

    /// Throws ConfigurationException naming every fault.
    let validate (o: FeatureKnnOptions) : FeatureKnnOptions =
        match faults o with
        | [] -> o
        | faults -> raise (ConfigurationException faults)

/// The training rows as evidence: A_il = sum_r w_ir y_rl / sum_r w_ir over the K training rows r nearest to row i by cosine, with w = cosine^Power.
[<ReferenceEquality>]
type FeatureKnn =
    {
        Options: FeatureKnnOptions
        /// Over the training features [N, D].
        Index: CosineIndex
        /// The training label sets Y [N, L].
        Labels: CsrMatrix
    }

[<RequireQualifiedAccess>]
module FeatureKnn =

    /// An index of the training rows that stands already, with their labels [N, L]. Throws ConfigurationException when the options are
    /// out of range.
    let ofIndex (options: FeatureKnnOptions) (index: CosineIndex) (labels: CsrMatrix) : FeatureKnn =
        {
            Options = FeatureKnnOptions.validate options
            Index = index
            Labels = labels
        }

    /// Indexes the training rows. Throws ConfigurationException when the options are out of range.
    let fit (options: FeatureKnnOptions) (train: Dataset) : FeatureKnn =
        ofIndex options (CosineIndex.Build train.Features) train.Labels

    let private vote (knn: FeatureKnn) (cosines: CsrMatrix) : LocalSignal =
        let struct (values, fallbacks) =
            NeighbourVotes.Compute(cosines, knn.Options.Power, knn.Options.Floor, knn.Labels)

        {
            Values = values
            Fallbacks = fallbacks
        }

    /// The signal of the training rows themselves, each one asked without its own labels: row i is not among its own neighbours.
    let leaveOneOut (knn: FeatureKnn) : LocalSignal =
        knn.Index.LeaveOneOut knn.Options.K |> vote knn

    /// The signal of other rows, from their features [N, D] alone.
    let apply (features: CsrMatrix) (knn: FeatureKnn) : LocalSignal =
        knn.Index.Search(features, knn.Options.K) |> vote knn

    /// For explanations: the neighbours of each row of the features [N, D], heaviest first; the weights of a row sum to 1.
    let neighbours (features: CsrMatrix) (knn: FeatureKnn) : RowNeighbour[][] =
        let cosines = knn.Index.Search(features, knn.Options.K)

        Array.init cosines.Rows (fun i ->
            let near = Csr.row i cosines
            let weight (cosine: float32) = float cosine ** knn.Options.Power
            let total = near |> Array.sumBy (fun struct (_, cosine) -> weight cosine)

            near
            |> Array.map (fun struct (row, cosine) ->
                {
                    Row = row
                    Cosine = cosine
                    Weight = weight cosine / total
                })
            |> Array.sortBy (fun n -> -n.Weight, n.Row))

    let private tag = "feature-knn"

    /// What is stored is the training rows themselves: the index is built from their features when they are loaded.
    let private fitted (knn: FeatureKnn) : FittedSignal =
        { FittedSignal.ofFeatures { Tag = tag; Data = knn } (fun x -> apply x knn) with
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
            let knn = ofIndex options training.Index.Value training.Rows.Labels
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
