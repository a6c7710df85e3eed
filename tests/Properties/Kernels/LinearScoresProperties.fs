module Limen.Properties.LinearScoresProperties

open Expecto
open FsCheck
open FsCheck.FSharp
open Limen.Core
open Limen.Kernels

/// Random sparse functions, rows to score and extra pairs of the same shapes.
[<ReferenceEquality>]
type ScoringCase =
    {
        Functions: LinearWeights
        Rows: CsrMatrix
        Extra: CsrMatrix
        K: int
    }

type ScoringArbitraries =
    static member Scoring() =
        gen {
            let! d = Gen.choose (1, 12)
            let! l = Gen.choose (1, 20)
            let! n = Gen.choose (0, 8)
            // few distinct values, so that ties are common
            let value = Gen.elements [ -1f; 0.5f; 1f ]
            let! weights = Generators.csr l d 30 value
            let! bias = Gen.arrayOfLength l value
            let! rows = Generators.csr n d 40 value
            let! extra = Generators.csr n l 20 value
            let! k = Gen.elements [ 0; 1; 3; 100 ]

            return
                {
                    Functions = LinearWeights(weights, bias)
                    Rows = rows
                    Extra = extra
                    K = k
                }
        }
        |> Arb.fromGen

let private margins (c: ScoringCase) i =
    [
        for l in 0 .. c.Functions.Bias.Length - 1 -> l, LinearScores.Plain(c.Functions, l, c.Rows, i)
    ]

let private cases = Cases.from [ typeof<ScoringArbitraries> ]

[<Tests>]
let tests =
    testList
        "LinearScores"
        [
            property
                cases
                "each row holds its best labels and the extra pairs, with the plain margins, bit for bit"
                (fun (c: ScoringCase) ->
                    let scores = LinearScores(c.Functions).Compute(c.K, c.Extra, c.Rows).Validate()

                    [ 0 .. c.Rows.Rows - 1 ]
                    |> List.forall (fun i ->
                        let all = margins c i

                        let best =
                            all |> List.sortBy (fun (l, z) -> -z, l) |> List.truncate c.K |> List.map fst

                        let wanted = Set.ofList best + Set.ofArray (Csr.set i c.Extra)

                        [ for struct (l, z) in Csr.row i scores -> l, z ] =
                            List.filter (fun (l, _) -> wanted.Contains l) all))

            property cases "the margins are the dense products plus the bias" (fun (c: ScoringCase) ->
                let scores = LinearScores(c.Functions).Compute(100, c.Extra, c.Rows)

                for i in 0 .. c.Rows.Rows - 1 do
                    for l in 0 .. c.Functions.Bias.Length - 1 do
                        let product =
                            List.sum
                                [
                                    for f in 0 .. c.Rows.Columns - 1 ->
                                        float (Csr.item i f c.Rows) * float (Csr.item l f c.Functions.Weights)
                                ]

                        Tolerance.require
                            Tolerance.float32
                            $"z[{i}, {l}]"
                            [ product + float c.Functions.Bias[l] ]
                            [ float (Csr.item i l scores) ])

            property cases "a row's scores do not depend on its batch mates" (fun (c: ScoringCase) ->
                let scorer = LinearScores c.Functions
                let together = scorer.Compute(c.K, c.Extra, c.Rows)

                [ 0 .. c.Rows.Rows - 1 ]
                |> List.forall (fun i ->
                    let alone =
                        scorer.Compute(c.K, Csr.selectRows [| i |] c.Extra, Csr.selectRows [| i |] c.Rows)

                    Csr.row 0 alone = Csr.row i together))
        ]
