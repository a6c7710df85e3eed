namespace Limen.Core

open System
open System.Threading
open Limen.Kernels

/// A local signal in a model: what was fitted, and the base scorer whose predictions it reads, where it reads any.
[<ReferenceEquality>]
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
    let private probabilities (idf: float32[]) (x: CsrMatrix) (scorer: FittedScorer) : CsrMatrix =
        Scorer.margins idf x (Csr.empty x.Rows idf.Length) scorer
        |> Candidates.top predictedLabels idf.Length x.Rows
        |> Csr.mapValues (fun _ _ (m: float32) -> Logistic.ofLogit32 m)

    let private fitBase (idf: float32[]) (train: Dataset) cancellation (options: ScorerOptions) =
        let rows: TrainingRows =
            {
                Features = train.Features
                Labels = train.Labels
                Local = Csr.empty train.Rows idf.Length
                Weights = train.Weights
            }

        Scorer.fit idf false rows None ignore cancellation options

    /// Each training row's probabilities by a base scorer that did not see it.
    let private outOfFold
        (idf: float32[])
        (seed: Seed)
        (train: Dataset)
        cancellation
        (options: ScorerOptions)
        : OutOfFold =
        let order = Seed.permutation train.Rows (Seed.derive "folds" 0 seed)
        let foldOf = Array.zeroCreate train.Rows
        order |> Array.iteri (fun place row -> foldOf[row] <- place % folds)

        let parts =
            [
                for fold in 0 .. folds - 1 do
                    let inside, outside = Folds.split fold foldOf
                    let scorer = fitBase idf (Dataset.selectRows outside train) cancellation options
                    inside, probabilities idf (Csr.selectRows inside train.Features) scorer
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
        (baseScorer: ScorerOptions)
        (idf: float32[])
        (seed: Seed)
        (train: Dataset)
        (cancellation: CancellationToken)
        : LocalModel * LocalSignal =
        if LocalSignalSpec.needsPredictions spec then
            let predictions = outOfFold idf seed train cancellation baseScorer
            let signal, values = LocalSignalSpec.fit spec seed train (Some predictions)

            {
                Signal = signal
                Base = Some(fitBase idf train cancellation baseScorer)
            },
            values
        else
            let signal, values = LocalSignalSpec.fit spec seed train None
            { Signal = signal; Base = None }, values

    /// The signal of any rows, from their features alone.
    let apply (idf: float32[]) (x: CsrMatrix) (local: LocalModel) : LocalSignal =
        local.Signal
        |> FittedSignal.apply
            {
                Features = x
                Predicted = local.Base |> Option.map (probabilities idf x)
            }
