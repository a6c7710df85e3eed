module Limen.Properties.LossProperties

open System
open Expecto
open Limen
open Limen.Core
open TorchSharp
open Limen.Properties.LossValues

let private cases = Cases.from [ typeof<LossArbitraries> ] |> Cases.times 50

[<Tests>]
let tests =
    testList
        "Loss"
        [
            testCase "every entry names its source, and gives losses without faults" (fun () ->
                for entry in Losses.all do
                    Expect.isNotEmpty entry.Source entry.Door
                    let examples = entry.Examples(LabelCounts.create 10 [| 1; 5 |])
                    Expect.isNonEmpty examples entry.Door
                    Require.equal [] (examples |> List.collect Loss.faults))

            testCase "names of registered losses are distinct" (fun () ->
                let names = Losses.examples (LabelCounts.create 10 [| 1; 5 |]) |> List.map Loss.name
                Require.equal names.Length ((List.distinct names).Length))

            // -- laws of every loss --
            property cases "no loss is negative" (fun (case: LossCase) ->
                losses case |> List.forall (fun loss -> valueAt loss case >= -1e-12))

            property cases "values and gradients are finite up to logits of ten thousand" (fun (case: LossCase) ->
                let far = case.Z |> Array.map (Array.map (fun z -> z * 1666.0))

                losses case
                |> List.forall (fun loss ->
                    Tensors.using (fun () ->
                        let single (rows: float[][]) =
                            (tensor rows).to_type torch.ScalarType.Float32

                        let leaf = (single far).requires_grad_ true
                        let value = Loss.value loss (Targets(single case.Y)) (Margins leaf)
                        value.backward ()

                        Double.IsFinite(Tensors.item value)
                        && Tensors.toArray leaf.grad |> Array.forall Single.IsFinite)))

            property cases "loss(z, theta) is loss(z - theta, 0)" (fun (case: LossCase) ->
                let shifted =
                    { case with
                        Z = difference case
                        Theta = case.Theta |> Array.map (Array.map (fun _ -> 0.0))
                    }

                losses case
                |> List.forall (fun loss -> close (valueAt loss case) (valueAt loss shifted)))

            property cases "the order of rows does not matter" (fun (case: LossCase) ->
                let order (rows: float[][]) =
                    case.RowOrder |> Array.map (fun i -> rows[i])

                let permuted =
                    { case with
                        Z = order case.Z
                        Theta = order case.Theta
                        Y = order case.Y
                    }

                losses case
                |> List.forall (fun loss -> close (valueAt loss case) (valueAt loss permuted)))

            property cases "the order of labels does not matter" (fun (case: LossCase) ->
                let order (rows: float[][]) =
                    rows |> Array.map (fun row -> case.LabelOrder |> Array.map (fun l -> row[l]))

                let permuted =
                    { case with
                        Z = order case.Z
                        Theta = order case.Theta
                        Y = order case.Y
                        Counts = case.LabelOrder |> Array.map (fun l -> case.Counts[l])
                    }

                List.forall2 (fun a b -> close (valueAt a case) (valueAt b permuted)) (losses case) (losses permuted))

            property (cases |> Cases.times 15) "gradients are central differences" (fun (case: LossCase) ->
                let m = difference case
                let shape = [ m.Length; m[0].Length ]

                for loss in losses case do
                    Gradients.check
                        { Absolute = 1e-7; Relative = 1e-6 }
                        (fun inputs -> Loss.value loss (Targets(tensor case.Y)) (Margins inputs.Head))
                        [ shape, Array.concat m ])

            // -- combinators --
            property cases "sum and scale are linear" (fun (case: LossCase) ->
                let parts = losses case |> List.mapi (fun k loss -> 0.3 + float k, loss)

                close
                    (valueAt (parts |> List.map (fun (c, loss) -> Loss.scale c loss) |> Loss.sum) case)
                    (parts |> List.sumBy (fun (c, loss) -> c * valueAt loss case)))

            property cases "losses of one's own are losses" (fun (case: LossCase) ->
                let whole = Loss.ofBatch "mine" [] (fun y m -> (Bce.pairs y m).mean())
                let pairs = Loss.ofPairs "mine" [] Bce.pairs

                close (valueAt whole case) (valueAt (Bce.loss) case)
                && close (valueAt (Loss.summed pairs) case) (valueAt (Loss.summed (Bce.loss)) case))

            testCase "targets of another shape are refused with both shapes" (fun () ->
                let error =
                    Require.thrown<ArgumentException>(fun () ->
                        Tensors.using (fun () ->
                            Loss.value (Bce.loss) (Targets(Tensors.zeros [ 2; 3 ])) (Margins(Tensors.zeros [ 2; 4 ]))))

                Require.contains "[2; 4]" error.Message
                Require.contains "[2; 3]" error.Message)

            testCase "every number out of range is reported at once" (fun () ->
                let faulty =
                    Loss.sum
                        [
                            Bce.weighted [| 1f; -2f |]
                            Loss.scale -1.0 (Margin.loss MarginForm.Symmetric 0.0)
                            Focal.loss nan
                            Asymmetric.loss { Asymmetric.defaults with Clip = 1.0 }
                            Smoothing.loss (Smoothing.Uneven(0.1, 2.0))
                        ]

                let faults = Loss.faults faulty
                Expect.equal faults.Length 6 $"%A{faults}"
                Require.equal "bce-pos-weight: expected weights above 0, at most 1000000, received -2" faults.Head

                Require.equal
                    0
                    (Losses.examples (LabelCounts.create 10 [| 1; 5 |])
                     |> Loss.sum
                     |> Loss.faults
                     |> List.length))
        ]
