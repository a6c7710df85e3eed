module Limen.Properties.CurvesProperties

open System
open Expecto
open Limen.Core

let private same a b =
    match a, b with
    | Some a, Some b -> Tolerance.close Tolerance.float64 a b
    | _ -> a = b

/// The (score, is true) pairs of each label, absent ones at the bottom.
let private columns (c: MetricCase) =
    let truth = Dense.flags c.Truth
    let scores = Dense.values Double.MinValue c.Tied

    [|
        for l in 0 .. c.Labels - 1 -> [| for r in 0 .. c.Rows - 1 -> scores[r][l], truth[r][l] |]
    |]

/// Every positive against every negative, a tie being half.
let private plainAuc pairs =
    let positives, negatives = Array.partition snd pairs

    if positives.Length = 0 || negatives.Length = 0 then
        None
    else
        Array.allPairs positives negatives
        |> Array.averageBy (fun ((p: float, _), (n, _)) ->
            if p > n then 1.0
            elif p = n then 0.5
            else 0.0)
        |> Some

/// The precision among the pairs at or above each positive, averaged over the positives.
let private plainAp pairs =
    match pairs |> Array.filter snd with
    | [||] -> None
    | positives ->
        positives
        |> Array.averageBy (fun (score, _) ->
            pairs
            |> Array.filter (fun (s: float, _) -> s >= score)
            |> Array.averageBy (fun (_, isTrue) -> if isTrue then 1.0 else 0.0))
        |> Some

let private meanOfSome values =
    match Array.choose id values with
    | [||] -> None
    | some -> Some(Array.average some)

let private value metric (c: MetricCase) = Metric.value metric (c.OfScores c.Tied)

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "Curves"
        [
            property
                cases
                "macro AUC and AP are the means of the labels on which they are defined"
                (fun (c: MetricCase) ->
                    same (value Curves.macroAuc c) (columns c |> Array.map plainAuc |> meanOfSome)
                    && same (value Curves.macroAp c) (columns c |> Array.map plainAp |> meanOfSome))

            property cases "micro AUC and AP rank all pairs together" (fun (c: MetricCase) ->
                same (value Curves.microAuc c) (plainAuc (Array.concat (columns c)))
                && same (value Curves.microAp c) (plainAp (Array.concat (columns c))))

            property cases "turning the order round turns AUC into 1 - AUC on full lists" (fun (c: MetricCase) ->
                let c = MetricCases.full c

                let auc scores =
                    Metric.value Curves.microAuc (c.OfScores scores)

                same
                    (auc c.Distinct)
                    (auc (Csr.mapValues (fun _ _ v -> -v) c.Distinct)
                     |> Option.map (fun a -> 1.0 - a)))

            testCase "empty lists give AUC one half and the base rate as AP" (fun () ->
                let rows =
                    Evidence.ofScores
                        (Scores(Csr.ofSets 4 [| [||]; [||] |]))
                        (LabelSets(Csr.ofSets 4 [| [| 0 |]; [| 1; 2 |] |]))

                Require.equal (Some 0.5) (Metric.value Curves.microAuc rows)
                Require.equal (Some 0.375) (Metric.value Curves.microAp rows))
        ]
