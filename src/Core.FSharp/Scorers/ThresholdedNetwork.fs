namespace Limen.Core

open System
open Limen.Kernels

/// A network with the threshold that is trained with it.
[<RequireQualifiedAccess>]
module ThresholdedNetwork =

    /// m = z - theta [B, L] of the chosen rows: theta = offset + slope * A, the local signal A [N, L] sparse.
    let margins (idf: float32[]) (fusion: Fusion) (network: Network) (x: CsrMatrix) (local: CsrMatrix) : BatchScorer =
        let threshold = AffineThreshold.ofFusion idf fusion
        let minusOffset = threshold.Offset |> Array.map (~-)

        fun rows ->
            let m = Network.logits x rows network

            for i in 0 .. rows.Length - 1 do
                let ofRow = m.Row i
                VectorMath.AddTo(ReadOnlySpan minusOffset, ofRow)

                for at in local.RowStart[rows[i]] .. local.RowStart[rows[i] + 1] - 1 do
                    let l = local.Indices[at]
                    ofRow[l] <- ofRow[l] - threshold.Slope[l] * local.Values[at]

            m
