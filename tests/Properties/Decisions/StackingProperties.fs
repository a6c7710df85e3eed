module Limen.Properties.StackingProperties

open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

/// Two scorers and a local signal on the pairs of a case.
[<ReferenceEquality>]
type StackCase =
    {
        Lists: CandidateScores
        Truth: CsrMatrix
    }

type StackArbitraries =
    static member Stack() =
        gen {
            let! case = ScoreArbitraries.Distinct().Generator
            let scores = case.Distinct.Scores
            let! seed = Gen.choose (0, 100000)

            let u k =
                Seed.uniform (int64 k) (Seed.ofInt seed)

            let noisy = scores |> Csr.mapValues (fun r c v -> v + float32 (u (r * 10 + c)))

            let local =
                scores
                |> Csr.mapValues (fun r c _ -> let v = u (1000 + r * 10 + c) in if v < 0.5 then 0f else float32 v)

            return
                {
                    // as in cross-fitted lists, a label's rarity is not the same in each row
                    Lists =
                        { CandidateScores.create (Array.zeroCreate scores.Columns) [| scores; noisy |] local with
                            Rarity = scores |> Csr.mapValues (fun r c _ -> float32 (u (5000 + (r % 2) * 1000 + c)))
                        }
                    Truth = case.Distinct.Labels
                }
        }
        |> Arb.fromGen

let private fit (case: StackCase) =
    Stacking.fit None case.Lists (LabelSets case.Truth)

let private withScorer s (m: CsrMatrix) (lists: CandidateScores) =
    { lists with
        Margins = lists.Margins |> Array.mapi (fun i old -> if i = s then m else old)
    }

let private cases = Cases.from [ typeof<StackArbitraries> ]

[<Tests>]
let tests =
    testList
        "Stacking"
        [
            property cases "the gradient vanishes at the fitted stack" (fun (case: StackCase) ->
                Stacking.gradient None case.Lists (LabelSets case.Truth) (fit case)
                |> Array.forall (fun g -> abs g < 1e-5))

            property cases "the gradient is that of the summed log loss and its ridge" (fun (case: StackCase) ->
                let truth = Plain.pairs case.Truth

                // by the formula of the type, in float64, over every listed pair; the ridge is 0.1 on all but the intercept, 0.001 there
                let loss (k: Stack) =
                    let ofPair (r, l, local: float32) =
                        let rare = float (Csr.item r l case.Lists.Rarity)

                        let z =
                            List.sum
                                [
                                    for s in 0..1 ->
                                        RaritySlope.at rare k.Margins[s] * float (Csr.item r l case.Lists.Margins[s])
                                ]
                            + RaritySlope.at rare k.Local * float local
                            + RaritySlope.at rare k.LogLocal * log (float local + 0.02)
                            + RaritySlope.at rare k.Intercept

                        log (1.0 + exp (if truth.Contains(r, l) then -z else z))

                    let squares slopes =
                        slopes |> Array.sumBy (fun s -> s.Common * s.Common + s.Rare * s.Rare)

                    (Plain.entries case.Lists.Local |> List.sumBy ofPair)
                    + 0.05 * squares (Array.append k.Margins [| k.Local; k.LogLocal |])
                    + 0.0005 * squares [| k.Intercept |]

                // the stack at the numbers of its gradient's order, one of them moved
                let toward i d : Stack =
                    let at =
                        [| 0.4; 0.6; 0.7; 0.2; 0.5; 0.3; -0.3; -0.1; -0.9; -0.1 |]
                        |> Array.mapi (fun k v -> if k = i then v + d else v)

                    let slope t =
                        {
                            Common = at[2 * t]
                            Rare = at[2 * t + 1]
                        }

                    {
                        Margins = [| slope 0; slope 1 |]
                        Local = slope 2
                        LogLocal = slope 3
                        Intercept = slope 4
                        Trees = FusionTrees.none
                    }

                let differences =
                    [ for i in 0..9 -> (loss (toward i 1e-5) - loss (toward i -1e-5)) / 2e-5 ]

                Stacking.gradient None case.Lists (LabelSets case.Truth) (toward 0 0.0)
                |> Tolerance.require { Absolute = 1e-5; Relative = 1e-5 } "gradient" differences)

            property
                cases
                "raising any margin never lowers a score"
                (fun (case: StackCase) (s: bool) (rise: NonNegativeInt) ->
                    let stack = fit case
                    let s = if s then 1 else 0

                    let raised =
                        case.Lists.Margins[s] |> Csr.mapValues (fun _ _ v -> v + float32 rise.Get)

                    let before = Stacking.apply stack case.Lists
                    let after = Stacking.apply stack (withScorer s raised case.Lists)
                    Array.forall2 (<=) before.Matrix.Values after.Matrix.Values)

            property cases "a scorer that is wrong everywhere keeps a positive slope" (fun (case: StackCase) ->
                let wrong =
                    case.Lists.Margins[0]
                    |> Csr.mapValues (fun r c _ -> if Csr.item r c case.Truth > 0f then -2f else 2f)

                let stack = Stacking.fit None (withScorer 0 wrong case.Lists) (LabelSets case.Truth)

                stack.Margins
                |> Array.forall (fun slope -> slope.Common > 0.0 && slope.Rare > 0.0))

            property cases "the fused logits stand on the same pairs" (fun (case: StackCase) ->
                let fused = Stacking.apply (fit case) case.Lists
                Plain.pairs fused.Matrix = Plain.pairs case.Lists.Local)

            property
                cases
                "a score is the sum of its parts, in single precision and their order"
                (fun (case: StackCase) ->
                    let stack = fit case
                    let (Scores fused) = Stacking.apply stack case.Lists

                    [ 0 .. fused.NonZeros - 1 ]
                    |> List.forall (fun at ->
                        let p =
                            Stacking.parts
                                stack
                                (float case.Lists.Rarity.Values[at])
                                (case.Lists.Margins |> Array.map (fun m -> float m.Values[at]))
                                (float case.Lists.Local.Values[at])

                        fused.Values[at] = float32 (p.Margins[0] + p.Margins[1] + p.Local + p.Rarity + p.Rest)))

            property
                cases
                "a decision's stack learns with the rarity of each row, and its rule from scores of the labels' own"
                (fun (case: StackCase) ->
                    let mutable seen = None

                    let rule =
                        Rule.create "kept" [] (fun _ scores _ ->
                            seen <- Some scores
                            FittedRule.ofThresholds "kept" (Array.zeroCreate case.Truth.Columns))

                    let rarity = Array.init case.Truth.Columns (fun l -> 1f / float32 (l + 1))

                    let decision =
                        FittedDecision.fit
                            { DecisionOptions.defaults with
                                Combination = ScoreCombination.Stacked
                                Rule = rule
                            }
                            {
                                Labels = LabelSpace(Array.init case.Truth.Columns string)
                                Counts = LabelCounts.create case.Truth.Rows (Csr.columnCounts case.Truth)
                                Rarity = rarity
                                Scorings = 1
                                Seed = Seed.ofInt 1
                            }
                            None
                            case.Lists
                            (LabelSets case.Truth)

                    let expected =
                        case.Lists |> CandidateScores.withRarity rarity |> Stacking.apply (fit case)

                    decision.Stack = Some(fit case)
                    && seen.Value.Matrix.Values = expected.Matrix.Values)

            property cases "a row of weight 2 counts as that row twice" (fun (case: StackCase) ->
                let rows = [| 0 .. case.Truth.Rows - 1 |]
                let doubled = Array.append rows [| 0 |]
                let weights = rows |> Array.map (fun row -> if row = 0 then 2f else 1f)

                let weighted = Stacking.fit (Some weights) case.Lists (LabelSets case.Truth)

                let twice =
                    Stacking.fit
                        None
                        (CandidateScores.selectRows doubled case.Lists)
                        (LabelSets(Csr.selectRows doubled case.Truth))

                Array.forall2
                    (fun (a: RaritySlope) (b: RaritySlope) ->
                        Tolerance.close { Absolute = 1e-5; Relative = 1e-5 } a.Common b.Common
                        && Tolerance.close { Absolute = 1e-5; Relative = 1e-5 } a.Rare b.Rare)
                    (Array.append weighted.Margins [| weighted.Local; weighted.LogLocal; weighted.Intercept |])
                    (Array.append twice.Margins [| twice.Local; twice.LogLocal; twice.Intercept |]))

            testCase "a scorer's own probabilities are recovered" (fun () ->
                // labels drawn from sigmoid(2 m - 1): the stack finds slope 2 and intercept -1 (KNN 0 adds ln 0.02 LogLocal)
                let rows, seed = 20000, Seed.ofInt 5

                let margins =
                    Array.init rows (fun r -> [| struct (0, float32 (4.0 * Seed.uniform (int64 r) seed - 2.0)) |])
                    |> Csr.ofRows 1

                let labels =
                    Array.init rows (fun r ->
                        let p = 1.0 / (1.0 + exp (1.0 - 2.0 * float margins.Values[r]))

                        if Seed.uniform (int64 (r + rows)) seed < p then
                            [| 0 |]
                        else
                            [||])
                    |> Csr.ofSets 1

                let stack =
                    Stacking.fit None (CandidateScores.ofScores (Scores margins)) (LabelSets labels)

                let offset = stack.Intercept.Common + stack.LogLocal.Common * log 0.02
                Require.near 0.1 2.0 (stack.Margins[0].Common)
                Require.near 0.1 (-1.0) offset)

            testCase "lists on different pairs are refused" (fun () ->
                let m pairs = Csr.ofRows 3 [| pairs |]

                Require.throws<System.ArgumentException>(fun () ->
                    CandidateScores.create [| 0f; 0f; 0f |] [| m [| struct (0, 1f) |] |] (m [| struct (1, 1f) |])))
        ]
