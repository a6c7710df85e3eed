namespace Limen.Core

open System

/// What an epoch came to.
type EpochReport =
    {
        /// Counted from 1.
        Epoch: int
        /// The mean over batches of the loss of a row, summed over labels.
        Loss: float
        /// nDCG@5 on the validation rows, where there are any.
        Validation: float option
        /// The share of the hardest negatives of the epoch's first batch that its shortlist held (Shortlist.recall); None where
        /// all labels are learned.
        ShortlistRecall: float option
    }

/// How far a training has come.
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
    /// With WhenCancelled.BestSoFar; the state is the best before.
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
