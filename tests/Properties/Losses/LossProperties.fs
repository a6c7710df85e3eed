namespace Limen.Properties

open System
open NUnit.Framework
open FsCheck.NUnit
open Limen.Core
open Limen.Properties.LossValues
open Microsoft.FSharp.Reflection

[<Properties(Arbitrary = [| typeof<LossArbitraries> |], MaxTest = 50)>]
module LossProperties =

    [<Test>]
    let ``every kind of loss is registered, so that it meets the laws`` () =
        let combinators =
            set [ "Custom"; "CustomPairs"; "Sum"; "Scale"; "Summed"; "Mask"; "Weight" ]

        let kind (loss: Loss) =
            (fst (FSharpValue.GetUnionFields(loss, typeof<Loss>))).Name

        let kinds =
            (FSharpType.GetUnionCases typeof<Loss> |> Array.map _.Name |> set) - combinators

        let registered = Loss.all 10 [| 1; 5 |] |> List.map kind |> set
        Assert.That((registered = kinds), Is.True, $"registered %A{registered} of %A{kinds}")

    [<Test>]
    let ``names of registered losses are distinct`` () =
        let names = Loss.all 10 [| 1; 5 |] |> List.map Loss.name
        Assert.That((List.distinct names).Length, Is.EqualTo names.Length)

    // -- laws of every loss --

    [<Property>]
    let ``no loss is negative`` (case: LossCase) =
        losses case |> List.forall (fun loss -> valueAt loss case >= -1e-12)

    [<Property>]
    let ``values and gradients are finite up to logits of ten thousand`` (case: LossCase) =
        let far = case.Z |> Array.map (Array.map (fun z -> z * 1666.0))

        losses case
        |> List.forall (fun loss ->
            Tensor.using (fun () ->
                let leaf = Tensor.leaf (tensor far |> Tensor.cast Float32)

                let value =
                    Loss.value loss (Targets(tensor case.Y |> Tensor.cast Float32)) (Margins leaf)

                Tensor.backward value

                Double.IsFinite(Tensor.item value)
                && Tensor.grad leaf |> Option.get |> Tensor.toArray |> Array.forall Single.IsFinite))

    [<Property>]
    let ``loss(z, theta) is loss(z - theta, 0)`` (case: LossCase) =
        let shifted =
            { case with
                Z = difference case
                Theta = case.Theta |> Array.map (Array.map (fun _ -> 0.0))
            }

        losses case
        |> List.forall (fun loss -> close (valueAt loss case) (valueAt loss shifted))

    [<Property>]
    let ``the order of rows does not matter`` (case: LossCase) =
        let order (rows: float[][]) =
            case.RowOrder |> Array.map (fun i -> rows[i])

        let permuted =
            { case with
                Z = order case.Z
                Theta = order case.Theta
                Y = order case.Y
            }

        losses case
        |> List.forall (fun loss -> close (valueAt loss case) (valueAt loss permuted))

    [<Property>]
    let ``the order of labels does not matter`` (case: LossCase) =
        let order (rows: float[][]) =
            rows |> Array.map (fun row -> case.LabelOrder |> Array.map (fun l -> row[l]))

        let permuted =
            { case with
                Z = order case.Z
                Theta = order case.Theta
                Y = order case.Y
                Counts = case.LabelOrder |> Array.map (fun l -> case.Counts[l])
            }

        List.forall2 (fun a b -> close (valueAt a case) (valueAt b permuted)) (losses case) (losses permuted)

    [<Property(MaxTest = 15)>]
    let ``gradients are central differences`` (case: LossCase) =
        let m = difference case
        let shape = [| m.Length; m[0].Length |]

        for loss in losses case do
            Gradients.check
                { Absolute = 1e-7; Relative = 1e-6 }
                (fun inputs -> Loss.value loss (Targets(tensor case.Y)) (Margins inputs.Head))
                [ shape, Array.concat m ]

    // -- combinators --

    [<Property>]
    let ``sum and scale are linear`` (case: LossCase) =
        let parts = losses case |> List.mapi (fun k loss -> 0.3 + float k, loss)

        close
            (valueAt (parts |> List.map (fun (c, loss) -> Loss.scale c loss) |> Loss.sum) case)
            (parts |> List.sumBy (fun (c, loss) -> c * valueAt loss case))

    [<Property>]
    let ``losses of one's own are losses`` (case: LossCase) =
        let whole = Loss.custom "mine" (fun y m -> Bce.pairs y m |> Tensor.mean)
        let pairs = Loss.customPairs "mine" Bce.pairs

        close (valueAt whole case) (valueAt (Loss.Bce None) case)
        && close (valueAt (Loss.summed pairs) case) (valueAt (Loss.summed (Loss.Bce None)) case)

    [<Test>]
    let ``targets of another shape are refused with both shapes`` () =
        let error =
            Assert.Throws<ArgumentException>(
                Action(fun () ->
                    Tensor.using (fun () ->
                        Loss.value
                            (Loss.Bce None)
                            (Targets(Tensor.ones Float32 [| 2; 3 |]))
                            (Margins(Tensor.ones Float32 [| 2; 4 |]))
                        |> ignore))
            )

        Assert.That(error.Message, Does.Contain "[2; 4]")
        Assert.That(error.Message, Does.Contain "[2; 3]")

    [<Test>]
    let ``every number out of range is reported at once`` () =
        let faulty =
            Loss.Sum
                [
                    Loss.Bce(Some [| 1f; -2f |])
                    Loss.Scale(-1.0, Loss.Margin(Symmetric, 0.0))
                    Loss.Focal nan
                    Loss.Asymmetric { Asymmetric.defaults with Clip = 1.0 }
                    Loss.Smoothed(Smoothing.Uneven(0.1, 2.0))
                ]

        let faults = Loss.faults faulty
        Assert.That(faults.Length, Is.EqualTo 6, $"%A{faults}")
        Assert.That(faults.Head, Is.EqualTo "bce-pos-weight: expected positive weights, received -2")
        Assert.That(Loss.all 10 [| 1; 5 |] |> Loss.sum |> Loss.faults |> List.length, Is.Zero)

    // -- which losses the fused kernel computes --
