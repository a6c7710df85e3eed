module Limen.Properties.RiskControlProperties

open Expecto
open Limen
open Limen.Core

let private missed (case: ScoredCase) t =
    let sets =
        Plain.sets (Thresholds.decide (Thresholds.fixedAt case.Scores.Columns t) case.Z)

    [
        for r in Plain.rows case.Labels ->
            let truth = Set.ofArray (Csr.set r case.Labels)
            let lost = Set.difference truth (Set.ofArray (Csr.set r sets))

            if truth.IsEmpty then
                0.0
            else
                float lost.Count / float truth.Count
    ]

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "RiskControl"
        [
            property
                cases
                "the threshold is the largest that keeps the corrected risk at the level"
                (fun (case: ScoredCase) ->
                    let holds alpha t =
                        (List.sum (missed case t) + 1.0) / float (case.Labels.Rows + 1) <= alpha + 1e-9

                    [ 0.1; 0.3; 0.6 ]
                    |> List.forall (fun alpha ->
                        match RiskControl.fit alpha case.Z case.Y with
                        | Controlled(t, _, risk) ->
                            holds alpha t
                            && abs (risk - List.average (missed case t)) < 1e-9
                            && (t = System.Single.MaxValue || not (holds alpha (System.MathF.BitIncrement t)))
                        | Unattainable smallest -> smallest > alpha && not (holds alpha System.Single.MinValue)))

            testCase "the mean share of missed labels of new rows stays below the level" (fun () ->
                let alpha, trials, fresh = 0.2, 200, 50

                let risks =
                    [
                        for trial in 1..trials ->
                            let scores, labels = Draws.rows 5 60 (Seed.ofInt trial)
                            let newScores, newLabels = Draws.rows 5 fresh (Seed.ofInt (10000 + trial))

                            match RiskControl.fit alpha (Scores scores) (LabelSets labels) with
                            | Controlled(t, _, _) ->
                                List.average (
                                    missed
                                        {
                                            Scores = newScores
                                            Labels = newLabels
                                        }
                                        t
                                )
                            | Unattainable level -> failwith $"unattainable below {level}"
                    ]

                // each trial's risk lies in [0, 1]: three standard errors of the mean
                let spread =
                    sqrt (List.averageBy (fun r -> (r - List.average risks) ** 2.0) risks / float trials)

                Require.atMost (alpha + 3.0 * spread) (List.average risks)
                // and the control is not idle: within two corrections of the level
                Require.above (alpha - 2.0 / 61.0 - 3.0 * spread) (List.average risks))

            testCase "a level that too few rows cannot promise is refused with the smallest one" (fun () ->
                let scores, labels = Draws.rows 5 3 (Seed.ofInt 1)

                match RiskControl.fit 0.01 (Scores scores) (LabelSets labels) with
                | Unattainable level -> Require.atLeast 0.25 level
                | other -> failtest $"{other}")
        ]
