namespace Limen.Core

open Limen.Kernels

/// Neighbours in label space without a leak: the training label sets nearest, by cosine, to what is predicted for a row, vote with their
/// labels: A_il = sum_r w_ir y_rl / sum_r w_ir over the K nearest r, w = cos(p_i, Y_r)^Power. It is `FeatureKnn` with label sets in the place of features.
[<RequireQualifiedAccess>]
module LabelNeighbours =

    /// Indexes the label sets [N, L] of the training rows, which vote with their weights.
    let fit (options: FeatureKnnOptions) (train: Dataset) : FeatureKnn =
        FeatureKnn.fit options { train with Features = train.Labels }

    /// The signal [B, L] of rows with predicted probabilities p [B, L].
    let apply (p: CsrMatrix) (fitted: FeatureKnn) : LocalSignal = FeatureKnn.apply p fitted

    /// A row of cosines without the row itself; where it was not among them, the least of K + 1 goes, at ties the last.
    let private withoutSelf k i (near: struct (int * float32)[]) =
        let others = near |> Array.filter (fun struct (r, _) -> r <> i)

        if others.Length <= k then
            others
        else
            let least = others |> Array.minBy (fun struct (r, cosine) -> struct (cosine, -r))

            others |> Array.filter ((<>) least)

    /// The signal [N, L] of the training rows from out-of-fold probabilities [N, L]; row i is not among its own neighbours.
    let leaveOneOut (OutOfFold p) (fitted: FeatureKnn) : LocalSignal =
        Shape.require (nameof p) "[N; L]" [ fitted.Labels.Rows; fitted.Labels.Columns ] [ p.Rows; p.Columns ]
        let k = fitted.Options.K
        let near = fitted.Index.Search(p, k + 1)

        let others =
            Array.init near.Rows (fun i -> Csr.row i near |> withoutSelf k i)
            |> Csr.ofRows near.Columns

        FeatureKnn.vote others fitted

    let private tag = "label-neighbours"

    let private stored (knn: FeatureKnn) : Stored =
        knn
        |> Stored.create tag (fun sizes -> FeatureKnn.unfit sizes.LabelCount sizes.LabelCount)
        |> Stored.holding
            [
                $"the label sets of {knn.Labels.Rows} training rows, among which neighbours are looked for"
            ]

    let private fitted (knn: FeatureKnn) : FittedSignal =
        FittedSignal.ofPredictions (stored knn) (fun p -> apply p knn)

    /// The signal of the nearest training label sets.
    let signal (options: FeatureKnnOptions) : LocalSignalSpec =
        LocalSignalSpec.ofPredictions tag (FeatureKnnOptions.faults options) (fun training predicted ->
            let knn = fit options training.Rows
            fitted knn, leaveOneOut predicted knn)

    /// In the registry.
    let entry: LocalSignalEntry =
        {
            Codec = Codec.create tag fitted
            Door = "LabelNeighbours"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples = [ signal FeatureKnnOptions.standard ]
            Faulty = [ signal { K = 0; Power = -1.0; Floor = -1.0 } ]
        }
