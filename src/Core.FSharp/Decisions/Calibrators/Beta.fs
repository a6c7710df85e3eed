namespace Limen.Core

open System
open Limen.Kernels

/// sigmoid(A ln p - B ln(1 - p) + C) of p = sigmoid(score).
type BetaCurve = { A: float; B: float; C: float }

/// Beta calibration: the log-odds A ln p - B ln(1 - p) + C of the probability p = sigmoid(score), by maximum likelihood over A, B >= 0, so that the curve does not
/// decrease. A = B is Platt's curve without smoothed targets, A = B = 1 and C = 0 the identity; A and B apart bend the two ends differently, as a sigmoid cannot
/// (Kull, Silva Filho and Flach 2017).
[<RequireQualifiedAccess>]
module Beta =

    let private tag = "beta"

    /// ln p and -ln(1 - p), finite for every finite score.
    let private ends (score: float32) : struct (float * float) =
        let z = float score
        let tail = Math.Log(1.0 + exp (-abs z))
        min z 0.0 - tail, max z 0.0 + tail

    let private curve (b: BetaCurve) : Curve =
        {
            Probability =
                fun score ->
                    let struct (low, high) = ends score
                    Logistic.ofLogit (b.A * low + b.B * high + b.C)
            Stored = Stored.create tag (fun _ b -> Curve.unfit [| b.A; b.B; b.C |]) b
        }

    /// The calibrator, which has no numbers of its own.
    let calibrator: Calibrator =
        Calibrator.create tag (fun pairs ->
            let features =
                [|
                    pairs.Scores |> Array.map (fun z -> let struct (low, _) = ends z in low)
                    pairs.Scores |> Array.map (fun z -> let struct (_, high) = ends z in high)
                    Array.replicate pairs.Scores.Length 1.0
                |]

            let targets = pairs.Hits |> Array.map (fun hit -> if hit then 1.0 else 0.0)

            let w =
                LogisticFit.fit [| 0.0; 0.0; -infinity |] [| 1.0; 1.0; 0.0 |] features pairs.Weights targets

            curve { A = w[0]; B = w[1]; C = w[2] })

    /// In the registry.
    let entry: CalibratorEntry =
        {
            Codec = Codec.create tag curve
            Door = "Beta"
            Source = "https://proceedings.mlr.press/v54/kull17a.html"
            Example = calibrator
        }
