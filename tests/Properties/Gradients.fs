namespace Limen.Properties

open Limen.Core
open TorchSharp

/// Autograd against central differences, both in float64.
[<RequireQualifiedAccess>]
module Gradients =

    let private step = 1e-5

    /// The result made a scalar: each element counts with a weight of its own, so that no two errors cancel.
    let private objective (f: torch.Tensor list -> torch.Tensor) inputs : torch.Tensor =
        let y = f inputs
        let weights = Array.init (int (y.numel ())) (fun i -> cos (float (i + 1)))
        (y.reshape [| -1L |] * Float64.tensor [ weights.Length ] weights).sum()

    let private value f (inputs: (int list * float[]) list) =
        Tensors.using (fun () ->
            use _ = torch.no_grad ()

            inputs
            |> List.map (fun input -> input ||> Float64.tensor)
            |> objective f
            |> Tensors.item)

    let private numerical f (inputs: (int list * float[]) list) =
        let moved input element by =
            inputs
            |> List.mapi (fun i (shape, values) ->
                if i = input then
                    shape, Array.updateAt element (Array.get values element + by) values
                else
                    shape, values)

        inputs
        |> List.mapi (fun i (_, values) ->
            values
            |> Array.mapi (fun j _ -> (value f (moved i j step) - value f (moved i j -step)) / (2.0 * step)))

    let private automatic f (inputs: (int list * float[]) list) =
        Tensors.using (fun () ->
            let leaves = inputs |> List.map (fun input -> input ||> Float64.leaf)
            (objective f leaves).backward()
            leaves |> List.map Float64.gradient)

    /// Fails where the gradient of f (its elements summed with fixed weights) at the inputs, each a shape and its values row by
    /// row, differs from the central difference. Inputs should lie more than 1e-5 away from kinks.
    let check (tolerance: Tolerance) (f: torch.Tensor list -> torch.Tensor) (inputs: (int list * float[]) list) =
        List.zip (numerical f inputs) (automatic f inputs)
        |> List.iteri (fun i (expected, received) ->
            Tolerance.require tolerance $"gradient of input {i}" expected received)
