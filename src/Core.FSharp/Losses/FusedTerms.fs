namespace Limen.Core

/// What the fused kernel computes: Bce * BCE (with PosWeight) + weight * margin loss (weight, Delta, reading), each a mean over pairs.
type FusedTerms =
    {
        Bce: float
        PosWeight: float32[] option
        Margin: (float * float * MarginReading) option
    }

[<RequireQualifiedAccess>]
module internal FusedTerms =

    /// The kernel's terms, the sum over pairs times a scale.
    let toKernel (scale: float32) (terms: FusedTerms) : Limen.Kernels.LossTerms =
        let weight, delta, reading =
            match terms.Margin with
            | Some(weight, delta, Symmetric) -> weight, delta, Limen.Kernels.MarginReading.Symmetric
            | Some(weight, delta, Ranking) -> weight, delta, Limen.Kernels.MarginReading.Ranking
            | None -> 0.0, 0.0, Limen.Kernels.MarginReading.Symmetric

        Limen.Kernels.LossTerms(float32 terms.Bce, float32 weight, float32 delta, reading, scale)
