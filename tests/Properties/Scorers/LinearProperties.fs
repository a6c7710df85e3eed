module Limen.Properties.LinearProperties

open System
open System.Threading
open Expecto
open Limen.Core
open Limen.Kernels

let private silent =
    { new IProgress<float> with
        member _.Report _ = ()
    }

let private options =
    { LinearOptions.standard with
        Tolerance = 1e-3
        Passes = 500
        Prune = 0.0
    }

let private fit options data =
    Linear.fit options silent CancellationToken.None data

let private none (data: Dataset) =
    Csr.ofSets data.Labels.Columns (Array.create data.Rows [||])

let private rows (m: CsrMatrix) =
    [ for i in 0 .. m.Rows - 1 -> Csr.row i m ]

let private cases = Cases.from [ typeof<Arbitraries> ] |> Cases.times 50

[<Tests>]
let tests =
    testList
        "Linear"
        [
            property cases "training twice gives the same scores, bit for bit" (fun { Data = data } ->
                let scores () =
                    fit options data |> Linear.scores 100 (none data) data.Features |> rows

                scores () = scores ())

            property cases "a scorer rebuilt from its weights and bias scores the same" (fun { Data = data } ->
                let scorer = fit options data
                let scores = Linear.scores 3 (none data) data.Features >> rows
                scores scorer = scores (Linear.ofWeights scorer.Weights scorer.Bias))

            property cases "other seeds give the same optimum within the tolerance" (fun { Data = data } ->
                let z seed =
                    fit { options with Seed = Seed.ofInt seed } data
                    |> Linear.scores 100 (none data) data.Features

                Tolerance.require
                    { Absolute = 1e-2; Relative = 0.0 }
                    "z"
                    (Seq.map float (z 1).Values)
                    (Seq.map float (z 2).Values))

            property cases "extra pairs are scored, whatever their rank" (fun { Data = data } ->
                let scores = fit options data |> Linear.scores 1 data.Labels data.Features

                [ 0 .. data.Rows - 1 ]
                |> List.forall (fun i -> Array.except (Csr.set i scores) (Csr.set i data.Labels) |> Array.isEmpty))

            testCase "separable labels are separated, by both losses" (fun () ->
                let data =
                    Dataset.create
                        (Csr.ofSets 3 [| for i in 0..29 -> [| i % 3 |] |])
                        (Csr.ofSets 3 [| for i in 0..29 -> [| i % 3 |] |])

                for loss in [ LinearLoss.SquaredHinge; LinearLoss.Logistic ] do
                    let z =
                        fit { options with Loss = loss; C = 10.0 } data
                        |> Linear.scores 3 (none data) data.Features

                    for i in 0..29 do
                        for l in 0..2 do
                            Expect.equal (Csr.item i l z > 0f) (l = i % 3) $"{loss}: row {i}, label {l}")

            testCase "progress ascends to one" (fun () ->
                let reported = Collections.Generic.List<float>()

                let progress =
                    { new IProgress<float> with
                        member _.Report share = reported.Add share
                    }

                let data =
                    Dataset.create
                        (Csr.ofSets 40 [| for i in 0..39 -> [| i |] |])
                        (Csr.ofSets 40 [| for i in 0..39 -> [| i |] |])

                Linear.fit options progress CancellationToken.None data |> ignore
                Require.equal (Seq.sort reported |> List.ofSeq) (List.ofSeq reported)
                Require.equal 1.0 (Seq.last reported))

            testCase "faulty options are named, all of them" (fun () ->
                let faulty =
                    { options with
                        C = 0.0
                        Tolerance = -1.0
                        Passes = 0
                        Prune = nan
                    }

                let e =
                    Require.thrown<ConfigurationException>(fun () -> LinearOptions.validate faulty)

                Require.equal
                    [
                        "Linear.C: expected above 0, at most 1000000000, received 0"
                        "Linear.Tolerance: expected above 0, at most 1000000, received -1"
                        "Linear.Passes: expected 1 to 100000, received 0"
                        "Linear.Prune: expected 0 to 1000000, received NaN"
                    ]
                    (List.ofSeq e.Faults))
        ]
