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
                let only =
                    {
                        Truth = c.Truth
                        Sets = Some c.Sets
                        Scores = None
                        Probabilities = None
                    }

                let evaluated = Metric.evaluate (Metric.all c.Inverse) [ only ] |> List.map fst

                evaluated = (Metric.sets |> List.map _.Name)
                && Metric.evaluate Metric.sets [] = [])
        ]
