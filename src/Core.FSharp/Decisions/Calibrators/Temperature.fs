namespace Limen.Core

/// sigmoid(score / T): one number, by maximum likelihood, 1 / T at least 0.001.
[<RequireQualifiedAccess>]
module Temperature =

    let private tag = "temperature"

    /// The calibrator, which has no numbers of its own.
    let calibrator: Calibrator =
        Calibrator.create tag (fun pairs ->
            let targets = pairs.Hits |> Array.map (fun hit -> if hit then 1.0 else 0.0)

            let w =
                LogisticFit.fit [| 1e-3 |] [| 1.0 |] [| Array.map float pairs.Scores |] pairs.Weights targets

            Curve.ofLogistic tag { Slope = w[0]; Offset = 0.0 })

    /// In the registry.
    let entry: CalibratorEntry =
        {
            Codec = Codec.create tag (Curve.ofLogistic tag)
            Door = "Temperature"
            Source = "https://arxiv.org/abs/1706.04599"
            Example = calibrator
        }
