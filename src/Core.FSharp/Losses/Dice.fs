namespace Limen.Core

open Limen
open TorchSharp

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

    /// mean over columns with a positive of 1 - (tp + s) / (tp + a fp + b fn + s), where per column A = sum p, T = sum y, d = sum |p - y|,
    /// tp = (A + T - d) / 2, fp = A - tp, fn = T - tp, a = 1 / (1 + beta^2), b = beta^2 / (1 + beta^2). In [0, 1]; without any positive 0.
    let value (options: DiceOptions) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins |> LossScope.columns options.Scope
        let p = m.sigmoid () |> LossScope.columns options.Scope
        let active = y.amax ([| 0L |], keepdim = false) |> Tensors.above 0.01
        let count = Tensors.item (active.sum ())

        if count = 0.0 then
            Loss.nothing m
        else
            let predicted = p |> Tensors.sumOver 0
            let positives = y |> Tensors.sumOver 0
            let apart = (p - y).abs() |> Tensors.sumOver 0
            let hits = Tensors.add predicted positives - apart |> Tensors.times 0.5
            let square = options.Beta * options.Beta

            let errors =
                positives - hits
                |> Tensors.times square
                |> Tensors.add (predicted - hits)
                |> Tensors.over (1.0 + square)

            // 1 - (tp + s) / (tp + e + s) = e / (tp + e + s)
            (active * errors / (Tensors.add hits errors |> Tensors.plus options.Smooth)).sum()
            |> Tensors.over count

    /// The loss of a batch; beta is above 0, the smoothing at least 0.
    let loss (o: DiceOptions) : Loss =
        let faults =
            Limits.above0 "Beta" 1e3 o.Beta
            @ Limits.number "Smooth" (0.0, Limits.factor) o.Smooth

        Loss.ofBatch $"dice-{LossScope.name o.Scope}" faults (value o)

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Dice"
            Source = "https://arxiv.org/abs/2303.16296"
            Examples = fun _ -> [ for scope in LossScope.all -> loss { defaults with Scope = scope } ]
            Faulty = [ loss { defaults with Beta = 0.0 }; loss { defaults with Smooth = -1.0 } ]
        }
