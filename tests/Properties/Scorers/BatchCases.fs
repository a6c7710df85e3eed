namespace Limen.Properties

open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// A batch of a few rows with label sets and a local signal over up to twenty labels.
[<ReferenceEquality>]
type BatchCase =
    {
        Data: TrainingRows
        Batch: int[]
        Others: int
    }

type BatchArbitraries =
    static member Case() =
        gen {
            let! rows = Gen.choose (1, 6)
            let! labels = Gen.choose (1, 20)
            let! y = Generators.csr rows labels 15 (Gen.constant 1f)
            let! a = Generators.csr rows labels 20 Generators.positive
            let! batch = Gen.nonEmptyListOf (Gen.choose (0, rows - 1)) |> Gen.map Array.ofList
            let! others = Gen.choose (0, 6)
            let! weights = Gen.arrayOfLength rows (Gen.elements [ 0f; 1f; 2.5f ])
            let! weighted = Gen.elements [ true; false ]

            return
                {
                    Data =
                        {
                            Features = CsrMatrix(rows, 0, Array.zeroCreate (rows + 1), [||], [||])
                            Labels = y
                            Local = a
                            Weights = if weighted then Some weights else None
                        }
                    Batch = batch
                    Others = others
                }
        }
        |> Arb.fromGen

[<RequireQualifiedAccess>]
module BatchCases =

    let threshold labels : AffineThreshold =
        {
            Offset = Array.init labels (fun l -> float32 (l % 7) / 3f)
            Slope = Array.init labels (fun l -> -1f - float32 (l % 3))
        }

    let batch (c: BatchCase) : TrainingBatch =
        {
            Data = c.Data
            Rows = c.Batch
            Threshold = threshold c.Data.Labels.Columns
        }
