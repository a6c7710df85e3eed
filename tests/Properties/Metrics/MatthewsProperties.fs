module Limen.Properties.MatthewsProperties

open Expecto
open Limen.Core

/// Pearson's correlation of (is true, is predicted) pairs; 0 where either is constant.
let private pearson (pairs: (bool * bool)[]) =
    let number isSo = if isSo then 1.0 else 0.0
    let x, y = pairs |> Array.map (fst >> number), pairs |> Array.map (snd >> number)
    let mx, my = Dense.mean x, Dense.mean y

    let product f g =
        Array.map2 (fun a b -> (f a: float) * g b) x y |> Array.sum

    let covariance = product (fun a -> a - mx) (fun b -> b - my)
    let sxx = x |> Array.sumBy (fun a -> (a - mx) ** 2.0)
    let syy = y |> Array.sumBy (fun b -> (b - my) ** 2.0)

    if Array.distinct x |> Array.length < 2 || Array.distinct y |> Array.length < 2 then
        0.0
    else
        covariance / sqrt (sxx * syy)

let private columns (c: MetricCase) =
    let truth, sets = Dense.flags c.Truth, Dense.flags c.Sets

    [|
        for l in 0 .. c.Labels - 1 -> [| for r in 0 .. c.Rows - 1 -> truth[r][l], sets[r][l] |]
    |]

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "MatthewsCorrelation"
        [
            property cases "macro is the mean of Pearson's correlation of each label" (fun (c: MetricCase) ->
                let plain = columns c |> Array.map pearson |> Dense.mean
                Require.near 1e-9 plain (Metric.number MatthewsCorrelation.macro c.OfSets))

            property cases "micro is Pearson's correlation of all pairs" (fun (c: MetricCase) ->
                let plain = columns c |> Array.concat |> pearson
                Require.near 1e-9 plain (Metric.number MatthewsCorrelation.micro c.OfSets))
        ]
