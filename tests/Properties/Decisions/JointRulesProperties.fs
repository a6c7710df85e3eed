/// Rules whose thresholds of one label depend on other labels, or on folds.
module Limen.Properties.JointRulesProperties

open Expecto
open Limen
open Limen.Core

let private seed = Seed.ofInt 9

let private objectives =
    [
        Objective.MicroF1
        Objective.MacroF1
        Objective.MacroPlusMicro 0.5
        Objective.Jaccard
    ]

let private reached o (case: ScoredCase) theta =
    Plain.objective o case.Labels (Plain.sets (Thresholds.decide theta case.Z))

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "JointRules"
        [
            property
                (cases |> Cases.times 50)
                "coordinate ascent ends at or above the common threshold, and no single threshold can improve it"
                (fun (case: ScoredCase) ->
                    objectives
                    |> List.forall (fun o ->
                        let sweep = SortedPairs.build None case.Z case.Y
                        let fitted = CoordinateAscent.thresholds o sweep
                        let value = reached o case fitted
                        let common = Thresholds.fixedAt case.Scores.Columns (Thresholds.common o sweep)

                        let moves =
                            [
                                for l in Plain.labels case.Scores do
                                    for t in Plain.cuts (Plain.column l case.Scores) do
                                        reached o case (Array.updateAt l t fitted)
                            ]

                        value >= reached o case common - 1e-9
                        && List.forall (fun moved -> moved <= value + 1e-9) moves))

            property (cases |> Cases.times 50) "micro-macro is the plain recurrence" (fun { Distinct = case } ->
                let foldOf = Folds.ofScores 1 3 seed case.Z
                let truth = Plain.pairs case.Labels

                let positives l =
                    truth |> Set.filter (fun (_, c) -> c = l) |> Set.count

                let f tp fp fn =
                    if tp + fp + fn = 0 then
                        0.0
                    else
                        2.0 * float tp / float (2 * tp + fp + fn)

                let step (thresholds: Map<int, float>, (tps, fps, fns), q) l =
                    let best k =
                        let listed =
                            [
                                for r, c, v in Plain.entries case.Scores do
                                    if c = l && foldOf[r] = k then
                                        v, truth.Contains(r, c)
                            ]
                            |> List.sort

                        let all = truth |> Set.filter (fun (r, c) -> c = l && foldOf[r] = k) |> Set.count

                        let at cut =
                            let predicted = List.skip cut listed
                            let tp = predicted |> List.filter snd |> List.length
                            let fp, fn = predicted.Length - tp, all - tp
                            f tp fp fn / float q + f (tp + tps) (fp + fps) (fn + fns), (tp, fp, fn)

                        let n = listed.Length
                        let value = List.map at [ 0..n ]
                        let top = value |> List.map fst |> List.max
                        let cut = value |> List.findIndexBack (fun (v, _) -> v = top)

                        let t =
                            if n = 0 then
                                None
                            elif cut = 0 then
                                Some(float (fst listed[0]))
                            elif cut = n then
                                Some(float (fst listed[n - 1]))
                            else
                                Some((float (fst listed[cut - 1]) + float (fst listed[cut])) / 2.0)

                        t, snd value[cut]

                    let folds = List.map best [ 0; 1; 2 ]
                    let chosen = List.choose fst folds
                    let t = if chosen = [] then -1.0 else List.average chosen
                    let add pick = folds |> List.sumBy (snd >> pick)

                    thresholds.Add(l, t),
                    (tps + add (fun (a, _, _) -> a), fps + add (fun (_, b, _) -> b), fns + add (fun (_, _, c) -> c)),
                    q + 1

                let order =
                    SortedPairs.byFrequency (SortedPairs.build None case.Z case.Y) |> Array.toList

                let thresholds, _, _ = order |> List.fold step (Map.empty, (0, 0, 0), 1)

                List.pairwise order |> List.forall (fun (a, b) -> positives a >= positives b)
                && (let fitted = MicroMacro.thresholds seed 1 -1f None case.Z case.Y

                    Plain.labels case.Scores
                    |> List.forall (fun l -> Tolerance.close Tolerance.float32 thresholds[l] (float fitted[l]))))

            property (cases |> Cases.times 50) "SCutFBR is the plain nested procedure" (fun { Distinct = case } ->
                let truth = Plain.pairs case.Labels

                let foldsOf purpose =
                    Folds.ofScores 1 3 (Seed.derive purpose 0 seed) case.Z

                let outer, inner = foldsOf "outer", foldsOf "inner"
                let floors = [ for i in 1..8 -> 0.1 * float i ]

                let plain l =
                    let listed rows =
                        [
                            for r, c, v in Plain.entries case.Scores do
                                if c = l && rows r then
                                    v, truth.Contains(r, c)
                        ]
                        |> List.sortDescending

                    let f1 rows t =
                        let above = listed rows |> List.filter (fun (v, _) -> v > t)
                        let all = truth |> Set.filter (fun (r, c) -> c = l && rows r) |> Set.count

                        Objective.f1
                            (above |> List.filter snd |> List.length |> float)
                            (float above.Length)
                            (float all)

                    let tune rows floor =
                        match listed rows |> List.map fst with
                        | [] -> None
                        | scores ->
                            let cuts =
                                scores.Head :: [ for a, b in List.pairwise scores -> SortedPairs.between a b ]
                                @ [ System.MathF.BitDecrement(List.last scores) ]

                            let top = cuts |> List.maxBy (f1 rows)
                            let t = if f1 rows top > f1 rows 0f then top else 0f
                            Some(if f1 rows t > floor then float t else float scores.Head)

                    let average rows floor =
                        match
                            [ 0; 1; 2 ]
                            |> List.choose (fun k -> tune (fun r -> rows r && inner[r] = k) floor)
                        with
                        | [] -> 0f
                        | ts -> float32 (List.average ts)

                    let value floor =
                        List.sumBy
                            (fun k -> f1 (fun r -> outer[r] = k) (average (fun r -> outer[r] <> k) floor))
                            [ 0; 1; 2 ]

                    let values = floors |> List.map value
                    let best = List.max values

                    let floor =
                        if best = 0.0 then
                            0.1
                        else
                            floors[List.findIndexBack ((=) best) values]

                    average (fun _ -> true) floor

                let fitted = SCutFbr.thresholds seed 1 0f None case.Z case.Y

                Plain.labels case.Scores
                |> List.forall (fun l -> Tolerance.close Tolerance.float32 (float (plain l)) (float fitted[l])))

            testTheory
                "rules that part rows know which scores are of one row"
                [ FusedRule.rule; MicroMacroFreq.rule; SCutFbrRule.rule ]
                (fun (rule: Rule) ->
                    let scores, labels = Draws.rows 6 120 (Seed.ofInt 3)
                    let other = scores |> Csr.mapValues (fun _ label z -> z + 0.1f * float32 label)

                    let case =
                        {
                            Scores = Csr.append scores other
                            Labels = Csr.append labels labels
                        }

                    let fitted scorings =
                        let context =
                            { Plain.context case with
                                Scorings = scorings
                            }

                        Rule.fit rule context case.Z case.Y |> FittedRule.thresholds |> Option.get

                    Require.notEqual (fitted 1) (fitted 2))
        ]
