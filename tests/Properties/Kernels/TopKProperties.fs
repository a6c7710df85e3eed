module Limen.Properties.TopKProperties

open System
open Expecto
open FsCheck.FSharp
open Limen.Kernels

/// Rows of scores with ties, infinities and NaN.
[<ReferenceEquality>]
type ScoreCase =
    {
        Scores: float32[][]
        Width: int
        K: int
    }

type TopKArbitraries =
    static member Scores() =
        let score =
            Gen.frequency
                [
                    6, Generators.value
                    3, Gen.elements [ 0f; 1f; 2f ]
                    1, Gen.elements [ Single.NaN; Single.PositiveInfinity; Single.NegativeInfinity ]
                ]

        gen {
            let! width = Gen.frequency [ 3, Gen.choose (1, 150); 1, Gen.choose (500, 1200) ]
            let! rows = Gen.choose (0, 5)
            let! scores = Gen.arrayOfLength rows (Gen.arrayOfLength width score)
            let! k = Gen.frequency [ 3, Gen.choose (0, 20); 1, Gen.choose (21, 140) ]

            return
                {
                    Scores = scores
                    Width = width
                    K = k
                }
        }
        |> Arb.fromGen

let private row (order: TopKOrder) k (scores: float32[]) =
    let labels, values = Array.zeroCreate<int> k, Across.zeros k
    let count = TopK.Row(scores, labels, values, order)
    Array.zip labels values |> Array.truncate count

let private cases = Cases.from [ typeof<TopKArbitraries> ]

[<Tests>]
let tests =
    testList
        "TopK"
        [
            property
                cases
                "the k largest of a row are those of a full sort, at every vector width"
                (fun (c: ScoreCase) ->
                    Across.widths (fun () -> c.Scores |> Array.map (row TopKOrder.ByScore c.K))
                    |> List.forall (
                        (=) [| for s in c.Scores -> TopK.RowPlain(s, c.K) |> Array.map (fun l -> l, s[l]) |]
                    ))

            property cases "by label, the same entries stand in label order" (fun (c: ScoreCase) ->
                c.Scores
                |> Array.forall (fun s -> row TopKOrder.ByLabel c.K s = Array.sortBy fst (row TopKOrder.ByScore c.K s)))

            property cases "a block is its rows, for any number of threads" (fun (c: ScoreCase) ->
                let expected = c.Scores |> Array.map (row TopKOrder.ByLabel c.K)

                Across.threads (fun () ->
                    let scores: float32[] = Array.concat c.Scores
                    let block = TopK.Block(scores, c.Width, c.K)

                    [|
                        for r in 0 .. block.Rows - 1 ->
                            Array.zip (block.RowIndices(r).ToArray()) (block.RowValues(r).ToArray())
                    |])
                |> List.forall ((=) expected))

            testCase "of equal scores the lower label wins" (fun () ->
                Require.equal [| 1, 2f; 2, 2f |] (row TopKOrder.ByScore 2 [| 1f; 2f; 2f; 2f |]))

            testCase "scores that are not whole rows are refused" (fun () ->
                Require.throws<ArgumentException>(fun () -> TopK.Block(Across.zeros 5, 2, 1)))
        ]
