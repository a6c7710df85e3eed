namespace Limen.Properties

open FsCheck
open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// A random sparse matrix of small size, empty rows and columns included.
[<ReferenceEquality>]
type SparseCase = { Matrix: CsrMatrix }

/// Features and label sets of the same rows; some rows without labels, some labels without rows.
[<ReferenceEquality>]
type DataCase = { Data: Dataset }

[<RequireQualifiedAccess>]
module Generators =

    /// A row of distinct ascending columns, each present with the given chance (in percent).
    let private row columns percent value =
        gen {
            let! present = Gen.listOfLength columns (Gen.choose (1, 100))
            let! values = Gen.listOfLength columns value

            return
                List.zip present values
                |> List.indexed
                |> List.filter (fun (_, (p, _)) -> p <= percent)
                |> List.map (fun (c, (_, v)) -> struct (c, v))
                |> List.toArray
        }

    /// Finite float32 values of ordinary size.
    let value = Gen.choose (-4000, 4000) |> Gen.map (fun i -> float32 i / 1000f)

    let positive = Gen.choose (1, 4000) |> Gen.map (fun i -> float32 i / 1000f)

    let csr rows columns percent value =
        row columns percent value
        |> Gen.listOfLength rows
        |> Gen.map (List.toArray >> Csr.ofRows columns)

    let sparse =
        gen {
            let! rows = Gen.choose (0, 12)
            let! columns = Gen.choose (1, 20)
            let! percent = Gen.elements [ 0; 20; 50; 100 ]
            let! matrix = csr rows columns percent value
            return { Matrix = matrix }
        }

    let data =
        gen {
            let! rows = Gen.choose (1, 25)
            let! d = Gen.choose (1, 15)
            let! l = Gen.choose (1, 8)
            let! features = csr rows d 40 positive
            let! labels = csr rows l 30 (Gen.constant 1f)

            return
                {
                    Data = Dataset.create features labels
                }
        }

/// The arbitraries of the suite: [<Properties(Arbitrary = [| typeof<Arbitraries> |])>].
type Arbitraries =
    static member Sparse() = Arb.fromGen Generators.sparse
    static member Data() = Arb.fromGen Generators.data
