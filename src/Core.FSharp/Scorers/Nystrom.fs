namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// How kernel machines over landmarks are trained.
type NystromOptions =
    {
        /// Training rows that others are compared with; 1 to 65,536, all rows where there are fewer.
        Landmarks: int
        /// The kernel falls to 1/e at the median squared distance of landmarks divided by this; above 0, at most 1e6.
        Sharpness: float
        /// The cost of the losses against the squared norm of the function; above 0, at most 1e9.
        C: float
    }

[<RequireQualifiedAccess>]
module NystromOptions =

    /// 500 landmarks; sharpness 2 and C = 0.3 were best on out-of-fold rows (docs/dense-features.md).
    let standard =
        {
            Landmarks = 500
            Sharpness = 2.0
            C = 0.3
        }

    /// Every fault of the options, in plain sentences.
    let faults (o: NystromOptions) : string list =
        [
            yield! Limits.whole "Nystrom.Landmarks" (1, Limits.units) o.Landmarks
            yield! Limits.above0 "Nystrom.Sharpness" 1e6 o.Sharpness
            yield! Limits.above0 "Nystrom.C" 1e9 o.C
        ]

/// A fitted machine: f_l(x) = b_l + sum over m of v_lm exp(-gamma |x - z_m|^2).
[<ReferenceEquality>]
type Nystrom =
    {
        Gamma: float
        /// z [M, D].
        Landmarks: DenseMatrix
        /// v [L, M].
        Coefficients: DenseMatrix
        /// b [L].
        Bias: float32[]
    }

/// One-vs-rest support vector machines with the Gaussian kernel exp(-gamma |x - z|^2), for dense rows: the linear solver on the features L^-1 k(x), where k(x) [M] are the
/// kernels to M training rows, the landmarks, and L L' is the landmarks' own kernel matrix (Nystrom's approximation: Williams and Seeger 2001,
/// https://papers.nips.cc/paper/1866-using-the-nystrom-method-to-speed-up-kernel-machines). With all rows for landmarks it is the kernel machine itself. Takes M D + L M numbers.
[<RequireQualifiedAccess>]
module Nystrom =

    /// Rows that count, at most so many, in order: of those that weigh nothing none is a landmark.
    let private landmarkRows count seed (rows: Dataset) : int[] =
        let order =
            Seed.permutation rows.Rows (Seed.derive "landmarks" 0 seed)
            |> Array.filter (fun row -> RowWeights.at row rows.Weights > 0.0)

        Array.truncate count order |> Array.sort

    /// Fits every label on training rows with their weights. A label that no row has gets coefficients 0 and the bias of the linear solver.
    let fit (options: NystromOptions) (seed: Seed) progress cancellation (rows: Dataset) : Nystrom =
        let landmarks =
            landmarkRows options.Landmarks seed rows |> KernelFeatures.dense rows.Features

        let gamma = options.Sharpness / KernelFeatures.typicalDistance landmarks

        let l =
            using (KernelFeatures.kernels gamma landmarks landmarks) KernelFeatures.cholesky

        let linear =
            { rows with
                Features = KernelFeatures.ofRows gamma landmarks l rows.Features
            }
            |> Linear.fit
                { LinearOptions.standard with
                    C = options.C
                    Prune = 0.0
                    Seed = seed
                }
                progress
                cancellation

        let coefficients =
            Cancellation.init linear.Bias.Length (fun label ->
                let w = Array.zeroCreate<float> landmarks.Rows

                for struct (m, v) in Csr.row label linear.Weights do
                    w[m] <- float v

                KernelFeatures.backward l w |> Array.map float32)

        {
            Gamma = gamma
            Landmarks = landmarks
            Coefficients = DenseMatrix.Of(linear.Bias.Length, landmarks.Rows, Array.concat<float32> coefficients)
            Bias = linear.Bias
        }

    /// f [B, L] of the chosen rows of x [N, D].
    let scores (x: CsrMatrix) (model: Nystrom) : BatchScorer =
        Shape.require (nameof x) "[D]" [ model.Landmarks.Columns ] [ x.Columns ]

        fun rows ->
            use block = KernelFeatures.dense x rows
            use k = KernelFeatures.kernels model.Gamma model.Landmarks block
            let z = new DenseMatrix(rows.Length, model.Bias.Length)
            DenseProducts.MultiplyTransposed(k.Factor(), model.Coefficients.Factor(), z.Product())

            for i in 0 .. rows.Length - 1 do
                let row = z.Row i

                for label in 0 .. model.Bias.Length - 1 do
                    row[label] <- row[label] + model.Bias[label]

            z

    let private tag = "nystrom"

    let private unfit (sizes: Sizes) (model: Nystrom) : string list =
        let landmarks = model.Landmarks.Rows

        [
            yield! Unfit.doubles "gamma" 0.0 1L [| model.Gamma |]
            yield! Unfit.dense "landmarks" (landmarks, sizes.FeatureCount) model.Landmarks
            yield! Unfit.dense "coefficients" (sizes.LabelCount, landmarks) model.Coefficients
            yield! Unfit.finite "bias" sizes.LabelCount model.Bias
        ]

    let private stored (model: Nystrom) : Stored =
        Stored.create tag unfit model
        |> Stored.holding
            [
                $"the features of {model.Landmarks.Rows} training rows, a kernel machine's landmarks"
            ]

    let private fitted (model: Nystrom) : FittedScorer =
        Scorer.withoutThreshold (stored model) (fun x -> scores x model)

    /// The scorer of kernel machines over landmarks.
    let scorer (options: NystromOptions) : Scorer =
        Scorer.create tag (NystromOptions.faults options) (fun t ->
            let report =
                { new IProgress<float> with
                    member _.Report share = t.Progress(EpochProgress.ofShare share)
                }

            fit
                options
                t.Seed
                report
                t.Cancellation
                {
                    Features = t.Rows.Features
                    Labels = t.Rows.Labels
                    Weights = t.Rows.Weights
                }
            |> fitted)

    /// In the registry.
    let entry: ScorerEntry =
        {
            Codec = Codec.create tag fitted
            Door = "Nystrom"
            Source = "https://papers.nips.cc/paper/1866-using-the-nystrom-method-to-speed-up-kernel-machines"
            Examples = [ scorer NystromOptions.standard ]
            Faulty =
                [
                    scorer
                        {
                            Landmarks = 0
                            Sharpness = nan
                            C = 0.0
                        }
                ]
        }
