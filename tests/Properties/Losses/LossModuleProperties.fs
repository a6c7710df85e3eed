/// Losses and thresholds as modules of torch.nn: the fused pass is the composed form, on every kind of tensor.
module Limen.Properties.LossModuleProperties

open System
open Expecto
open Limen
open Limen.Core
open Limen.Properties.LossValues
open TorchSharp

let private single (rows: float[][]) =
    (tensor rows).to_type torch.ScalarType.Float32

let private fusedLosses (case: LossCase) =
    let weights = case.Counts |> Array.map (fun n -> 1f + float32 n / 50f)

    [
        Bce.loss
        Bce.weighted weights
        Losses.paper 0.1 0.3 MarginForm.Symmetric
        Losses.paper 0.2 0.3 MarginForm.Ranking
        Loss.scale 0.5 (Margin.loss MarginForm.Ranking 0.3)
    ]

/// A threshold over the labels of a case, and a local signal that is 0 for most pairs.
let private fusionOf (case: LossCase) : Fusion * float32[] * float[][] =
    let labels = case.Counts.Length

    let number (scale: float) l =
        float32 (scale * cos (float (3 * l + 1)))

    {
        Lambda = 0.3f
        Alpha = Shared 0.7f
        Beta = Array.init labels (number 2.0)
        Bias = Array.init labels (number 1.0)
    },
    case.Counts |> Array.map (fun n -> 1f - float32 n / 200f),
    case.Theta
    |> Array.map (Array.map (fun t -> if abs t < 1.5 then 0.0 else abs t / 3.0))

/// The value and every gradient of a function of logits and a threshold's parameters.
let private valueAndGradients (threshold: ThresholdModule) (z: torch.Tensor) (f: unit -> torch.Tensor) =
    let leaves =
        z :: [ for struct (_, p) in threshold.named_parameters () -> p :> torch.Tensor ]

    let value = f ()
    value.backward ()
    let gradients = leaves |> List.map Float64.gradient

    for leaf in leaves do
        leaf.grad <- null

    Tensors.item value, gradients

let private near what (value1, gradients1: float[] list) (value2, gradients2) =
    let tolerance = { Absolute = 1e-6; Relative = 1e-4 }
    Tolerance.require tolerance $"{what}: value" [ value1 ] [ value2 ]

    for i, (a, b) in List.indexed (List.zip gradients1 gradients2) do
        Tolerance.require tolerance $"{what}: gradient {i}" a b

let private cases = Cases.from [ typeof<LossArbitraries> ] |> Cases.times 50

[<Tests>]
let tests =
    testList
        "LossModule"
        [
            property cases "a module gives the loss and its gradient, fused or composed" (fun (case: LossCase) ->
                Tensors.using (fun () ->
                    for loss in fusedLosses case @ losses case do
                        use m = new LossModule(loss)
                        let z = (single (difference case)).requires_grad_ true
                        (m.forward (z, single case.Y)).backward()
                        let value, gradient = gradientAt loss case.Y (difference case)
                        let received = Tensors.item (m.forward (z, single case.Y))
                        let tolerance = { Absolute = 2e-5; Relative = 2e-4 }
                        Tolerance.require tolerance (Loss.name loss) [ value ] [ received ]
                        Tolerance.require tolerance $"d {Loss.name loss}" gradient (Float64.gradient z)))

            property
                cases
                "a module takes float64 and columns of other tensors by the composed form"
                (fun (case: LossCase) ->
                    Tensors.using (fun () ->
                        for loss in fusedLosses case do
                            use m = new LossModule(loss)
                            let value, _ = gradientAt loss case.Y (difference case)
                            let z, y = tensor (difference case), tensor case.Y
                            Require.near 1e-9 value (Tensors.item (m.forward (z, y)))
                            // a transposed copy transposed: the same numbers, not contiguous
                            let turned (t: torch.Tensor) = t.t().contiguous().t()

                            Require.near
                                1e-4
                                value
                                (Tensors.item (m.forward (turned (single (difference case)), turned y)))))

            property
                cases
                "the fused loss of a threshold is the composed one, gradients included"
                (fun (case: LossCase) ->
                    Tensors.using (fun () ->
                        let fusion, idf, local = fusionOf case
                        use threshold = new ThresholdModule(idf, fusion)
                        let z, a, y = (single case.Z).requires_grad_ true, single local, single case.Y

                        for loss in fusedLosses case do
                            let m = new ThresholdLossModule(threshold, loss)
                            let fused = valueAndGradients threshold z (fun () -> m.forward (z, a, y))

                            let composed =
                                valueAndGradients threshold z (fun () ->
                                    Loss.value loss (Targets y) (Margins(threshold.forward (z, a))))

                            near (Loss.name loss) composed fused))

            property
                (cases |> Cases.times 15)
                "lambda's odds, alpha, beta and b have the gradients of central differences"
                (fun (case: LossCase) ->
                    let fusion, idf, local = fusionOf case
                    let bce = Bce.loss

                    Tensors.using (fun () ->
                        use threshold = new ThresholdModule(idf, fusion)
                        use m = new ThresholdLossModule(threshold, bce)
                        let z, a, y = single case.Z, single local, single case.Y
                        (m.forward (z, a, y)).backward()

                        for struct (name, p) in threshold.named_parameters () do
                            let numbers = Tensors.toArray p

                            let at i by =
                                use _ = torch.no_grad ()
                                let moved = Array.updateAt i (numbers[i] + by) numbers
                                p.copy_ (torch.from_array(moved).reshape p.shape) |> ignore
                                // in float64, for a difference of float32 values would be mostly rounding
                                let values = Margins((threshold.forward (z, a)).to_type torch.ScalarType.Float64)
                                let value = Tensors.item (Loss.value bce (Targets y) values)
                                p.copy_ (torch.from_array(numbers).reshape p.shape) |> ignore
                                value

                            let h = 1e-2f

                            Tolerance.require
                                { Absolute = 2e-4; Relative = 5e-3 }
                                name
                                (Array.init numbers.Length (fun i -> (at i h - at i -h) / (2.0 * float h)))
                                (Float64.gradient p)))

            property cases "a threshold's margins are z - theta of its numbers" (fun (case: LossCase) ->
                Tensors.using (fun () ->
                    let fusion, idf, local = fusionOf case
                    use threshold = new ThresholdModule(idf, fusion)
                    let offset, slope = Fusion.offsets idf fusion, Fusion.slopes fusion

                    let expected =
                        Array.map2
                            (fun (z: float[]) (a: float[]) ->
                                Array.init z.Length (fun l -> z[l] - float offset[l] - float slope[l] * a[l]))
                            case.Z
                            local

                    Tolerance.require
                        { Absolute = 1e-5; Relative = 1e-5 }
                        "margins"
                        (Array.concat expected)
                        (Float64.toArray (threshold.forward (single case.Z, single local)))

                    Tolerance.require
                        Tolerance.float32
                        "fusion"
                        (Fusion.offsets idf fusion |> Array.map float)
                        (Fusion.offsets idf threshold.Fusion |> Array.map float)))

            testCase "a threshold of counts starts at each label's log-odds" (fun () ->
                use threshold = ThresholdModule.OfCounts(100, [| 1; 50; 99 |])
                let fusion = threshold.Fusion
                Require.near 1e-6 0.0 (float fusion.Bias[1])
                Require.near 1e-4 (float fusion.Bias[0]) (-(float fusion.Bias[2]))
                Require.above 0f fusion.Bias[0])

            testCase "a threshold's parameters move to another type, and learn there" (fun () ->
                Tensors.using (fun () ->
                    use threshold = new ThresholdModule([| 1f; 0.5f |])

                    use m =
                        new ThresholdLossModule(threshold, Losses.paper 0.1 0.1 MarginForm.Symmetric)

                    m.``double`` () |> ignore
                    let z, a, y = [| [| 1.0; -1.0 |] |], [| [| 0.5; 0.0 |] |], [| [| 1.0; 0.0 |] |]
                    (m.forward (tensor z, tensor a, tensor y)).backward()

                    for struct (name, p) in threshold.named_parameters () do
                        Require.equal torch.ScalarType.Float64 p.dtype
                        Expect.isNotNull p.grad name))

            testCase "a threshold of float64 goes with logits of float32 by the composed form" (fun () ->
                Tensors.using (fun () ->
                    let value (change: torch.nn.Module -> unit) =
                        use m =
                            new ThresholdLossModule(ThresholdModule.OfCounts(10, [| 2; 5 |]), Loss.sum [ Bce.loss ])

                        change m

                        let z, a, y =
                            single [| [| 1.0; -1.0 |] |], single [| [| 0.5; 0.0 |] |], single [| [| 1.0; 0.0 |] |]

                        Tensors.item (m.forward (z, a, y))

                    Require.near 1e-6 (value ignore) (value (fun m -> m.``double`` () |> ignore))))

            testCase "a batch without rows has no mean, as in torch" (fun () ->
                Tensors.using (fun () ->
                    use m = new LossModule(Bce.loss)
                    let none = Tensors.zeros [ 0; 3 ]
                    Require.isTrue (Double.IsNaN(Tensors.item (m.forward (none, none))))))

            testCase "targets of another shape are refused with both shapes" (fun () ->
                Tensors.using (fun () ->
                    use m = new LossModule(Bce.loss)

                    let error =
                        Require.thrown<ArgumentException>(fun () ->
                            m.forward (Tensors.zeros [ 2; 4 ], Tensors.zeros [ 2; 3 ]))

                    Require.contains "[2; 4]" error.Message))

            testCase "a NaN in the truth is a NaN of the loss, fused too" (fun () ->
                Tensors.using (fun () ->
                    use m = new LossModule(Bce.loss)
                    let y = Tensors.ofSpan [ 1; 2 ] ([| nanf; 1f |].AsSpan())
                    Require.isTrue (Double.IsNaN(Tensors.item (m.forward (Tensors.zeros [ 1; 2 ], y))))))
        ]
