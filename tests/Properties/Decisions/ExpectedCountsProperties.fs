module Limen.Properties.ExpectedCountsProperties

open Expecto
open Limen
open Limen.Core

let private start (case: ScoredCase) =
    Thresholds.fixedAt case.Scores.Columns 0f

let private thresholds objective kappa (case: ScoredCase) =
    ExpectedCounts.thresholds objective kappa (start case) (SortedPairs.build None case.Z case.Y)

/// What a label counts of its pairs and positives, by the definition.
let private counts kappa l (case: ScoredCase) =
    let truth = Plain.pairs case.Labels
    let n = float (truth |> Seq.filter (fun (_, c) -> c = l) |> Seq.length)
    let w = if n = 0.0 then 0.0 else n / (n + kappa)

    let pairs =
        [
            for r, c, z in Plain.entries case.Scores do
                if c = l then
                    let y = if Set.contains (r, c) truth then 1.0 else 0.0
                    z, w * y + (1.0 - w) / (1.0 + exp -(float z))
        ]

    let listed =
        Plain.pairs case.Scores
        |> Set.intersect truth
        |> Seq.filter (fun (_, c) -> c = l)
        |> Seq.length

    pairs, (pairs |> List.sumBy snd) + w * (n - float listed)

let private cases = Cases.from [ typeof<ScoreArbitraries> ] |> Cases.times 100

[<Tests>]
let tests =
    testList
        "ExpectedCounts"
        [
            property cases "with full trust in the truth every label has the cut of SCut" (fun (case: ScoredCase) ->
                let sweep = SortedPairs.build None case.Z case.Y

                [ Objective.MacroF1; Objective.Jaccard; Objective.FBeta 2.0 ]
                |> List.forall (fun o ->
                    let sCut = Thresholds.sCut o 0f sweep
                    let fitted = thresholds o 0.0 case

                    Plain.labels case.Scores
                    |> List.forall (fun l -> SortedPairs.listedHits l sweep = 0.0 || fitted[l] = sCut[l])))

            property cases "with none the truth does not matter" (fun (case: ScoredCase) ->
                let silent =
                    { case with
                        Labels = Csr.ofSets case.Labels.Columns (Array.create case.Labels.Rows [||])
                    }

                [ Objective.MacroF1; Objective.MicroF1; Objective.MacroPlusMicro 0.5 ]
                |> List.forall (fun o -> thresholds o infinity case = thresholds o infinity silent))

            property cases "no other cut of a label has a larger F1 of its counts" (fun (case: ScoredCase) ->
                [ 1.0; 20.0; infinity ]
                |> List.forall (fun kappa ->
                    let fitted = thresholds Objective.MacroF1 kappa case

                    Plain.labels case.Scores
                    |> List.forall (fun l ->
                        let pairs, positives = counts kappa l case

                        let f t =
                            let above = pairs |> List.filter (fun (z, _) -> z > t)

                            match float above.Length + positives with
                            | 0.0 -> 0.0
                            | under -> 2.0 * List.sumBy snd above / under

                        let best = Plain.cuts (List.map fst pairs) |> List.map f |> List.max
                        pairs.IsEmpty || f fitted[l] >= best - 1e-9)))

            property cases "a label without listed pairs keeps its threshold" (fun (case: ScoredCase) ->
                let fitted = thresholds (Objective.MacroPlusMicro 1.0) 5.0 case

                Plain.labels case.Scores
                |> List.forall (fun l -> Plain.column l case.Scores <> [] || fitted[l] = 0f))
        ]
