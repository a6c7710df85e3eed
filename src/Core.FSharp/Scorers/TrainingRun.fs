namespace Limen.Core

open System.Diagnostics
open System.Threading
open Limen.Kernels

/// The best state seen so far.
[<ReferenceEquality>]
type BestState =
    {
        Epoch: int
        Score: float option
        Network: Network
        Fusion: Fusion
    }

/// Where a training stands between two steps: restored, it goes on as if it had not ended, bit for bit.
[<ReferenceEquality>]
type TrainingPoint =
    {
        Epoch: int
        /// Batches of the epoch that are done, and the sum of their losses.
        Batch: int
        Loss: float
        State: KeptTraining
        Best: BestState option
        /// Of the epochs before, the last one first.
        History: EpochReport list
    }

/// A training on its way.
[<RequireQualifiedAccess; ReferenceEquality>]
type internal TrainingRun =
    {
        Options: TrainingOptions
        Start: UntrainedNetwork
        State: TrainingState
        Train: TrainingRows
        /// The training rows whose weight is not 0: the others are as absent.
        Counted: int[]
        Validation: TrainingRows option
        Progress: EpochProgress -> unit
        WhenCancelled: WhenCancelled
        Cancellation: CancellationToken
        Checkpoint: Checkpoint
        Clock: Stopwatch
    }

    member r.BatchSize = TrainingOptions.batchSize r.Counted.Length r.Options

    /// How many batches an epoch has.
    member r.Batches = Lanes.Tasks(r.Counted.Length, r.BatchSize)

/// Steps and epochs of a training, and what they came to.
[<RequireQualifiedAccess>]
module internal TrainingRun =

    /// The rows whose weight is not 0.
    let counted (data: TrainingRows) : int[] =
        let all = [| 0 .. data.Features.Rows - 1 |]

        match data.Weights with
        | None -> all
        | Some weights -> all |> Array.filter (fun row -> weights[row] > 0f)

    let private margins (run: TrainingRun) (data: TrainingRows) =
        ThresholdedNetwork.margins run.Start.Idf run.State.Fusion run.State.Weights data.Features data.Local

    /// nDCG@5 of z - theta on held-out rows, block by block; every row counts alike, whatever its weight.
    let private validationScore (run: TrainingRun) (data: TrainingRows) : float =
        margins run data
        |> Candidates.top 5 data.Labels.Columns data.Features.Rows
        |> fun best -> Evidence.ofScores (Scores best) (LabelSets data.Labels)
        |> Metric.number (AtK.ndcg 5)

    /// The rows of an epoch's batches: all that count, shuffled anew.
    let batchesOf (run: TrainingRun) (epoch: int) : int[][] =
        Seed.permutation run.Counted.Length (Seed.derive "order" epoch run.Options.Seed)
        |> Array.map (Array.get run.Counted)
        |> Array.chunkBySize run.BatchSize

    let private shortlistRecall (run: TrainingRun) (epoch: int) : float option =
        match run.Options.Labels with
        | LabelSampling.All -> None
        | LabelSampling.Shortlist others ->
            let rows = Array.head (batchesOf run epoch)

            let list =
                Shortlist.ofBatch
                    others
                    (Seed.derive "recall" epoch run.Options.Seed)
                    {
                        Data = run.Train
                        Rows = rows
                        Threshold = AffineThreshold.ofFusion run.Start.Idf run.State.Fusion
                    }

            use scores = margins run run.Train rows
            Some(Shortlist.recall scores run.Train.Labels rows list)

    let private tell (run: TrainingRun) batches (report: EpochReport) =
        let epochs = TrainingOptions.lastEpoch run.Options

        run.Progress
            {
                Epoch = report.Epoch
                Epochs = epochs
                Done =
                    float ((report.Epoch - 1) * run.Batches + batches)
                    / float (epochs * run.Batches)
                Loss = report.Loss
                Validation = report.Validation
                ShortlistRecall = report.ShortlistRecall
                Elapsed = run.Clock.Elapsed
            }

    let private report epoch loss : EpochReport =
        {
            Epoch = epoch
            Loss = loss
            Validation = None
            ShortlistRecall = None
        }

    /// The loss of a step on the rows of a batch.
    let step (run: TrainingRun) epoch batch (rows: int[]) : float =
        let at = (epoch - 1) * run.Batches + batch

        let rate =
            OptimiserOptions.rate at (run.Batches * run.Options.Epochs) run.Options.Optimiser

        let dropout = Drop(run.Start.Dropout, Seed.derive "dropout" at run.Options.Seed)
        let loss = run.State.Step(run.Train, rows, batch, rate, dropout)

        if batch % 16 = 0 then
            tell run batch (report epoch loss)

        loss

    /// What an epoch of so much loss came to.
    let closeEpoch (run: TrainingRun) (epoch: int) (loss: float) : EpochReport =
        run.State.Flush()
        let score = run.Validation |> Option.map (validationScore run)
        let recall = shortlistRecall run epoch

        let closed =
            { report epoch loss with
                Validation = score
                ShortlistRecall = recall
            }

        tell run run.Batches closed
        closed

    /// The better of the best state and that after an epoch; without a score, the latter. The best network's memory is used again.
    let better (run: TrainingRun) (best: BestState option) (report: EpochReport) : BestState =
        match report.Validation, best with
        | Some score, Some b when not (score > b.Score.Value) -> b
        | score, _ ->
            let network =
                match best with
                | Some b ->
                    run.State.Weights |> Network.copyTo b.Network
                    b.Network
                | None -> Network.copy run.State.Weights

            {
                Epoch = report.Epoch
                Score = score
                Network = network
                Fusion = run.State.Fusion
            }
