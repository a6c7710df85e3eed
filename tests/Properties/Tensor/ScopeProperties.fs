/// Who disposes which tensor.
module Limen.Properties.ScopeProperties

open System
open System.Threading
open Expecto
open FsCheck
open Limen.Core

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

[<Tests>]
let tests =
    testList
        "Scope"
        [
            lawsOf
                [ "using" ]
                (property Cases.any "no handle lives after using" (fun (NonNegativeInt n) ->
                    let before = settled ()

                    Tensor.using (fun () ->
                        let x = Tensor.leaf (make ())

                        for _ in 1..n do
                            x |> Tensor.mul x |> Tensor.sum |> Tensor.backward
                            Tensor.grad x |> ignore)

                    TensorRuntime.liveHandles () = before))

            testCase "no handle lives after a scope that throws" (fun () ->
                let before = settled ()

                for run in
                    [
                        fun () ->
                            Tensor.using (fun () ->
                                make () |> ignore
                                failwith "planned")
                        fun () ->
                            (Tensor.scope (fun () -> Tensor.add (make ()) (failwith "planned")) :> IDisposable)
                                .Dispose()
                        fun () -> Tensor.using (fun () -> Tensor.mm (make ()) (make ()) |> ignore)
                    ] do
                    Expect.throws run "a scope that throws"

                Require.equal before (TensorRuntime.liveHandles ()))

            lawsOf
                [ "scope" ]
                (testCase "a scope disposes all but its result" (fun () ->
                    let mutable inside = []

                    use result =
                        Tensor.scope (fun () ->
                            inside <- [ make (); make () ]
                            Tensor.add inside[0] inside[1])

                    Require.isTrue (List.forall disposed inside)
                    Require.isFalse (disposed result)))

            testCase "the result of an inner scope belongs to the outer one" (fun () ->
                let mutable result = None

                Tensor.using (fun () ->
                    result <- Some(Tensor.scope (fun () -> Tensor.scope make))
                    Require.isFalse (disposed result.Value))

                Require.isTrue (disposed result.Value))

            testCase "a tensor from outside survives a scope, as argument and as result" (fun () ->
                use outside = make ()
                Require.same outside (Tensor.scope (fun () -> outside))
                Tensor.using (fun () -> Tensor.neg outside |> ignore)
                Require.isFalse (disposed outside))

            lawsOf
                [ "keep" ]
                (testCase "keep moves a tensor out by one scope" (fun () ->
                    let mutable once = None
                    let mutable twice = None

                    Tensor.using (fun () ->
                        Tensor.using (fun () ->
                            once <- Some(Tensor.keep (make ()))
                            twice <- Some(Tensor.keep (make ())))

                        Tensor.keep twice.Value |> ignore
                        Require.isFalse (disposed once.Value))

                    Require.isTrue (disposed once.Value)
                    Require.isFalse (disposed twice.Value)
                    (twice.Value :> IDisposable).Dispose()))

            testCase "scopes do not cross threads" (fun () ->
                let mutable made = None

                Tensor.using (fun () ->
                    let thread = Thread(fun () -> made <- Some(make ()))
                    thread.Start()
                    thread.Join())

                Require.isFalse (disposed made.Value)
                (made.Value :> IDisposable).Dispose())
        ]
