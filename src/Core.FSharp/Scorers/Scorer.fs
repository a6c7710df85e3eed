namespace Limen.Core

open System
open System.Threading
open Limen.Kernels

/// What gives a row a score for every label.
[<ReferenceEquality>]
type ScorerOptions =
    /// A multi-layer perceptron whose threshold theta is learned with it.
    | Perceptron of NetworkOptions * TrainingOptions
    /// One-vs-rest linear models, a sparse weight vector for each label.
    | Linear of LinearOptions

/// A fitted scorer: gives margins m = z - theta. A linear scorer has no threshold of its own: theta = 0.
[<ReferenceEquality>]
type FittedScorer =
    | FittedPerceptron of Network * Fusion * history: EpochReport list * ending: TrainingEnd
    | FittedLinear of LinearScorer

/// The two signals on their way into a threshold: IDF [L], scaled to at most 1, zeros without a global signal;
/// the local signal A [N, L] of the rows in question.
[<RequireQualifiedAccess>]
module Scorer =

    let faults (o: ScorerOptions) =
        match o with
        | Perceptron(network, training) -> NetworkOptions.faults network @ TrainingOptions.faults training
        | Linear linear -> LinearOptions.faults linear

    let private sharing (alpha: AlphaSharing) (labels: int) : Alpha =
        match alpha with
        | OneForAll -> Shared 0f
        | ByFrequency buckets ->
            PerBucket([| for i in 1 .. buckets - 1 -> float32 i / float32 buckets |], Array.zeroCreate buckets)
        | EachLabel _ -> PerLabel(Array.zeroCreate labels)

    /// Fits on training rows. local and the validation rows' local signal are leave-one-out and applied respectively.
    let fit
        (idf: float32[])
        (hasLocal: bool)
        (train: TrainingRows)
        (validation: TrainingRows option)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        (options: ScorerOptions)
        : FittedScorer =
        match options with
        | Perceptron(shape, training) ->
            let support = Csr.columnCounts train.Labels

            let network =
                Network.init shape train.Features.Columns support.Length (Seed.derive "network" 0 training.Seed)

            let fusion =
                Fusion.atLogOdds (sharing training.Alpha support.Length) hasLocal train.Features.Rows support

            let start =
                {
                    Network = network
                    Dropout = shape.Dropout
                    Fusion = fusion
                    Idf = idf
                }

            let trained = Training.fit training start train validation progress cancellation

            FittedPerceptron(trained.Network, trained.Fusion, trained.History, trained.End)
        | Linear linear ->
            let report =
                { new IProgress<float> with
                    member _.Report share =
                        progress
                            {
                                Epoch = 1
                                Epochs = 1
                                Done = share
                                Loss = nan
                                Validation = None
                                ShortlistRecall = None
                                Elapsed = TimeSpan.Zero
                            }
                }

            FittedLinear(
                Limen.Core.Linear.fit
                    linear
                    report
                    cancellation
                    {
                        Features = train.Features
                        Labels = train.Labels
                        Weights = train.Weights
                    }
            )

    /// The margins of rows of x [N, D] with their local signal [N, L].
    let margins (idf: float32[]) (x: CsrMatrix) (local: CsrMatrix) (scorer: FittedScorer) : BatchScorer =
        match scorer with
        | FittedPerceptron(network, fusion, _, _) -> NetworkScorer.margins idf fusion network x local
        | FittedLinear linear -> Linear.margins x linear
