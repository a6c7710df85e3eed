module Limen.Properties.DualWeightsProperties

open System
open Expecto
open Limen.Core
open Limen.Kernels
open Limen.Properties.DualCases

[<Tests>]
let tests =
    testList
        "DualCoordinateDescent weights"
        [
            property cases "rows that all have weight 1 are rows without weights, bit for bit" (fun { Data = data } ->
                for loss in losses do
                    let plain, weighted =
                        fit (options loss) data, fit (options loss) (weighing (fun _ -> 1f) data)

                    for l in 0 .. data.Labels.Columns - 1 do
                        Require.equal (dense plain l) (dense weighted l))

            property cases "a row of weight 2 counts as that row twice" (fun { Data = data } ->
                let weighted = data |> weighing (fun row -> if row % 2 = 0 then 2f else 1f)

                let twice =
                    data
                    |> Dataset.selectRows
                        [|
                            for row in 0 .. data.Rows - 1 -> row
                            for row in 0..2 .. data.Rows - 1 -> row
                        |]

                for loss in losses do
                    let o = options loss
                    let once, often = fit o weighted, fit o twice

                    for l in labelsWithRows data do
                        Tolerance.require
                            { Absolute = 2e-3; Relative = 1e-3 }
                            $"{loss}, w_{l}"
                            (dense often l)
                            (dense once l)

                        let value rows =
                            DualCoordinateDescent.Objective(rowsOf rows, l, o, dense once l)

                        Tolerance.require
                            { Absolute = 1e-9; Relative = 1e-9 }
                            "objective"
                            [ value twice ]
                            [ value weighted ])

            property cases "a row of weight 0 is as absent, bit for bit" (fun { Data = data } ->
                let counts row = row % 3 <> 1

                let kept =
                    data
                    |> Dataset.selectRows
                        [|
                            for row in 0 .. data.Rows - 1 do
                                if counts row then
                                    row
                        |]

                for loss in losses do
                    let absent = fit (options loss) kept

                    let received =
                        data
                        |> weighing (fun row -> if counts row then 1f else 0f)
                        |> fit (options loss)

                    for l in 0 .. data.Labels.Columns - 1 do
                        Require.equal (dense absent l) (dense received l))

            testCase "a weight so small that float32 holds no inverse of it is as none" (fun () ->
                let value row =
                    float32 (Seed.bits (int64 row) (Seed.ofInt 3) % 9UL) - 4f

                let data =
                    Dataset.create
                        (Csr.ofRows
                            2
                            [|
                                for row in 0..19 -> [| struct (0, value row); struct (1, value (100 + row)) |]
                            |])
                        (Csr.ofSets 1 [| for row in 0..19 -> if row % 3 = 0 then [| 0 |] else [||] |])

                let withLast weight =
                    data |> weighing (fun row -> if row = 19 then weight else 1f)

                for loss in losses do
                    Tolerance.require
                        { Absolute = 2e-3; Relative = 1e-3 }
                        $"{loss}"
                        (dense (fit (options loss) (withLast 0f)) 0)
                        (dense (fit (options loss) (withLast Single.Epsilon)) 0))

            testCase "weights that are no weights are refused" (fun () ->
                let data = Dataset.create (Csr.empty 2 1) (Csr.empty 2 1)

                for weights in [ [| 1f |]; [| 1f; -1f |]; [| 1f; nanf |] ] do
                    Require.throws<ArgumentException>(fun () ->
                        fit (options LinearLoss.Logistic) { data with Weights = Some weights }))
        ]
