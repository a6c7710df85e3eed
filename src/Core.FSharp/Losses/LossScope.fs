namespace Limen.Core

open TorchSharp

/// Which pairs of a batch a score is formed over.
[<RequireQualifiedAccess>]
type LossScope =
    /// Over the rows of each label, then the mean over labels: macro.
    | PerLabel
    /// Over the labels of each row, then the mean over rows: example-wise.
    | PerRow
    /// Over all pairs of the batch: micro.
    | Global

[<RequireQualifiedAccess>]
module internal LossScope =

    let name scope =
        match scope with
        | LossScope.PerLabel -> "per-label"
        | LossScope.PerRow -> "per-row"
        | LossScope.Global -> "global"

    let all = [ LossScope.PerLabel; LossScope.PerRow; LossScope.Global ]

    /// [B, L] turned so that what belongs together is a column.
    let columns scope (x: torch.Tensor) : torch.Tensor =
        match scope with
        | LossScope.PerLabel -> x
        | LossScope.PerRow -> x.t ()
        | LossScope.Global -> x.reshape [| -1L; 1L |]
