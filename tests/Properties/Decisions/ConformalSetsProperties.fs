module Limen.Properties.ConformalSetsProperties

open Expecto
open Limen
open Limen.Core
open Limen.Kernels

let private norms = [ ConformalNorm.L1; ConformalNorm.L2 ]

let private toProbabilities (m: CsrMatrix) =
    m |> Csr.mapValues (fun _ _ z -> 1f / (1f + exp -z))

let private subsetsOf n =
    [
        for s in 0 .. (1 <<< n) - 1 ->
            [|
                for i in 0 .. n - 1 do
                    if s >>> i &&& 1 = 1 then
                        i
            |]
    ]

/// The definition: every label's |p - y|^q, summed; pairs outside the list have p = 0.
let private plainScore norm (p: CsrMatrix) row (labels: int[]) =
    List.sum
        [
            for l in Plain.labels p ->
                let gap =
                    abs (float (Csr.item row l p) - (if Array.contains l labels then 1.0 else 0.0))

                if norm = ConformalNorm.L1 then gap else gap * gap
        ]

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "ConformalSets"
        [
            property cases "the price of flips is the definition of the norm score" (fun (case: ScoredCase) ->
                let p = toProbabilities case.Scores

                norms
                |> List.forall (fun norm ->
                    subsetsOf p.Columns
                    |> List.forall (fun set ->
                        abs (ConformalSets.score norm (PairProbabilities p) 0 set - plainScore norm p 0 set) < 1e-6)))

            property
                cases
                "best-first enumeration yields every subset once, cheapest first"
                (fun (prices: FsCheck.PositiveInt list) ->
                    let prices =
                        prices
                        |> List.truncate 8
                        |> List.map (fun v -> float v.Get)
                        |> List.sort
                        |> List.toArray

                    let found = ConformalSets.subsets prices |> Seq.toList
                    let sums = found |> List.map (fun (struct (sum, _)) -> sum)
                    let members = found |> List.map (fun (struct (_, m)) -> set m)

                    sums = List.sort sums
                    && List.length (List.distinct members) = (1 <<< prices.Length)
                    && found
                       |> List.forall (fun (struct (sum, m)) -> abs (sum - List.sumBy (fun i -> prices[i]) m) < 1e-9))

            property
                (cases |> Cases.times 50)
                "the possible sets are those that full enumeration finds above epsilon"
                (fun { Distinct = case } ->
                    let p = toProbabilities case.Scores

                    norms
                    |> List.forall (fun norm ->
                        let fitted = ConformalSets.fit norm (PairProbabilities p) case.Y
                        let m = float fitted.Nonconformity.Length

                        let plainP row set =
                            let a = ConformalSets.score norm (PairProbabilities p) row set

                            (fitted.Nonconformity
                             |> Array.filter (fun c -> c >= a - 1e-9)
                             |> Array.length
                             |> float
                             |> (+) 1.0)
                            / (m + 1.0)

                        [ 0.1; 0.3 ]
                        |> List.forall (fun epsilon ->
                            let predictions = ConformalSets.predict fitted epsilon 1000 (PairProbabilities p)

                            [ 0 .. min 2 (p.Rows - 1) ]
                            |> List.forall (fun row ->
                                match predictions[row] with
                                | Uninformative -> (m + 1.0) * epsilon < 1.0
                                | Possible(sets, truncated, confidence, credibility) ->
                                    let all = subsetsOf p.Columns |> List.map (fun s -> s, plainP row s)
                                    let values = all |> List.map snd |> List.sortDescending

                                    not truncated
                                    && set [ for s in sets -> s.Set, s.PValue ] =
                                        set (all |> List.filter (fun (_, v) -> v > epsilon))
                                    && abs (credibility - values.Head) < 1e-9
                                    && abs (confidence - (1.0 - values[1])) < 1e-9))))

            property
                (cases |> Cases.times 50)
                "a cap is said, and sets shrink as epsilon grows"
                (fun { Distinct = case } ->
                    let p = toProbabilities case.Scores
                    let fitted = ConformalSets.fit ConformalNorm.L2 (PairProbabilities p) case.Y

                    let sets epsilon cap =
                        ConformalSets.predict fitted epsilon cap (PairProbabilities p)

                    let asSet =
                        function
                        | Possible(sets, _, _, _) -> Some(set [ for s in sets -> s.Set ])
                        | Uninformative -> None

                    Array.forall2
                        (fun narrow wide ->
                            match asSet narrow, asSet wide with
                            | Some n, Some w -> Set.isSubset n w
                            | None, Some _ -> false
                            | _, None -> true)
                        (sets 0.4 1000)
                        (sets 0.2 1000)
                    && Array.forall2
                        (fun full capped ->
                            match full, capped with
                            | Possible(all, _, _, _), Possible(few, truncated, _, _) ->
                                few = Array.truncate 2 all && truncated = (all.Length > 2)
                            | Uninformative, Uninformative -> true
                            | _ -> false)
                        (sets 0.2 1000)
                        (sets 0.2 2))

            testTheory "the true label set is possible as often as promised" [ 0.05; 0.2 ] (fun (epsilon: float) ->
                // over fresh calibrations as well: 40 x 50 rows; the share of misses is a mean of 40 draws around epsilon
                let misses =
                    [
                        for trial in 1..40 ->
                            let scores, labels = Draws.rows 5 99 (Seed.ofInt trial)
                            let fresh, truth = Draws.rows 5 50 (Seed.ofInt (5000 + trial))

                            let fitted =
                                ConformalSets.fit
                                    ConformalNorm.L1
                                    (PairProbabilities(toProbabilities scores))
                                    (LabelSets labels)

                            ConformalSets.predict fitted epsilon 64 (PairProbabilities(toProbabilities fresh))
                            |> Array.mapi (fun row prediction ->
                                match prediction with
                                | Possible(sets, false, _, _) when
                                    sets |> Array.exists (fun s -> s.Set = Csr.set row truth)
                                    ->
                                    0.0
                                | Possible(_, false, _, _) -> 1.0
                                | other -> failwith $"row {row}: {other}")
                            |> Array.average
                    ]

                let mean = List.average misses
                let error = sqrt (List.averageBy (fun m -> (m - mean) ** 2.0) misses / 40.0)
                Require.near (3.0 * error + 0.01) epsilon mean)

            testCase "too few calibration rows exclude nothing, and the prediction says so" (fun () ->
                let scores, labels = Draws.rows 4 8 (Seed.ofInt 2)
                let p = toProbabilities scores

                let fitted =
                    ConformalSets.fit ConformalNorm.L2 (PairProbabilities p) (LabelSets labels)

                Require.isTrue (
                    ConformalSets.predict fitted 0.1 10 (PairProbabilities p)
                    |> Array.forall ((=) Uninformative)
                )

                Require.isTrue (
                    ConformalSets.predict fitted 0.12 10 (PairProbabilities p)
                    |> Array.exists ((<>) Uninformative)
                ))
        ]
