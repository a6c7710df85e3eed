namespace Limen.Core

open System
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
[<ReferenceEquality>]
type private Run =
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

    /// Batches of an epoch.
    member r.Batches = Lanes.Tasks(r.Counted.Length, r.BatchSize)

[<RequireQualifiedAccess>]
module Training =

    let private counted (data: TrainingRows) : int[] =
        let all = [| 0 .. data.Features.Rows - 1 |]

        match data.Weights with
        | None -> all
        | Some weights -> all |> Array.filter (fun row -> weights[row] > 0f)

    let private margins (run: Run) (data: TrainingRows) =
        ThresholdedNetwork.margins run.Start.Idf run.State.Fusion run.State.Weights data.Features data.Local

    /// nDCG@5 of z - theta on held-out rows, block by block; every row counts alike, whatever its weight.
    let private validationScore (run: Run) (data: TrainingRows) : float =
        margins run data
        |> Candidates.top 5 data.Labels.Columns data.Features.Rows
        |> fun best -> Evidence.ofScores (Scores best) (LabelSets data.Labels)
        |> Metric.number (AtK.ndcg 5)

    /// The rows of an epoch's batches: all that count, shuffled anew.
    let private batchesOf (run: Run) (epoch: int) : int[][] =
        Seed.permutation run.Counted.Length (Seed.derive "order" epoch run.Options.Seed)
        |> Array.map (Array.get run.Counted)
        |> Array.chunkBySize run.BatchSize

    let private shortlistRecall (run: Run) (epoch: int) : float option =
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

    let private tell (run: Run) batches (report: EpochReport) =
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
    let private step (run: Run) epoch batch (rows: int[]) : float =
        let at = (epoch - 1) * run.Batches + batch

        let rate =
            OptimiserOptions.rate at (run.Batches * run.Options.Epochs) run.Options.Optimiser

        let dropout = Drop(run.Start.Dropout, Seed.derive "dropout" at run.Options.Seed)
        let loss = run.State.Step(run.Train, rows, batch, rate, dropout)

        if batch % 16 = 0 then
            tell run batch (report epoch loss)

        loss

    /// The result of work on the way, None when cancelled in it.
    let private unlessCancelled (run: Run) (work: unit -> 'a) : 'a option =
        try
            Some(work ())
        with :? OperationCanceledException when run.Cancellation.IsCancellationRequested ->
            None

    let private pointName = "training"

    /// Leaves where the training stands: between two steps, as the state is whole there alone.
    let private leave (run: Run) epoch batch loss best history =
        if run.Checkpoint.Keeps then
            Cancellation.shielded (fun () ->
                run.Checkpoint
                |> Checkpoint.write
                    pointName
                    {
                        Epoch = epoch
                        Batch = batch
                        Loss = loss
                        State = run.State.Keep()
                        Best = best
                        History = history
                    })

    /// The rest of a pass over the shuffled rows, of which so many batches with this sum of losses are done: the sum of all, None when cancelled on the way, or what stopped
    /// it. `leave` leaves where it stands.
    let private pass
        (run: Run)
        (epoch: int)
        (batch: int)
        (loss: float)
        leave
        : Result<float option, TrainingDivergedException> =
        let batches = batchesOf run epoch

        let rec go batch total =
            if run.Cancellation.IsCancellationRequested then
                leave batch total
                None
            elif batch = batches.Length then
                Some total
            else
                if run.Checkpoint.IsDue() then
                    leave batch total

                // a step that ended half-way would leave a state that is none
                let loss = Cancellation.shielded (fun () -> step run epoch batch batches[batch])
                go (batch + 1) (total + loss)

        try
            Ok(go batch loss)
        with :? TrainingDivergedException as e ->
            Error e

    /// What an epoch of so much loss came to.
    let private closeEpoch (run: Run) (epoch: int) (loss: float) : EpochReport =
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
    let private better (run: Run) (best: BestState option) (report: EpochReport) : BestState =
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

    /// The end of a cancelled training: the best state, where it is asked for and there is one.
    let private cancelled (run: Run) (best: BestState option) : TrainingEnd =
        match run.WhenCancelled, best with
        | WhenCancelled.BestSoFar, Some b -> Cancelled b.Epoch
        | _ -> raise (OperationCanceledException run.Cancellation)

    /// The epochs from a given one on, of which so many batches with this sum of losses are done: how they end, the best state, and all reports, the last one first.
    let rec private epochs (run: Run) number batch loss (best: BestState option) (history: EpochReport list) =
        let bestEpoch = best |> Option.map _.Epoch |> Option.defaultValue 0

        if number > TrainingOptions.lastEpoch run.Options then
            AllEpochs, best, history
        else
            match pass run number batch loss (fun batch total -> leave run number batch total best history) with
            | Error e when best.IsNone -> raise e
            | Error e -> Diverged(bestEpoch, e.Message), best, history
            | Ok None -> cancelled run best, best, history
            | Ok(Some total) ->
                match unlessCancelled run (fun () -> closeEpoch run number (total / float run.Batches)) with
                | None ->
                    leave run number run.Batches total best history
                    cancelled run best, best, history
                | Some report ->

                    let best = better run best report

                    if number - best.Epoch >= run.Options.Patience then
                        EarlyStop best.Epoch, Some best, report :: history
                    else
                        epochs run (number + 1) 0 0.0 (Some best) (report :: history)

    /// From the beginning, or from where an earlier training of the same options and rows was left.
    let private go (run: Run) =
        match run.Checkpoint |> Checkpoint.tryRead<TrainingPoint> pointName with
        | None -> epochs run 1 0 0.0 None []
        | Some point ->
            run.State.Restore point.State
            Network.dispose point.State.Network
            epochs run point.Epoch point.Batch point.Loss point.Best point.History

    /// Trains a network and the threshold's numbers together. Cancelling ends the training at the next step with OperationCanceledException or,
    /// by WhenCancelled.BestSoFar and after an epoch at least, with the best state so far. The same seed gives the same result on the same machine. Training rows count by their weights, and those of
    /// weight 0 not at all; the score on the validation rows does not look at weights.
    /// Throws TrainingDivergedException where the first epoch already meets a value that is not finite; later, the best
    /// state is kept and the exception is not raised: End tells. Throws ConfigurationException where rows have weights and the loss is
    /// not defined pair by pair. The state is left in the checkpoint when an interval has passed, and when it is cancelled.
    let fit
        (options: TrainingOptions)
        (start: UntrainedNetwork)
        (train: TrainingRows)
        (validation: TrainingRows option)
        (progress: EpochProgress -> unit)
        (whenCancelled: WhenCancelled)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : TrainedNetwork =
        use state = new TrainingState(start, options)

        let run =
            {
                Options = options
                Start = start
                State = state
                Train = train
                Counted = counted train
                Validation = validation
                Progress = progress
                WhenCancelled = whenCancelled
                Cancellation = cancellation
                Checkpoint = checkpoint
                Clock = Stopwatch.StartNew()
            }

        let ending, best, history = go run

        let network, fusion =
            match best with
            | Some b -> b.Network, b.Fusion
            | None ->
                state.Flush()
                Network.copy state.Weights, state.Fusion

        {
            Network = network
            Fusion = fusion
            History = List.rev history
            End = ending
        }
