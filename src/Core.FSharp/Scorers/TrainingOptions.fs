namespace Limen.Core

open System
open Limen

/// Which labels a step learns.
[<RequireQualifiedAccess>]
type LabelSampling =
    /// All L (the default).
    | All
    /// The batch's shortlist: its rows' labels, the labels their neighbours carry, and so many others at random. A step's cost then
    /// does not grow with L; every epoch reports how many of the hardest negatives the shortlists held.
    | Shortlist of others: int

/// How a network is trained, with nothing left open: PerceptronOptions for known counts of labels and a known seed.
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

    /// Small data sets get more passes.
    let private epochs (counts: LabelCounts) =
        int (Math.Clamp(500_000.0 / max 1.0 counts.Rows, 15.0, 60.0))

    /// Labels from which a network learns from shortlists, and how many others these then have.
    let private many, private others = 20_000, 2_000

    let private sampling (chosen: int option) (loss: Loss) (counts: LabelCounts) =
        let labels = counts.Positives.Length

        match chosen with
        | Some n when n >= labels -> LabelSampling.All
        | Some n -> LabelSampling.Shortlist n
        | None when labels >= many && (FusedTerms.ofLoss loss).IsSome -> LabelSampling.Shortlist others
        | None -> LabelSampling.All

    /// The settings of a perceptron as they are now; what is left open are the counts of its training rows, the model's seed, and the epoch after which
    /// training ends.
    let reader (o: PerceptronOptions) : LabelCounts -> Seed -> int option -> TrainingOptions =
        let loss, passes, shortlist =
            o.Loss, Option.ofNullable o.Epochs, Option.ofNullable o.Shortlist

        let batch, patience, alpha = Option.ofNullable o.BatchSize, o.Patience, o.Alpha
        let own = o.Seed |> Option.ofNullable |> Option.map Seed.ofInt

        let optimiser =
            { OptimiserOptions.defaults with
                LearningRate = o.LearningRate
                WeightDecay = o.WeightDecay
            }

        fun counts seed until ->
            let loss = Loss.counted counts loss
            let passes = passes |> Option.defaultWith (fun () -> epochs counts)

            {
                Epochs = passes
                Until = until |> Option.map (min passes)
                BatchSize = batch
                Optimiser = optimiser
                FusionRate = 5.0
                Patience = patience
                Loss = loss
                Alpha = alpha
                Labels = sampling shortlist loss counts
                Seed = defaultArg own seed
            }

    /// The default settings for 15 passes.
    let defaults =
        reader (PerceptronOptions(Epochs = 15)) LabelCounts.sample (Seed.ofInt 1) None

    let faults (o: TrainingOptions) =
        [
            yield! Limits.whole "epochs" (1, Limits.passes) o.Epochs
            match o.Until with
            | Some epoch when epoch < 1 || epoch > o.Epochs ->
                $"until: expected an epoch from 1 to {o.Epochs}, received {epoch}"
            | _ -> ()
            yield!
                o.BatchSize
                |> Option.toList
                |> List.collect (Limits.whole "batch size" (1, Limits.batch))
            yield! Limits.whole "patience" (1, Limits.passes) o.Patience
            yield! Limits.above0 "fusion rate" 1e3 o.FusionRate
            match o.Alpha with
            | Common -> ()
            | Buckets buckets -> yield! Limits.whole "alpha, buckets" (1, Limits.parts) buckets
            | Own prior -> yield! Limits.number "alpha, prior" (0.0, Limits.factor) prior
            match o.Labels with
            | LabelSampling.All -> ()
            | LabelSampling.Shortlist others -> yield! Limits.whole "shortlist" (0, Limits.drawn) others
            yield! OptimiserOptions.faults o.Optimiser
            for fault in Loss.faults o.Loss do
                $"loss: {fault}"
        ]

    /// A shortlist that is asked for has its range, and needs a loss that can be learned from it.
    let shortlistFaults (o: PerceptronOptions) : string list =
        let loss = Loss.counted LabelCounts.sample o.Loss

        [
            if o.Shortlist.HasValue then
                yield! Limits.whole "shortlist" (0, Limits.drawn) o.Shortlist.Value

                if (FusedTerms.ofLoss loss).IsNone then
                    $"shortlist: expected a loss of BCE and a margin term, received {Loss.name loss}"
        ]

    /// The last epoch that early stopping may let run.
    let lastEpoch (o: TrainingOptions) = defaultArg o.Until o.Epochs

    /// The batch size that is used for so many rows.
    let batchSize (rows: int) (o: TrainingOptions) =
        o.BatchSize |> Option.defaultWith (fun () -> Math.Clamp(rows / 100, 16, 256))
