module Limen.Properties.RankingProperties

open System
open Expecto
open Limen.Core

let private close = Tolerance.close Tolerance.float64

/// The mean over rows of a definition that sees the scores of true labels, of others and of all; absent ones lowest.
let private overRows (c: MetricCase) whenOneSided value =
    let truth = Dense.flags c.Truth

    Dense.values Double.MinValue c.Tied
    |> Array.mapi (fun r scores ->
        let hits, others = Array.zip scores truth[r] |> Array.partition snd
        let hits, others = Array.map fst hits, Array.map fst others

        if hits.Length = 0 || others.Length = 0 then
            whenOneSided hits
        else
            value hits others scores)
    |> Dense.mean

let private atLeast (s: float) scores =
    scores |> Array.filter (fun v -> v >= s) |> Array.length |> float

let private value metric (c: MetricCase) =
    Metric.number metric (c.OfScores c.Tied)

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "Ranking"
        [
            property cases "LRAP is the share of true labels at or above each true label" (fun (c: MetricCase) ->
                let plain =
                    overRows c (fun _ -> 1.0) (fun hits _ all ->
                        hits |> Array.averageBy (fun s -> atLeast s hits / atLeast s all))

                close plain (value Ranking.averagePrecision c))

            property cases "coverage is the number of labels at or above the lowest true label" (fun (c: MetricCase) ->
                let plain =
                    overRows c (fun hits -> float hits.Length) (fun hits _ all -> atLeast (Array.min hits) all)

                close plain (value Ranking.coverageError c))

            property
                cases
                "ranking loss is the share of pairs in the wrong order, ties included"
                (fun (c: MetricCase) ->
                    let plain =
                        overRows c (fun _ -> 0.0) (fun hits others _ ->
                            Array.allPairs hits others
                            |> Array.averageBy (fun (h, o) -> if h <= o then 1.0 else 0.0))

                    close plain (value Ranking.rankingLoss c))

            testCase "a true label that is not listed costs the whole row" (fun () ->
                let truth = Csr.ofSets 5 [| [| 4 |] |]
                let lists = Csr.ofRows 5 [| [| struct (0, 2f); struct (1, 1f) |] |]
                let r = Evidence.ofScores (Scores lists) (LabelSets truth)

                let values =
                    [ Ranking.averagePrecision; Ranking.coverageError; Ranking.rankingLoss ]
                    |> List.map (fun metric -> Metric.number metric r)

                Tolerance.require Tolerance.float64 "unlisted" [ 0.2; 5.0; 1.0 ] values)
        ]
