namespace Limen.Properties

open Limen.Core

/// Autograd against central differences, both in float64.
[<RequireQualifiedAccess>]
module Gradients =

    let private step = 1e-5

    /// The result made a scalar: each element counts with a weight of its own, so that no two errors cancel.
    let private objective (f: Tensor list -> Tensor) inputs =
        let y = f inputs
        let weights = Array.init (int y.Count) (fun i -> cos (float (i + 1)))
        y |> Tensor.mul (Tensor.ofArray64 y.Shape weights) |> Tensor.sum

    let private value f (inputs: (int[] * float[]) list) =
        Tensor.using (fun () ->
            Tensor.noGrad (fun () ->
                inputs
                |> List.map (fun (shape, values) -> Tensor.ofArray64 shape values)
                |> objective f
                |> Tensor.item))

    let private numerical f (inputs: (int[] * float[]) list) =
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

    let private automatic f (inputs: (int[] * float[]) list) =
        Tensor.using (fun () ->
            let leaves =
                inputs
                |> List.map (fun (shape, values) -> Tensor.leaf (Tensor.ofArray64 shape values))

            leaves |> objective f |> Tensor.backward

            leaves
            |> List.map (fun leaf ->
                match Tensor.grad leaf with
                | Some gradient -> Tensor.toArray64 gradient
                | None -> Array.zeroCreate (int leaf.Count)))

    /// Fails where the gradient of f (its elements summed with fixed weights) at the inputs, each a shape and its values row by
    /// row, differs from the central difference. Inputs should lie more than 1e-5 away from kinks.
    let check (tolerance: Tolerance) (f: Tensor list -> Tensor) (inputs: (int[] * float[]) list) =
        List.zip (numerical f inputs) (automatic f inputs)
        |> List.iteri (fun i (expected, received) ->
            Tolerance.require tolerance $"gradient of input {i}" expected received)
