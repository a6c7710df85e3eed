module Limen.Properties.EvaluationProperties

open Expecto
open Limen.Core

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "Evaluation"
        [
            property cases "a metric whose evidence is missing is left out, not guessed" (fun (c: MetricCase) ->
                let names evidence =
                    Metric.evaluate Metrics.all evidence |> List.map fst

                let sets = names c.OfSets
                let scores = names (c.OfScores c.Tied)

                let both =
                    names
                        { c.OfSets with
                            Scores = Some(Scores c.Tied)
                        }

                List.contains "macro_f1_a" sets
                && not (List.contains "macro_f1_a" scores)
                && List.contains "p_at_5" scores
                && not (List.contains "p_at_5" sets)
                && not (List.contains "psp_at_5" both)
                && not (List.contains "brier" both)
                && List.sort both = List.sort (sets @ scores)
                && names (Evidence.ofTruth (LabelSets c.Truth)) = [])
        ]
