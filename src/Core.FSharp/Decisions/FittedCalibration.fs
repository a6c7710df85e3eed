namespace Limen.Core

/// Which labels share a curve.
[<RequireQualifiedAccess>]
type CalibrationScope =
    /// All of them.
    | AllLabels
    /// Each label with at least so many held-out positives has its own; the others share that of all labels.
    | EachLabel of minimumPositives: int
    /// Labels between consecutive supports share one: edges ascending, n_l below the first edge, below the second,
    /// ...
    | EachBucket of edges: int[]

/// How scores become probabilities: the kind of curve, and which labels share one.
[<NoEquality; NoComparison>]
type CalibrationOptions =
    {
        Calibrator: Calibrator
        Scope: CalibrationScope
    }

/// Curves and the curve of each label [L].
[<NoEquality; NoComparison>]
type FittedCalibration = { Curves: Curve[]; CurveOf: int[] }

[<RequireQualifiedAccess>]
module CalibrationOptions =

    /// Every fault of the options, in plain sentences.
    let faults (o: CalibrationOptions) : string list =
        match o.Scope with
        | CalibrationScope.EachLabel minimum when minimum < 1 ->
            [ $"calibration: expected at least 1 positive of a label, received {minimum}" ]
        | CalibrationScope.EachBucket edges when edges <> Array.distinct (Array.sort edges) ->
            let received = edges |> Array.map string |> String.concat ", "
            [ $"calibration: expected ascending edges of buckets, received {received}" ]
        | CalibrationScope.AllLabels
        | CalibrationScope.EachLabel _
        | CalibrationScope.EachBucket _ -> []

/// Probabilities from scores, fitted on the listed pairs of held-out rows. Every curve is non-decreasing, so ranking
/// within a label stays.
[<RequireQualifiedAccess>]
module FittedCalibration =

    let private pairs (labels: int seq) (s: SortedPairs) : ScoredPairs =
        let places =
            [|
                for l in labels do
                    yield! seq { s.Start[l] .. s.Start[l + 1] - 1 }
            |]

        {
            Scores = places |> Array.map (fun at -> s.Scores[at])
            Hits = places |> Array.map (fun at -> s.Hit[at])
            Weights = places |> Array.map s.Weight
        }

    /// Fits the curves: counts of the training rows (for buckets), and held-out rows with their weights [N] (None: 1 each).
    /// Throws ConfigurationException with every fault of the options.
    let fit
        (options: CalibrationOptions)
        (counts: LabelCounts)
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        : FittedCalibration =
        CalibrationOptions.faults options |> Configuration.require

        Shape.require (nameof counts) "[L]" [ scores.Matrix.Columns ] [ counts.Positives.Length ]
        let s = SortedPairs.build weights scores labels

        let groupOf =
            match options.Scope with
            | CalibrationScope.AllLabels -> Array.zeroCreate s.Count
            | CalibrationScope.EachLabel minimum ->
                Array.init s.Count (fun l ->
                    if SortedPairs.listedHits l s >= float minimum then
                        l + 1
                    else
                        0)
            | CalibrationScope.EachBucket edges ->
                counts.Positives
                |> Array.map (fun n -> 1 + (edges |> Array.filter (fun edge -> n >= float edge) |> Array.length))

        let curve labels =
            pairs labels s |> Calibrator.fit options.Calibrator

        let all = [| 0 .. s.Count - 1 |]

        let groups =
            all |> Array.groupBy (fun l -> groupOf[l]) |> Array.filter (fun (g, _) -> g > 0)

        let anyHit members =
            members |> Array.exists (fun l -> SortedPairs.listedHits l s > 0.0)

        let own = groups |> Array.filter (snd >> anyHit)
        let curveOf = Array.zeroCreate s.Count

        own
        |> Array.iteri (fun i (_, members) -> members |> Array.iter (fun l -> curveOf[l] <- i + 1))

        {
            Curves = Array.append [| curve all |] (own |> Cancellation.map (snd >> curve))
            CurveOf = curveOf
        }

    /// The probabilities [N, L] of the listed pairs.
    let apply (calibration: FittedCalibration) (Scores scores) : PairProbabilities =
        Shape.require (nameof scores) "[L]" [ calibration.CurveOf.Length ] [ scores.Columns ]

        scores
        |> Csr.mapValues (fun _ l z -> float32 (Curve.probability calibration.Curves[calibration.CurveOf[l]] z))
        |> PairProbabilities

    /// The same as logits, probabilities kept within [1e-6, 1 - 1e-6]: calibrated scores for any rule.
    let logits (calibration: FittedCalibration) (Scores scores) : Scores =
        scores
        |> Csr.mapValues (fun _ l z ->
            let p =
                Curve.probability calibration.Curves[calibration.CurveOf[l]] z
                |> max 1e-6
                |> min (1.0 - 1e-6)

            float32 (log (p / (1.0 - p))))
        |> Scores
