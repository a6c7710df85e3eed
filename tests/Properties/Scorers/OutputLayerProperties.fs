module Limen.Properties.OutputLayerProperties

open System
open System.Collections.Concurrent
open Expecto
open Limen
open Limen.Core
open Limen.Kernels
open TorchSharp

let private rows, hidden = 40, 20

let private noise rows columns seed =
    DenseMatrix.Of(rows, columns, Seed.normals (rows * columns) (Seed.ofInt seed))

/// Hidden units that are all active, or about a quarter of them.
let private units active =
    let h = noise rows hidden 1

    if active <> "all" then
        for i in 0 .. h.Span.Length - 1 do
            h.Span[i] <- max 0f (h.Span[i] - 0.7f)

    h

/// Some hundred label sets and signals of a few entries a row.
let private data labels : TrainingRows =
    let entries percent seed =
        Csr.ofRows
            labels
            [|
                for i in 0 .. rows - 1 ->
                    [|
                        for l in 0 .. labels - 1 do
                            if (l * 7919 + i * 104_729 + seed) % 100 < percent then
                                l, (if seed = 0 then 1f else float32 (l % 5 + 1) / 5f)
                    |]
            |]

    {
        Features = CsrMatrix(rows, 1, Array.zeroCreate (rows + 1), [||], [||])
        Labels = entries 2 0
        Local = entries 3 1
        Weights = None
    }

let private threshold labels : AffineThreshold =
    {
        Offset = Array.init labels (fun l -> float32 (l % 7) / 3f)
        Slope = Array.init labels (fun l -> -1f - float32 (l % 3))
    }

let private batch labels : TrainingBatch =
    {
        Data = data labels
        Rows = Array.init rows id
        Threshold = threshold labels
    }

let private ofActive (h: float32[]) (dh: float32[]) =
    Array.map2 (fun h d -> if h = 0f then 0f else d) h dh

/// Loss, dh where h is not 0, dW, offsets' and slopes' gradients of a step.
let private step active loss labels =
    let h, w = units active, noise labels hidden 2
    let updates = ConcurrentDictionary<int, float32[]>()

    let update (block: LabelBlock) (g: DenseMatrix) = updates[block.First] <- g.ToArray()

    let g = OutputLayer.step loss (batch labels) ignore update h w
    let dw = updates |> Seq.sortBy _.Key |> Seq.map _.Value |> Array.concat
    g.Loss, ofActive (h.ToArray()) (g.Hidden.ToArray()), dw, g.Offset, g.Slope

/// The same from torch's autograd through the composed loss over all labels at once.
let private defined active loss labels =
    Tensors.using (fun () ->
        let units = units active
        let h = Tensors.leaf [ rows; hidden ] units.Span
        let w = Tensors.leaf [ labels; hidden ] (noise labels hidden 2).Span
        let z = h.mm (w.t ())
        let values = DenseMatrix.Of(rows, labels, Tensors.toArray z)
        let g = BatchLoss.composed loss (batch labels) values
        torch.autograd.backward (z, Tensors.ofSpan [ rows; labels ] g.Logits.Span)
        g.Loss, ofActive (units.ToArray()) (Tensors.toArray h.grad), Tensors.toArray w.grad, g.Offset, g.Slope)

let private paper = Losses.paper 0.1 0.1 MarginForm.Symmetric

let private tolerance = { Absolute = 2e-4; Relative = 1e-4 }

[<Tests>]
let tests =
    testList
        "OutputLayer"
        [
            // one block, several, and more than a group has
            testTheory
                "a step by blocks of labels is the step over all labels, for fused and composed losses"
                (List.allPairs [ 5; 130; 2_500; 17_000 ] [ "all"; "few" ])
                (fun (labels, active) ->
                    for loss in [ paper; Loss.ofBatch "composed" [] (Loss.value paper) ] do
                        let loss1, h1, w1, o1, s1 = defined active loss labels
                        let loss2, h2, w2, o2, s2 = step active loss labels
                        Tolerance.require tolerance "loss" [ loss1 ] [ loss2 ]
                        Tolerance.require tolerance "dh" (Across.widen h1) (Across.widen h2)
                        Tolerance.require tolerance "dW" (Across.widen w1) (Across.widen w2)
                        Tolerance.require tolerance "offset" (Across.widen o1) (Across.widen o2)
                        Tolerance.require tolerance "slope" (Across.widen s1) (Across.widen s2))

            testCase "the number of threads does not change a bit of a step" (fun () ->
                for active in [ "all"; "few" ] do
                    let steps = Across.threads (fun () -> step active paper 2_500)
                    Require.equal 1 (List.distinct steps |> List.length))

            testTheory "the logits are h W'" [ "all"; "few" ] (fun active ->
                Tensors.using (fun () ->
                    let h, w = units active, noise 10_000 hidden 2

                    let h', w' =
                        Tensors.ofSpan [ rows; hidden ] h.Span, Tensors.ofSpan [ 10_000; hidden ] w.Span

                    Tolerance.require
                        tolerance
                        "z"
                        (h'.mm (w'.t ()) |> Tensors.toArray |> Across.widen)
                        ((OutputLayer.logits h w).ToArray() |> Across.widen)))

            testCase "a row's logits are the same alone and among others, bit for bit" (fun () ->
                let h, w = units "few", noise 1_000 hidden 2
                let all = OutputLayer.logits h w

                for row in 0 .. rows - 1 do
                    let alone =
                        OutputLayer.logits (DenseMatrix.Of(1, hidden, Span.op_Implicit (h.Row row))) w

                    Require.equal (all.Row(row).ToArray()) (alone.ToArray()))

            testCase "no update sees a gradient that was refused" (fun () ->
                let refuse (_: BatchGradient) = raise (TimeoutException "refused")

                Require.throws<TimeoutException>(fun () ->
                    let h, w = units "all", noise 50 hidden 2
                    let update _ _ = failtest "updated"
                    OutputLayer.step paper (batch 50) refuse update h w))
        ]
