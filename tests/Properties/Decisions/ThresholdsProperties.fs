module Limen.Properties.ThresholdsProperties

open Expecto
open Limen
open Limen.Core

let private objectives =
    [
        Objective.MacroF1
        Objective.MicroF1
        Objective.MacroPlusMicro 0.5
        Objective.FBeta 2.0
        Objective.Jaccard
        Objective.ExpectedCost(1.0, 2.5)
    ]

let private close a b = Tolerance.close Tolerance.float64 a b

let private decideAt t (case: ScoredCase) =
    Plain.sets (Thresholds.decide (Thresholds.fixedAt case.Scores.Columns t) case.Z)

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "Thresholds"
        [
            testCase "SCut reaches the reference F1 of every label" (fun () ->
                for expected, case in Plain.fixture () do
                    let sweep = SortedPairs.build None case.Z case.Y

                    let sets =
                        Plain.sets (Thresholds.decide (Thresholds.sCut Objective.MacroF1 0f sweep) case.Z)

                    let t, p = Plain.pairs case.Labels, Plain.pairs sets

                    let of' l s =
                        s |> Set.filter (fun (_, c) -> c = l) |> Set.count |> float

                    [
                        for l in Plain.labels case.Labels ->
                            Objective.f1 (of' l (Set.intersect t p)) (of' l p) (of' l t)
                    ]
                    |> Tolerance.require
                        Tolerance.float64
                        "F1"
                        (Fixtures.numbers (expected.GetProperty "scut_best_f1_per_label")))

            testTheory
                "the common threshold reaches the reference value"
                [ "global_best_micro_f1"; "global_best_macro_f1_A" ]
                (fun (name: string) ->
                    let objective =
                        if name.Contains "micro" then
                            Objective.MicroF1
                        else
                            Objective.MacroF1

                    for expected, case in Plain.fixture () do
                        let t = Thresholds.common objective (SortedPairs.build None case.Z case.Y)

                        Tolerance.require
                            Tolerance.float64
                            name
                            [ Fixtures.number (expected.GetProperty name) ]
                            [ Plain.objective objective case.Labels (decideAt t case) ])

            property cases "the common threshold is the best of all cuts" (fun (case: ScoredCase) ->
                objectives
                |> List.forall (fun o ->
                    let reached t =
                        Plain.objective o case.Labels (decideAt t case)

                    let fitted = Thresholds.common o (SortedPairs.build None case.Z case.Y)
                    let values = [ for _, _, v in Plain.entries case.Scores -> v ]
                    close (reached fitted) (Plain.cuts values |> List.map reached |> List.max)))

            property cases "SCut and smoothed F are the best of all cuts of each label" (fun (case: ScoredCase) ->
                let sweep = SortedPairs.build None case.Z case.Y
                let truth = Plain.pairs case.Labels

                let best (value: float -> float -> float -> float) (fitted: float32[]) l =
                    let at t =
                        let predicted =
                            [
                                for r, c, v in Plain.entries case.Scores do
                                    if c = l && v > t then
                                        (r, c)
                            ]

                        let hits = predicted |> List.filter truth.Contains
                        value (float hits.Length) (float predicted.Length) sweep.Positives[l]

                    close (at fitted[l]) (Plain.cuts (Plain.column l case.Scores) |> List.map at |> List.max)

                let withHits =
                    Plain.labels case.Scores
                    |> List.filter (fun l -> SortedPairs.listedHits l sweep > 0.0)

                let sCut = Thresholds.sCut Objective.MacroF1 0f sweep
                let smoothed = Thresholds.smoothedF 1.0 2.0 0f sweep

                withHits |> List.forall (best Objective.f1 sCut)
                && withHits
                   |> List.forall (best (fun h p q -> (2.0 * h + 1.0) / (p + q + 2.0)) smoothed))

            property cases "among equally good cuts the largest threshold is taken" (fun (case: ScoredCase) ->
                let sweep = SortedPairs.build None case.Z case.Y
                let fitted = Thresholds.sCut Objective.MacroF1 0f sweep
                let truth = Plain.pairs case.Labels

                Plain.labels case.Scores
                |> List.filter (fun l -> SortedPairs.listedHits l sweep > 0.0)
                |> List.forall (fun l ->
                    let listed =
                        [
                            for r, c, v in Plain.entries case.Scores do
                                if c = l then
                                    v, truth.Contains(r, c)
                        ]

                    let f1 t =
                        let above = listed |> List.filter (fun (v, _) -> v > t)

                        Objective.f1
                            (above |> List.filter snd |> List.length |> float)
                            (float above.Length)
                            sweep.Positives[l]

                    listed
                    |> List.forall (fun (higher, _) -> higher <= fitted[l] || f1 higher < f1 fitted[l])))

            property cases "a label without listed positives takes the default of SCut" (fun (case: ScoredCase) ->
                let sweep = SortedPairs.build None case.Z case.Y
                let fitted = Thresholds.sCut Objective.MacroF1 -17f sweep

                Plain.labels case.Scores
                |> List.forall (fun l -> SortedPairs.listedHits l sweep > 0.0 || fitted[l] = -17f))

            property cases "PCut predicts the wanted count of a label without ties" (fun { Distinct = case } ->
                let sweep = SortedPairs.build None case.Z case.Y
                let priors = Array.init sweep.Count (fun l -> float l / 7.0)

                let sets =
                    Plain.sets (Thresholds.decide (Thresholds.pCut 0.8 priors 0f sweep) case.Z)

                Plain.labels case.Scores
                |> List.forall (fun l ->
                    let listed = (Plain.column l case.Scores).Length
                    let wanted = int (ceil (0.8 * float case.Scores.Rows * priors[l]))
                    listed = 0 || (Plain.column l sets).Length = min listed wanted))

            property cases "the cardinality threshold comes nearest to the wanted set size" (fun (case: ScoredCase) ->
                let distance t =
                    abs (float (decideAt t case).NonZeros / float case.Scores.Rows - 1.3)

                let values = [ for _, _, v in Plain.entries case.Scores -> v ]
                let fitted = Thresholds.cardinality 1.3 (SortedPairs.build None case.Z case.Y)
                close (distance fitted) (Plain.cuts values |> List.map distance |> List.min))

            property
                cases
                "raising a threshold never adds a label"
                (fun (case: ScoredCase) (thresholds: int[]) (raise: FsCheck.NonNegativeInt) ->
                    let low =
                        Array.init case.Scores.Columns (fun l ->
                            if l < thresholds.Length then float32 thresholds[l] else 0f)

                    let high = low |> Array.map ((+) (float32 raise.Get))

                    Set.isSubset
                        (Plain.pairs (Plain.sets (Thresholds.decide high case.Z)))
                        (Plain.pairs (Plain.sets (Thresholds.decide low case.Z))))

            property
                cases
                "a threshold between two scores parts them even when they are neighbours"
                (fun (case: ScoredCase) ->
                    case.Scores.Values
                    |> Array.forall (fun v ->
                        let above = System.MathF.BitIncrement v
                        let t = SortedPairs.between above v
                        above > t && v <= t))

            property cases "restricting a sweep to some rows is building it from those rows" (fun (case: ScoredCase) ->
                let keep row = row % 3 <> 1
                let chosen = Plain.rows case.Scores |> List.filter keep |> List.toArray
                let part = SortedPairs.build None case.Z case.Y |> SortedPairs.restrict keep

                let whole =
                    SortedPairs.build
                        None
                        (Scores(Csr.selectRows chosen case.Scores))
                        (LabelSets(Csr.selectRows chosen case.Labels))

                part.Start = whole.Start
                && part.Scores = whole.Scores
                && part.Positives = whole.Positives
                && [ 0 .. part.Count - 1 ]
                   |> List.forall (fun l -> SortedPairs.listedHits l part = SortedPairs.listedHits l whole))
        ]
