module Limen.Properties.LabelBlockProperties

open System
open Expecto
open Limen.Kernels

/// What blocks of labels give, one after the other, put together.
let private byBlocks size (c: AdaptiveLossCase) =
    let b = c.Rows.Length

    let parts =
        LabelBlock.Cover(c.Labels, size)
        |> Array.map (fun block ->
            let z =
                Array.concat
                    [
                        for i in 0 .. b - 1 -> c.Logits.AsSpan(i * c.Labels + block.First, block.Count).ToArray()
                    ]

            let part (values: float32[]) =
                values.AsSpan(min block.First values.Length, min block.Count values.Length).ToArray()

            let o, s = Across.unwritten block.Count, Across.unwritten block.Count

            let loss =
                AdaptiveLoss.ForwardBackward(
                    z,
                    z,
                    block,
                    c.Targets,
                    c.Local,
                    c.Rows,
                    part c.Offset,
                    part c.Slope,
                    part c.PosWeight,
                    &c.Terms,
                    o,
                    s
                )

            loss, z |> Array.chunkBySize block.Count, o, s)

    {
        Loss = parts |> Array.sumBy (fun (loss, _, _, _) -> loss)
        Gradient = Array.concat [ for i in 0 .. b - 1 -> Array.concat [ for _, z, _, _ in parts -> z[i] ] ]
        OffsetGradient = Array.concat [ for _, _, o, _ in parts -> o ]
        SlopeGradient = Array.concat [ for _, _, _, s in parts -> s ]
    }

let private cases = Cases.from [ typeof<AdaptiveLossArbitraries> ]

[<Tests>]
let tests =
    testList
        "LabelBlock"
        [
            property cases "blocks cover every label once, in order" (fun (labels: byte) (size: byte) ->
                let size = 1 + int size

                LabelBlock.Cover(int labels, size)
                |> Seq.collect (fun block ->
                    Require.between (1, size) block.Count
                    seq { block.First .. block.First + block.Count - 1 })
                |> Seq.toList
                    =
                    [ 0 .. int labels - 1 ])

            property cases "blocks of labels give together what all labels give" (fun (c: AdaptiveLossCase) ->
                for size in [ 1; 3; 16 ] do
                    LossCases.requireEqual LossCases.tolerance (LossCases.fast c) (byBlocks size c))

            property cases "a block beyond the labels is refused" (fun (c: AdaptiveLossCase) ->
                for block in [ LabelBlock(c.Labels - 1, 2); LabelBlock(-1, 2) ] do
                    let two: float32[] = Array.zeroCreate 2
                    let z: float32[] = Array.zeroCreate (2 * c.Rows.Length)

                    Require.throws<ArgumentException>(fun () ->
                        AdaptiveLoss.Value(z, block, c.Targets, c.Local, c.Rows, two, two, two, &c.Terms)))
        ]
