module Limen.Properties.ClusterNeighboursProperties

open Expecto
open Limen.Core
open Limen.Kernels

let private options =
    { ClusterNeighbours.defaults with
        K = 2
        Nearest = 2
        Floor = 0f
    }

/// Rows of two directions, of which those of the first have label 0 and those of the second label 1.
let private twoDirections rows =
    let features =
        Array.init rows (fun r -> [| struct (r % 2, 1f); struct (2, 0.01f * float32 (r / 2)) |])

    Dataset.create (Csr.ofRows 3 features) (Csr.ofSets 2 (Array.init rows (fun r -> [| r % 2 |])))

/// A [i][l] by its definition: shares of the nearest centroids, without row i where it is one of the training rows.
let private plain (o: ClusterNeighboursOptions) (m: ClusterNeighbours) (train: Dataset) (leaveOut: bool) : float[][] =
    let cosines = m.Centroids.Search(train.Features, o.Nearest)

    let q =
        [|
            for i in 0 .. train.Rows - 1 ->
                let near = Csr.row i cosines
                let weight (cosine: float32) = exp (float cosine / o.Temperature)
                let total = near |> Array.sumBy (fun struct (_, c) -> weight c)

                near
                |> Array.map (fun struct (c, cosine) -> c, weight cosine / total)
                |> Map.ofArray
        |]

    let weight r =
        train.Weights |> Option.map (fun w -> float w[r]) |> Option.defaultValue 1.0

    [|
        for i in 0 .. train.Rows - 1 ->
            let counts r =
                if leaveOut && r = i then 0.0 else weight r

            let mass c =
                [ 0 .. train.Rows - 1 ]
                |> List.sumBy (fun r -> counts r * (q[r] |> Map.tryFind c |> Option.defaultValue 0.0))

            let near = q[i] |> Map.filter (fun c _ -> mass c > 1e-6)
            let total = Seq.sum near.Values

            [|
                for l in 0 .. train.Labels.Columns - 1 ->
                    near
                    |> Map.toSeq
                    |> Seq.sumBy (fun (c, qc) ->
                        let having =
                            [ 0 .. train.Rows - 1 ]
                            |> List.sumBy (fun r ->
                                counts r
                                * float (Csr.item r l train.Labels)
                                * (q[r] |> Map.tryFind c |> Option.defaultValue 0.0))

                        qc / total * having / mass c)
            |]
    |]

let private dense (signal: LocalSignal) =
    [|
        for i in 0 .. signal.Values.Rows - 1 ->
            [|
                for l in 0 .. signal.Values.Columns - 1 -> float (Csr.item i l signal.Values)
            |]
    |]

let private require expected actual =
    Tolerance.require { Absolute = 2e-3; Relative = 1e-3 } "A" (Seq.concat expected) (Seq.concat actual)

let private cases = Cases.from [ typeof<SignalArbitraries> ] |> Cases.times 40

[<Tests>]
let tests =
    testList
        "ClusterNeighbours"
        [
            property
                cases
                "shares of the nearest centroids, training rows without their own labels"
                (fun (case: SignalCase) ->
                    let o =
                        { options with
                            K = 3
                            Temperature = 0.5
                        }

                    let weights = Array.init case.Training.Rows (fun r -> 1f + float32 (r % 3))

                    for train in
                        [
                            case.Training
                            { case.Training with
                                Weights = Some weights
                            }
                        ] do
                        let m, own = ClusterNeighbours.fit o (Seed.ofInt 3) train
                        require (plain o m train true) (dense own)
                        require (plain o m train false) (dense (ClusterNeighbours.apply train.Features m)))

            testCase "rows of two directions fall apart in two clusters, whose labels they tell" (fun () ->
                let train = twoDirections 20
                // rows of the same direction may be drawn first
                let m, own =
                    Seq.initInfinite (fun seed -> ClusterNeighbours.fit options (Seed.ofInt seed) train)
                    |> Seq.find (fun (m, _) -> Csr.item 0 0 m.Shares > 0.9f <> (Csr.item 1 0 m.Shares > 0.9f))

                for signal in [ own; ClusterNeighbours.apply train.Features m ] do
                    for r in 0 .. train.Rows - 1 do
                        Expect.isGreaterThan (Csr.item r (r % 2) signal.Values) 0.95f $"row {r}")

            testCase "more clusters than rows, rows without features and no rows at all are answered" (fun () ->
                let train =
                    Dataset.create
                        (Csr.ofSets 2 [| [| 0 |]; [||]; [| 1 |] |])
                        (Csr.ofSets 2 [| [| 0 |]; [| 1 |]; [| 1 |] |])

                let m, own = ClusterNeighbours.fit { options with K = 50 } (Seed.ofInt 1) train
                Require.equal 3 own.Values.Rows
                let signal = ClusterNeighbours.apply train.Features m
                Require.equal [||] (Csr.row 1 signal.Values)
                Require.equal 1 signal.Fallbacks
                let none = Dataset.create (Csr.ofSets 2 [||]) (Csr.ofSets 2 [||])
                let m, own = ClusterNeighbours.fit options (Seed.ofInt 1) none
                Require.equal 0 own.Values.Rows
                Require.equal 3 (ClusterNeighbours.apply train.Features m).Fallbacks)
        ]
