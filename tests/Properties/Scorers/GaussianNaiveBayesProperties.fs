module Limen.Properties.GaussianNaiveBayesProperties

open Expecto
open Limen
open Limen.Core
open Limen.Kernels

/// z [N][L] of all rows of x.
let private scores (x: CsrMatrix) (model: GaussianNaiveBayes) : float[][] =
    use z = GaussianNaiveBayes.scores x model [| 0 .. x.Rows - 1 |]
    [| for i in 0 .. x.Rows - 1 -> [| for v in z.Row(i).ToArray() -> float v |] |]

/// Small measurements with labels that move them, none of them constant.
let private measured rows labels seed : Dataset =
    let u i =
        Seed.uniform (int64 i) (Seed.ofInt seed)

    let isPositive r l = u (1000 + r * labels + l) < 0.4

    let features =
        [|
            for r in 0 .. rows - 1 ->
                [|
                    for d in 0..2 do
                        let shift = if isPositive r (d % labels) then 1.0 else 0.0
                        struct (d, float32 (u (3 * r + d) + shift))
                |]
        |]

    let sets =
        [|
            for r in 0 .. rows - 1 ->
                [|
                    for l in 0 .. labels - 1 do
                        if isPositive r l then
                            l
                |]
        |]

    Dataset.create (Csr.ofRows 3 features) (Csr.ofSets labels sets)

/// The sum of the log-densities' differences, from means and pooled variances of dense rows.
let private plain (data: Dataset) : float[][] =
    let n = data.Rows
    let x r d = float (Csr.item r d data.Features)

    [|
        for i in 0 .. n - 1 ->
            [|
                for l in 0 .. data.Labels.Columns - 1 ->
                    let positive, negative =
                        List.partition (fun r -> Csr.item r l data.Labels > 0f) [ 0 .. n - 1 ]

                    let prior = log ((float positive.Length + 0.5) / (float negative.Length + 0.5))

                    if positive.IsEmpty || negative.IsEmpty then
                        prior
                    else
                        prior
                        + List.sum
                            [
                                for d in 0 .. data.Features.Columns - 1 ->
                                    let mean rows = rows |> List.averageBy (fun r -> x r d)

                                    let spread rows =
                                        rows |> List.sumBy (fun r -> (x r d - mean rows) ** 2.0)

                                    let v = (spread positive + spread negative) / float n + 1e-9

                                    ((x i d - mean negative) ** 2.0 - (x i d - mean positive) ** 2.0) / (2.0 * v)
                            ]
            |]
    |]

let private close (a: float[][]) (b: float[][]) =
    Tolerance.require { Absolute = 1e-3; Relative = 1e-3 } "z" (Seq.concat a) (Seq.concat b)

let private cases = Cases.any |> Cases.times 30

let private data (seed: int) = measured (12 + abs seed % 20) 2 seed

[<Tests>]
let tests =
    testList
        "GaussianNaiveBayes"
        [
            property cases "log-odds are the prior's and the features' differences of log-densities" (fun (seed: int) ->
                let d = data seed
                GaussianNaiveBayes.fit d |> scores d.Features |> close (plain d))

            property cases "a row of weight 2 is a row that stands twice" (fun (seed: int) ->
                let d = data seed
                let weights = Array.init d.Rows (fun r -> 1f + float32 (r % 2))

                let twice =
                    d
                    |> Dataset.selectRows
                        [|
                            for r in 0 .. d.Rows - 1 do
                                yield! Array.replicate (1 + r % 2) r
                        |]

                close
                    (GaussianNaiveBayes.fit twice |> scores d.Features)
                    (GaussianNaiveBayes.fit { d with Weights = Some weights } |> scores d.Features))

            property cases "features in other units, from another zero, give the same log-odds" (fun (seed: int) ->
                let d = data seed

                let features =
                    d.Features |> Csr.mapValues (fun _ column v -> v * float32 (column + 2) + 1f)

                close
                    (GaussianNaiveBayes.fit d |> scores d.Features)
                    (GaussianNaiveBayes.fit { d with Features = features } |> scores features))

            testCase "a label of all rows, and one of none, has its log-odds whatever the features" (fun () ->
                let features =
                    Csr.ofRows 1 [| [| struct (0, 1f) |]; [| struct (0, 5f) |]; [| struct (0, -2f) |] |]

                let d = Dataset.create features (Csr.ofSets 2 [| [| 0 |]; [| 0 |]; [| 0 |] |])
                let z = GaussianNaiveBayes.fit d |> scores features

                for row in z do
                    Require.near 1e-5 (log 7.0) row[0]
                    Require.near 1e-5 (-log 7.0) row[1])
        ]
