module Limen.Properties.TrainingGradientsProperties

open System
open Expecto
open Limen.Core
open Limen.Kernels
open TorchSharp

[<Tests>]
let tests =
    testList
        "Training gradients"
        [
            testTheory "hidden layers and their gradients are those of torch" [ 1; 2; 3 ] (fun (layers: int) ->
                let share, seed = 0.3, Seed.ofInt 7
                let data = SmallProblem.dataset 6 1

                let shape =
                    {
                        Hidden = List.init layers (fun i -> 5 + i)
                        Dropout = share
                    }

                let network = Network.init shape 40 8 (Seed.ofInt 5)
                let drop = Drop(share, seed)
                let first = Network.first drop data.Features [| 0..5 |] network
                let units = Network.hidden drop first network
                let last = List.last units
                let cotangent = Array.init last.Span.Length (fun i -> cos (float (i + 1)))

                let ofInner, ofFirst =
                    let given =
                        DenseMatrix.Of(last.Rows, last.Columns, ReadOnlySpan(Array.map float32 cotangent))

                    Network.hiddenBackward drop units given network

                let mask layer (like: torch.Tensor) =
                    let ones = Array.create (int (like.numel ())) 1f
                    let (Seed key) = Seed.derive "dropout" layer seed
                    ReluDropout.Forward(ones.AsSpan(), float32 share, key)
                    torch.from_array(ones).reshape like.shape

                let leaf (m: DenseMatrix) =
                    Float64.leaf [ m.Rows; m.Columns ] (m.ToArray() |> Array.map float)

                Tensors.using (fun () ->
                    let h = leaf first

                    let inner =
                        network.Inner
                        |> List.map (fun l -> leaf l.Weight, Float64.leaf [ l.Bias.Length ] (Array.map float l.Bias))

                    let z =
                        (h, List.indexed inner)
                        ||> List.fold (fun h (i, (w, c)) ->
                            let activated = (h.mm (w.t ()) + c).relu()
                            activated * mask (i + 1) activated)

                    torch.autograd.backward (z, Float64.tensor [ last.Rows; last.Columns ] cotangent)

                    let same what (expected: float[]) (received: float32[]) =
                        Tolerance.require Tolerance.float32 what expected (Array.map float received)

                    same "last hidden units" (Float64.toArray z) (last.ToArray())
                    same "d first hidden units" (Float64.gradient h) (ofFirst.ToArray())
                    Require.equal (layers - 1) ofInner.Length

                    for (w, c), g in List.zip inner ofInner do
                        same "dW" (Float64.gradient w) (g.Weight.ToArray())
                        same "dc" (Float64.gradient c) g.Bias))
        ]
