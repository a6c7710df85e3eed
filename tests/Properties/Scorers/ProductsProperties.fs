namespace Limen.Properties

open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
open Limen.Core

/// The sizes of a product: [m, k] times [k, n].
type ProductCase = { M: int; K: int; N: int; Seed: int }

type ProductArbitraries =
    static member Case() =
        let size = Gen.frequency [ 1, Gen.constant 1; 8, Gen.choose (0, 70) ]

        gen {
            let! m = size
            let! k = size
            let! n = size
            let! seed = Gen.choose (0, 1000)
            return { M = m; K = k; N = n; Seed = seed }
        }
        |> Arb.fromGen

[<Properties(Arbitrary = [| typeof<ProductArbitraries> |])>]
module ProductsProperties =

    let private noise purpose shape c =
        Tensor.ofArray shape (Seed.normals (Array.reduce (*) shape) (Seed.derive purpose 0 (Seed.ofInt c.Seed)))

    /// a b in a precision, with b also as the transpose of its transpose.
    let private products precision (a: Tensor) (b: Tensor) =
        let a, turned = Products.factor precision a, Tensor.clone (Tensor.transpose b)
        let b, turned = Products.factor precision b, Products.factor precision turned
        a |> Tensor.product b, a |> Tensor.product (Tensor.transpose turned)

    let private tolerance = { Absolute = 1e-4; Relative = 1e-4 }

    [<Property; LawsOf("product")>]
    let ``single products are float32's`` (c: ProductCase) =
        Tensor.using (fun () ->
            let a, b = noise "a" [| c.M; c.K |] c, noise "b" [| c.K; c.N |] c
            let ab, ab' = products Precision.Single a b
            let expected = Tensor.toArray (a |> Tensor.mm b) |> Across.widen
            Tolerance.require tolerance "a b" expected (Tensor.toArray ab |> Across.widen)
            Tolerance.require tolerance "a b, turned" expected (Tensor.toArray ab' |> Across.widen))

    // two roundings of at most 2^-8 and what they give together
    [<Property>]
    let ``mixed products are float32, off by no more than the rounding of two factors`` (c: ProductCase) =
        Tensor.using (fun () ->
            let a, b = noise "a" [| c.M; c.K |] c, noise "b" [| c.K; c.N |] c
            let exact = Tensor.toArray (a |> Tensor.mm b)
            let bound = Tensor.abs a |> Tensor.mm (Tensor.abs b) |> Tensor.toArray
            let ab, ab' = products Precision.Mixed a b

            for product in [ ab; ab' ] do
                Assert.That(product.DType, Is.EqualTo Float32)

                Array.iteri2
                    (fun i received bound ->
                        Assert.That(abs (received - exact[i]), Is.LessThanOrEqualTo(2.05f / 256f * bound)))
                    (Tensor.toArray product)
                    bound)

    [<Test>]
    let ``mixed factors are bfloat16 where the processor multiplies it, and float32 elsewhere`` () =
        Tensor.using (fun () ->
            let mixed = (Products.factor Precision.Mixed (Tensor.empty [| 2; 3 |])).DType
            Assert.That(mixed, Is.EqualTo(if Products.hasBFloat16 then BFloat16 else Float32)))

    [<Test; LawsOf("product")>]
    let ``a product is outside the graph, and names what does not fit`` () =
        Tensor.using (fun () ->
            let a = Tensor.leaf (Tensor.ones Float32 [| 2; 3 |])
            Assert.That((a |> Tensor.product (Tensor.transpose a)).RequiresGrad, Is.False)

            let message b =
                (Thrown.by<TensorException>(fun () -> a |> Tensor.product b |> ignore)).Message

            Assert.That(message a, Does.Contain "[2, 3] and [2, 3]")
            Assert.That(message (Tensor.cast BFloat16 (Tensor.transpose a)), Does.Contain "Float and BFloat16"))
