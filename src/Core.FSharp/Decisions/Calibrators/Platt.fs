namespace Limen.Core

/// sigmoid(slope score + offset), fitted to targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2) instead of 1 and 0 (Platt 1999; Lin, Lin and Weng 2007); the slope is at
/// least 0.001.
[<RequireQualifiedAccess>]
module Platt =

    let private tag = "platt"

    /// The calibrator, which has no numbers of its own.
    let calibrator: Calibrator =
        Calibrator.create tag (fun pairs ->
            let struct (positives, negatives) = pairs.Counts
            let high, low = (positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0)

            let w =
                LogisticFit.fit
                    [| 1e-3; -infinity |]
                    [| 1.0; 0.0 |]
                    [| Array.map float pairs.Scores; Array.replicate pairs.Scores.Length 1.0 |]
                    pairs.Weights
                    (pairs.Hits |> Array.map (fun hit -> if hit then high else low))

            Curve.ofLogistic tag { Slope = w[0]; Offset = w[1] })

    /// In the registry.
    let entry: CalibratorEntry =
        {
            Codec = Codec.create tag (Curve.ofLogistic tag)
            Door = "Platt"
            Source = "https://doi.org/10.1007/s10994-007-5018-6"
            Example = calibrator
        }
