module Limen.Properties.LabelBlockProperties

open System
open Expecto
open Limen.Kernels

/// What blocks of labels give, one after the other, put together.
let private byBlocks size (c: AdaptiveLossCase) =
    let b = c.Rows.Length

    let parts =
        [| 0..size .. c.Labels - 1 |]
        |> Array.map (fun first ->
            let block = LabelBlock(first, min size (c.Labels - first))

            let z =
                Array.concat
                    [
                        for i in 0 .. b - 1 -> c.Logits.AsSpan(i * c.Labels + first, block.Count).ToArray()
                    ]

            let part = LossCases.inPlace block z c
            part, z |> Array.chunkBySize block.Count)

    {
        Loss = parts |> Array.sumBy (fun (part, _) -> part.Loss)
        Gradient = Array.concat [ for i in 0 .. b - 1 -> Array.concat [ for _, z in parts -> z[i] ] ]
        OffsetGradient = Array.concat [ for part, _ in parts -> part.OffsetGradient ]
        SlopeGradient = Array.concat [ for part, _ in parts -> part.SlopeGradient ]
    }

let private cases = Cases.from [ typeof<AdaptiveLossArbitraries> ]

[<Tests>]
let tests =
    testList
        "LabelBlock"
        [
            property cases "blocks of labels give together what all labels give" (fun (c: AdaptiveLossCase) ->
                for size in [ 1; 3; 16 ] do
                    LossCases.requireEqual LossCases.tolerance (LossCases.fast c) (byBlocks size c))

            property cases "a block beyond the labels is refused" (fun (c: AdaptiveLossCase) ->
                for block in [ LabelBlock(c.Labels - 1, 2); LabelBlock(-1, 2) ] do
                    let two: float32[] = Array.zeroCreate 2
                    let z: float32[] = Array.zeroCreate (2 * c.Rows.Length)

                    Require.throws<ArgumentException>(fun () ->
                        let pass =
                            AdaptiveLossBatch(
                                Logits = ReadOnlySpan z,
                                Block = block,
                                Targets = c.Targets,
                                Local = c.Local,
                                Rows = ReadOnlySpan c.Rows,
                                Offset = ReadOnlySpan two,
                                Slope = ReadOnlySpan two,
                                Terms = c.Terms
                            )

                        AdaptiveLoss.Value(&pass)))
        ]
