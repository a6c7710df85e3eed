module Limen.Properties.RowRulesProperties

open Expecto
open Limen
open Limen.Core

let private sigmoid (z: float32) = 1.0 / (1.0 + exp (-(float z)))

/// E F1 of predicting a set, by summing over all outcomes of independent labels.
let private plainExpectedF1 (p: float[]) (chosen: Set<int>) =
    let m = p.Length

    List.sum
        [
            for outcome in 0 .. (1 <<< m) - 1 do
                let y =
                    set
                        [
                            for i in 0 .. m - 1 do
                                if outcome >>> i &&& 1 = 1 then
                                    i
                        ]

                let chance =
                    Seq.fold (*) 1.0 [ for i in 0 .. m - 1 -> if y.Contains i then p[i] else 1.0 - p[i] ]

                let both = Set.intersect y chosen

                let f =
                    if y.IsEmpty && chosen.IsEmpty then
                        1.0
                    else
                        2.0 * float both.Count / float (y.Count + chosen.Count)

                chance * f
        ]

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "RowRules"
        [
            testCase "RCut 2 agrees with the reference" (fun () ->
                for expected, case in Plain.fixture () do
                    let sets = Plain.sets (RowRules.topBy (fun _ -> 2) case.Z)

                    expected.GetProperty "rcut_2"
                    |> Fixtures.matrix
                    |> Array.iteri (fun row ids ->
                        Expect.isTrue (Csr.set row sets = (ids |> Array.map int |> Array.sort)) $"row {row}"))

            property
                cases
                "RCut predicts k or all that is listed, and none outside beats one inside"
                (fun (case: ScoredCase) ->
                    let sets = Plain.sets (RowRules.topBy (fun _ -> 2) case.Z)

                    Plain.rows case.Scores
                    |> List.forall (fun row ->
                        let listed = Csr.row row case.Scores
                        let inside = Csr.set row sets |> Set.ofArray

                        let scores picked =
                            [
                                for struct (l, v) in listed do
                                    if inside.Contains l = picked then
                                        v
                            ]

                        inside.Count = min 2 listed.Length
                        && List.forall (fun a -> List.forall (fun b -> a >= b) (scores false)) (scores true)))

            property cases "MCut parts the row at its widest gap" (fun { Distinct = case } ->
                let sets = Plain.sets (RowRules.topBy RowRules.aboveWidestGap case.Z)

                Plain.rows case.Scores
                |> List.forall (fun row ->
                    let listed =
                        Csr.row row case.Scores
                        |> Array.map (fun (struct (l, v)) -> v, l)
                        |> Array.sortDescending

                    let above = (Csr.set row sets).Length

                    match listed.Length with
                    | n when n < 2 -> above = n
                    | n ->
                        let gap k = fst listed[k - 1] - fst listed[k]
                        List.forall (fun k -> gap above >= gap k) [ 1 .. n - 1 ]))

            property cases "the size model is stationary for its ridge loss" (fun (case: ScoredCase) ->
                let model = SizeModel.fit None case.Z case.Y

                let loss (model: SizeModel) =
                    let residual row =
                        let scores = case.Scores.RowValues(row).ToArray() |> Array.sortDescending
                        float (Csr.set row case.Labels).Length - SizeModel.expected model scores

                    (Plain.rows case.Scores |> List.sumBy (fun row -> residual row ** 2.0))
                    + (model.Coefficients |> Array.skip 1 |> Array.sumBy (fun w -> w * w))

                List.forall
                    (fun i ->
                        let moved d =
                            {
                                Coefficients =
                                    model.Coefficients |> Array.mapi (fun j w -> if i = j then w + d else w)
                            }

                        abs (loss (moved 1e-4) - loss (moved -1e-4)) / 2e-4 < 1e-4)
                    [ 0 .. model.Coefficients.Length - 1 ])

            testCase "the size model learns sizes that the scores tell" (fun () ->
                let seed = Seed.ofInt 4

                let scores =
                    Array.init 400 (fun r ->
                        let size = 1 + r % 3

                        Array.init 8 (fun l ->
                            let noise = float32 (Seed.uniform (int64 (r * 8 + l)) seed)
                            struct (l, (if l < size then 3f else -4f) + noise)))
                    |> Csr.ofRows 8

                let labels = Array.init 400 (fun r -> [| 0 .. r % 3 |]) |> Csr.ofSets 8
                let model = SizeModel.fit None (Scores scores) (LabelSets labels)
                let sets = Plain.sets (RowRules.topBy (SizeModel.size model) (Scores scores))
                Require.equal (Plain.pairs labels) (Plain.pairs sets))

            property
                (cases |> Cases.times 40)
                "GFM's set has the greatest expected F1 of all subsets"
                (fun (case: ScoredCase) ->
                    let sets = Plain.sets (RowRules.topBy (Gfm.size 30) case.Z)

                    [ 0 .. min 2 (case.Scores.Rows - 1) ]
                    |> List.forall (fun row ->
                        let ids = Csr.set row case.Scores
                        let p = case.Scores.RowValues(row).ToArray() |> Array.map sigmoid

                        let of' (chosen: int[]) =
                            chosen |> Array.map (fun l -> System.Array.IndexOf(ids, l)) |> Set.ofArray

                        let best =
                            [
                                for s in 0 .. (1 <<< p.Length) - 1 ->
                                    set
                                        [
                                            for i in 0 .. p.Length - 1 do
                                                if s >>> i &&& 1 = 1 then
                                                    i
                                        ]
                            ]
                            |> List.map (plainExpectedF1 p)
                            |> List.max

                        abs (plainExpectedF1 p (of' (Csr.set row sets)) - best) < 1e-9))

            property
                cases
                "the sizes of independent labels are a distribution with the right mean"
                (fun (scores: FsCheck.NonEmptyArray<int>) ->
                    let p = scores.Get |> Array.map (fun v -> sigmoid (float32 v / 10f))
                    let d = Gfm.sizes p
                    let mean = Seq.indexed d |> Seq.sumBy (fun (s, q) -> float s * q)
                    abs (Array.sum d - 1.0) < 1e-9 && abs (mean - Array.sum p) < 1e-8)
        ]
