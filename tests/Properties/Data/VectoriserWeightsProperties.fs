/// Weights of term counts that rows bring along.
module Limen.Properties.VectoriserWeightsProperties

open System
open Expecto
open Limen
open Limen.Core

let private cases =
    Cases.from [ typeof<Arbitraries>; typeof<VectoriserArbitraries> ]

[<Tests>]
let tests =
    testList
        "TfIdfWeights"
        [
            property cases "weights of counts are those of the formula" (fun ({ Matrix = m }: SparseCase) ->
                let counts = m |> Csr.mapValues (fun _ _ v -> abs (round v))
                let w = TfIdfWeights.fit Sublinear counts
                let x = TfIdfWeights.apply w counts

                for r in 0 .. counts.Rows - 1 do
                    let raw =
                        [
                            for struct (c, n) in Csr.row r counts do
                                let df =
                                    Seq.sumBy
                                        (fun i -> if Csr.item i c counts > 0f then 1 else 0)
                                        [ 0 .. counts.Rows - 1 ]

                                if n > 0f then
                                    (1.0 + log (float n)) * PlainVectoriser.idf counts.Rows df
                                else
                                    0.0
                        ]

                    let norm = max 1e-30 (sqrt (List.sumBy (fun v -> v * v) raw))

                    Tolerance.require
                        Tolerance.float32
                        "row"
                        (raw |> List.map (fun v -> v / norm))
                        (Seq.map float (x.RowValues(r).ToArray())))

            testCase "counts of another width or below 0 are refused" (fun () ->
                let w = TfIdfWeights.fit Sublinear (Csr.ofRows 2 [| [| struct (0, 1f) |] |])

                let wide () =
                    TfIdfWeights.apply w (Csr.ofRows 3 [| [||] |]) |> ignore

                let negative () =
                    TfIdfWeights.apply w (Csr.ofRows 2 [| [| struct (1, -1f) |] |]) |> ignore

                Require.startsWith
                    "expected 2 columns, received 3"
                    (Require.refusal<ArgumentException>(fun () -> wide ()))

                Require.startsWith
                    "expected counts of 0 or more"
                    (Require.refusal<ArgumentException>(fun () -> negative ())))
        ]
