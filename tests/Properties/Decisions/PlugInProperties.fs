namespace Limen.Properties

open NUnit.Framework
open FsCheck.NUnit
open Limen.Core

[<Properties(Arbitrary = [| typeof<ScoreArbitraries> |])>]
module PlugInProperties =

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

    [<Test>]
    let ``thresholds agree with the reference fixed point`` () =
        for expected, case in Plain.fixture () do
            PlugIn.probabilities Objective.MacroF1 0.0 case.Scores
            |> Tolerance.require
                { Absolute = 1e-6; Relative = 1e-6 }
                "t"
                (Fixtures.numbers (expected.GetProperty "plug_in_probability_thresholds_from_start_0.25"))

    [<Property>]
    let ``no cut of a label has a larger expected F`` (case: ScoredCase) =
        [ Objective.MacroF1, 1.0; Objective.FBeta 2.0, 4.0 ]
        |> List.forall (fun (objective, beta2) ->
            let fitted = PlugIn.probabilities objective 0.0 case.Scores

            Plain.labels case.Scores
            |> List.forall (fun l ->
                let p = probabilities l case
                let best = p |> List.map (expectedF beta2 p) |> List.append [ 0.0 ] |> List.max
                expectedF beta2 p fitted[l] >= best - 1e-9))

    [<Property>]
    let ``for micro-F1 all listed labels share half of the best expected F1 of the pooled pairs`` (case: ScoredCase) =
        let fitted = PlugIn.probabilities Objective.MicroF1 0.0 case.Scores
        let p = [ for _, _, z in Plain.entries case.Scores -> sigmoid z ]
        let best = p |> List.map (expectedF 1.0 p) |> List.append [ 0.0 ] |> List.max

        Plain.labels case.Scores
        |> List.forall (fun l ->
            if Plain.column l case.Scores = [] then
                fitted[l] = 0.5
            else
                abs (fitted[l] - best / 2.0) < 1e-9)

    [<Property>]
    let ``for macro plus micro the fixed point lies between the two`` (case: ScoredCase) =
        let at objective =
            PlugIn.probabilities objective 0.0 case.Scores

        let both = at Objective.MacroPlusMicro

        // at the fixed point each threshold is a mean of halves of its own F and the pooled F, all reached at these thresholds
        let lists = [ for l in Plain.labels case.Scores -> probabilities l case ]
        let own = List.mapi (fun l p -> expectedF 1.0 p both[l]) lists
        let above = List.mapi (fun l p -> p |> List.filter (fun p -> p >= both[l])) lists

        let pooled =
            2.0 * List.sum (List.concat above)
            / max 1e-300 (float (List.concat above).Length + List.sum (List.concat lists))

        lists
        |> List.indexed
        |> List.forall (fun (l, p) ->
            p = []
            || (both[l] >= min own[l] pooled / 2.0 - 1e-9
                && both[l] <= max own[l] pooled / 2.0 + 1e-9))

    [<Property>]
    let ``expected costs have the threshold of decision theory`` (case: ScoredCase) =
        PlugIn.probabilities (Objective.ExpectedCost(1.0, 3.0)) 0.0 case.Scores
        |> Array.forall (fun t -> t = 0.25 || t = 0.5)

    [<Property>]
    let ``no threshold falls below the minimum`` (case: ScoredCase) =
        PlugIn.probabilities Objective.MacroF1 0.3 case.Scores
        |> Array.forall (fun t -> t >= 0.3)

    [<Property>]
    let ``OnlineF is the recurrence row by row over every label`` (case: ScoredCase) =
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

        OnlineF.thresholds 1.0 4.0 case.Scores case.Labels
        |> Array.map float
        |> Tolerance.require Tolerance.float32 "t" (Plain.labels case.Scores |> List.map plain)
