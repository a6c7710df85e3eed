module Limen.Properties.AdaptiveLossProperties

open System
open Expecto
open Limen.Core
open Limen.Kernels

/// The derivative of the plain loss along one number of an array, by central differences over float32 steps.
let private numeric (values: float32[]) i (loss: unit -> float) =
    let old = values[i]
    let up, down = old + 0.001f, old - 0.001f
    values[i] <- up
    let above = loss ()
    values[i] <- down
    let below = loss ()
    values[i] <- old
    (above - below) / (float up - float down)

let private pair (z: float32) (targets: (struct (int * float32))[]) reading =
    {
        Labels = 1
        Targets = Csr.ofRows 1 [| targets |]
        Local = Csr.ofRows 1 [| [||] |]
        Rows = [| 0 |]
        RowWeights = [||]
        Logits = [| z |]
        Offset = [| 0f |]
        Slope = [| 0f |]
        PosWeight = [||]
        Terms = LossTerms(0f, 1f, 0.1f, reading, 1f)
    }

let private large =
    let rows, labels = 64, 3000

    let sparse seed every =
        Array.init rows (fun r ->
            [|
                for l in 0 .. labels - 1 do
                    if (l * 31 + r * 17 + seed) % every = 0 then
                        struct (l, 1f)
            |])
        |> Csr.ofRows labels

    {
        Labels = labels
        Targets = sparse 0 600
        Local = sparse 5 300
        Rows = [| 0 .. rows - 1 |]
        RowWeights = [||]
        Logits = Array.init (rows * labels) (fun i -> float32 (i * 7919 % 1000) / 100f - 8f)
        Offset = Array.init labels (fun l -> float32 (l % 10) / 10f)
        Slope = Array.init labels (fun l -> float32 (l % 7) / 7f)
        PosWeight = [||]
        Terms = LossTerms(1f, 0.1f, 0.1f, MarginReading.Ranking, 1f / float32 (rows * labels))
    }

let private cases =
    Cases.from [ typeof<AdaptiveLossArbitraries> ] |> Cases.times 200

[<Tests>]
let tests =
    testList
        "AdaptiveLoss"
        [
            property cases "the fast loss is the plain one, at every vector width" (fun (c: AdaptiveLossCase) ->
                if LossCases.farFromKinks c then
                    let plain = LossCases.plain c

                    for fast in Across.widths (fun () -> LossCases.fast c) do
                        LossCases.requireEqual LossCases.tolerance plain fast)

            property cases "the value alone is the value with gradients" (fun (c: AdaptiveLossCase) ->
                let pass = LossCases.batch (LabelBlock.All c.Labels) c.Logits c
                let value = AdaptiveLoss.Value(&pass)
                value = (LossCases.fast c).Loss)

            property cases "the number of threads does not change a bit" (fun (c: AdaptiveLossCase) ->
                Across.threads (fun () -> LossCases.fast c) |> List.distinct |> List.length = 1)

            property cases "the gradient may overwrite the logits" (fun (c: AdaptiveLossCase) ->
                LossCases.fast c = LossCases.inPlace (LabelBlock.All c.Labels) (Array.copy c.Logits) c)

            property
                (cases |> Cases.times 30)
                "the plain gradients are central differences"
                (fun (c: AdaptiveLossCase) ->
                    let c =
                        { c with
                            Terms = LossTerms(c.Terms.Bce, 0f, 0f, c.Terms.Reading, c.Terms.Scale)
                            Logits = Array.map (fun z -> Math.Clamp(z, -10f, 10f)) c.Logits
                        }

                    let result = LossCases.plain c
                    let loss () = (LossCases.plain c).Loss

                    let require what (values: float32[]) (gradient: float32[]) =
                        let expected = values |> Array.mapi (fun i _ -> numeric values i loss)
                        Tolerance.require { Absolute = 1e-4; Relative = 1e-4 } what expected (Across.widen gradient)

                    require "z" c.Logits result.Gradient
                    require "offset" c.Offset result.OffsetGradient
                    require "slope" c.Slope result.SlopeGradient)

            testTheory
                "the margin term's slope is its central difference off the kinks"
                [ MarginReading.Symmetric; MarginReading.Ranking ]
                (fun (reading: MarginReading) ->
                    let terms = LossTerms(0f, 1f, 0.5f, reading, 1f)

                    for y in [ 0.0; 1.0 ] do
                        for m in [ -2.0; -0.3; -0.01; 0.2; 0.49; 0.51; 3.0 ] do
                            let struct (_, slope) = AdaptiveLoss.PairPlain(m, y, 1.0, &terms)
                            let struct (above, _) = AdaptiveLoss.PairPlain(m + 1e-6, y, 1.0, &terms)
                            let struct (below, _) = AdaptiveLoss.PairPlain(m - 1e-6, y, 1.0, &terms)

                            Tolerance.require
                                { Absolute = 1e-8; Relative = 1e-8 }
                                $"slope at {m}, y = {y}"
                                [ (above - below) / 2e-6 ]
                                [ slope ])

            testCase "the slope at a kink is zero" (fun () ->
                for reading, z in
                    [
                        MarginReading.Symmetric, 0f
                        MarginReading.Symmetric, 0.1f
                        MarginReading.Symmetric, -0.1f
                        MarginReading.Ranking, -0.1f
                    ] do
                    Require.equal 0f ((LossCases.fast (pair z [||] reading)).Gradient[0])

                let positive = pair 0.1f [| struct (0, 1f) |] MarginReading.Ranking
                Require.equal 0f ((LossCases.fast positive).Gradient[0]))

            testCase "a NaN logit makes the loss NaN" (fun () ->
                for targets in [ [||]; [| struct (0, 1f) |] ] do
                    let c =
                        { pair Single.NaN targets MarginReading.Symmetric with
                            Terms = LossTerms(1f, 0f, 0f, MarginReading.Symmetric, 1f)
                        }

                    for result in Across.widths (fun () -> LossCases.fast c) do
                        Require.isNaN result.Loss
                        Require.isNaN (float result.Gradient[0]))

            testCase "many blocks of labels agree with the plain loss and between thread counts" (fun () ->
                let results = Across.threads (fun () -> LossCases.fast large)
                Require.equal 1 (List.length (List.distinct results))
                LossCases.requireEqual Tolerance.float32 (LossCases.plain large) results.Head)

            testCase "a step allocates nothing" (fun () ->
                let g = Across.zeros large.Logits.Length
                let o = Across.zeros large.Labels
                let s = Across.zeros large.Labels

                let bytes =
                    Across.allocated (fun () ->
                        let pass = LossCases.batch (LabelBlock.All large.Labels) large.Logits large
                        AdaptiveLoss.ForwardBackward(&pass, g, o, s) |> ignore)

                Require.equal 0L bytes)

            testCase "shapes that disagree are refused" (fun () ->
                let c = { large with Offset = [| 1f |] }

                Require.throws<ArgumentException>(fun () -> LossCases.fast c)

                let c = { large with RowWeights = [| 1f |] }

                Require.throws<ArgumentException>(fun () -> LossCases.fast c)

                let c = { large with Rows = Array.create 64 64 }

                Require.throws<ArgumentException>(fun () -> LossCases.fast c))

            testCase "without labels the loss is zero" (fun () ->
                let none =
                    { pair 0f [||] MarginReading.Symmetric with
                        Labels = 0
                        Targets = Csr.ofRows 0 [| [||] |]
                        Local = Csr.ofRows 0 [| [||] |]
                        Logits = [||]
                        Offset = [||]
                        Slope = [||]
                    }

                Require.equal 0.0 ((LossCases.fast none).Loss))
        ]
