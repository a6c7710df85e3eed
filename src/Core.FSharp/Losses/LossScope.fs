namespace Limen

/// Which pairs of a batch a score is formed over.
type LossScope =
    /// Over the rows of each label, then the mean over labels: macro.
    | PerLabel = 0
    /// Over the labels of each row, then the mean over rows: example-wise.
    | PerRow = 1
    /// Over all pairs of the batch: micro.
    | Global = 2

namespace Limen.Core

open Limen
open TorchSharp

[<RequireQualifiedAccess>]
module internal LossScope =

    let name scope =
        match scope with
        | LossScope.PerLabel -> "per-label"
        | LossScope.PerRow -> "per-row"
        | LossScope.Global -> "global"
        | other -> invalidArg (nameof scope) $"expected a scope of a loss, received {other}"

    let all = [ LossScope.PerLabel; LossScope.PerRow; LossScope.Global ]

    /// [B, L] turned so that what belongs together is a column.
    let columns scope (x: torch.Tensor) : torch.Tensor =
        match scope with
        | LossScope.PerLabel -> x
        | LossScope.PerRow -> x.t ()
        | _ -> x.reshape [| -1L; 1L |]
