namespace Limen.Core

/// The threshold's numbers as one vector: ln(lambda / (1 - lambda)), alpha, beta; b is kept apart, for it learns at the
/// network's own rate. In log-odds, lambda stays between 0 and 1 without clipping.
[<RequireQualifiedAccess>]
module internal SignalParameters =

    let ofFusion (f: Fusion) : float32[] =
        Array.concat [ [| log (f.Lambda / (1f - f.Lambda)) |]; Alpha.values f.Alpha; f.Beta ]

    let toFusion (parameters: float32[]) (bias: float32[]) (f: Fusion) : Fusion =
        let shared = (Alpha.values f.Alpha).Length

        {
            Lambda = Logistic.ofLogit32 parameters[0]
            Alpha = f.Alpha |> Alpha.withValues parameters[1..shared]
            Beta = parameters[shared + 1 ..]
            Bias = bias
        }

    /// The gradients of the vector and of b.
    let gradient (f: Fusion) (g: FusionGradient) : float32[] * float32[] =
        Array.concat [ [| g.Lambda * f.Lambda * (1f - f.Lambda) |]; g.Alpha; g.Beta ], g.Bias
