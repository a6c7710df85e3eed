namespace Limen.Properties

open System
open NUnit.Framework
open FsCheck.NUnit
open Limen.Core
open Limen.Kernels

[<Properties(Arbitrary = [| typeof<Arbitraries> |])>]
module FeatureKnnProperties =

    let private options =
        { FeatureKnnOptions.standard with
            K = 3
        }

    let private rows (m: CsrMatrix) =
        [ for i in 0 .. m.Rows - 1 -> Csr.row i m ]

    let private signal data =
        FeatureKnn.fit options data |> FeatureKnn.leaveOneOut

    let private withLabels (labels: CsrMatrix) (data: Dataset) = Dataset.create data.Features labels

    [<Property>]
    let ``changing a row's own labels does not move its own signal`` { Data = data } =
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
            [ 0 .. data.Rows - 1 ]

    [<Property>]
    let ``a row's signal does not depend on its batch mates`` { Data = data } =
        let knn = FeatureKnn.fit options data
        let together = knn |> FeatureKnn.apply data.Features

        rows together.Values =
            [
                for i in 0 .. data.Rows - 1 do
                    yield! rows (knn |> FeatureKnn.apply (Csr.selectRows [| i |] data.Features)).Values
            ]

    [<Property>]
    let ``exchanging labels exchanges their signals`` { Data = data } =
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

        rows (signal (withLabels (exchange data.Labels) data)).Values = rows (exchange (signal data).Values)

    [<Property>]
    let ``the signal lies in [0, 1]`` { Data = data } =
        (signal data).Values.Values |> Array.forall (fun a -> a >= 0f && a <= 1f)

    [<Property>]
    let ``neighbours explain the signal: their weights sum to one and their labels' weights are the signal``
        { Data = data }
        =
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

                Tolerance.require Tolerance.float32 "share" [ share ] [ float (Csr.item i l signal.Values) ])

    [<Test>]
    let ``faulty options are named, all of them`` () =
        let validate () =
            FeatureKnnOptions.validate { K = 0; Power = -1.0; Floor = nan } |> ignore

        let e = Assert.Throws<ConfigurationException>(Action validate)

        Assert.That(
            e.Faults,
            Is.EqualTo<string>
                [
                    "FeatureKnn.K: expected at least 1, received 0"
                    "FeatureKnn.Power: expected at least 0, received -1"
                    "FeatureKnn.Floor: expected at least 0, received NaN"
                ]
        )
