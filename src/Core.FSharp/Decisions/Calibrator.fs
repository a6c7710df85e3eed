namespace Limen.Core

open Limen.Kernels

/// Scores of held-out pairs, whether each was a positive, and how much it counts.
[<ReferenceEquality>]
type ScoredPairs =
    {
        /// [n], in log-odds.
        Scores: float32[]
        Hits: bool[]
        Weights: float[]
    }

    /// The sum of the weights of the positives, and of the others.
    member internal s.Counts: struct (float * float) =
        let hits =
            Array.map2 (fun hit w -> if hit then w else 0.0) s.Hits s.Weights |> Array.sum

        hits, Array.sum s.Weights - hits

/// A fitted non-decreasing curve from score to probability.
[<NoEquality; NoComparison>]
type Curve =
    {
        /// In [0, 1], for any score in log-odds.
        Probability: float32 -> float
        Stored: Stored
    }

/// How scores become probabilities before it has seen any: the kind of curve. C# makes calibrations by `Calibrations`, F# by the modules of their names
/// (`Platt.calibrator`). A new one is a file of its own with `calibrator` and `entry`, and a line in `Calibrators.all`.
[<NoEquality; NoComparison>]
type Calibrator =
    internal
        {
            Name: string
            /// Of pairs whose weights do not sum to 0.
            FitPairs: ScoredPairs -> Curve
        }

    /// The name of the curve.
    override c.ToString() = c.Name

/// What the registry says of a calibrator.
[<NoEquality; NoComparison>]
type CalibratorEntry =
    {
        /// How a fitted curve is read back.
        Codec: Codec<Curve>
        /// Its function in C#'s `Calibrations`.
        Door: string
        /// Where it was published.
        Source: string
        /// What the laws are tested on.
        Example: Calibrator
    }

/// sigmoid(Slope score + Offset).
type LogisticCurve = { Slope: float; Offset: float }

[<RequireQualifiedAccess>]
module Curve =

    /// The probability of a score, in [0, 1].
    let probability (curve: Curve) (score: float32) : float = curve.Probability score

    /// What is wrong with the numbers of a curve (Stored).
    let internal unfit (numbers: float[]) : string list =
        Unfit.doubles "numbers of a calibration curve" System.Double.NegativeInfinity numbers.Length numbers

    /// A logistic curve under the tag of a calibrator.
    let ofLogistic (tag: string) (curve: LogisticCurve) : Curve =
        {
            Probability = fun score -> Logistic.ofLogit (curve.Slope * float score + curve.Offset)
            Stored = Stored.create tag (fun _ c -> unfit [| c.Slope; c.Offset |]) curve
        }

[<RequireQualifiedAccess>]
module Calibrator =

    /// A kind of curve, from its name (the tag of what is stored) and how it is fitted to pairs, of which there is one at least.
    let create (name: string) (fit: ScoredPairs -> Curve) : Calibrator = { Name = name; FitPairs = fit }

    /// Fits the curve; the identity (in log-odds) where no pair weighs anything.
    let fit (calibrator: Calibrator) (pairs: ScoredPairs) : Curve =
        if Array.sum pairs.Weights = 0.0 then
            Curve.ofLogistic "temperature" { Slope = 1.0; Offset = 0.0 }
        else
            calibrator.FitPairs pairs
