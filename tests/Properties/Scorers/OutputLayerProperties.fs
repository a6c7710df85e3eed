namespace Limen.Properties

open System
open System.Collections.Concurrent
open NUnit.Framework
open Limen.Core
open Limen.Kernels

module OutputLayerProperties =

    let private rows, hidden = 9, 20

    let private noise shape seed =
        Tensor.ofArray shape (Seed.normals (Array.reduce (*) shape) (Seed.ofInt seed))

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

    /// Loss, dh, dW, offsets' and slopes' gradients of a step.
    let private step loss labels =
        Tensor.using (fun () ->
            let h, w = noise [| rows; hidden |] 1, noise [| labels; hidden |] 2
            let updates = ConcurrentDictionary<int, float32[]>()

            let update (block: LabelBlock) g =
                updates[block.First] <- Tensor.toArray g

            let g = OutputLayer.step loss (data labels) batch (line labels) ignore update h w
            let dw = updates |> Seq.sortBy _.Key |> Seq.map _.Value |> Array.concat
            g.Loss, Tensor.toArray g.Hidden, dw, g.Offset, g.Slope)

    /// The same from torch's autograd through the composed loss over all labels at once.
    let private defined loss labels =
        Tensor.using (fun () ->
            let h, w =
                Tensor.leaf (noise [| rows; hidden |] 1), Tensor.leaf (noise [| labels; hidden |] 2)

            let z = h |> Tensor.mm (Tensor.transpose w)

            let g =
                BatchObjective.composed loss (data labels) batch (line labels) (Logits(Tensor.detach z))

            Tensor.backwardWith g.Logits z

            g.Loss,
            Tensor.toArray (Option.get (Tensor.grad h)),
            Tensor.toArray (Option.get (Tensor.grad w)),
            g.Offset,
            g.Slope)

    let private paper = Loss.paper 0.1 0.1 Symmetric
    let private tolerance = { Absolute = 2e-4; Relative = 1e-4 }

    // one block, several, and more than a group has
    [<Test>]
    let ``a step by blocks of labels is the step over all labels, for fused and composed losses``
        ([<Values(5, 130, 2_500, 17_000)>] labels: int)
        =
        for loss in [ paper; Loss.custom "composed" (Loss.value paper) ] do
            let loss1, h1, w1, o1, s1 = defined loss labels
            let loss2, h2, w2, o2, s2 = step loss labels
            Tolerance.require tolerance "loss" [ loss1 ] [ loss2 ]
            Tolerance.require tolerance "dh" (Across.widen h1) (Across.widen h2)
            Tolerance.require tolerance "dW" (Across.widen w1) (Across.widen w2)
            Tolerance.require tolerance "offset" (Across.widen o1) (Across.widen o2)
            Tolerance.require tolerance "slope" (Across.widen s1) (Across.widen s2)

    [<Test>]
    let ``the number of threads does not change a bit of a step`` () =
        Assert.That(Across.threads (fun () -> step paper 2_500) |> List.distinct |> List.length, Is.EqualTo 1)

    [<Test>]
    let ``the logits by blocks are h W'`` () =
        Tensor.using (fun () ->
            let h, w = noise [| rows; hidden |] 1, noise [| 2_500; hidden |] 2
            let (Logits z) = OutputLayer.logits h w

            Tolerance.require
                tolerance
                "z"
                (h |> Tensor.mm (Tensor.transpose w) |> Tensor.toArray |> Across.widen)
                (Tensor.toArray z |> Across.widen))

    [<Test>]
    let ``no update sees a gradient that was refused`` () =
        let refuse (_: BatchGradient) = raise (TimeoutException "refused")

        Assert.Throws<TimeoutException>(
            Action(fun () ->
                Tensor.using (fun () ->
                    let h, w = noise [| rows; hidden |] 1, noise [| 50; hidden |] 2
                    let update _ _ = Assert.Fail "updated"
                    OutputLayer.step paper (data 50) batch (line 50) refuse update h w |> ignore))
        )
        |> ignore
