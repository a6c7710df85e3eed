namespace Limen.Core

/// The logistic function 1 / (1 + e^-z), from logits to probabilities in [0, 1]; NaN gives NaN.
[<RequireQualifiedAccess>]
module internal Logistic =

    let ofLogit (z: float) : float = 1.0 / (1.0 + exp -z)

    /// In float32 throughout.
    let ofLogit32 (z: float32) : float32 = 1f / (1f + exp -z)
