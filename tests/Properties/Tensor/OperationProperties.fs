/// Every operation against loops and against central differences.
module Limen.Properties.OperationProperties

open System.Reflection
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen.Core

/// A law over applications, for each of these operations.
let private ofEach (operations: Operation list) (name: string) (law: Application -> unit) =
    testList
        name
        [
            for o in operations -> property Cases.any o.Name (Prop.forAll (Arb.fromGen o.Applications) law)
        ]

let private contiguous dtype (a: Nd) =
    Tensor.ofArray64 a.Shape a.Values |> Tensor.cast dtype

/// The same values in memory that is not row by row: the transpose of a matrix's transpose.
let private transposed dtype (a: Nd) =
    if a.Shape.Length = 2 then
        Tensor.transpose (contiguous dtype (Nd.transpose a))
    else
        contiguous dtype a

/// The same values between columns that do not belong to them.
let private amidColumns dtype (a: Nd) =
    if a.Shape.Length >= 2 then
        let edge = Nd.init (Array.updateAt 1 1 a.Shape) (fun _ -> nan)
        Tensor.columns 1 a.Shape[1] (contiguous dtype (Nd.cat 1 [ edge; a; edge ]))
    else
        contiguous dtype a

let private agrees tolerance make (a: Application) =
    Tensor.using (fun () ->
        let expected = a.Loops a.Inputs
        let received = a.Tensors(List.map make a.Inputs)
        Require.equal expected.Shape received.Shape
        Tolerance.require tolerance "value" expected.Values (Tensor.toArray64 received))

[<Tests>]
let tests =
    testList
        "Operations"
        [
            agrees Tolerance.float32 (contiguous Float32)
            |> ofEach Operations.all "in float32 it agrees with loops"

            agrees Tolerance.float64 (contiguous Float64)
            |> ofEach Operations.all "in float64 it agrees with loops"

            agrees Tolerance.float32 (transposed Float32)
            |> ofEach Operations.all "on transposed memory it agrees with loops"

            agrees Tolerance.float32 (amidColumns Float32)
            |> ofEach Operations.all "on columns of wider memory it agrees with loops"

            ofEach
                [
                    for o in Operations.all do
                        if o.Differentiable then
                            o
                ]
                "its gradient agrees with central differences"
                (fun a ->
                    [ for i in a.Inputs -> i.Shape, i.Values ]
                    |> Gradients.check { Absolute = 1e-7; Relative = 1e-6 } a.Tensors)

            ofEach Operations.all "it changes none of its arguments" (fun a ->
                Tensor.using (fun () ->
                    let inputs = List.map (contiguous Float64) a.Inputs
                    a.Tensors inputs |> ignore

                    for before, after in List.zip a.Inputs inputs do
                        Tolerance.require Tolerance.float64 "argument" before.Values (Tensor.toArray64 after)))

            testCase "every function of module Tensor has laws, and every law has its function" (fun () ->
                let functions =
                    typeof<Tensor>
                        .Assembly.GetType("Limen.Core.TensorModule")
                        .GetMethods(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly)
                    |> Array.map _.Name
                    |> Array.sort

                let elsewhere = Impl.testFromThisAssembly () |> Option.get |> functionsWithLaws

                [ for o in Operations.all -> o.Name ] @ elsewhere
                |> List.distinct
                |> List.sort
                |> Require.equal (List.ofArray functions))
        ]
