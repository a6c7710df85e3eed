namespace Limen.Core

open System
open System.Diagnostics
open System.Threading

/// Networks and thresholds learn together, epoch by epoch, until they get no better, are cancelled or diverge.
[<RequireQualifiedAccess>]
module Training =

    /// The result of work on the way, None when cancelled in it.
    let private unlessCancelled (run: TrainingRun) (work: unit -> 'a) : 'a option =
        try
            Some(work ())
        with :? OperationCanceledException when run.Cancellation.IsCancellationRequested ->
            None

    let private pointName = "training"

    /// Leaves where the training stands: between two steps, as the state is whole there alone.
    let private leave (run: TrainingRun) epoch batch loss best history =
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
        (run: TrainingRun)
        (epoch: int)
        (batch: int)
        (loss: float)
        leave
        : Result<float option, TrainingDivergedException> =
        let batches = TrainingRun.batchesOf run epoch

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
                let loss =
                    Cancellation.shielded (fun () -> TrainingRun.step run epoch batch batches[batch])

                go (batch + 1) (total + loss)

        try
            Ok(go batch loss)
        with :? TrainingDivergedException as e ->
            Error e

    /// The end of a cancelled training: the best state, where it is asked for and there is one.
    let private cancelled (run: TrainingRun) (best: BestState option) : TrainingEnd =
        match run.WhenCancelled, best with
        | WhenCancelled.BestSoFar, Some b -> Cancelled b.Epoch
        | _ -> raise (OperationCanceledException run.Cancellation)

    /// The epochs from a given one on, of which so many batches with this sum of losses are done: how they end, the best state, and all reports, the last one first.
    let rec private epochs (run: TrainingRun) number batch loss (best: BestState option) (history: EpochReport list) =
        let bestEpoch = best |> Option.map _.Epoch |> Option.defaultValue 0

        if number > TrainingOptions.lastEpoch run.Options then
            AllEpochs, best, history
        else
            match pass run number batch loss (fun batch total -> leave run number batch total best history) with
            | Error e when best.IsNone -> raise e
            | Error e -> Diverged(bestEpoch, e.Message), best, history
            | Ok None -> cancelled run best, best, history
            | Ok(Some total) ->
                match unlessCancelled run (fun () -> TrainingRun.closeEpoch run number (total / float run.Batches)) with
                | None ->
                    leave run number run.Batches total best history
                    cancelled run best, best, history
                | Some report ->

                    let best = TrainingRun.better run best report

                    if number - best.Epoch >= run.Options.Patience then
                        EarlyStop best.Epoch, Some best, report :: history
                    else
                        epochs run (number + 1) 0 0.0 (Some best) (report :: history)

    /// From the beginning, or from where an earlier training of the same options and rows was left.
    let private go (run: TrainingRun) =
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

        let run: TrainingRun =
            {
                Options = options
                Start = start
                State = state
                Train = train
                Counted = TrainingRun.counted train
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
