module Limen.Properties.DualCoordinateDescentProperties

open System
open System.Threading
open Expecto
open Limen.Core
open Limen.Kernels
open Limen.Properties.DualCases

[<Tests>]
let tests =
    testList
        "DualCoordinateDescent"
        [
            property cases "the objective reaches that of the plain definition" (fun { Data = data } ->
                for loss, data in List.allPairs losses (weighings data) do
                    let o = options loss
                    let fast = fit o data

                    for l in labelsWithRows data do
                        let plain = DualCoordinateDescent.Plain(rowsOf data, l, o)

                        let value w =
                            DualCoordinateDescent.Objective(rowsOf data, l, o, w)

                        let atFast = value (dense fast l)
                        let atPlain = value plain

                        let isOptimal =
                            atPlain - 1e-9 <= atFast && atFast <= atPlain + 1e-4 * (1.0 + atPlain)

                        Expect.isTrue isOptimal $"{loss}, label {l}: {atFast}, plain {atPlain}")

            property cases "the weights are those of the plain definition" (fun { Data = data } ->
                for loss, data in List.allPairs losses (weighings data) do
                    let o = options loss
                    let fast = fit o data

                    for l in labelsWithRows data do
                        let plain = DualCoordinateDescent.Plain(rowsOf data, l, o)
                        Tolerance.require { Absolute = 2e-3; Relative = 1e-3 } $"{loss}, w_{l}" plain (dense fast l))

            property cases "exchanging labels exchanges their functions, bit for bit" (fun { Data = data } ->
                let order = Seed.permutation data.Labels.Columns (Seed.ofInt 3)

                let exchanged =
                    [|
                        for i in 0 .. data.Rows - 1 -> Csr.set i data.Labels |> Array.map (fun l -> order[l])
                    |]
                    |> Csr.ofSets data.Labels.Columns
                    |> Dataset.create data.Features

                losses
                |> List.forall (fun loss ->
                    let before = fit (options loss) data
                    let after = fit (options loss) exchanged

                    [ 0 .. data.Labels.Columns - 1 ]
                    |> List.forall (fun l -> dense before l = dense after order[l])))

            property cases "a label trained alone is the label trained with others" (fun { Data = data } ->
                losses
                |> List.forall (fun loss ->
                    let together = fit (options loss) data

                    labelsWithRows data
                    |> List.forall (fun l ->
                        let only =
                            [|
                                for i in 0 .. data.Rows - 1 -> Csr.set i data.Labels |> Array.filter ((=) l)
                            |]
                            |> Csr.ofSets data.Labels.Columns
                            |> Dataset.create data.Features

                        dense (fit (options loss) only) l = dense together l)))

            property cases "labels without positive rows have weights 0 and bias -1.5" (fun { Data = data } ->
                let learned = fit (options LinearLoss.SquaredHinge) data

                [ 0 .. data.Labels.Columns - 1 ]
                |> List.except (labelsWithRows data)
                |> List.forall (fun l -> Array.isEmpty (Csr.row l learned.Weights) && learned.Bias[l] = -1.5f))

            property cases "pruning drops exactly the small weights" (fun { Data = data } ->
                let all = fit (options LinearLoss.SquaredHinge) data
                let o = options LinearLoss.SquaredHinge

                let pruned =
                    fit (DualOptions(o.Loss, o.C, o.Tolerance, o.MaxPasses, o.Bias, 0.1, o.Seed)) data

                [ 0 .. data.Labels.Columns - 1 ]
                |> List.forall (fun l ->
                    Csr.row l pruned.Weights =
                        (Csr.row l all.Weights |> Array.filter (fun struct (_, w) -> abs w >= 0.1f))))

            testCase "more than sixteen labels are trained in groups and each is optimal" (fun () ->
                let stream = Seed.ofInt 5
                let bit i = Seed.bits (int64 i) stream % 3UL = 0UL

                let features =
                    Csr.ofRows
                        6
                        [|
                            for r in 0..39 ->
                                [|
                                    for f in 0..5 do
                                        if bit (r * 6 + f) then
                                            struct (f, 1f)
                                |]
                        |]

                let labels =
                    Csr.ofSets
                        37
                        [|
                            for r in 0..39 ->
                                [|
                                    for l in 0..36 do
                                        if bit (1000 + r * 37 + l) then
                                            l
                                |]
                        |]

                let o = options LinearLoss.SquaredHinge
                let fast = fit o (Dataset.create features labels)

                for l in 0..36 do
                    let plain = DualCoordinateDescent.Plain(LinearRows(features, labels, null), l, o)
                    Tolerance.require { Absolute = 2e-3; Relative = 1e-3 } $"w_{l}" plain (dense fast l))

            testCase "a cancelled training throws" (fun () ->
                let data =
                    Dataset.create (Csr.ofRows 1 [| [| struct (0, 1f) |] |]) (Csr.ofSets 1 [| [| 0 |] |])

                let run () =
                    DualCoordinateDescent.Fit(
                        rowsOf data,
                        options LinearLoss.SquaredHinge,
                        ignore,
                        CancellationToken true
                    )
                    |> ignore

                Require.throws<OperationCanceledException>(fun () -> run ()))
        ]
