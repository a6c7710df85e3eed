namespace Limen.Core

open System
open System.Diagnostics
open System.Threading
open Limen.Kernels

/// What an epoch came to.
type EpochReport =
    {
        /// Counted from 1.
        Epoch: int
        /// The mean training loss of a row: summed over labels.
        Loss: float
        /// nDCG@5 on the validation rows, where there are any.
        Validation: float option
        /// The share of the hardest negatives of the epoch's first batch that its shortlist held (Shortlist.recall); None where
        /// all labels are learned.
        ShortlistRecall: float option
        Seconds: float
    }

/// Where a training stands.
type EpochProgress =
    {
        Epoch: int
        Epochs: int
        /// The share of this training that is done, 0 to 1.
        Done: float
        Loss: float
        Validation: float option
        /// As in the epoch's report.
        ShortlistRecall: float option
        Elapsed: TimeSpan
    }

[<RequireQualifiedAccess>]
module EpochProgress =

    /// Where a training of one pass stands.
    let ofShare (share: float) : EpochProgress =
        {
            Epoch = 1
            Epochs = 1
            Done = share
            Loss = nan
            Validation = None
            ShortlistRecall = None
            Elapsed = TimeSpan.Zero
        }

/// Why a training ended.
type TrainingEnd =
    | AllEpochs
    | EarlyStop of bestEpoch: int
    | Cancelled of bestEpoch: int
    /// A value was not finite; the reason names step, batch and parameter. The state is the best before it.
    | Diverged of bestEpoch: int * reason: string

/// What training gives back: the best state seen, copied, with its history.
[<ReferenceEquality>]
type TrainedNetwork =
    {
        Network: Network
        Fusion: Fusion
        History: EpochReport list
        End: TrainingEnd
    }

[<RequireQualifiedAccess>]
module Training =

    /// nDCG@5 of z - theta on held-out rows, block by block.
    let private validationScore (idf: float32[]) (data: TrainingRows) (network: Network) (fusion: Fusion) =
        let score = ThresholdedNetwork.margins idf fusion network data.Features data.Local

        Candidates.top 5 fusion.Bias.Length data.Features.Rows score
        |> AtK.ofScores 5 data.Labels
        |> AtK.ndcg

    /// Trains a network, which is used up, and the threshold's numbers together. Cancelling ends the training at the next step and keeps the
    /// best state so far. The same seed gives the same result on the same machine.
    /// Throws TrainingDivergedException where the first epoch already meets a value that is not finite; later, the best
    /// state is kept and the exception is not raised: End tells.
    let fit
        (options: TrainingOptions)
        (dropout: float)
        (idf: float32[])
        (network: Network)
        (fusion: Fusion)
        (train: TrainingRows)
        (validation: TrainingRows option)
        (progress: EpochProgress -> unit)
        (cancellation: CancellationToken)
        : TrainedNetwork =

        let clock = Stopwatch.StartNew()
        let rows = train.Features.Rows
        let size = TrainingOptions.batchSize rows options
        let batches = Lanes.Tasks(rows, size)
        let steps = batches * options.Epochs
        let last = TrainingOptions.lastEpoch options

        use state = new TrainingState(network, fusion, idf, options)

        let tell epoch batch loss validation recall =
            progress
                {
                    Epoch = epoch
                    Epochs = last
                    Done = float ((epoch - 1) * batches + batch) / float (last * batches)
                    Loss = loss
                    Validation = validation
                    ShortlistRecall = recall
                    Elapsed = clock.Elapsed
                }

        let orderOf epoch =
            Seed.permutation rows (Seed.derive "order" epoch options.Seed)

        let shortlistRecall epoch =
            match options.Labels with
            | LabelSampling.All -> None
            | LabelSampling.Shortlist others ->
                let chosen = Array.truncate size (orderOf epoch)

                let list =
                    Shortlist.ofBatch others (Seed.derive "recall" epoch options.Seed) train chosen

                use margins =
                    ThresholdedNetwork.margins idf state.Fusion state.Weights train.Features train.Local chosen

                Some(Shortlist.recall margins train.Labels chosen list)

        /// One pass over the shuffled rows: the mean loss, None when cancelled on the way, or what stopped it.
        let epoch (number: int) : Result<float option, TrainingDivergedException> =
            let order = orderOf number

            let rec go batch total =
                if cancellation.IsCancellationRequested then
                    None
                elif batch = batches then
                    Some(total / float batches)
                else
                    let chosen = order[batch * size .. Lanes.End(batch, size, rows) - 1]
                    let step = (number - 1) * batches + batch
                    let rate = OptimiserOptions.rate step steps options.Optimiser
                    let drop = Drop(dropout, Seed.derive "dropout" step options.Seed)
                    let loss = state.Step(train, chosen, batch, rate, drop)

                    if batch % 16 = 0 then
                        tell number batch loss None None

                    go (batch + 1) (total + loss)

            try
                Ok(go 0 0.0)
            with :? TrainingDivergedException as e ->
                Error e

        /// best: (score, epoch, network, fusion), the state to return.
        let rec loop number best history =
            let bestEpoch =
                match best with
                | Some(_, e, _, _) -> e
                | None -> 0

            if number > last then
                AllEpochs, best, history
            else
                match epoch number with
                | Error e when best.IsNone -> raise e
                | Error e -> Diverged(bestEpoch, e.Message), best, history
                | Ok None -> Cancelled bestEpoch, best, history
                | Ok(Some loss) ->
                    state.Flush()

                    let score =
                        validation
                        |> Option.map (fun v -> validationScore idf v state.Weights state.Fusion)

                    let recall = shortlistRecall number

                    let report =
                        {
                            Epoch = number
                            Loss = loss
                            Validation = score
                            ShortlistRecall = recall
                            Seconds = clock.Elapsed.TotalSeconds
                        }

                    tell number batches loss score recall

                    let better =
                        match score, best with
                        | Some s, Some(b, _, _, _) -> s > b
                        | _ -> true

                    let best =
                        if better then
                            let kept =
                                match best with
                                | Some(_, _, network, _) ->
                                    state.Weights |> Network.copyTo network
                                    network
                                | None -> Network.copy state.Weights

                            Some(defaultArg score 0.0, number, kept, state.Fusion)
                        else
                            best

                    let bestEpoch =
                        match best with
                        | Some(_, e, _, _) -> e
                        | None -> number

                    if number - bestEpoch >= options.Patience then
                        EarlyStop bestEpoch, best, report :: history
                    else
                        loop (number + 1) best (report :: history)

        let ending, best, history = loop 1 None []

        let network, fusion =
            match best with
            | Some(_, _, network, fusion) -> network, fusion
            | None ->
                state.Flush()
                Network.copy state.Weights, state.Fusion

        {
            Network = network
            Fusion = fusion
            History = List.rev history
            End = ending
        }
