namespace Limen.Core

open System

/// Who shares the weight alpha of IDF. IDF_l is a constant, so alpha_l and b_l are one degree of freedom unless alpha is shared or held.
type AlphaSharing =
    /// One alpha for every label (the default).
    | OneForAll
    /// One alpha for each of so many buckets of equal width in IDF.
    | ByFrequency of buckets: int
    /// One alpha per label, drawn towards their mean: the prior's strength times half the squared distance is added to the loss.
    | EachLabel of prior: float

/// Which labels a step learns.
[<RequireQualifiedAccess>]
type LabelSampling =
    /// All L (the default).
    | All
    /// The batch's shortlist: its rows' labels, the labels their neighbours carry, and so many others at random. A step's cost then
    /// does not grow with L; every epoch reports how many of the hardest negatives the shortlists held.
    | Shortlist of others: int

/// How a network is trained.
[<ReferenceEquality>]
type TrainingOptions =
    {
        /// Passes over the training rows, which the schedule of the learning rate spans; early stopping may end before.
        Epochs: int
        /// The epoch after which training ends without validation rows to say so, the schedule being cut short; None: the last one.
        Until: int option
        /// Rows a step; None: 256, less where there are few rows.
        BatchSize: int option
        Optimiser: OptimiserOptions
        /// The learning rate of lambda, alpha and beta, as a multiple of the network's.
        FusionRate: float
        /// Epochs without a better validation score before training ends.
        Patience: int
        Loss: Loss
        Alpha: AlphaSharing
        Labels: LabelSampling
        Seed: Seed
    }

[<RequireQualifiedAccess>]
module TrainingOptions =

    let defaults =
        {
            Epochs = 15
            Until = None
            BatchSize = None
            Optimiser = OptimiserOptions.defaults
            FusionRate = 5.0
            Patience = 3
            Loss = Losses.paper 0.1 0.1 Symmetric
            Alpha = OneForAll
            Labels = LabelSampling.All
            Seed = Seed.ofInt 1
        }

    let faults (o: TrainingOptions) =
        [
            if o.Epochs < 1 then
                $"epochs: expected at least 1, received {o.Epochs}"
            match o.Until with
            | Some epoch when epoch < 1 || epoch > o.Epochs ->
                $"until: expected an epoch from 1 to {o.Epochs}, received {epoch}"
            | _ -> ()
            match o.BatchSize with
            | Some b when b < 1 -> $"batch size: expected at least 1, received {b}"
            | _ -> ()
            if o.Patience < 1 then
                $"patience: expected at least 1, received {o.Patience}"
            if not (o.FusionRate > 0.0) then
                $"fusion rate: expected above 0, received {o.FusionRate}"
            match o.Alpha with
            | ByFrequency buckets when buckets < 1 -> $"alpha: expected at least 1 bucket, received {buckets}"
            | EachLabel prior when not (prior >= 0.0) -> $"alpha: expected a prior of at least 0, received {prior}"
            | _ -> ()
            match o.Labels with
            | LabelSampling.Shortlist others when others < 0 ->
                $"shortlist: expected at least 0 other labels, received {others}"
            | LabelSampling.Shortlist _ when (FusedTerms.ofLoss o.Loss).IsNone ->
                $"shortlist: expected a loss of BCE and a margin term, received {Loss.name o.Loss}"
            | _ -> ()
            yield! OptimiserOptions.faults o.Optimiser
        ]

    /// The last epoch that early stopping may let run.
    let lastEpoch (o: TrainingOptions) = defaultArg o.Until o.Epochs

    /// The batch size that is used for so many rows.
    let batchSize (rows: int) (o: TrainingOptions) =
        o.BatchSize |> Option.defaultWith (fun () -> Math.Clamp(rows / 100, 16, 256))
