module Limen.Properties.CalibrationProperties

open Expecto
open Limen
open Limen.Core

let private calibrators =
    [ Calibrator.Temperature; Calibrator.Platt; Calibrator.Isotonic ]

let private scopes =
    [
        CalibrationScope.AllLabels
        CalibrationScope.EachLabel 2
        CalibrationScope.EachBucket [| 2; 5 |]
    ]

let private fit calibrator scope (case: ScoredCase) =
    Calibration.fit
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
    Curve.fit calibrator (Array.create hit.Length 1.0) scores hit

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
                        && Plain.pairs (Plain.probabilities (Calibration.apply fitted case.Z)) =
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

                    let curve = fitCurve Calibrator.Isotonic (hits case) case.Scores.Values
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
                    || match
                        fitCurve Calibrator.Temperature hit case.Scores.Values,
                        fitCurve Calibrator.Platt hit case.Scores.Values
                       with
                       | Curve.Logistic(t, zero), Curve.Logistic(slope, offset) ->
                           zero = 0.0
                           && (t <= 1e-3 || t > 20.0 || flat (fun d -> loss plain (t + d) 0.0))
                           && (slope <= 1e-3
                               || slope > 20.0
                               || flat (fun d -> loss smoothed (slope + d) offset))
                           && (slope > 20.0 || flat (fun d -> loss smoothed slope (offset + d)))
                       | _ -> false)

            testCase "Platt's offset is fitted where the bound holds the slope" (fun () ->
                // the lower score is the true one: the slope goes to its bound, and the smoothed targets 2/3 and 1/3 balance at p = 1/2
                match fitCurve Calibrator.Platt [| true; false |] [| -2.859f; -2.819f |] with
                | Curve.Logistic(slope, offset) ->
                    Require.equal 1e-3 slope
                    Require.near 1e-4 0.0 (slope * -2.839 + offset)
                | other -> failtest $"{other}")

            property
                cases
                "a label below the wanted positives shares the curve of all labels"
                (fun (case: ScoredCase) ->
                    let fitted = fit Calibrator.Platt (CalibrationScope.EachLabel 2) case
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
