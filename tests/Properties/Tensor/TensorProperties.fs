/// Making, reading, autograd, scopes and errors.
module Limen.Properties.TensorProperties

open System
open System.Threading
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen.Core

/// Shape and values of a small tensor.
[<ReferenceEquality>]
type NdCase = { Nd: Nd }

type TensorArbitraries =
    static member Nd() =
        gen {
            let! rank = Gen.choose (0, 3)
            let! sizes = Gen.listOfLength rank (Gen.choose (0, 4))
            let s = List.toArray sizes
            let! values = Gen.listOfLength (Nd.count s) (Gen.choose (-64, 64))

            return
                {
                    Nd =
                        {
                            Shape = s
                            Values = [| for v in values -> float v / 16.0 |]
                        }
                }
        }
        |> Arb.fromGen

let private single (a: Nd) = Array.map float32 a.Values

/// The nearest bfloat16, ties to the even one.
let private bfloat16 (v: float32) : float32 =
    let bits = BitConverter.SingleToUInt32Bits v
    let rounded = bits + 0x7FFFu + ((bits >>> 16) &&& 1u)
    BitConverter.UInt32BitsToSingle(rounded &&& 0xFFFF0000u)

let private gradient (t: Tensor) =
    Tensor.grad t |> Option.map Tensor.toArray64

let private cases = Cases.from [ typeof<TensorArbitraries> ]

[<Tests>]
let tests =
    testList
        "Tensor"
        [
            // -- making and reading --
            lawsOf
                [ "ofArray"; "ofArray64"; "ofIds"; "toArray"; "toArray64" ]
                (property cases "what an array brings in comes out" (fun { Nd = a } ->
                    Tensor.using (fun () ->
                        let ids = Array.map int64 a.Values

                        Tensor.toArray (Tensor.ofArray a.Shape (single a)) = single a
                        && Tensor.toArray64 (Tensor.ofArray64 a.Shape a.Values) = a.Values
                        && Tensor.toArray64 (Tensor.ofIds a.Shape ids) = Array.map float ids
                        && (Tensor.ofArray a.Shape (single a)).Shape = a.Shape
                        && (Tensor.ofArray a.Shape (single a)).Count = int64 a.Values.Length)))

            lawsOf
                [ "full"; "zeros"; "ones"; "scalar" ]
                (property cases "constants fill their shape" (fun { Nd = a } (NormalFloat c) ->
                    Tensor.using (fun () ->
                        for dtype in [ Float32; BFloat16; Float64; DType.Int64; Bool ] do
                            let expected =
                                match dtype with
                                | Float32 -> float (float32 c)
                                | BFloat16 -> float (bfloat16 (float32 c))
                                | Float64 -> c
                                | DType.Int64 -> Math.Truncate(c: float)
                                | Bool -> if c <> 0.0 then 1.0 else 0.0

                            let t = Tensor.full dtype a.Shape c
                            Require.equal dtype t.DType
                            Require.equal (Array.map (fun _ -> expected) a.Values) (Tensor.toArray64 t)
                            Require.all 0.0 (Tensor.toArray64 (Tensor.zeros dtype a.Shape))
                            Require.all 1.0 (Tensor.toArray64 (Tensor.ones dtype a.Shape))

                        Require.isEmpty ((Tensor.scalar c).Shape)
                        Require.equal (float (float32 c)) (Tensor.item (Tensor.scalar c)))))

            lawsOf
                [ "cast" ]
                (property cases "a cast converts each value and leaves the rest" (fun { Nd = a } ->
                    Tensor.using (fun () ->
                        let x = Tensor.ofArray64 a.Shape a.Values
                        let cast dtype = Tensor.toArray64 (Tensor.cast dtype x)

                        cast Float32 = a.Values
                        && cast Float64 = a.Values
                        && cast DType.Int64 = Array.map (fun (v: float) -> Math.Truncate v) a.Values
                        && cast Bool = Array.map (fun v -> if v <> 0.0 then 1.0 else 0.0) a.Values
                        && (Tensor.cast Bool x).DType = Bool)))

            lawsOf
                [ "cast" ]
                (property cases "a cast to bfloat16 rounds to the nearest, ties to even" (fun (values: NormalFloat[]) ->
                    let halves = [| 1f + 1f / 256f; 1f + 3f / 256f; -1f / 3f |]

                    let floats =
                        values |> Array.map (fun (NormalFloat v) -> float32 v) |> Array.append halves

                    Tensor.using (fun () ->
                        let rounded = Tensor.ofArray [| floats.Length |] floats |> Tensor.cast BFloat16

                        rounded.DType = BFloat16
                        && Tensor.toArray rounded = Array.map bfloat16 floats
                        && Tensor.toArray (Tensor.cast Float32 rounded) = Array.map bfloat16 floats)))

            lawsOf
                [ "span"; "address"; "empty" ]
                (property cases "a span is the tensor's own memory" (fun { Nd = a } ->
                    Tensor.using (fun () ->
                        let t = Tensor.empty a.Shape
                        (single a).AsSpan().CopyTo(Tensor.span t)

                        Require.equal (single a) (Tensor.toArray t)
                        Require.equal a.Values.Length ((Tensor.span t).Length)

                        if a.Values.Length > 0 then
                            Require.notEqual 0n (Tensor.address t)
                            Require.equal 0n (Tensor.address t % 64n))))

            testCase "memory that is not contiguous float32 has no span" (fun () ->
                Tensor.using (fun () ->
                    for t in
                        [
                            Tensor.transpose (Tensor.zeros Float32 [| 2; 3 |])
                            Tensor.zeros Float64 [| 2 |]
                        ] do
                        Require.throws<ArgumentException>(fun () -> Tensor.address t)))

            testCase "values that do not fill the shape are refused, with both counts" (fun () ->
                let e =
                    Require.thrown<ArgumentException>(fun () -> Tensor.ofArray [| 2; 3 |] [| 1f |])

                Require.contains "6 elements" e.Message
                Require.contains "1 values" e.Message)

            lawsOf
                [ "item" ]
                (testCase "only a tensor of one element is an item" (fun () ->
                    Tensor.using (fun () ->
                        Require.equal 2.5 (Tensor.item (Tensor.ofArray64 [| 1; 1 |] [| 2.5 |]))

                        for shape in [ [| 0 |]; [| 2 |] ] do
                            Require.throws<ArgumentException>(fun () -> Tensor.item (Tensor.zeros Float32 shape)))))

            testCase "softplus is exact for large arguments in float64" (fun () ->
                Tensor.using (fun () ->
                    let x = [| -700.0; -40.0; 25.0; 39.0; 41.0; 700.0 |]
                    let expected = x |> Array.map (fun x -> max x 0.0 + exp -(abs x)) // ln(1 + y) = y for these y
                    let received = Tensor.toArray64 (Tensor.softplus (Tensor.ofArray64 [| 6 |] x))
                    Tolerance.require { Absolute = 0.0; Relative = 1e-14 } "softplus" expected received))

            testCase "the mean of nothing is NaN" (fun () ->
                Tensor.using (fun () ->
                    Require.isNaN (Tensor.item (Tensor.mean (Tensor.zeros Float32 [| 0 |])))

                    Require.isTrue (
                        Tensor.toArray (Tensor.meanAxis 0 (Tensor.zeros Float32 [| 0; 2 |]))
                        |> Array.forall Single.IsNaN
                    )))

            // -- errors --
            testCase "a native error arrives with torch's message" (fun () ->
                Tensor.using (fun () ->
                    let a = Tensor.zeros Float32 [| 2; 3 |]

                    let message (f: unit -> Tensor) =
                        (Require.thrown<TensorException>(fun () -> (f >> ignore) ())).Message

                    Require.contains "(2x3 and 2x3)" (message (fun () -> Tensor.mm a a))

                    Require.contains
                        "size of tensor a (3)"
                        (message (fun () -> Tensor.add (Tensor.zeros Float32 [| 4 |]) a))

                    Require.contains "invalid for input of size 6" (message (fun () -> Tensor.reshape [| 7 |] a))
                    Require.contains "non-empty" (message (fun () -> Tensor.cat 0 []))
                    Require.contains "negative dimension" (message (fun () -> Tensor.empty [| -1 |]))

                    Require.contains
                        "grad"
                        (message (fun () ->
                            Tensor.backward a
                            a))))

            testCase "a disposed tensor refuses every use" (fun () ->
                let t = Tensor.zeros Float32 [| 2 |]
                (t :> IDisposable).Dispose()
                (t :> IDisposable).Dispose()
                Require.throws<ObjectDisposedException>(fun () -> Tensor.neg t)
                Require.throws<ObjectDisposedException>(fun () -> t.Shape))

            lawsOf
                [ "leaf"; "detach"; "grad"; "zeroGrad"; "backward" ]
                (property cases "gradients add up until they are forgotten" (fun { Nd = a } ->
                    Tensor.using (fun () ->
                        let x = Tensor.leaf (Tensor.ofArray64 a.Shape a.Values)

                        let square () =
                            x |> Tensor.mul x |> Tensor.sum |> Tensor.backward

                        Require.isTrue x.RequiresGrad
                        Require.isFalse ((Tensor.detach x).RequiresGrad)
                        Require.isTrue ((gradient x).IsNone)
                        square ()
                        square ()
                        Require.equal (Array.map (fun v -> 4.0 * v) a.Values) ((gradient x).Value)
                        Tensor.zeroGrad x
                        Require.isTrue ((gradient x).IsNone)
                        square ()
                        Require.equal (Array.map (fun v -> 2.0 * v) a.Values) ((gradient x).Value))))

            lawsOf
                [ "backwardWith" ]
                (property cases "a given gradient flows back as if a loss had it" (fun { Nd = a } ->
                    Tensor.using (fun () ->
                        let x = Tensor.leaf (Tensor.ofArray64 a.Shape a.Values)
                        let given = Array.mapi (fun i _ -> float i - 1.0) a.Values
                        Tensor.exp x |> Tensor.backwardWith (Tensor.ofArray64 a.Shape given)

                        Array.map2 (fun g v -> g * exp v) given a.Values
                        |> fun expected -> Tolerance.require Tolerance.float64 "gradient" expected (gradient x).Value)))

            testCase "a leaf has memory of its own and its detached form shares it" (fun () ->
                Tensor.using (fun () ->
                    let x = Tensor.zeros Float32 [| 3 |]
                    let leaf = Tensor.leaf x
                    (Tensor.span leaf).Fill 1f
                    Require.all 0f (Tensor.toArray x)
                    Require.all 1f (Tensor.toArray (Tensor.detach leaf))
                    Require.all 1f (Tensor.toArray (Tensor.clone leaf))))

            lawsOf
                [ "noGrad" ]
                (testCase "noGrad records nothing and ends with the function, also when it throws" (fun () ->
                    Tensor.using (fun () ->
                        let x = Tensor.leaf (Tensor.ones Float32 [| 2 |])
                        let recorded () = (Tensor.neg x).RequiresGrad
                        Require.isFalse (Tensor.noGrad recorded)
                        Require.isTrue (recorded ())

                        Require.isFalse (
                            Tensor.noGrad (fun () ->
                                Tensor.noGrad ignore
                                recorded ())
                        )

                        Require.throws<InvalidOperationException>(fun () ->
                            Tensor.noGrad (fun () -> raise (InvalidOperationException())))

                        Require.isTrue (recorded ()))))

            testCase "gradient mode is the thread's own" (fun () ->
                Tensor.using (fun () ->
                    let x = Tensor.leaf (Tensor.ones Float32 [| 2 |])
                    let mutable elsewhere = false

                    Tensor.noGrad (fun () ->
                        let thread =
                            Thread(fun () -> elsewhere <- Tensor.using (fun () -> (Tensor.neg x).RequiresGrad))

                        thread.Start()
                        thread.Join())

                    Require.isTrue elsewhere))
        ]
