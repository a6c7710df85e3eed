module Limen.Properties.PlugInProperties

open Expecto
open Limen
open Limen.Core

let private sigmoid (z: float32) = 1.0 / (1.0 + exp (-(float z)))

/// F-beta of a label when its listed probabilities at or above t are predicted, from expected counts.
let private expectedF beta2 (p: float list) t =
    let above = p |> List.filter (fun p -> p >= t)
    let under = float above.Length + beta2 * List.sum p

    if under = 0.0 then
        0.0
    else
        (1.0 + beta2) * List.sum above / under

let private probabilities l (case: ScoredCase) =
    Plain.column l case.Scores |> List.map sigmoid

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "PlugIn"
        [
            testCase "thresholds agree with the reference fixed point" (fun () ->
                for expected, case in Plain.fixture () do
                    PlugIn.probabilities Objective.MacroF1 0.0 None case.Z
                    |> Tolerance.require
                        { Absolute = 1e-6; Relative = 1e-6 }
                        "t"
                        (Fixtures.numbers (expected.GetProperty "plug_in_probability_thresholds_from_start_0.25")))

            property cases "no cut of a label has a larger expected F" (fun (case: ScoredCase) ->
                [ Objective.MacroF1, 1.0; Objective.FBeta 2.0, 4.0 ]
                |> List.forall (fun (objective, beta2) ->
                    let fitted = PlugIn.probabilities objective 0.0 None case.Z

                    Plain.labels case.Scores
                    |> List.forall (fun l ->
                        let p = probabilities l case
                        let best = p |> List.map (expectedF beta2 p) |> List.append [ 0.0 ] |> List.max
                        expectedF beta2 p fitted[l] >= best - 1e-9)))

            property
                cases
                "for micro-F1 all listed labels share half of the best expected F1 of the pooled pairs"
                (fun (case: ScoredCase) ->
                    let fitted = PlugIn.probabilities Objective.MicroF1 0.0 None case.Z
                    let p = [ for _, _, z in Plain.entries case.Scores -> sigmoid z ]
                    let best = p |> List.map (expectedF 1.0 p) |> List.append [ 0.0 ] |> List.max

                    Plain.labels case.Scores
                    |> List.forall (fun l ->
                        if Plain.column l case.Scores = [] then
                            fitted[l] = 0.5
                        else
                            abs (fitted[l] - best / 2.0) < 1e-9))

            property cases "a mixture without a part for micro-F1 is macro-F1" (fun (case: ScoredCase) ->
                let t = PlugIn.probabilities (Objective.MacroPlusMicro 0.0) 0.0 None case.Z
                let macro = PlugIn.probabilities Objective.MacroF1 0.0 None case.Z

                Plain.labels case.Scores
                |> List.forall (fun l ->
                    let p = probabilities l case
                    abs (expectedF 1.0 p t[l] - expectedF 1.0 p macro[l]) < 1e-9))

            property
                cases
                "for macro plus micro no single cut improves the expected sum, which is no worse than at the macro thresholds"
                (fun (case: ScoredCase) ->
                    let weight = 0.5
                    let lists = [| for l in Plain.labels case.Scores -> probabilities l case |]

                    let value (t: float[]) =
                        let above = Array.map2 (fun t p -> p |> List.filter (fun p -> p >= t)) t lists
                        let all = lists |> Array.sumBy List.sum
                        let predicted = above |> Array.sumBy List.length

                        Array.average (Array.map2 (fun p t -> expectedF 1.0 p t) lists t)
                        + (if all = 0.0 then
                               0.0
                           else
                               weight * 2.0 * Array.sumBy List.sum above / (float predicted + all))

                    let fitted = PlugIn.probabilities (Objective.MacroPlusMicro weight) 0.0 None case.Z

                    value fitted
                    >= value (PlugIn.probabilities Objective.MacroF1 0.0 None case.Z) - 1e-9
                    && Plain.labels case.Scores
                       |> List.forall (fun l ->
                           lists[l] @ [ 1.0 ]
                           |> List.forall (fun t -> value (Array.updateAt l t fitted) <= value fitted + 1e-9)))

            property cases "expected costs have the threshold of decision theory" (fun (case: ScoredCase) ->
                PlugIn.probabilities (Objective.ExpectedCost(1.0, 3.0)) 0.0 None case.Z
                |> Array.forall (fun t -> t = 0.25 || t = 0.5))

            property cases "no threshold falls below the minimum" (fun (case: ScoredCase) ->
                PlugIn.probabilities Objective.MacroF1 0.3 None case.Z
                |> Array.forall (fun t -> t >= 0.3))

            property cases "OnlineF is the recurrence row by row over every label" (fun (case: ScoredCase) ->
                let truth = Plain.pairs case.Labels

                let plain l =
                    let step (a, b) row =
                        let listed = Csr.row row case.Scores |> Array.tryFind (fun (struct (c, _)) -> c = l)

                        let predicted =
                            match listed with
                            | Some(struct (_, z)) -> sigmoid z > a / b
                            | None -> false

                        let y = truth.Contains(row, l)
                        let one c = if c then 1.0 else 0.0
                        a + one (y && predicted), b + one y + one predicted

                    let a, b = Plain.rows case.Scores |> List.fold step (1.0, 4.0)
                    log (a / (b - a))

                OnlineF.thresholds 1.0 4.0 None case.Z case.Y
                |> Array.map float
                |> Tolerance.require Tolerance.float32 "t" (Plain.labels case.Scores |> List.map plain))
        ]
