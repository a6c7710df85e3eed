namespace Limen.Core

/// Which pairs of a batch a score is formed over.
[<RequireQualifiedAccess>]
type LossScope =
    /// Over the rows of each label, then the mean over labels: macro.
    | PerLabel
    /// Over the labels of each row, then the mean over rows: example-wise.
    | PerRow
    /// Over all pairs of the batch: micro.
    | Global

/// The numbers of the soft F loss.
type DiceOptions =
    {
        Scope: LossScope
        /// beta of F_beta: 1 is Dice, larger weighs recall more.
        Beta: float
        /// Added to numerator and denominator; not negative.
        Smooth: float
    }

/// One minus a soft F score (Wang et al. 2023, https://arxiv.org/abs/2303.16296): zero when p = y, for soft targets too.
[<RequireQualifiedAccess>]
module Dice =

    /// Macro soft F1 with smoothing 1e-3.
    let defaults =
        {
            Scope = LossScope.PerLabel
            Beta = 1.0
            Smooth = 1e-3
        }

    /// [B, L] turned so that what belongs together is a column.
    let internal columns scope (x: Tensor) : Tensor =
        match scope with
        | LossScope.PerLabel -> x
        | LossScope.PerRow -> Tensor.transpose x
        | LossScope.Global -> x |> Tensor.reshape [| int x.Count; 1 |]

    /// A scalar 0 in the margins' graph, for batches on which a loss says nothing.
    let internal nothing (m: Tensor) : Tensor = m |> Tensor.scale 0.0 |> Tensor.sum

    /// mean over columns with a positive of 1 - (tp + s) / (tp + a fp + b fn + s), where per column A = sum p, T = sum y, d = sum |p - y|,
    /// tp = (A + T - d) / 2, fp = A - tp, fn = T - tp, a = 1 / (1 + beta^2), b = beta^2 / (1 + beta^2). In [0, 1]; without any positive 0.
    let value (options: DiceOptions) (targets: Targets) (margins: Margins) : Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins |> columns options.Scope
        let p = Tensor.sigmoid m |> columns options.Scope
        let active = y |> Tensor.maxAxis 0 |> Tensor.greaterThan 0.01 |> Tensor.cast m.DType
        let count = active |> Tensor.sum |> Tensor.item

        if count = 0.0 then
            nothing m
        else
            let predicted = p |> Tensor.sumAxis 0
            let positives = y |> Tensor.sumAxis 0
            let apart = p |> Tensor.sub y |> Tensor.abs |> Tensor.sumAxis 0

            let hits = predicted |> Tensor.add positives |> Tensor.sub apart |> Tensor.scale 0.5

            let square = options.Beta * options.Beta

            let errors =
                predicted
                |> Tensor.sub hits
                |> Tensor.add (positives |> Tensor.sub hits |> Tensor.scale square)
                |> Tensor.scale (1.0 / (1.0 + square))

            // 1 - (tp + s) / (tp + e + s) = e / (tp + e + s)
            errors
            |> Tensor.div (hits |> Tensor.add errors |> Tensor.shift options.Smooth)
            |> Tensor.mul active
            |> Tensor.sum
            |> Tensor.scale (1.0 / count)
