namespace Limen.Properties

open FsCheck.NUnit
open Limen.Core

[<Properties(Arbitrary = [| typeof<Arbitraries> |])>]
module CsrProperties =

    let private entries (m: Limen.Kernels.CsrMatrix) =
        [
            for r in 0 .. m.Rows - 1 do
                for struct (c, v) in Csr.row r m -> r, c, v
        ]

    [<Property>]
    let ``the transpose of the transpose is the matrix`` { Matrix = m } =
        entries (Csr.transpose (Csr.transpose m)) = entries m

    [<Property>]
    let ``the transpose holds each entry with row and column exchanged`` { Matrix = m } =
        List.sort [ for r, c, v in entries m -> c, r, v ] = entries (Csr.transpose m)

    [<Property>]
    let ``selecting every row in order is the identity`` { Matrix = m } =
        entries (Csr.selectRows [| 0 .. m.Rows - 1 |] m) = entries m

    [<Property>]
    let ``normalised rows have norm one or are zero`` { Matrix = m } =
        let n = Csr.normaliseRows m

        List.forall
            (fun r ->
                let norm = Seq.sumBy (fun struct (_, v) -> float v * float v) (Csr.row r n)
                abs (norm - 1.0) < 1e-5 || norm = 0.0)
            [ 0 .. m.Rows - 1 ]
