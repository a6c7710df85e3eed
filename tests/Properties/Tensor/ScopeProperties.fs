namespace Limen.Properties

open System
open System.Threading
open FsCheck
open NUnit.Framework
open FsCheck.NUnit
open Limen.Core

/// Who disposes which tensor.
module ScopeProperties =

    /// Handles that live after what nobody holds any more was finalized.
    let private settled () =
        GC.Collect()
        GC.WaitForPendingFinalizers()
        TensorRuntime.liveHandles ()

    let private make () = Tensor.zeros Float32 [| 2 |]

    let private disposed (t: Tensor) =
        try
            t.Shape |> isNull
        with :? ObjectDisposedException ->
            true

    [<Property; LawsOf("using")>]
    let ``no handle lives after using`` (NonNegativeInt n) =
        let before = settled ()

        Tensor.using (fun () ->
            let x = Tensor.leaf (make ())

            for _ in 1..n do
                x |> Tensor.mul x |> Tensor.sum |> Tensor.backward
                Tensor.grad x |> ignore)

        TensorRuntime.liveHandles () = before

    [<Test>]
    let ``no handle lives after a scope that throws`` () =
        let before = settled ()

        for run in
            [
                fun () ->
                    Tensor.using (fun () ->
                        make () |> ignore
                        failwith "planned")
                fun () -> (Tensor.scope (fun () -> Tensor.add (make ()) (failwith "planned")) :> IDisposable).Dispose()
                fun () -> Tensor.using (fun () -> Tensor.mm (make ()) (make ()) |> ignore)
            ] do
            Assert.Catch(Action run) |> ignore

        Assert.That(TensorRuntime.liveHandles (), Is.EqualTo before)

    [<Test; LawsOf("scope")>]
    let ``a scope disposes all but its result`` () =
        let mutable inside = []

        use result =
            Tensor.scope (fun () ->
                inside <- [ make (); make () ]
                Tensor.add inside[0] inside[1])

        Assert.That(List.forall disposed inside)
        Assert.That(disposed result, Is.False)

    [<Test>]
    let ``the result of an inner scope belongs to the outer one`` () =
        let mutable result = None

        Tensor.using (fun () ->
            result <- Some(Tensor.scope (fun () -> Tensor.scope make))
            Assert.That(disposed result.Value, Is.False))

        Assert.That(disposed result.Value)

    [<Test>]
    let ``a tensor from outside survives a scope, as argument and as result`` () =
        use outside = make ()
        Assert.That(Tensor.scope (fun () -> outside), Is.SameAs outside)
        Tensor.using (fun () -> Tensor.neg outside |> ignore)
        Assert.That(disposed outside, Is.False)

    [<Test; LawsOf("keep")>]
    let ``keep moves a tensor out by one scope`` () =
        let mutable once = None
        let mutable twice = None

        Tensor.using (fun () ->
            Tensor.using (fun () ->
                once <- Some(Tensor.keep (make ()))
                twice <- Some(Tensor.keep (make ())))

            Tensor.keep twice.Value |> ignore
            Assert.That(disposed once.Value, Is.False))

        Assert.That(disposed once.Value)
        Assert.That(disposed twice.Value, Is.False)
        (twice.Value :> IDisposable).Dispose()

    [<Test>]
    let ``scopes do not cross threads`` () =
        let mutable made = None

        Tensor.using (fun () ->
            let thread = Thread(fun () -> made <- Some(make ()))
            thread.Start()
            thread.Join())

        Assert.That(disposed made.Value, Is.False)
        (made.Value :> IDisposable).Dispose()
