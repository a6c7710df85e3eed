module Limen.Properties.NystromProperties

open System
open System.Threading
open Expecto
open Limen
open Limen.Core
open Limen.Kernels

let private silent =
    { new IProgress<float> with
        member _.Report _ = ()
    }

let private fit options rows =
    Nystrom.fit options (Seed.ofInt 1) silent CancellationToken.None rows

let private scores (x: CsrMatrix) (model: Nystrom) : float[][] =
    use z = Nystrom.scores x model [| 0 .. x.Rows - 1 |]
    [| for i in 0 .. x.Rows - 1 -> [| for v in z.Row(i).ToArray() -> float v |] |]

/// Points of the plane; label 0 is inside the unit circle, label 1 outside.
let private circle rows (seed: int) : Dataset =
    let at r d =
        4.0 * Seed.uniform (int64 (2 * r + d)) (Seed.ofInt seed) - 2.0

    let inside r = at r 0 ** 2.0 + at r 1 ** 2.0 < 1.0

    Dataset.create
        (Csr.ofRows
            2
            [|
                for r in 0 .. rows - 1 -> [| for d in 0..1 -> struct (d, float32 (at r d)) |]
            |])
        (Csr.ofSets 2 [| for r in 0 .. rows - 1 -> [| (if inside r then 0 else 1) |] |])

let private share (right: int -> bool) rows =
    float (Seq.length (Seq.filter right (seq { 0 .. rows - 1 }))) / float rows

[<Tests>]
let tests =
    testList
        "Nystrom"
        [
            property
                (Cases.any |> Cases.times 20)
                "a score is the bias and the kernels to landmarks, weighed"
                (fun (seed: int) ->
                    let d = circle 40 seed

                    let model =
                        fit
                            { NystromOptions.standard with
                                Landmarks = 15
                            }
                            d

                    let plain =
                        [|
                            for r in 0 .. d.Rows - 1 ->
                                [|
                                    for l in 0..1 ->
                                        float model.Bias[l]
                                        + Seq.sum (
                                            seq {
                                                for m in 0 .. model.Landmarks.Rows - 1 do
                                                    let distance =
                                                        Seq.sum (
                                                            seq {
                                                                for c in 0..1 do
                                                                    let z = model.Landmarks.Row(m).ToArray()[c]
                                                                    (float (Csr.item r c d.Features) - float z) ** 2.0
                                                            }
                                                        )

                                                    float (model.Coefficients.Row(l).ToArray()[m])
                                                    * exp (-model.Gamma * distance)
                                            }
                                        )
                                |]
                        |]

                    Require.equal 15 model.Landmarks.Rows

                    Tolerance.require
                        { Absolute = 1e-2; Relative = 1e-3 }
                        "z"
                        (Seq.concat plain)
                        (Seq.concat (scores d.Features model)))

            testCase "it separates what no linear scorer does" (fun () ->
                let train, test = circle 400 1, circle 400 2
                let inside r = Csr.item r 0 test.Labels > 0f
                let kernel = fit NystromOptions.standard train |> scores test.Features
                Require.above 0.95 (share (fun r -> (kernel[r].[0] > 0.0) = inside r) test.Rows)

                let linear = Linear.fit LinearOptions.standard silent CancellationToken.None train
                use z = Linear.margins test.Features linear [| 0 .. test.Rows - 1 |]
                Require.below 0.9 (share (fun r -> ((z.Row r)[0] > 0f) = inside r) test.Rows))

            testCase "the kernel's width follows the data: other units give the same label sets" (fun () ->
                let d = circle 200 3

                let larger =
                    { d with
                        Features = d.Features |> Csr.mapValues (fun _ _ v -> 1024f * v)
                    }

                let a = fit NystromOptions.standard d |> scores d.Features
                let b = fit NystromOptions.standard larger |> scores larger.Features
                Tolerance.require { Absolute = 1e-2; Relative = 1e-2 } "z" (Seq.concat a) (Seq.concat b))

            testCase "more landmarks than rows are all rows, and rows that are all one row do no harm" (fun () ->
                let d = circle 30 4

                Require.equal
                    30
                    (fit
                        { NystromOptions.standard with
                            Landmarks = 1000
                        }
                        d)
                        .Landmarks.Rows

                let same = Dataset.selectRows (Array.create 30 0) d

                for row in fit NystromOptions.standard same |> scores same.Features do
                    Expect.all row Double.IsFinite $"{row}")
        ]
