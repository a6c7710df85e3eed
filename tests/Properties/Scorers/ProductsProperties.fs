module Limen.Properties.ProductsProperties

open Expecto
open FsCheck.FSharp
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

let private noise purpose shape c =
    Tensor.ofArray shape (Seed.normals (Array.reduce (*) shape) (Seed.derive purpose 0 (Seed.ofInt c.Seed)))

/// a b in a precision, with b also as the transpose of its transpose.
let private products precision (a: Tensor) (b: Tensor) =
    let a, turned = Products.factor precision a, Tensor.clone (Tensor.transpose b)
    let b, turned = Products.factor precision b, Products.factor precision turned
    a |> Tensor.product b, a |> Tensor.product (Tensor.transpose turned)

let private tolerance = { Absolute = 1e-4; Relative = 1e-4 }

let private cases = Cases.from [ typeof<ProductArbitraries> ]

[<Tests>]
let tests =
    testList
        "Products"
        [
            lawsOf
                [ "product" ]
                (property cases "single products are float32's" (fun (c: ProductCase) ->
                    Tensor.using (fun () ->
                        let a, b = noise "a" [| c.M; c.K |] c, noise "b" [| c.K; c.N |] c
                        let ab, ab' = products Precision.Single a b
                        let expected = Tensor.toArray (a |> Tensor.mm b) |> Across.widen
                        Tolerance.require tolerance "a b" expected (Tensor.toArray ab |> Across.widen)
                        Tolerance.require tolerance "a b, turned" expected (Tensor.toArray ab' |> Across.widen))))

            // two roundings of at most 2^-8 and what they give together
            property
                cases
                "mixed products are float32, off by no more than the rounding of two factors"
                (fun (c: ProductCase) ->
                    Tensor.using (fun () ->
                        let a, b = noise "a" [| c.M; c.K |] c, noise "b" [| c.K; c.N |] c
                        let exact = Tensor.toArray (a |> Tensor.mm b)
                        let bound = Tensor.abs a |> Tensor.mm (Tensor.abs b) |> Tensor.toArray
                        let ab, ab' = products Precision.Mixed a b

                        for product in [ ab; ab' ] do
                            Require.equal Float32 product.DType

                            Array.iteri2
                                (fun i received bound ->
                                    Require.atMost (2.05f / 256f * bound) (abs (received - exact[i])))
                                (Tensor.toArray product)
                                bound))

            testCase "mixed factors are bfloat16 where the processor multiplies it, and float32 elsewhere" (fun () ->
                Tensor.using (fun () ->
                    let mixed = (Products.factor Precision.Mixed (Tensor.empty [| 2; 3 |])).DType
                    Require.equal (if Products.hasBFloat16 then BFloat16 else Float32) mixed))

            lawsOf
                [ "product" ]
                (testCase "a product is outside the graph, and names what does not fit" (fun () ->
                    Tensor.using (fun () ->
                        let a = Tensor.leaf (Tensor.ones Float32 [| 2; 3 |])
                        Require.isFalse ((a |> Tensor.product (Tensor.transpose a)).RequiresGrad)

                        let message b =
                            Require.refusal<TensorException>(fun () -> Tensor.product b a)

                        Require.contains "[2, 3] and [2, 3]" (message a)
                        Require.contains "Float and BFloat16" (message (Tensor.cast BFloat16 (Tensor.transpose a))))))
        ]
