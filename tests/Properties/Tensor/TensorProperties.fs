namespace Limen.Properties

open System
open System.Threading
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
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

/// Making, reading, autograd, scopes and errors.
[<Properties(Arbitrary = [| typeof<TensorArbitraries> |])>]
module TensorProperties =

    let private single (a: Nd) = Array.map float32 a.Values

    /// The nearest bfloat16, ties to the even one.
    let private bfloat16 (v: float32) : float32 =
        let bits = BitConverter.SingleToUInt32Bits v
        let rounded = bits + 0x7FFFu + ((bits >>> 16) &&& 1u)
        BitConverter.UInt32BitsToSingle(rounded &&& 0xFFFF0000u)

    // -- making and reading --

    [<Property; LawsOf("ofArray", "ofArray64", "ofIds", "toArray", "toArray64")>]
    let ``what an array brings in comes out`` { Nd = a } =
        Tensor.using (fun () ->
            let ids = Array.map int64 a.Values

            Tensor.toArray (Tensor.ofArray a.Shape (single a)) = single a
            && Tensor.toArray64 (Tensor.ofArray64 a.Shape a.Values) = a.Values
            && Tensor.toArray64 (Tensor.ofIds a.Shape ids) = Array.map float ids
            && (Tensor.ofArray a.Shape (single a)).Shape = a.Shape
            && (Tensor.ofArray a.Shape (single a)).Count = int64 a.Values.Length)

    [<Property; LawsOf("full", "zeros", "ones", "scalar")>]
    let ``constants fill their shape`` { Nd = a } (NormalFloat c) =
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
                Assert.That(t.DType, Is.EqualTo dtype)
                Assert.That(Tensor.toArray64 t, Is.EqualTo<float[]>(Array.map (fun _ -> expected) a.Values))
                Assert.That(Tensor.toArray64 (Tensor.zeros dtype a.Shape), Is.All.EqualTo 0.0)
                Assert.That(Tensor.toArray64 (Tensor.ones dtype a.Shape), Is.All.EqualTo 1.0)

            Assert.That((Tensor.scalar c).Shape, Is.Empty)
            Assert.That(Tensor.item (Tensor.scalar c), Is.EqualTo(float (float32 c))))

    [<Property; LawsOf("cast")>]
    let ``a cast converts each value and leaves the rest`` { Nd = a } =
        Tensor.using (fun () ->
            let x = Tensor.ofArray64 a.Shape a.Values
            let cast dtype = Tensor.toArray64 (Tensor.cast dtype x)

            cast Float32 = a.Values
            && cast Float64 = a.Values
            && cast DType.Int64 = Array.map (fun (v: float) -> Math.Truncate v) a.Values
            && cast Bool = Array.map (fun v -> if v <> 0.0 then 1.0 else 0.0) a.Values
            && (Tensor.cast Bool x).DType = Bool)

    [<Property; LawsOf("cast")>]
    let ``a cast to bfloat16 rounds to the nearest, ties to even`` (values: NormalFloat[]) =
        let halves = [| 1f + 1f / 256f; 1f + 3f / 256f; -1f / 3f |]

        let floats =
            values |> Array.map (fun (NormalFloat v) -> float32 v) |> Array.append halves

        Tensor.using (fun () ->
            let rounded = Tensor.ofArray [| floats.Length |] floats |> Tensor.cast BFloat16

            rounded.DType = BFloat16
            && Tensor.toArray rounded = Array.map bfloat16 floats
            && Tensor.toArray (Tensor.cast Float32 rounded) = Array.map bfloat16 floats)

    [<Property; LawsOf("span", "address", "empty")>]
    let ``a span is the tensor's own memory`` { Nd = a } =
        Tensor.using (fun () ->
            let t = Tensor.empty a.Shape
            (single a).AsSpan().CopyTo(Tensor.span t)

            Assert.That(Tensor.toArray t, Is.EqualTo<float32[]>(single a))
            Assert.That((Tensor.span t).Length, Is.EqualTo a.Values.Length)

            if a.Values.Length > 0 then
                Assert.That(Tensor.address t, Is.Not.EqualTo 0n)
                Assert.That(Tensor.address t % 64n, Is.EqualTo 0n))

    [<Test>]
    let ``memory that is not contiguous float32 has no span`` () =
        Tensor.using (fun () ->
            for t in
                [
                    Tensor.transpose (Tensor.zeros Float32 [| 2; 3 |])
                    Tensor.zeros Float64 [| 2 |]
                ] do
                Thrown.check<ArgumentException>(fun () -> Tensor.address t |> ignore))

    [<Test>]
    let ``values that do not fill the shape are refused, with both counts`` () =
        let e =
            Thrown.by<ArgumentException>(fun () -> Tensor.ofArray [| 2; 3 |] [| 1f |] |> ignore)

        Assert.That(e.Message, Does.Contain("6 elements").And.Contain("1 values"))

    [<Test; LawsOf("item")>]
    let ``only a tensor of one element is an item`` () =
        Tensor.using (fun () ->
            Assert.That(Tensor.item (Tensor.ofArray64 [| 1; 1 |] [| 2.5 |]), Is.EqualTo 2.5)

            for shape in [ [| 0 |]; [| 2 |] ] do
                Thrown.check<ArgumentException>(fun () -> Tensor.item (Tensor.zeros Float32 shape) |> ignore))

    [<Test>]
    let ``softplus is exact for large arguments in float64`` () =
        Tensor.using (fun () ->
            let x = [| -700.0; -40.0; 25.0; 39.0; 41.0; 700.0 |]
            let expected = x |> Array.map (fun x -> max x 0.0 + exp -(abs x)) // ln(1 + y) = y for these y
            let received = Tensor.toArray64 (Tensor.softplus (Tensor.ofArray64 [| 6 |] x))
            Tolerance.require { Absolute = 0.0; Relative = 1e-14 } "softplus" expected received)

    [<Test>]
    let ``the mean of nothing is NaN`` () =
        Tensor.using (fun () ->
            Assert.That(Tensor.item (Tensor.mean (Tensor.zeros Float32 [| 0 |])), Is.NaN)
            Assert.That(Tensor.toArray (Tensor.meanAxis 0 (Tensor.zeros Float32 [| 0; 2 |])), Is.All.NaN))

    // -- errors --

    [<Test>]
    let ``a native error arrives with torch's message`` () =
        Tensor.using (fun () ->
            let a = Tensor.zeros Float32 [| 2; 3 |]

            let message (f: unit -> Tensor) =
                (Thrown.by<TensorException>(f >> ignore)).Message

            Assert.That(message (fun () -> Tensor.mm a a), Does.Contain "(2x3 and 2x3)")

            Assert.That(
                message (fun () -> Tensor.add (Tensor.zeros Float32 [| 4 |]) a),
                Does.Contain "size of tensor a (3)"
            )

            Assert.That(message (fun () -> Tensor.reshape [| 7 |] a), Does.Contain "invalid for input of size 6")
            Assert.That(message (fun () -> Tensor.cat 0 []), Does.Contain "non-empty")
            Assert.That(message (fun () -> Tensor.empty [| -1 |]), Does.Contain "negative dimension")

            Assert.That(
                message (fun () ->
                    Tensor.backward a
                    a),
                Does.Contain "grad"
            ))

    [<Test>]
    let ``a disposed tensor refuses every use`` () =
        let t = Tensor.zeros Float32 [| 2 |]
        (t :> IDisposable).Dispose()
        (t :> IDisposable).Dispose()
        Thrown.check<ObjectDisposedException>(fun () -> Tensor.neg t |> ignore)
        Thrown.check<ObjectDisposedException>(fun () -> t.Shape |> ignore)

    // -- autograd --

    let private gradient (t: Tensor) =
        Tensor.grad t |> Option.map Tensor.toArray64

    [<Property; LawsOf("leaf", "detach", "grad", "zeroGrad", "backward")>]
    let ``gradients add up until they are forgotten`` { Nd = a } =
        Tensor.using (fun () ->
            let x = Tensor.leaf (Tensor.ofArray64 a.Shape a.Values)

            let square () =
                x |> Tensor.mul x |> Tensor.sum |> Tensor.backward

            Assert.That(x.RequiresGrad)
            Assert.That((Tensor.detach x).RequiresGrad, Is.False)
            Assert.That((gradient x).IsNone)
            square ()
            square ()
            Assert.That((gradient x).Value, Is.EqualTo<float[]>(Array.map (fun v -> 4.0 * v) a.Values))
            Tensor.zeroGrad x
            Assert.That((gradient x).IsNone)
            square ()
            Assert.That((gradient x).Value, Is.EqualTo<float[]>(Array.map (fun v -> 2.0 * v) a.Values)))

    [<Property; LawsOf("backwardWith")>]
    let ``a given gradient flows back as if a loss had it`` { Nd = a } =
        Tensor.using (fun () ->
            let x = Tensor.leaf (Tensor.ofArray64 a.Shape a.Values)
            let given = Array.mapi (fun i _ -> float i - 1.0) a.Values
            Tensor.exp x |> Tensor.backwardWith (Tensor.ofArray64 a.Shape given)

            Array.map2 (fun g v -> g * exp v) given a.Values
            |> fun expected -> Tolerance.require Tolerance.float64 "gradient" expected (gradient x).Value)

    [<Test>]
    let ``a leaf has memory of its own and its detached form shares it`` () =
        Tensor.using (fun () ->
            let x = Tensor.zeros Float32 [| 3 |]
            let leaf = Tensor.leaf x
            (Tensor.span leaf).Fill 1f
            Assert.That(Tensor.toArray x, Is.All.EqualTo 0f)
            Assert.That(Tensor.toArray (Tensor.detach leaf), Is.All.EqualTo 1f)
            Assert.That(Tensor.toArray (Tensor.clone leaf), Is.All.EqualTo 1f))

    [<Test; LawsOf("noGrad")>]
    let ``noGrad records nothing and ends with the function, also when it throws`` () =
        Tensor.using (fun () ->
            let x = Tensor.leaf (Tensor.ones Float32 [| 2 |])
            let recorded () = (Tensor.neg x).RequiresGrad
            Assert.That(Tensor.noGrad recorded, Is.False)
            Assert.That(recorded ())

            Assert.That(
                Tensor.noGrad (fun () ->
                    Tensor.noGrad ignore
                    recorded ()),
                Is.False
            )

            Thrown.check<InvalidOperationException>(fun () ->
                Tensor.noGrad (fun () -> raise (InvalidOperationException())))

            Assert.That(recorded ()))

    [<Test>]
    let ``gradient mode is the thread's own`` () =
        Tensor.using (fun () ->
            let x = Tensor.leaf (Tensor.ones Float32 [| 2 |])
            let mutable elsewhere = false

            Tensor.noGrad (fun () ->
                let thread =
                    Thread(fun () -> elsewhere <- Tensor.using (fun () -> (Tensor.neg x).RequiresGrad))

                thread.Start()
                thread.Join())

            Assert.That elsewhere)
