namespace Limen

open System

/// Where a fit stands.
[<NoComparison>]
type TrainingProgress =
    {
        /// What is going on: "signals", "training", "scorer 2 of 3", "decision".
        Stage: string
        /// The share of the whole fit that is done: it never falls, and the last report says 1.
        Done: float
        /// Which scorer is trained, counted from 1, those of the folds included; 0 in the other stages.
        Scorer: int
        /// How many scorers are trained, those of the folds included; 0 in the other stages.
        Scorers: int
        /// Its epoch, counted from 1; 0 where there is none.
        Epoch: int
        /// Its epochs at most.
        Epochs: int
        /// Its training loss of a row; NaN where there is none.
        Loss: float
        /// nDCG@5 on the held-out rows, at the end of an epoch.
        ValidationNdcg: Nullable<float>
        /// The share of the hardest wrong labels that a batch's shortlist held, at the end of an epoch; null where all labels are learned.
        ShortlistRecall: Nullable<float>
    }

namespace Limen.Core

open System
open Limen

[<RequireQualifiedAccess>]
module TrainingProgress =

    let private scorersStart = 0.05
    let private scorersEnd = 0.95

    let private stage (stage: string) share : TrainingProgress =
        {
            Stage = stage
            Done = share
            Scorer = 0
            Scorers = 0
            Epoch = 0
            Epochs = 0
            Loss = nan
            ValidationNdcg = Nullable()
            ShortlistRecall = Nullable()
        }

    /// The signals are being fitted.
    let signals = stage "signals" 0.0

    /// The decision is being fitted.
    let decision = stage "decision" scorersEnd

    /// A trial of a search, of so many, where a share of its fits is done.
    let trial (number: int) (count: int) (share: float) : TrainingProgress =
        stage $"trial {number} of {count}" share

    /// All is done.
    let finished = stage "decision" 1.0

    /// A scorer of so many, counted from 1, is being trained.
    let scorer (index: int) (count: int) (e: EpochProgress) : TrainingProgress =
        {
            Stage =
                (if count = 1 then
                     "training"
                 else
                     $"scorer {index} of {count}")
            Done =
                scorersStart
                + (scorersEnd - scorersStart) * (float (index - 1) + e.Done) / float count
            Scorer = index
            Scorers = count
            Epoch = e.Epoch
            Epochs = e.Epochs
            Loss = e.Loss
            ValidationNdcg = Option.toNullable e.Validation
            ShortlistRecall = Option.toNullable e.ShortlistRecall
        }
