namespace Limen.Properties

open FsCheck
open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// Training rows with out-of-fold predictions [N, L] and neighbours [N, N]; Other is another label set for the chosen Row.
[<ReferenceEquality>]
type SignalCase =
    {
        Training: Dataset
        Predicted: CsrMatrix
        Neighbours: CsrMatrix
        Row: int
        Other: int[]
        /// A new order of the labels: label l becomes label Order[l].
        Order: int[]
    }

[<RequireQualifiedAccess>]
module SignalCase =

    let arbitrary =
        gen {
            let! rows = Gen.choose (2, 18)
            let! l = Gen.choose (1, 7)
            let! d = Gen.choose (1, 12)
            let! weight = Gen.elements [ Generators.positive; Generators.value ]
            let! features = Generators.csr rows d 40 weight
            let! labels = Generators.csr rows l 35 (Gen.constant 1f)

            let! predicted =
                Generators.csr rows l 50 (Gen.choose (1, 1000) |> Gen.map (fun i -> float32 i / 1000f))

            let! near = Generators.csr rows rows 30 Generators.positive
            let! row = Gen.choose (0, rows - 1)
            let! other = Gen.subListOf [ 0 .. l - 1 ]
            let! order = Gen.shuffle [| 0 .. l - 1 |]

            let neighbours =
                Array.init rows (fun i -> Csr.row i near |> Array.filter (fun struct (r, _) -> r <> i))

            return
                {
                    Training = Dataset.create features labels
                    Predicted = predicted
                    Neighbours = Csr.ofRows rows neighbours
                    Row = row
                    Other = Array.ofList other
                    Order = order
                }
        }

    /// The same rows, some with weight 2 and some with 0; and the rows that these weights stand for, twice or not at all.
    let weighted (d: Dataset) : Dataset * Dataset =
        let weight row = row % 3

        { d with
            Weights = Some(Array.init d.Rows (weight >> float32))
        },
        d
        |> Dataset.selectRows
            [|
                for row in 0 .. d.Rows - 1 do
                    yield! Array.replicate (weight row) row
            |]

    let entries (m: CsrMatrix) =
        [
            for r in 0 .. m.Rows - 1 do
                for struct (c, v) in Csr.row r m -> r, c, v
        ]

    /// The same label sets, but for one row.
    let withLabels row (other: int[]) (labels: CsrMatrix) =
        Csr.ofSets labels.Columns (Array.init labels.Rows (fun i -> if i = row then other else Csr.set i labels))

    /// The same training rows with another label set for the chosen one.
    let changed (case: SignalCase) =
        { case.Training with
            Labels = withLabels case.Row case.Other case.Training.Labels
        }

    let renumber (order: int[]) (m: CsrMatrix) =
        Array.init m.Rows (fun i ->
            Csr.row i m
            |> Array.map (fun struct (c, v) -> struct (order[c], v))
            |> Array.sortBy (fun struct (c, _) -> c))
        |> Csr.ofRows m.Columns

    /// All rows but one.
    let others row (m: CsrMatrix) =
        Csr.selectRows
            [|
                for i in 0 .. m.Rows - 1 do
                    if i <> row then
                        i
            |]
            m

    /// Equal patterns, values within the tolerance.
    let close tolerance (a: CsrMatrix) (b: CsrMatrix) =
        let e = entries a
        let f = entries b

        e.Length = f.Length
        && List.forall2
            (fun (r, c, v) (r', c', v') -> r = r' && c = c' && Tolerance.close tolerance (float v) (float v'))
            e
            f

/// [<Properties(Arbitrary = [| typeof<SignalArbitraries> |])>].
type SignalArbitraries =
    static member Case() = Arb.fromGen SignalCase.arbitrary
