module Limen.Properties.ReluDropoutProperties

open System
open Expecto
open FsCheck.FSharp
open Limen.Kernels

/// Numbers to activate.
type ActivationCase =
    {
        Input: float32[]
        Rate: float32
        Key: uint64
    }

type ActivationArbitraries =
    static member Activation() =
        gen {
            let! n = Gen.choose (0, 70)
            let! input = Gen.arrayOfLength n Generators.value
            let! rate = Gen.elements [ 0f; 0.3f; 0.9f ]
            let! seed = Gen.choose (0, 1000)

            return
                {
                    Input = input
                    Rate = rate
                    Key = ReluDropout.Key(uint64 seed, 3)
                }
        }
        |> Arb.fromGen

let private forward rate key (input: float32[]) =
    let x = Array.copy input
    ReluDropout.Forward(x, rate, key)
    x

let private cases = Cases.from [ typeof<ActivationArbitraries> ]

[<Tests>]
let tests =
    testList
        "ReluDropout"
        [
            property cases "the fast pass is the plain one, at every vector width" (fun (c: ActivationCase) ->
                let plain = Array.copy c.Input
                ReluDropout.ForwardPlain(plain, c.Rate, c.Key)

                Across.widths (fun () -> forward c.Rate c.Key c.Input)
                |> List.forall ((=) plain))

            property cases "the gradient passes where the output is positive" (fun (c: ActivationCase) ->
                let y = forward c.Rate c.Key c.Input

                Across.widths (fun () ->
                    let gradient = Array.create y.Length 2f
                    ReluDropout.Backward(y, gradient, c.Rate)
                    gradient)
                |> List.forall ((=) (y |> Array.map (fun v -> if v > 0f then 2f * (1f / (1f - c.Rate)) else 0f))))

            testCase "the mask drops its rate, differs between steps and repeats with its key" (fun () ->
                let ones = Array.create 100_003 1f

                let masks =
                    [ 1; 2; 1 ]
                    |> List.map (fun step -> forward 0.3f (ReluDropout.Key(7UL, step)) ones)

                let dropped = masks[0] |> Array.averageBy (fun y -> if y = 0f then 1.0 else 0.0)

                let agree =
                    Array.map2 (fun a b -> if a = b then 1.0 else 0.0) masks[0] masks[1]
                    |> Array.average

                Require.near 0.01 0.3 dropped
                Require.near 0.01 0.58 agree
                Require.equal (masks[2]) (masks[0]))

            testCase "the number of threads does not change a bit" (fun () ->
                let input = Array.init 100_003 (fun i -> float32 (i % 7) - 3f)
                let results = Across.threads (fun () -> forward 0.5f 1UL input)
                Require.equal 1 (List.length (List.distinct results)))

            testCase "a NaN that is kept stays" (fun () ->
                Require.isNaN (forward 0f 1UL [| Single.NaN |] |> Array.exactlyOne |> float))

            testCase "a rate of one is refused" (fun () ->
                Require.throws<ArgumentOutOfRangeException>(fun () -> forward 1f 1UL [| 1f |]))
        ]
