namespace Limen.Properties

open System
open Limen
open Limen.Core
open TorchSharp

/// Tensors of float64, for tests: what float32 rounds would hide a fault of a formula.
[<RequireQualifiedAccess>]
module Float64 =

    let tensor (shape: int list) (values: float[]) : torch.Tensor =
        torch.from_array(values).reshape(shape |> List.map int64 |> List.toArray)

    let matrix (rows: float[][]) : torch.Tensor =
        tensor [ rows.Length; rows[0].Length ] (Array.concat rows)

    /// A leaf that records gradients.
    let leaf (shape: int list) (values: float[]) : torch.Tensor =
        (tensor shape values).requires_grad_ true

    /// A copy of the numbers, row by row.
    let toArray (t: torch.Tensor) : float[] =
        use _ = torch.NewDisposeScope()

        t.detach().to_type(torch.ScalarType.Float64).contiguous().data<float>().ToArray()

    /// The gradient gathered so far, row by row; zeros where none was.
    let gradient (leaf: torch.Tensor) : float[] =
        match leaf.grad with
        | null -> Array.zeroCreate (int (leaf.numel ()))
        | g -> toArray g
