namespace Limen.Core

open System
open System.Threading
open Limen
open Limen.Kernels

/// How one-vs-rest linear scorers are trained: min over w of |w|^2 / 2 + C sum_i v_i loss(y_i f(x_i)), label by label, v_i
/// being the row's weight.
type LinearOptions =
    {
        Loss: LinearLoss
        /// The cost of the losses against the squared norm of the weights; above 0, at most 1e9.
        C: float
        /// A label is done when the gradients of its dual agree within this; above 0, at most 1e6.
        Tolerance: float
        /// The most passes over the training rows; 1 to 100,000.
        Passes: int
        /// Weights smaller than this in magnitude are dropped; 0 keeps all.
        Prune: float
        /// Determines the orders in which rows are visited; the result depends on it within the tolerance.
        Seed: Seed
    }

[<RequireQualifiedAccess>]
module LinearOptions =

    /// The L2-loss support vector machine with C = 1.
    let standard =
        {
            Loss = LinearLoss.SquaredHinge
            C = 1.0
            Tolerance = 0.1
            Passes = 30
            Prune = 0.03
            Seed = Seed.ofInt 0
        }

    /// Every fault of the options, in plain sentences.
    let faults (o: LinearOptions) : string list =
        [
            if not (Enum.IsDefined o.Loss) then
                $"Linear.Loss: expected SquaredHinge or Logistic, received {o.Loss}"
            yield! Limits.above0 "Linear.C" 1e9 o.C
            yield! Limits.above0 "Linear.Tolerance" 1e6 o.Tolerance
            yield! Limits.whole "Linear.Passes" (1, Limits.passes) o.Passes
            yield! Limits.number "Linear.Prune" (0.0, 1e6) o.Prune
        ]

    /// Throws ConfigurationException naming every fault.
    let validate (o: LinearOptions) : LinearOptions =
        match faults o with
        | [] -> o
        | faults -> raise (ConfigurationException faults)

/// One linear function per label, f_l(x) = w_l . x + b_l, in logit space (with the squared hinge: margins of an SVM).
[<ReferenceEquality>]
type LinearScorer =
    {
        /// W [L, D], sparse.
        Weights: CsrMatrix
        /// b [L].
        Bias: float32[]
        /// The same functions, transposed for scoring.
        ByFeature: LinearScores
    }

/// Weights and biases of some of the labels.
[<ReferenceEquality>]
type LinearPart = { Weights: CsrMatrix; Bias: float32[] }

[<RequireQualifiedAccess>]
module Linear =

    /// The scorer of given weights W [L, D] and biases b [L].
    let ofWeights (weights: CsrMatrix) (bias: float32[]) : LinearScorer =
        {
            Weights = weights
            Bias = bias
            ByFeature = LinearScores(LinearWeights(weights, bias))
        }

    /// Trains every label on features X [N, D] and label sets Y [N, L]. A label without a positive row that counts gets weights 0 and
    /// bias -1.5, so that it never comes before a label with evidence. progress receives the share of labels done;
    /// cancellation is honoured between groups of labels. The same options and data give
    /// the same scorer, bit for bit, on any number of threads.
    let fit
        (options: LinearOptions)
        (progress: IProgress<float>)
        (cancellation: CancellationToken)
        (data: Dataset)
        : LinearScorer =
        let o = LinearOptions.validate options

        let orders = Seed.derive "linear" 0 o.Seed |> Seed.bits 0L
        let dual = DualOptions(o.Loss, o.C, o.Tolerance, o.Passes, 1.0, o.Prune, orders)

        let learned =
            DualCoordinateDescent.Fit(
                LinearRows(data.Features, data.Labels, Option.toObj data.Weights),
                dual,
                (fun share -> progress.Report share),
                cancellation
            )

        ofWeights learned.Weights learned.Bias

    /// f_l(x) [N, L] for the topK best labels of each row and, besides, for the extra pairs [N, L] (a local signal's, say).
    let scores (topK: int) (extraPairs: CsrMatrix) (features: CsrMatrix) (scorer: LinearScorer) : CsrMatrix =
        scorer.ByFeature.Compute(topK, extraPairs, features)

    /// f_l(x) of all labels, block by block: row ids [B] to a fresh matrix [B, L].
    let margins (x: CsrMatrix) (scorer: LinearScorer) : BatchScorer =
        fun rows ->
            let block = new DenseMatrix(rows.Length, scorer.Bias.Length)
            scorer.ByFeature.Block(x, rows, block.Span)
            block

    let private tag = "linear"

    let private unfit (sizes: Sizes) (linear: LinearScorer) : string list =
        Unfit.sparse "weights" (sizes.LabelCount, sizes.FeatureCount) linear.Weights
        @ Unfit.finite "bias" sizes.LabelCount linear.Bias

    let private fitted (linear: LinearScorer) : FittedScorer =
        Scorer.withoutThreshold (Stored.create tag unfit linear) (fun x -> margins x linear)

    /// Labels that are trained between two looks at the clock, where work on its way is kept.
    let private labelsAPart = 256

    /// The same scorer as `fit` gives: labels are trained each for itself, whatever others are trained beside them.
    let private inParts options (report: float -> unit) cancellation (checkpoint: Checkpoint) (data: Dataset) =
        let labels = data.Labels.Columns
        let size = if checkpoint.Keeps then labelsAPart else max 1 labels

        let parts =
            [
                for first in 0..size .. labels - 1 ->
                    {
                        First = first
                        Count = min size (labels - first)
                    }
            ]

        let part (block: Columns) : LinearPart =
            let progress =
                { new IProgress<float> with
                    member _.Report share =
                        report ((float block.First + share * float block.Count) / float labels)
                }

            let learned =
                { data with
                    Labels = Columns.select block data.Labels
                }
                |> fit options progress cancellation

            {
                Weights = learned.Weights
                Bias = learned.Bias
            }

        let learned = Checkpoint.parts part parts checkpoint

        ofWeights (learned |> List.map _.Weights |> Csr.concat) (learned |> List.map _.Bias |> Array.concat)

    /// The scorer of one-vs-rest linear models; the model's seed takes the place of the options'.
    let scorer (options: LinearOptions) : Scorer =
        Scorer.create tag (LinearOptions.faults options) (fun t ->
            let rows =
                {
                    Features = t.Rows.Features
                    Labels = t.Rows.Labels
                    Weights = t.Rows.Weights
                }

            rows
            |> inParts { options with Seed = t.Seed } (EpochProgress.ofShare >> t.Progress) t.Cancellation t.Checkpoint
            |> fitted)

    /// In the registry.
    let entry: ScorerEntry =
        {
            Codec = Codec.create tag fitted
            Door = "Linear"
            Source = "https://www.jmlr.org/papers/v9/fan08a.html"
            Examples =
                [
                    scorer LinearOptions.standard
                    scorer
                        { LinearOptions.standard with
                            Loss = LinearLoss.Logistic
                        }
                ]
            Faulty =
                [
                    scorer { LinearOptions.standard with C = 0.0 }
                    scorer
                        { LinearOptions.standard with
                            Passes = 0
                        }
                ]
        }
