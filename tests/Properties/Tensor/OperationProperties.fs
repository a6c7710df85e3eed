namespace Limen.Properties

open System
open System.Reflection
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Limen.Core

/// Names the functions of module Tensor whose laws a test states, where they are not in `Operations.all`.
[<AttributeUsage(AttributeTargets.Method)>]
type LawsOfAttribute([<ParamArray>] names: string[]) =
    inherit Attribute()
    member _.Names = names

/// Every operation against loops and against central differences.
module OperationProperties =

    let private names = [ for o in Operations.all -> o.Name ]

    let private differentiable =
        [
            for o in Operations.all do
                if o.Differentiable then
                    o.Name
        ]

    let private named name =
        Operations.all |> List.find (fun o -> o.Name = name)

    let private holds (name: string) (property: Application -> unit) =
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(100).WithQuietOnSuccess true,
            Prop.forAll (Arb.fromGen (named name).Applications) property
        )

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
            Assert.That(received.Shape, Is.EqualTo<int[]> expected.Shape)
            Tolerance.require tolerance "value" expected.Values (Tensor.toArray64 received))

    [<TestCaseSource(nameof names)>]
    let ``in float32 it agrees with loops`` name =
        holds name (agrees Tolerance.float32 (contiguous Float32))

    [<TestCaseSource(nameof names)>]
    let ``in float64 it agrees with loops`` name =
        holds name (agrees Tolerance.float64 (contiguous Float64))

    [<TestCaseSource(nameof names)>]
    let ``on transposed memory it agrees with loops`` name =
        holds name (agrees Tolerance.float32 (transposed Float32))

    [<TestCaseSource(nameof names)>]
    let ``on columns of wider memory it agrees with loops`` name =
        holds name (agrees Tolerance.float32 (amidColumns Float32))

    [<TestCaseSource(nameof differentiable)>]
    let ``its gradient agrees with central differences`` name =
        holds name (fun a ->
            [ for i in a.Inputs -> i.Shape, i.Values ]
            |> Gradients.check { Absolute = 1e-7; Relative = 1e-6 } a.Tensors)

    [<TestCaseSource(nameof names)>]
    let ``it changes none of its arguments`` name =
        holds name (fun a ->
            Tensor.using (fun () ->
                let inputs = List.map (contiguous Float64) a.Inputs
                a.Tensors inputs |> ignore

                for before, after in List.zip a.Inputs inputs do
                    Tolerance.require Tolerance.float64 "argument" before.Values (Tensor.toArray64 after)))

    [<Test>]
    let ``every function of module Tensor has laws, and every law has its function`` () =
        let functions =
            typeof<Tensor>
                .Assembly.GetType("Limen.Core.TensorModule")
                .GetMethods(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly)
            |> Array.map _.Name

        let elsewhere =
            [|
                for t in Assembly.GetExecutingAssembly().GetTypes() do
                    for m in t.GetMethods() do
                        for laws in m.GetCustomAttributes<LawsOfAttribute>() do
                            yield! laws.Names
            |]

        Assert.That(Array.append (List.toArray names) elsewhere |> Array.distinct, Is.EquivalentTo functions)
