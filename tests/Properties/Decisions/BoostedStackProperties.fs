module Limen.Properties.BoostedStackProperties

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

let private rarity = [| 0.25f; 0.5f; 0.75f; 1f |]

/// Two scorers of N rows and L labels, on all pairs. A pair is true, but for noise, where both margins are above 0: no sum of them says so.
let private both (rows: int) (labels: int) (seed: int) : CandidateScores * LabelSets =
    let u k =
        Seed.uniform (int64 k) (Seed.ofInt seed)

    let all f =
        Array.init rows (fun r -> Array.init labels (fun l -> struct (l, f (r * labels + l))))
        |> Csr.ofRows labels

    let first, second =
        all (fun at -> float32 (6.0 * u at - 3.0) + 1e-4f),
        all (fun at -> float32 (6.0 * u (1_000_000 + at) - 3.0) + 1e-4f)

    let truth =
        Array.init rows (fun r ->
            [|
                for l in 0 .. labels - 1 do
                    let isBoth = Csr.item r l first > 0f && Csr.item r l second > 0f
                    let chance = u (2_000_000 + r * labels + l)

                    if chance < (if isBoth then 0.9 else 0.05) then
                        l
            |])
        |> Csr.ofSets labels

    CandidateScores.create rarity [| first; second |] (Csr.mapValues (fun _ _ _ -> 0f) first), LabelSets truth

let private loss (LabelSets truth) (Scores z) =
    Seq.init z.Rows id
    |> Seq.sumBy (fun row ->
        Csr.row row z
        |> Array.sumBy (fun struct (l, v) ->
            log (1.0 + exp (if Csr.item row l truth > 0f then -(float v) else float v))))

let private fitted =
    lazy
        (let lists, truth = both 1500 4 1
         BoostedStack.fit (Seed.ofInt 1) 1 rarity None lists truth)

/// The gain of a cut in the second-order approximation, by its formula.
let private gain (g: float list) (h: float list) (left: bool list) =
    let part side =
        List.zip3 g h left
        |> List.filter (fun (_, _, isLeft) -> isLeft = side)
        |> List.fold (fun (a, b) (g, h, _) -> a + g, b + h) (0.0, 0.0)

    let worth (g, h) = g * g / (2.0 * (h + 1.0))
    let (gl, hl), (gr, hr) = part true, part false
    worth (gl, hl) + worth (gr, hr) - worth (gl + gr, hl + hr)

[<Tests>]
let tests =
    testList
        "BoostedStack"
        [
            testCase "what two margins say together is learned, on rows that were not seen" (fun () ->
                let stack, _ = fitted.Value
                let lists, truth = both 1500 4 2
                let plain = { stack with Trees = FusionTrees.none }

                let of' stack =
                    Stacking.apply stack lists |> loss truth

                Expect.isGreaterThan (FusionTrees.count stack.Trees) 10 "trees"
                Expect.isLessThan (of' stack) (0.85 * of' plain) "log loss")

            testCase "scores of the held-out rows are those of trees that had not seen them" (fun () ->
                let lists, truth = both 1500 4 1
                let stack, scores = fitted.Value
                let seen = Stacking.apply stack lists
                Expect.isGreaterThan (loss truth scores) (loss truth seen) "log loss"
                Require.equal (Plain.pairs seen.Matrix) (Plain.pairs scores.Matrix))

            testCase
                "where margins say all there is in sum, there are few trees and the loss of new rows does not rise"
                (fun () ->
                    let of' seed =
                        let lists, _ = both 600 4 seed

                        let truth =
                            Array.init 600 (fun r ->
                                [|
                                    for l in 0..3 do
                                        let z =
                                            float (Csr.item r l lists.Margins[0])
                                            + float (Csr.item r l lists.Margins[1])

                                        if
                                            Seed.uniform (int64 (r * 4 + l)) (Seed.ofInt (seed + 50)) <
                                                1.0 / (1.0 + exp -z)
                                        then
                                            l
                                |])
                            |> Csr.ofSets 4
                            |> LabelSets

                        lists, truth

                    let lists, truth = of' 3
                    let stack, _ = BoostedStack.fit (Seed.ofInt 1) 1 rarity None lists truth
                    let fresh, answers = of' 4
                    let plain = Stacking.apply { stack with Trees = FusionTrees.none } fresh
                    Expect.isLessThan (FusionTrees.count stack.Trees) 20 "trees"

                    Expect.isLessThan
                        (Stacking.apply stack fresh |> loss answers)
                        (1.02 * loss answers plain)
                        "log loss")

            testProperty
                "raising a margin never lowers a score"
                (fun (a: NormalFloat) (b: NormalFloat) (NonNegativeInt rise) (rare: bool) ->
                    let stack, _ = fitted.Value
                    let rarity = if rare then 1.0 else 0.25

                    let score a b =
                        Stacking.parts stack rarity [| float (float32 a); float (float32 b) |] 0.0
                        |> StackParts.score

                    let rise = float rise / 10.0

                    score (a.Get + rise) b.Get >= score a.Get b.Get - 1e-5f
                    && score a.Get (b.Get + rise) >= score a.Get b.Get - 1e-5f)

            testCase "a margin that speaks against its label in truth lowers no score either" (fun () ->
                let lists, _ = both 1500 4 5

                let truth =
                    Array.init 1500 (fun r ->
                        [|
                            for l in 0..3 do
                                if Csr.item r l lists.Margins[0] > 0f && Csr.item r l lists.Margins[1] < 0f then
                                    l
                        |])
                    |> Csr.ofSets 4
                    |> LabelSets

                let stack, _ = BoostedStack.fit (Seed.ofInt 1) 1 rarity None lists truth
                Expect.isGreaterThan (FusionTrees.count stack.Trees) 0 "trees"

                for first in -3.0 .. 0.5..3.0 do
                    for second in -3.0 .. 0.1..2.9 do
                        let score second =
                            Stacking.parts stack 0.5 [| first; second |] 0.0 |> StackParts.score

                        Require.atMost (float (score (second + 0.1)) + 1e-5) (float (score second)))

            testProperty "parts are what the leaf says" (fun (a: NormalFloat) (b: NormalFloat) ->
                let stack, _ = fitted.Value
                let evidence = [| a.Get; b.Get; 0.0; 0.5 |]
                let parts = Array.zeroCreate 5
                FusionTrees.addParts stack.Trees evidence parts

                let leaf tree =
                    let rec descend node =
                        let at = 15 * tree + node

                        if node >= 15 || stack.Trees.Feature[at] < 0 then
                            float stack.Trees.Value[31 * tree + node]
                        elif evidence[stack.Trees.Feature[at]] <= float stack.Trees.Cut[at] then
                            descend (2 * node + 1)
                        else
                            descend (2 * node + 2)

                    descend 0

                let sum = Seq.init (FusionTrees.count stack.Trees) leaf |> Seq.sum

                abs (Array.sum parts - sum) < 1e-9)

            testCase "all scorings of a row are scored by trees that had not seen any of them" (fun () ->
                let lists, truth = both 600 4 1
                let (LabelSets once) = truth
                let half = Some(Array.create (2 * once.Rows) 0.5f)

                let lists, truth =
                    CandidateScores.append lists lists, LabelSets(Csr.append once once)

                let stack, Scores scores = BoostedStack.fit (Seed.ofInt 1) 2 rarity half lists truth
                Expect.isGreaterThan (FusionTrees.count stack.Trees) 0 "trees"

                // the same evidence, so the same score by the same trees; by trees of the other folds another one
                let rows first =
                    SmallProblem.entries (Csr.selectRows [| first .. first + once.Rows - 1 |] scores)

                Require.equal (rows 0) (rows once.Rows))

            testCase "the same rows and seed give the same trees" (fun () ->
                let lists, truth = both 400 4 7

                let once () =
                    BoostedStack.fit (Seed.ofInt 3) 1 rarity None lists truth |> fst

                let a, b = once (), once ()
                Require.equal a.Trees b.Trees)

            testCase "the first split is the best of all cuts" (fun () ->
                let n = 3000

                let u k = Seed.uniform (int64 k) (Seed.ofInt 11)

                let features =
                    [|
                        for f in 0..2 -> Array.init n (fun at -> float32 (Math.Round(20.0 * u (f * n + at))))
                    |]

                let g =
                    Array.init n (fun at ->
                        float32 (u (9 * n + at) - 0.02 * float (features[1][at]) * float (features[2][at]) / 10.0))

                let h = Array.init n (fun at -> float32 (0.1 + u (12 * n + at) / 10.0))
                let binned = TreeGrowing.bin 0 (Array.map float h) features
                let tree, values = TreeGrowing.grow 1.0 binned g h

                let worth (f: int) (cut: float32) =
                    gain
                        (List.ofArray g |> List.map float)
                        (List.ofArray h |> List.map float)
                        (List.ofArray features[f] |> List.map (fun x -> x <= cut))

                let best =
                    [
                        for f in 0..2 do
                            for cut in 0..19 -> worth f (float32 cut)
                    ]
                    |> List.max

                Require.atMost (1e-6 * best) (abs (best - worth tree.Feature[0] tree.Cut[0]))

                // each pair's value is that of the leaf its features lead to
                let parts at =
                    let parts = Array.zeroCreate 4
                    FusionTrees.addParts tree [| for f in 0..2 -> float (features[f][at]) |] parts
                    Array.sum parts

                for at in 0..97 .. n - 1 do
                    Require.atMost 1e-5 (abs (parts at - float values[at])))

            testCase "trees that a model cannot hold are named" (fun () ->
                let stack, _ = fitted.Value
                Require.equal [] (FusionTrees.faults 4 stack.Trees)

                let damaged change =
                    FusionTrees.faults 4 (change stack.Trees)

                let first f (values: 'a[]) = Array.append [| f |] values[1..]

                Expect.isNonEmpty
                    (damaged (fun t -> { t with Feature = first 4 t.Feature }))
                    "a feature that is not there"

                Expect.isNonEmpty (damaged (fun t -> { t with Cut = first nanf t.Cut })) "no number"
                Expect.isNonEmpty (damaged (fun t -> { t with Value = t.Value[1..] })) "a value short"
                Expect.isNonEmpty (damaged (fun t -> { t with Feature = t.Feature[1..] })) "a node short")
        ]
