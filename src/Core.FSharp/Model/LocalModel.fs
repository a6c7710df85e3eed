namespace Limen.Core

open System.Threading
open Limen
open Limen.Kernels

/// A local signal in a model: what was fitted, and the base scorer whose predictions it reads, where it reads any.
[<NoEquality; NoComparison>]
type LocalModel =
    {
        Signal: FittedSignal
        Base: FittedScorer option
    }

[<RequireQualifiedAccess>]
module LocalModel =

    /// Predictions that a signal reads: the labels that the base scorer ranks highest.
    let private predictedLabels = 60

    /// Parts of the training rows of which each is predicted by a base scorer that saw the others.
    let private folds = 3

    /// The base scorer's probabilities [N, L] of its best labels.
    let private probabilities (rarity: float32[]) (x: CsrMatrix) (scorer: FittedScorer) : CsrMatrix =
        scorer
        |> Scorer.margins
            {
                Rarity = rarity
                Features = x
                Local = Csr.empty x.Rows rarity.Length
            }
        |> Candidates.top predictedLabels rarity.Length x.Rows
        |> Csr.mapValues (fun _ _ (m: float32) -> Logistic.ofLogit32 m)

    let private fitBase (rarity: float32[]) seed (train: Dataset) cancellation (scorer: Scorer) =
        let training: ScorerTraining =
            {
                Rows =
                    {
                        Features = train.Features
                        Labels = train.Labels
                        Local = Csr.empty train.Rows rarity.Length
                        Weights = train.Weights
                    }
                Stop = None
                Until = None
                Rarity = rarity
                HasLocal = false
                Seed = seed
                Progress = ignore
                Cancellation = cancellation
                Repeats = 1
                WhenCancelled = WhenCancelled.Throw
                Checkpoint = Checkpoint.none
            }

        Scorer.fit training scorer

    /// Each training row's probabilities by a base scorer that did not see it.
    let private outOfFold (rarity: float32[]) seed (train: Dataset) cancellation (scorer: Scorer) : OutOfFold =
        let order = Seed.permutation train.Rows (Seed.derive "folds" 0 seed)
        let foldOf = Array.zeroCreate train.Rows
        order |> Array.iteri (fun place row -> foldOf[row] <- place % folds)

        let parts =
            [
                for fold in 0 .. folds - 1 do
                    let inside, outside = Folds.split fold foldOf

                    let fitted =
                        fitBase rarity seed (Dataset.selectRows outside train) cancellation scorer

                    inside, probabilities rarity (Csr.selectRows inside train.Features) fitted
            ]

        parts
        |> List.map snd
        |> List.reduce Csr.append
        |> Csr.selectRows (parts |> List.map fst |> Folds.places)
        |> OutOfFold

    /// Fits a signal on training rows; the second result is the signal of the training rows themselves, which a row's own
    /// labels do not reach. baseScorer: the kind of scorer whose predictions the signal reads, where it reads any.
    let fit
        (spec: LocalSignalSpec)
        (baseScorer: Scorer)
        (rarity: float32[])
        (seed: Seed)
        (cancellation: CancellationToken)
        (train: Dataset)
        : LocalModel * LocalSignal =
        if LocalSignalSpec.needsPredictions spec then
            let predictions = outOfFold rarity seed train cancellation baseScorer
            let signal, values = LocalSignalSpec.fit spec seed (Some predictions) train

            {
                Signal = signal
                Base = Some(fitBase rarity seed train cancellation baseScorer)
            },
            values
        else
            let signal, values = LocalSignalSpec.fit spec seed None train
            { Signal = signal; Base = None }, values

    /// The signal of any rows, from their features alone.
    let apply (rarity: float32[]) (x: CsrMatrix) (local: LocalModel) : LocalSignal =
        local.Signal
        |> FittedSignal.apply
            {
                Features = x
                Predicted = local.Base |> Option.map (probabilities rarity x)
            }
