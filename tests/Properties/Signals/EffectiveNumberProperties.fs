module Limen.Properties.EffectiveNumberProperties

open Expecto
open FsCheck
open Limen.Core

let private at beta (n: int) =
    (EffectiveNumber.ofCounts beta (LabelCounts.create 1_000_000 [| n |]))[0]

[<Tests>]
let tests =
    testList
        "EffectiveNumber"
        [
            property Cases.any "it is the inverse of a sum: 1 / (1 + beta + ... + beta^(n-1))" (fun (PositiveInt n) ->
                let n = 1 + n % 50

                [ 0.0; 0.5; 0.9; 0.999 ]
                |> List.forall (fun beta ->
                    let sum = List.sum [ for k in 0 .. n - 1 -> beta ** float k ]
                    Tolerance.close Tolerance.float32 (1.0 / sum) (float (at beta n))))

            property Cases.any "between 1 / n and 1, and smaller for more rows" (fun (PositiveInt n) ->
                [ 0.5; 0.99; 0.9999 ]
                |> List.forall (fun beta ->
                    float (at beta n) >= (1.0 / float n) * (1.0 - 1e-6)
                    && at beta n <= 1f
                    && at beta (n + 1) <= at beta n))

            testCase "no row counts as one, beta 0 as no signal, and near 1 the inverse count is reached" (fun () ->
                Require.equal 1f (at 0.99 0)
                Require.equal 1f (at 0.0 1000)
                Require.near 1e-7 0.001 (float (at 0.99999999 1000)))
        ]
