namespace Limen.Properties

open System.Threading
open Limen.Core
open Limen.Kernels

/// What scorers are fitted on and asked for, where signals play no part.
[<RequireQualifiedAccess>]
module ScorerCases =

    /// Of these rows, without signals: no rows to stop on, and the last pass of each scorer.
    let training (seed: int) (rows: Dataset) : ScorerTraining =
        {
            Rows =
                {
                    Features = rows.Features
                    Labels = rows.Labels
                    Local = Csr.empty rows.Rows rows.Labels.Columns
                    Weights = rows.Weights
                }
            Stop = None
            Until = None
            Rarity = Array.zeroCreate rows.Labels.Columns
            HasLocal = false
            Seed = Seed.ofInt seed
            Progress = ignore
            Cancellation = CancellationToken.None
            WhenCancelled = WhenCancelled.Throw
            Repeats = 1
            Checkpoint = Checkpoint.none
        }

    /// The margins [N][L] of rows of features [N, D] for so many labels.
    let margins (labels: int) (x: CsrMatrix) (scorer: FittedScorer) : float32[][] =
        let input: ScorerInput =
            {
                Rarity = Array.zeroCreate labels
                Features = x
                Local = Csr.empty x.Rows labels
            }

        use z = Scorer.margins input scorer [| 0 .. x.Rows - 1 |]
        [| for row in 0 .. x.Rows - 1 -> (z.Row row).ToArray() |]
