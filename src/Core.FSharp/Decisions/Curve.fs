namespace Limen.Core

open System
open Limen.Kernels

/// How a score becomes a probability.
[<RequireQualifiedAccess>]
type Calibrator =
    /// Logistic.ofLogit(score / T), one parameter.
    | Temperature
    /// Logistic.ofLogit(slope * score + offset) with Platt's smoothed targets (Platt 1999).
    | Platt
    /// The non-decreasing step function of least squared error (pool adjacent violators), linear between steps.
    | Isotonic

/// A fitted non-decreasing curve from score to probability.
[<RequireQualifiedAccess>]
type Curve =
    | Logistic of slope: float * offset: float
    | Steps of scores: float32[] * probabilities: float[]

[<RequireQualifiedAccess>]
module Curve =


    /// The probability of a score, in [0, 1]; beyond the fitted scores the last value holds.
    let probability (curve: Curve) (score: float32) : float =
        match curve with
        | Curve.Logistic(slope, offset) -> Logistic.ofLogit (slope * float score + offset)
        | Curve.Steps(x, p) ->
            let found = Array.BinarySearch(x, score)

            if found >= 0 then
                p[found]
            else
                let right = ~~~found

                if right = 0 then
                    p[0]
                elif right = x.Length then
                    p[right - 1]
                else
                    let part =
                        (float score - float x[right - 1]) / (float x[right] - float x[right - 1])

                    p[right - 1] + part * (p[right] - p[right - 1])

    /// Maximum likelihood of Logistic.ofLogit(slope z + offset), slope at least 0.001; the offset stays 0 for temperature.
    let private logistic (withOffset: bool) (weights: float[]) (targets: float[]) (scores: float32[]) =
        let f (w: float[]) : Curvature =
            let mutable value = 0.0
            let g = Array.zeroCreate 2
            let h = Array2D.zeroCreate 2 2

            for i in 0 .. scores.Length - 1 do
                let x = float scores[i]
                let z = w[0] * x + (if withOffset then w[1] else 0.0)
                let p = Logistic.ofLogit z
                value <- value + weights[i] * (max z 0.0 - targets[i] * z + Math.Log(1.0 + exp (-abs z)))
                g[0] <- g[0] + weights[i] * (p - targets[i]) * x
                g[1] <- g[1] + weights[i] * (p - targets[i])
                let weight = weights[i] * p * (1.0 - p)
                h[0, 0] <- h[0, 0] + weight * x * x
                h[0, 1] <- h[0, 1] + weight * x
                h[1, 1] <- h[1, 1] + weight

            // a ridge far below one observation keeps separable scores finite
            let d = if withOffset then 2 else 1
            let ridge = 1e-6

            for i in 0 .. d - 1 do
                value <- value + 0.5 * ridge * w[i] * w[i]
                g[i] <- g[i] + ridge * w[i]
                h[i, i] <- h[i, i] + ridge

            {
                Value = value
                Gradient = g[.. d - 1]
                Hessian = Array2D.init d d (fun i j -> h[min i j, max i j])
            }

        if withOffset then
            let w = Newton.minimise [| 1e-3; Double.NegativeInfinity |] f [| 1.0; 0.0 |]
            Curve.Logistic(w[0], w[1])
        else
            Curve.Logistic((Newton.minimise [| 1e-3 |] f [| 1.0 |])[0], 0.0)

    /// Pool adjacent violators: blocks (lowest score, highest score, positives, size), merged while their means do
    /// not ascend.
    let private isotonic (weights: float[]) (hit: bool[]) (scores: float32[]) =
        let tied =
            Array.zip3 scores hit weights
            |> Array.groupBy (fun (score, _, _) -> score)
            |> Array.sortBy fst
            |> Array.map (fun (score, members) ->
                struct (score,
                        score,
                        members |> Array.sumBy (fun (_, h, w) -> if h then w else 0.0),
                        members |> Array.sumBy (fun (_, _, w) -> w)))
            |> Array.filter (fun (struct (_, _, _, n)) -> n > 0.0)

        let blocks = Collections.Generic.Stack<struct (float32 * float32 * float * float)>()

        for group in tied do
            let mutable block = group

            let violates (struct (_, _, p, n)) =
                let struct (_, _, p', n') = blocks.Peek()
                p' * n >= p * n'

            while blocks.Count > 0 && violates block do
                let struct (low, _, p', n') = blocks.Pop()
                let struct (_, high, p, n) = block
                block <- struct (low, high, p + p', n + n')

            blocks.Push block

        let ends =
            blocks.ToArray()
            |> Array.rev
            |> Array.collect (fun (struct (low, high, p, n)) ->
                let mean = p / n

                if low = high then
                    [| low, mean |]
                else
                    [| low, mean; high, mean |])

        Curve.Steps(Array.map fst ends, Array.map snd ends)

    /// Fits a curve to scores and whether each was a positive, with the weight of each; without any score Logistic.ofLogit(score).
    let fit (calibrator: Calibrator) (weights: float[]) (scores: float32[]) (hit: bool[]) : Curve =
        match calibrator with
        | _ when Array.sum weights = 0.0 -> Curve.Logistic(1.0, 0.0)
        | Calibrator.Temperature -> logistic false weights (hit |> Array.map (fun h -> if h then 1.0 else 0.0)) scores
        | Calibrator.Platt ->
            let positives =
                Array.map2 (fun h w -> if h then w else 0.0) hit weights |> Array.sum

            let negatives = Array.sum weights - positives
            let high, low = (positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0)
            logistic true weights (hit |> Array.map (fun h -> if h then high else low)) scores
        | Calibrator.Isotonic -> isotonic weights hit scores
