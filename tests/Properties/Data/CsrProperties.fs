module Limen.Properties.CsrProperties

open Expecto
open Limen.Core

let private entries (m: Limen.Kernels.CsrMatrix) =
    [
        for r in 0 .. m.Rows - 1 do
            for struct (c, v) in Csr.row r m -> r, c, v
    ]

let private cases = Cases.from [ typeof<Arbitraries> ]

[<Tests>]
let tests =
    testList
        "Csr"
        [
            property cases "the transpose of the transpose is the matrix" (fun { Matrix = m } ->
                entries (Csr.transpose (Csr.transpose m)) = entries m)

            property cases "the transpose holds each entry with row and column exchanged" (fun { Matrix = m } ->
                List.sort [ for r, c, v in entries m -> c, r, v ] = entries (Csr.transpose m))

            property cases "selecting every row in order is the identity" (fun { Matrix = m } ->
                entries (Csr.selectRows [| 0 .. m.Rows - 1 |] m) = entries m)

            property cases "normalised rows have norm one or are zero" (fun { Matrix = m } ->
                let n = Csr.normaliseRows m

                List.forall
                    (fun r ->
                        let norm = Seq.sumBy (fun struct (_, v) -> float v * float v) (Csr.row r n)
                        abs (norm - 1.0) < 1e-5 || norm = 0.0)
                    [ 0 .. m.Rows - 1 ])
        ]
