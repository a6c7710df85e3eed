module Limen.Properties.FusedProperties

open Expecto
open Limen
open Limen.Core

let private objectives =
    [
        Objective.MacroF1
        Objective.MicroF1
        Objective.MacroPlusMicro 0.5
        Objective.Jaccard
    ]

let private rarityOf (case: ScoredCase) =
    Rarity.ofSupport (4 * case.Labels.Rows) (Csr.columnCounts case.Labels)

let private fitScored scorings objective (case: ScoredCase) =
    Fused.fit objective (Seed.ofInt 1) scorings (rarityOf case) None case.Z case.Y

let private fit objective = fitScored 1 objective

/// The rows of a case, and the same again with other scores.
let private scoredTwice (case: ScoredCase) : ScoredCase =
    {
        Scores = Csr.append case.Scores (case.Scores |> Csr.mapValues (fun _ label z -> z - 0.25f * float32 label))
        Labels = Csr.append case.Labels case.Labels
    }

let private withBasis basis (case: ScoredCase) =
    Fused.withBasis Objective.MacroF1 basis (rarityOf case) None case.Z case.Y

/// What each half of the rows with a listed positive teaches on a basis: the plain definition of what the rule is the mean of.
let private taught scorings (case: ScoredCase) : (FusedBasis -> RarityThresholds) list =
    [
        for cut in 1..8 do
            let halfOf =
                Folds.ofScores scorings 2 (Seed.derive "halves" cut (Seed.ofInt 1)) case.Z

            for half in 0..1 do
                let _, outside = Folds.split half halfOf

                let part =
                    {
                        Scores = Csr.selectRows outside case.Scores
                        Labels = Csr.selectRows outside case.Labels
                    }

                if not (Set.isEmpty (Set.intersect (Plain.pairs part.Scores) (Plain.pairs part.Labels))) then
                    fun basis -> Fused.withBasis Objective.MacroF1 basis (rarityOf case) None part.Z part.Y
    ]

/// Scores whose best threshold is slope * rarity - 1, with noise; many labels of few positives.
let private planted slope rows labels =
    let seed = Seed.ofInt 11
    let u i = Seed.uniform (int64 i) seed
    let support = Array.init labels (fun l -> 1 + 2000 / (l + 1))
    let rarity = Rarity.ofSupport 10000 support

    let cells =
        Array.init rows (fun r ->
            Array.init labels (fun l ->
                let i = 3 * (r * labels + l)
                let z = float32 (12.0 * u i - 9.0)
                let p = 1.0 / (1.0 + exp (-6.0 * (float z - slope * float rarity[l] + 1.0)))
                struct (l, z), u (i + 1) < p))

    let scores = cells |> Array.map (Array.map fst) |> Csr.ofRows labels

    let truth =
        cells
        |> Array.map (fun row ->
            [|
                for l in 0 .. labels - 1 do
                    if snd row[l] then
                        l
            |])
        |> Csr.ofSets labels

    rarity, scores, truth

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "Fused"
        [
            property
                (cases |> Cases.times 50)
                "without a correction a rule of all rows is at least as good as the common threshold on them"
                (fun (case: ScoredCase) ->
                    objectives
                    |> List.forall (fun o ->
                        let plain =
                            Fused.withBasis o FusedBasis.SharedOnly (rarityOf case) None case.Z case.Y

                        let reached theta =
                            Plain.objective o case.Labels (Plain.sets (Thresholds.decide theta case.Z))

                        let t = Thresholds.common o (SortedPairs.build None case.Z case.Y)

                        reached (Fused.thresholds plain)
                        >= reached (Thresholds.fixedAt case.Scores.Columns t) - 1e-12))

            property
                (cases |> Cases.times 50)
                "the recorded objective is the one that its decisions reach"
                (fun (case: ScoredCase) ->
                    objectives
                    |> List.forall (fun o ->
                        let rule = fit o case

                        Tolerance.close
                            Tolerance.float64
                            rule.Objective
                            (Plain.objective
                                o
                                case.Labels
                                (Plain.sets (Thresholds.decide (Fused.thresholds rule) case.Z)))))

            property
                (cases |> Cases.times 50)
                "shares are those of different bases, in their order, and add up to 1"
                (fun (case: ScoredCase) ->
                    let shares = (fit Objective.MacroF1 case).Shares

                    let places =
                        shares |> Array.map (fun share -> Array.findIndex ((=) share.Basis) Fused.bases)

                    places = Array.sort (Array.distinct places)
                    && shares |> Array.forall (fun share -> share.Share > 0.0)
                    && Tolerance.close Tolerance.float64 1.0 (Array.sumBy _.Share shares))

            property
                (cases |> Cases.times 30)
                "A, C and the corrections are the means of what the halves teach on every basis, by the bases' shares, also of rows that were scored twice"
                (fun (once: ScoredCase) ->
                    [ 1, once; 2, scoredTwice once ]
                    |> List.forall (fun (scorings, case) ->
                        let rule = fitScored scorings Objective.MacroF1 case

                        match taught scorings case with
                        | [] -> rule = withBasis FusedBasis.SharedOnly case
                        | parts ->
                            let mean (value: RarityThresholds -> float) =
                                parts
                                |> List.averageBy (fun ofBasis ->
                                    rule.Shares
                                    |> Array.sumBy (fun share -> share.Share * value (ofBasis share.Basis)))

                            Tolerance.close Tolerance.float64 (mean _.A) rule.A
                            && Tolerance.close Tolerance.float64 (mean _.C) rule.C
                            && Plain.labels case.Scores
                               |> List.forall (fun l ->
                                   Tolerance.close
                                       Tolerance.float32
                                       (mean (fun part -> float part.Correction[l]))
                                       (float rule.Correction[l]))))

            property
                (cases |> Cases.times 30)
                "a correction lies between the least and the greatest that the halves ask for on the bases with a share"
                (fun (case: ScoredCase) ->
                    let rule = fit Objective.MacroF1 case

                    match taught 1 case with
                    | [] -> Array.forall ((=) 0f) rule.Correction
                    | parts ->
                        Plain.labels case.Scores
                        |> List.forall (fun l ->
                            let asked =
                                [
                                    for ofBasis in parts do
                                        for share in rule.Shares -> float (ofBasis share.Basis).Correction[l]
                                ]

                            let slack = 1e-5 * (1.0 + abs (float rule.Correction[l]))

                            float rule.Correction[l] >= List.min asked - slack
                            && float rule.Correction[l] <= List.max asked + slack))

            property
                (cases |> Cases.times 30)
                "without a share of a correction nothing is gained"
                (fun (case: ScoredCase) ->
                    let rule = fit Objective.MacroF1 case

                    rule.Shares |> Array.exists (fun share -> share.Basis <> FusedBasis.SharedOnly)
                    || (rule.Gain = 0.0 && Array.forall ((=) 0f) rule.Correction))

            property
                (cases |> Cases.times 20)
                "the shared thresholds alone have no correction, and held-out truth corrects no label without listed positives"
                (fun (case: ScoredCase) ->
                    let sweep = SortedPairs.build None case.Z case.Y

                    Fused.bases
                    |> Array.forall (fun basis ->
                        let correction = (withBasis basis case).Correction

                        match basis with
                        | FusedBasis.SharedOnly -> Array.forall ((=) 0f) correction
                        | FusedBasis.HeldOut _ ->
                            Plain.labels case.Scores
                            |> List.forall (fun l -> SortedPairs.listedHits l sweep > 0.0 || correction[l] = 0f)
                        | FusedBasis.Expected _ ->
                            Plain.labels case.Scores
                            |> List.forall (fun l -> Plain.column l case.Scores <> [] || correction[l] = 0f)))

            property
                (cases |> Cases.times 20)
                "a correction by expected counts gives the thresholds of these counts"
                (fun (case: ScoredCase) ->
                    [ 5.0; 20.0; infinity ]
                    |> List.forall (fun kappa ->
                        let rule = withBasis (FusedBasis.Expected kappa) case

                        let shared =
                            { rule with
                                Correction = Array.zeroCreate rule.Correction.Length
                            }
                            |> Fused.thresholds

                        ExpectedCounts.thresholds
                            Objective.MacroF1
                            kappa
                            shared
                            (SortedPairs.build None case.Z case.Y)
                        |> Array.forall2
                            (fun (a: float32) b -> abs (a - b) <= 1e-5f * (1f + abs a))
                            (Fused.thresholds rule)))

            testTheory "a planted slope on rarity is found, whatever its sign" [ -3.0; 2.0 ] (fun (slope: float) ->
                let rarity, scores, truth = planted slope 300 60

                let rule =
                    Fused.fit Objective.MacroF1 (Seed.ofInt 1) 1 rarity None (Scores scores) (LabelSets truth)

                Require.near 0.7 slope rule.A
                Require.near 0.7 (-1.0) rule.C)

            testCase
                "label-specific offsets make the halves vote for a correction, pure noise around the shared form does not need one"
                (fun () ->
                    let rarity, scores, truth = planted 0.0 600 40

                    let shifted =
                        scores |> Csr.mapValues (fun _ l v -> v + (if l % 2 = 0 then 2f else -2f))

                    let rule =
                        Fused.fit Objective.MacroF1 (Seed.ofInt 1) 1 rarity None (Scores shifted) (LabelSets truth)

                    Require.isTrue (
                        rule.Shares |> Array.forall (fun share -> share.Basis <> FusedBasis.SharedOnly)
                        && rule.Gain > 0.0
                    )

                    let difference =
                        [
                            for l in Plain.labels scores ->
                                (if l % 2 = 0 then 1.0 else -1.0) * float rule.Correction[l]
                        ]
                        |> List.average

                    Require.near 0.6 2.0 difference)
        ]
