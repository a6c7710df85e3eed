module Limen.Properties.OutputLayerProperties

open System
open System.Collections.Concurrent
open Expecto
open Limen.Core
open Limen.Kernels

let private rows, hidden = 40, 20

let private noise shape seed =
    Tensor.ofArray shape (Seed.normals (Array.reduce (*) shape) (Seed.ofInt seed))

/// Hidden units that are all active, or about a quarter of them.
let private units active =
    let h = noise [| rows; hidden |] 1

    match active with
    | "all" -> h
    | _ -> Tensor.relu (h |> Tensor.shift -0.7)

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
    }

let private line labels : ThresholdLine =
    {
        Offset = Array.init labels (fun l -> float32 (l % 7) / 3f)
        Slope = Array.init labels (fun l -> -1f - float32 (l % 3))
    }

let private batch = Array.init rows id

let private ofActive (h: float32[]) (dh: float32[]) =
    Array.map2 (fun h d -> if h = 0f then 0f else d) h dh

/// Loss, dh where h is not 0, dW, offsets' and slopes' gradients of a step.
let private step active precision loss labels =
    Tensor.using (fun () ->
        let h, w = units active, noise [| labels; hidden |] 2
        let updates = ConcurrentDictionary<int, float32[]>()

        let update (block: LabelBlock) g =
            updates[block.First] <- Tensor.toArray g

        let g =
            OutputLayer.step precision loss (data labels) batch (line labels) ignore update h w

        let dw = updates |> Seq.sortBy _.Key |> Seq.map _.Value |> Array.concat
        g.Loss, ofActive (Tensor.toArray h) (Tensor.toArray g.Hidden), dw, g.Offset, g.Slope)

/// The same from torch's autograd through the composed loss over all labels at once.
let private defined active loss labels =
    Tensor.using (fun () ->
        let h, w = Tensor.leaf (units active), Tensor.leaf (noise [| labels; hidden |] 2)

        let z = h |> Tensor.mm (Tensor.transpose w)

        let g =
            BatchObjective.composed loss (data labels) batch (line labels) (Logits(Tensor.detach z))

        Tensor.backwardWith g.Logits z

        g.Loss,
        ofActive (Tensor.toArray h) (Tensor.toArray (Option.get (Tensor.grad h))),
        Tensor.toArray (Option.get (Tensor.grad w)),
        g.Offset,
        g.Slope)

let private paper = Loss.paper 0.1 0.1 Symmetric

let private tolerance = { Absolute = 2e-4; Relative = 1e-4 }

/// How far the results of mixed products may be from those in float32: loss, dh, dW, offsets' and slopes' gradients for a
/// loss of binary cross-entropy, whose derivative by z is at most 1 / B and has a slope of at most 1 / (4 B). Two factors and
/// their product, each rounded by at most 2^-8, are off by at most 3 * 2^-8 of the sum of absolute terms, to first order.
let private mixedBound labels =
    Tensor.using (fun () ->
        let h, w = units "all", noise [| labels; hidden |] 2
        let z = h |> Tensor.mm (Tensor.transpose w)

        let g =
            BatchObjective.composed (Loss.Bce None) (data labels) batch (line labels) (Logits z)

        let h, w, dz = Tensor.abs h, Tensor.abs w, Tensor.abs g.Logits
        let rounding = Tensor.scale (3.1 / 256.0)
        let ofZ = h |> Tensor.mm (Tensor.transpose w) |> rounding
        let ofSlopes = ofZ |> Tensor.scale (1.0 / float (4 * rows))
        let slopes = dz |> rounding |> Tensor.add ofSlopes

        let signal = (data labels).Local

        let local =
            Tensor.ofArray
                [| rows; labels |]
                [|
                    for i in batch do
                        for l in 0 .. labels - 1 -> Csr.item i l signal
                |]

        Tensor.item (Tensor.sum ofZ) / float rows,
        Tensor.toArray (slopes |> Tensor.mm w),
        Tensor.toArray (Tensor.transpose slopes |> Tensor.mm h),
        Tensor.toArray (Tensor.sumAxis 0 ofSlopes),
        Tensor.toArray (ofSlopes |> Tensor.mul local |> Tensor.sumAxis 0))

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
                    for loss in [ paper; Loss.custom "composed" (Loss.value paper) ] do
                        let loss1, h1, w1, o1, s1 = defined active loss labels
                        let loss2, h2, w2, o2, s2 = step active Precision.Single loss labels
                        Tolerance.require tolerance "loss" [ loss1 ] [ loss2 ]
                        Tolerance.require tolerance "dh" (Across.widen h1) (Across.widen h2)
                        Tolerance.require tolerance "dW" (Across.widen w1) (Across.widen w2)
                        Tolerance.require tolerance "offset" (Across.widen o1) (Across.widen o2)
                        Tolerance.require tolerance "slope" (Across.widen s1) (Across.widen s2))

            testCase "the number of threads does not change a bit of a step" (fun () ->
                for active in [ "all"; "few" ] do
                    for precision in [ Precision.Single; Precision.Mixed ] do
                        let steps = Across.threads (fun () -> step active precision paper 2_500)
                        Require.equal 1 (List.distinct steps |> List.length))

            testTheory
                "mixed products are off by no more than the rounding of bfloat16"
                [ 5; 131; 2_500 ]
                (fun labels ->
                    let bce = Loss.Bce None
                    let loss0, h0, w0, o0, s0 = mixedBound labels

                    let within what (bound: float32[]) (a: float32[]) (b: float32[]) =
                        for i in 0 .. bound.Length - 1 do
                            Expect.isLessThanOrEqual (abs (a[i] - b[i])) (bound[i] + 1e-5f) $"{what}[{i}]"

                    for loss in [ bce; Loss.custom "composed" (Loss.value bce) ] do
                        let loss1, h1, w1, o1, s1 = step "all" Precision.Single loss labels
                        let loss2, h2, w2, o2, s2 = step "all" Precision.Mixed loss labels
                        Require.atMost (loss0 + 1e-5) (abs (loss1 - loss2))
                        within "dh" h0 h1 h2
                        within "dW" w0 w1 w2
                        within "offset" o0 o1 o2
                        within "slope" s0 s1 s2
                        Require.equal Products.hasBFloat16 (h1 <> h2))

            testTheory "the logits by blocks are h W'" [ "all"; "few" ] (fun active ->
                Tensor.using (fun () ->
                    let h, w = units active, noise [| 10_000; hidden |] 2
                    let (Logits z) = OutputLayer.logits Precision.Single h w

                    Tolerance.require
                        tolerance
                        "z"
                        (h |> Tensor.mm (Tensor.transpose w) |> Tensor.toArray |> Across.widen)
                        (Tensor.toArray z |> Across.widen)))

            testCase "no update sees a gradient that was refused" (fun () ->
                let refuse (_: BatchGradient) = raise (TimeoutException "refused")

                Require.throws<TimeoutException>(fun () ->
                    Tensor.using (fun () ->
                        let h, w = units "all", noise [| 50; hidden |] 2
                        let update _ _ = failtest "updated"

                        OutputLayer.step Precision.Single paper (data 50) batch (line 50) refuse update h w)))
        ]
