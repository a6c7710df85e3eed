namespace Limen.Core

open System
open Limen.Kernels

/// A trained network with its threshold, as a scorer.
[<RequireQualifiedAccess>]
module NetworkScorer =

    /// m = z - theta [B, L] of the chosen rows: theta = offset + slope * A, the local signal A [N, L] sparse.
    let margins (idf: float32[]) (fusion: Fusion) (network: Network) (x: CsrMatrix) (local: CsrMatrix) : MarginBlocks =
        let line = ThresholdLine.ofFusion idf fusion
        let labels = line.Offset.Length

        fun rows ->
            let (Logits z) = Network.logits x rows network

            let m =
                Tensor.noGrad (fun () -> z |> Tensor.sub (Tensor.ofArray [| 1; labels |] line.Offset))

            let memory = Tensor.span m

            for i in 0 .. rows.Length - 1 do
                for at in local.RowStart[rows[i]] .. local.RowStart[rows[i] + 1] - 1 do
                    let l = local.Indices[at]
                    memory[i * labels + l] <- memory[i * labels + l] - line.Slope[l] * local.Values[at]

            m
