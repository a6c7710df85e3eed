module Limen.Properties.DualCoordinateDescentProperties

open System
open System.Threading
open Expecto
open Limen.Core
open Limen.Kernels

let private options loss =
    DualOptions(loss, 1.0, 1e-4, 2000, 1.0, 0.0, 1UL)

let private rowsOf (data: Dataset) =
    LinearRows(data.Features, data.Labels, Option.toObj data.Weights)

let private fit (o: DualOptions) (data: Dataset) =
    DualCoordinateDescent.Fit(rowsOf data, o, ignore, CancellationToken.None)

let private weightOf (data: Dataset) row =
    match data.Weights with
    | Some weights -> weights[row]
    | None -> 1f

/// The rows with weights that a function of the row's number gives.
let private weighing (weight: int -> float32) (data: Dataset) =
    data |> Dataset.weighted (Array.init data.Rows weight)

/// Without weights, and with some.
let private weighings (data: Dataset) =
    [ data; weighing (fun row -> [| 1f; 0f; 2.5f; 0.5f |][row % 4]) data ]

let private losses = [ LinearLoss.SquaredHinge; LinearLoss.Logistic ]

/// Labels that a row which counts has.
let private labelsWithRows (data: Dataset) =
    let counted =
        [| 0 .. data.Rows - 1 |] |> Array.filter (fun row -> weightOf data row > 0f)

    let counts = Csr.columnCounts (Csr.selectRows counted data.Labels)
    [ 0 .. data.Labels.Columns - 1 ] |> List.filter (fun l -> counts[l] > 0)

let private dense (w: LinearWeights) l =
    Array.init (w.Weights.Columns + 1) (fun f ->
        float (
            if f < w.Weights.Columns then
                Csr.item l f w.Weights
            else
                w.Bias[l]
        ))

let private cases = Cases.from [ typeof<Arbitraries> ] |> Cases.times 40

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

            testCase "weights so small that float32 holds no inverse of them leave finite functions" (fun () ->
                let data =
                    Dataset.create
                        (Csr.ofRows 1 [| for v in [ 1f; 2f; -1f ] -> [| struct (0, v) |] |])
                        (Csr.ofSets 1 [| [| 0 |]; [| 0 |]; [||] |])

                for loss in losses do
                    let learned = data |> weighing (fun _ -> Single.Epsilon) |> fit (options loss)
                    Require.isTrue (dense learned 0 |> Array.forall Double.IsFinite))

            testCase "weights that are no weights are refused" (fun () ->
                let data = Dataset.create (Csr.empty 2 1) (Csr.empty 2 1)

                for weights in [ [| 1f |]; [| 1f; -1f |]; [| 1f; nanf |] ] do
                    Require.throws<ArgumentException>(fun () ->
                        fit (options LinearLoss.Logistic) { data with Weights = Some weights }))

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
