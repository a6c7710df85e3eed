namespace Limen.Core

open Limen

/// The losses of the library: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module Losses =

    let all: LossEntry list =
        [
            Bce.entry
            Margin.entry
            Focal.entry
            Poly1.entry
            Asymmetric.entry
            Smoothing.entry
            Ldam.entry
            Balanced.entry
            Dice.entry
            Pairwise.entry
            Softmax.entry
        ]

    /// Every loss with its published numbers, in every form that it has, for labels with n_l [L] of N training rows.
    let examples (counts: LabelCounts) : Loss list =
        all |> List.collect (fun entry -> entry.Examples counts)

    /// The paper's loss (arXiv 2505.03118): BCE + lambda_m margin, lambda_m = 0.1 and Delta = 0.1 there.
    let paper (weight: float) (delta: float) (form: MarginForm) : Loss =
        Loss.sum [ Bce.loss; Margin.loss form delta |> Loss.scale weight ]
