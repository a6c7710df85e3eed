module Limen.Properties.FeatureKnnProperties

open Expecto
open Limen.Core
open Limen.Kernels

let private options =
    { FeatureKnnOptions.standard with
        K = 3
    }

let private rows (m: CsrMatrix) =
    [ for i in 0 .. m.Rows - 1 -> Csr.row i m ]

let private signal data =
    FeatureKnn.fit options data |> FeatureKnn.leaveOneOut

let private withLabels (labels: CsrMatrix) (data: Dataset) = Dataset.create data.Features labels

let private cases = Cases.from [ typeof<Arbitraries> ]

[<Tests>]
let tests =
    testList
        "FeatureKnn"
        [
            property cases "changing a row's own labels does not move its own signal" (fun { Data = data } ->
                let before = rows (signal data).Values

                List.forall
                    (fun i ->
                        let others = data.Labels.Columns

                        let changed =
                            Array.init data.Rows (fun r ->
                                let own = Csr.set r data.Labels

                                if r = i then
                                    Array.except own [| 0 .. others - 1 |]
                                else
                                    own)
                            |> Csr.ofSets others

                        (rows (signal (withLabels changed data)).Values)[i] = before[i])
                    [ 0 .. data.Rows - 1 ])

            property cases "a row's signal does not depend on its batch mates" (fun { Data = data } ->
                let knn = FeatureKnn.fit options data
                let together = knn |> FeatureKnn.apply data.Features

                rows together.Values =
                    [
                        for i in 0 .. data.Rows - 1 do
                            yield! rows (knn |> FeatureKnn.apply (Csr.selectRows [| i |] data.Features)).Values
                    ])

            property cases "exchanging labels exchanges their signals" (fun { Data = data } ->
                let l = data.Labels.Columns
                let order = Seed.permutation l (Seed.ofInt 7)

                let exchange (m: CsrMatrix) =
                    [|
                        for i in 0 .. m.Rows - 1 ->
                            Csr.row i m
                            |> Array.map (fun struct (c, v) -> struct (order[c], v))
                            |> Array.sort
                    |]
                    |> Csr.ofRows l

                rows (signal (withLabels (exchange data.Labels) data)).Values = rows (exchange (signal data).Values))

            property cases "the signal lies in [0, 1]" (fun { Data = data } ->
                (signal data).Values.Values |> Array.forall (fun a -> a >= 0f && a <= 1f))

            property
                cases
                "neighbours explain the signal: their weights sum to one and their labels' weights are the signal"
                (fun { Data = data } ->
                    let knn = FeatureKnn.fit { options with Floor = 0.0 } data
                    let signal = knn |> FeatureKnn.apply data.Features

                    knn
                    |> FeatureKnn.neighbours data.Features
                    |> Array.iteri (fun i near ->
                        if near.Length > 0 then
                            Tolerance.require Tolerance.float64 "sum" [ 1.0 ] [ near |> Array.sumBy _.Weight ]

                        for l in 0 .. data.Labels.Columns - 1 do
                            let share =
                                near |> Array.sumBy (fun n -> n.Weight * float (Csr.item n.Row l data.Labels))

                            Tolerance.require
                                Tolerance.float32
                                "share"
                                [ share ]
                                [ float (Csr.item i l signal.Values) ]))

            property
                cases
                "where every row votes, one of weight 2 votes as the row twice and one of weight 0 not at all"
                (fun { Data = data } ->
                    let all =
                        {
                            K = 2 * data.Rows
                            Power = 2.0
                            Floor = 0.0
                        }

                    let weights = Array.init data.Rows (fun r -> float32 (r % 3))

                    let repeated =
                        data
                        |> Dataset.selectRows
                            [|
                                for r in 0 .. data.Rows - 1 do
                                    yield! Array.replicate (r % 3) r
                            |]

                    let said train =
                        (FeatureKnn.fit all train |> FeatureKnn.apply data.Features).Values

                    let weighted, expected = said { data with Weights = Some weights }, said repeated

                    for i in 0 .. data.Rows - 1 do
                        for l in 0 .. data.Labels.Columns - 1 do
                            Tolerance.require
                                Tolerance.float32
                                $"A[{i}, {l}]"
                                [ float (Csr.item i l expected) ]
                                [ float (Csr.item i l weighted) ])

            testCase "faulty options are named, all of them" (fun () ->
                let validate () =
                    FeatureKnnOptions.validate { K = 0; Power = -1.0; Floor = nan } |> ignore

                let e = Require.thrown<ConfigurationException>(fun () -> validate ())

                Require.equal
                    [
                        "FeatureKnn.K: expected 1 to 10000, received 0"
                        "FeatureKnn.Power: expected 0 to 100, received -1"
                        "FeatureKnn.Floor: expected 0 to 1000000, received NaN"
                    ]
                    (List.ofSeq e.Faults))
        ]
