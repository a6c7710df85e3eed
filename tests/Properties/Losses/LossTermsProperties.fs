/// Masks, weights and sums over pairs; which losses the fused kernel computes.
module Limen.Properties.LossTermsProperties

open System
open Expecto
open Limen
open Limen.Core
open TorchSharp
open Limen.Properties.LossValues

let private isPerPair loss =
    try
        Loss.summed loss |> ignore
        true
    with :? ArgumentException ->
        false

let private cases = Cases.from [ typeof<LossArbitraries> ] |> Cases.times 50

[<Tests>]
let tests =
    testList
        "LossTerms"
        [
            testCase "losses of whole batches refuse masks, weights and sums over pairs" (fun () ->
                let whole =
                    Losses.examples (LabelCounts.create 10 [| 1; 5 |])
                    |> List.filter (isPerPair >> not)
                    |> List.map Loss.name

                let expected =
                    [
                        for scope in [ "per-label"; "per-row"; "global" ] do
                            "dice-" + scope
                            "pairwise-" + scope
                        "softmax-decoupled"
                        "softmax-coupled"
                        "softmax-separated"
                    ]

                Require.equal (List.sort expected) (List.sort whole)

                let error =
                    Require.thrown<ArgumentException>(fun () ->
                        Loss.mask (fun (Targets y) -> y) (Loss.sum (Losses.examples (LabelCounts.create 1 [| 1 |]))))

                Require.contains
                    "a mask needs a loss that is defined pair by pair, received dice-per-label"
                    error.Message)

            property cases "a sum over pairs is their mean times their number" (fun (case: LossCase) ->
                let n = float (case.Z.Length * case.Z[0].Length)

                losses case
                |> List.filter isPerPair
                |> List.forall (fun loss -> close (valueAt (Loss.summed loss) case) (n * valueAt loss case)))

            property cases "a mask and a weight of ones change nothing" (fun (case: LossCase) ->
                let ones (Targets y) = torch.ones_like y

                losses case
                |> List.filter isPerPair
                |> List.forall (fun loss ->
                    close (valueAt loss case) (valueAt (Loss.mask ones loss) case)
                    && close (valueAt loss case) (valueAt (Loss.weight ones loss) case)))

            property
                cases
                "masked pairs do not count, whatever their target, and have gradient 0"
                (fun (case: LossCase) ->
                    let isMasked i l = (i + l) % 2 = 1
                    let m = difference case

                    let mask (Targets y) =
                        let columns = int y.shape[1]

                        Float64.tensor
                            [ int y.shape[0]; columns ]
                            (Array.init (int (y.numel ())) (fun at ->
                                if isMasked (at / columns) (at % columns) then 0.0 else 1.0))

                    let unknown =
                        case.Y
                        |> Array.mapi (fun i -> Array.mapi (fun l y -> if isMasked i l then nan else y))

                    losses case
                    |> List.filter isPerPair
                    |> List.forall (fun loss ->
                        let value, gradient = gradientAt (Loss.mask mask loss) unknown m
                        let _, whole = gradientAt (Loss.summed loss) case.Y m

                        let known =
                            whole
                            |> Array.indexed
                            |> Array.filter (fun (at, _) -> not (isMasked (at / m[0].Length) (at % m[0].Length)))

                        Double.IsFinite value
                        && gradient
                           |> Array.indexed
                           |> Array.forall (fun (at, g) ->
                               not (isMasked (at / m[0].Length) (at % m[0].Length)) || g = 0.0)
                        && known
                           |> Array.forall (fun (at, g) -> close (g / float known.Length) gradient[at])))

            property cases "where everything is masked the loss is 0" (fun (case: LossCase) ->
                let none (Targets y) = Tensors.zeros [ int y.shape[1] ]

                losses case
                |> List.filter isPerPair
                |> List.forall (fun loss -> valueAt (Loss.mask none loss) case = 0.0))

            property cases "a weight of two is twice the loss" (fun (case: LossCase) ->
                let two (Targets y) = 2.0 * torch.ones (y.shape[1])

                losses case
                |> List.filter isPerPair
                |> List.forall (fun loss -> close (2.0 * valueAt loss case) (valueAt (Loss.weight two loss) case)))

            property cases "fused terms say what the loss is" (fun (case: LossCase) ->
                let w = case.Counts |> Array.map (fun n -> 1f + float32 n)

                [
                    Losses.paper 0.1 0.2 MarginForm.Symmetric
                    Losses.paper 0.1 0.2 MarginForm.Ranking
                    Margin.loss MarginForm.Ranking 0.3
                    Loss.scale
                        2.0
                        (Loss.sum
                            [
                                Bce.weighted w
                                Loss.scale 0.5 (Bce.weighted w)
                                Margin.loss MarginForm.Symmetric 0.1
                                Margin.loss MarginForm.Symmetric 0.1
                            ])
                ]
                |> List.forall (fun loss ->
                    match FusedTerms.ofLoss loss with
                    | None -> false
                    | Some terms ->
                        let bce =
                            terms.Bce
                            * valueAt
                                (terms.PosWeight |> Option.map Bce.weighted |> Option.defaultValue Bce.loss)
                                case

                        let margin =
                            match terms.Margin with
                            | Some(weight, delta, reading) -> weight * valueAt (Margin.loss reading delta) case
                            | None -> 0.0

                        close (valueAt loss case) (bce + margin)))

            testCase "every other loss is not fused" (fun () ->
                let bce = Bce.loss
                let ones (Targets y) = torch.ones_like y

                let others =
                    [
                        Focal.loss 2.0
                        Loss.sum [ bce; Focal.loss 2.0 ]
                        Loss.sum [ bce; Bce.weighted [| 2f |] ]
                        Loss.sum [ Margin.loss MarginForm.Symmetric 0.1; Margin.loss MarginForm.Ranking 0.1 ]
                        Loss.sum [ Margin.loss MarginForm.Symmetric 0.1; Margin.loss MarginForm.Symmetric 0.2 ]
                        Loss.summed bce
                        Loss.mask ones bce
                        Loss.weight ones bce
                        Loss.ofBatch "mine" [] (fun y m -> (Bce.pairs y m).mean())
                    ]

                for loss in others do
                    Expect.isTrue ((FusedTerms.ofLoss loss).IsNone) (Loss.name loss))
        ]
