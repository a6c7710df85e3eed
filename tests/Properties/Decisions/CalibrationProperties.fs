module Limen.Properties.CalibrationProperties

open Expecto
open Limen
open Limen.Core

let private calibrators = Calibrators.all |> List.map _.Example

let private scopes =
    [
        CalibrationScope.AllLabels
        CalibrationScope.EachLabel 2
        CalibrationScope.EachBucket [| 2; 5 |]
    ]

let private fit calibrator scope (case: ScoredCase) =
    FittedCalibration.fit
        {
            Calibrator = calibrator
            Scope = scope
        }
        (Plain.counts case)
        None
        case.Z
        case.Y

let private hits (case: ScoredCase) =
    let truth = Plain.pairs case.Labels
    [| for r, c, _ in Plain.entries case.Scores -> truth.Contains(r, c) |]

let private fitCurve calibrator (hit: bool[]) (scores: float32[]) =
    Calibrator.fit
        calibrator
        {
            Scores = scores
            Hits = hit
            Weights = Array.create hit.Length 1.0
        }

/// The numbers of a logistic curve.
let private logistic (curve: Curve) = unbox<LogisticCurve> curve.Stored.Data

let private grid = [| for i in -60 .. 60 -> float32 i / 10f |]

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "Calibration"
        [
            property
                (cases |> Cases.times 40)
                "every curve is non-decreasing, in the unit interval, and keeps the pairs"
                (fun (case: ScoredCase) ->
                    List.allPairs calibrators scopes
                    |> List.forall (fun (calibrator, scope) ->
                        let fitted = fit calibrator scope case

                        let monotone curve =
                            grid
                            |> Array.map (Curve.probability curve)
                            |> Array.pairwise
                            |> Array.forall (fun (a, b) -> 0.0 <= a && a <= b + 1e-12 && b <= 1.0)

                        Array.forall monotone fitted.Curves
                        && Plain.pairs (Plain.probabilities (FittedCalibration.apply fitted case.Z)) =
                            Plain.pairs case.Scores))

            property
                (cases |> Cases.times 40)
                "isotonic regression has the least squared error of all non-decreasing functions"
                (fun (case: ScoredCase) ->
                    // the max-min formula: the fit at x is the largest over starts a <= x of the smallest over ends b >= x of the mean of [a, b]
                    let points = Array.zip case.Scores.Values (hits case)
                    let xs = points |> Array.map fst |> Array.distinct |> Array.sort

                    let mean a b =
                        points
                        |> Array.filter (fun (x, _) -> a <= x && x <= b)
                        |> Array.averageBy (fun (_, y) -> if y then 1.0 else 0.0)

                    let plain x =
                        xs
                        |> Array.filter ((>=) x)
                        |> Array.map (fun a -> xs |> Array.filter ((<=) x) |> Array.map (mean a) |> Array.min)
                        |> Array.max

                    let curve = fitCurve Isotonic.calibrator (hits case) case.Scores.Values
                    xs |> Array.forall (fun x -> abs (Curve.probability curve x - plain x) < 1e-9))

            property
                cases
                "temperature and Platt are stationary for their log loss unless a bound holds them"
                (fun (case: ScoredCase) ->
                    let hit = hits case
                    let n = float hit.Length
                    let positives = float (hit |> Array.filter id |> Array.length)

                    let smoothed h =
                        if h then
                            (positives + 1.0) / (positives + 2.0)
                        else
                            1.0 / (n - positives + 2.0)

                    let plain h = if h then 1.0 else 0.0

                    let loss target slope offset =
                        Array.map2
                            (fun (z: float32) h ->
                                let u = slope * float z + offset
                                max u 0.0 - target h * u + log (1.0 + exp (-abs u)))
                            case.Scores.Values
                            hit
                        |> Array.sum

                    let flat f = abs (f 1e-5 - f -1e-5) / 2e-5 < 1e-3

                    hit.Length = 0
                    || (let t = logistic (fitCurve Temperature.calibrator hit case.Scores.Values)
                        let platt = logistic (fitCurve Platt.calibrator hit case.Scores.Values)

                        t.Offset = 0.0
                        && (t.Slope <= 1e-3
                            || t.Slope > 20.0
                            || flat (fun d -> loss plain (t.Slope + d) 0.0))
                        && (platt.Slope <= 1e-3
                            || platt.Slope > 20.0
                            || flat (fun d -> loss smoothed (platt.Slope + d) platt.Offset))
                        && (platt.Slope > 20.0
                            || flat (fun d -> loss smoothed platt.Slope (platt.Offset + d)))))

            property
                (cases |> Cases.times 40)
                "no curve of beta calibration that is near has a smaller log loss"
                (fun (case: ScoredCase) ->
                    let hit = hits case

                    let loss (b: BetaCurve) =
                        Array.map2
                            (fun (z: float32) h ->
                                let p = 1.0 / (1.0 + exp -(float z))
                                let u = b.A * log p - b.B * log (1.0 - p) + b.C
                                max u 0.0 - (if h then u else 0.0) + log (1.0 + exp (-abs u)))
                            case.Scores.Values
                            hit
                        |> Array.sum

                    hit.Length = 0
                    || (let b =
                            unbox<BetaCurve> (fitCurve Beta.calibrator hit case.Scores.Values).Stored.Data

                        let near =
                            [
                                for d in [ -0.01; 0.01 ] do
                                    { b with A = max 0.0 (b.A + d) }
                                    { b with B = max 0.0 (b.B + d) }
                                    { b with C = b.C + d }
                            ]

                        // the ridge counts where the rows say next to nothing
                        let allowed = 1e-6 * (1.0 + b.A * b.A + b.B * b.B + b.C * b.C)

                        b.A >= 0.0
                        && b.B >= 0.0
                        && near |> List.forall (fun n -> loss n >= loss b - allowed)))

            property
                (cases |> Cases.times 20)
                "a pair of weight 2 is a pair that stands twice"
                (fun (case: ScoredCase) ->
                    let hit, scores = hits case, case.Scores.Values

                    let twice (items: 'item[]) =
                        items |> Array.mapi (fun i v -> Array.replicate (1 + i % 2) v) |> Array.concat

                    calibrators
                    |> List.forall (fun calibrator ->
                        let weighted =
                            Calibrator.fit
                                calibrator
                                {
                                    Scores = scores
                                    Hits = hit
                                    Weights = Array.init hit.Length (fun i -> float (1 + i % 2))
                                }

                        let repeated = fitCurve calibrator (twice hit) (twice scores)

                        grid
                        |> Array.forall (fun z ->
                            abs (Curve.probability weighted z - Curve.probability repeated z) < 1e-4)))

            property
                (cases |> Cases.times 20)
                "a curve that was saved gives the same probabilities"
                (fun (case: ScoredCase) ->
                    calibrators
                    |> List.forall (fun calibrator ->
                        let curve = fitCurve calibrator (hits case) case.Scores.Values
                        let read = Registries.throughJson curve

                        grid
                        |> Array.forall (fun z -> Curve.probability curve z = Curve.probability read z)))

            testCase "beta calibration bends the ends apart where a sigmoid cannot" (fun () ->
                // positives drawn from the curve A = 2, B = 0.25, C = 0.5
                let seed = Seed.ofInt 5
                let n = 40000

                let scores =
                    Array.init n (fun i -> float32 (8.0 * Seed.uniform (int64 i) seed - 4.0))

                let drawn (z: float32) =
                    let p = 1.0 / (1.0 + exp -(float z))
                    1.0 / (1.0 + exp -(2.0 * log p - 0.25 * log (1.0 - p) + 0.5))

                let hit =
                    scores |> Array.mapi (fun i z -> Seed.uniform (int64 (n + i)) seed < drawn z)

                let b = unbox<BetaCurve> (fitCurve Beta.calibrator hit scores).Stored.Data
                Require.near 0.1 2.0 b.A
                Require.near 0.1 0.25 b.B
                Require.near 0.1 0.5 b.C)

            testCase "Platt's offset is fitted where the bound holds the slope" (fun () ->
                // the lower score is the true one: the slope goes to its bound, and the smoothed targets 2/3 and 1/3 balance at p = 1/2
                let curve =
                    logistic (fitCurve Platt.calibrator [| true; false |] [| -2.859f; -2.819f |])

                Require.equal 1e-3 curve.Slope
                Require.near 1e-4 0.0 (curve.Slope * -2.839 + curve.Offset))

            property
                cases
                "a label below the wanted positives shares the curve of all labels"
                (fun (case: ScoredCase) ->
                    let fitted = fit Platt.calibrator (CalibrationScope.EachLabel 2) case
                    let sweep = SortedPairs.build None case.Z case.Y

                    Plain.labels case.Scores
                    |> List.forall (fun l -> (fitted.CurveOf[l] = 0) = (SortedPairs.listedHits l sweep < 2.0)))

            testCase "distorted probabilities are put right" (fun () ->
                // positives drawn from sigmoid(z / 2): temperature 2, which Platt finds as slope 1/2, and isotonic within noise
                let seed = Seed.ofInt 21
                let n = 20000

                let scores =
                    Array.init n (fun i -> float32 (8.0 * Seed.uniform (int64 i) seed - 4.0))

                let p z = 1.0 / (1.0 + exp (-float z / 2.0))
                let hit = scores |> Array.mapi (fun i z -> Seed.uniform (int64 (n + i)) seed < p z)

                for calibrator in calibrators do
                    let curve = fitCurve calibrator hit scores

                    for z in [ -3f; -1f; 0f; 1f; 3f ] do
                        Tolerance.require
                            { Absolute = 0.06; Relative = 0.0 }
                            $"{calibrator} at {z}"
                            [ p z ]
                            [ Curve.probability curve z ])
        ]
