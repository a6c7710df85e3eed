module Limen.Properties.FusionProperties

open System
open Expecto
open FsCheck.FSharp
open Limen
open Limen.Core
open TorchSharp

/// A fusion of L labels with its IDF [L], and local signals [B, L] with a cotangent of the thresholds.
[<ReferenceEquality>]
type FusionCase =
    {
        Fusion: Fusion
        Idf: float32[]
        Local: float32[][]
        Cotangent: float32[][]
    }

type FusionArbitraries =
    static member Case() =
        gen {
            let! b = Gen.choose (1, 5)
            let! l = Gen.choose (1, 6)
            let values n = Gen.arrayOfLength n Generators.value
            let! idf = Gen.arrayOfLength l Generators.positive
            let! perLabel = values l
            let! buckets = values 3

            let! alpha =
                Gen.elements
                    [
                        Shared perLabel[0]
                        PerBucket([| 1f; 2.5f |], buckets)
                        Alpha.PerLabel perLabel
                    ]

            let! lambda = Generators.value
            let! beta = values l
            let! bias = values l
            let! local = Gen.arrayOfLength b (values l)
            let! cotangent = Gen.arrayOfLength b (values l)

            return
                {
                    Fusion =
                        {
                            Lambda = lambda / 4f
                            Alpha = alpha
                            Beta = beta
                            Bias = bias
                        }
                    Idf = idf
                    Local = local
                    Cotangent = cotangent
                }
        }
        |> Arb.fromGen

let private tolerance = { Absolute = 1e-4; Relative = 1e-5 }

let private close a b =
    Tolerance.close tolerance (float a) (float b)

let private closeAll (a: float32[]) (b: float32[]) =
    a.Length = b.Length && Array.forall2 close a b

let private matrix (rows: float32[][]) =
    Tensors.ofSpan [ rows.Length; rows[0].Length ] ((Array.concat rows).AsSpan())

let private vector (v: float32[]) =
    Tensors.ofSpan [ v.Length ] (v.AsSpan())

/// (lambda, alpha [L], beta, bias) as leaves and the thresholds that the definition makes of them.
let private composed case =
    let leaf (t: torch.Tensor) = t.requires_grad_ true
    let lambda = leaf (Tensors.scalar (float case.Fusion.Lambda))
    let alpha = leaf (vector (Alpha.perLabel case.Idf case.Fusion.Alpha))
    let beta = leaf (vector case.Fusion.Beta)
    let bias = leaf (vector case.Fusion.Bias)

    let (Thresholds theta) =
        Fusion.thresholds lambda alpha beta bias (vector case.Idf) (matrix case.Local)

    struct (lambda, alpha, beta, bias, theta)

let private cases = Cases.from [ typeof<FusionArbitraries> ]

[<Tests>]
let tests =
    testList
        "Fusion"
        [
            property cases "offset + slope A is the composed definition" (fun (case: FusionCase) ->
                Tensors.using (fun () ->
                    let struct (_, _, _, _, theta) = composed case
                    let offsets = Fusion.offsets case.Idf case.Fusion
                    let slopes = Fusion.slopes case.Fusion

                    let expected =
                        case.Local
                        |> Array.collect (fun a -> Array.map3 (fun o s a -> o + s * a) offsets slopes a)

                    closeAll expected (Tensors.toArray theta)))

            property cases "the chain rule is what autograd says of the composed definition" (fun (case: FusionCase) ->
                Tensors.using (fun () ->
                    let struct (lambda, alpha, beta, bias, theta) = composed case
                    torch.autograd.backward (theta, matrix case.Cotangent)

                    let grad (leaf: torch.Tensor) = Tensors.toArray leaf.grad

                    let sum f =
                        Array.init case.Idf.Length (fun l ->
                            case.Cotangent |> Array.mapi (fun b g -> f b l * g[l]) |> Array.sum)

                    let ours =
                        Fusion.gradient case.Idf (sum (fun _ _ -> 1f)) (sum (fun b l -> case.Local[b][l])) case.Fusion

                    close ours.Lambda (Array.head (grad lambda))
                    && closeAll ours.Alpha (Alpha.gather case.Idf (grad alpha) case.Fusion.Alpha)
                    && closeAll ours.Beta (grad beta)
                    && closeAll ours.Bias (grad bias)))

            property cases "the parts of a threshold add up to it" (fun (case: FusionCase) ->
                let offsets = Fusion.offsets case.Idf case.Fusion
                let slopes = Fusion.slopes case.Fusion

                case.Local[0]
                |> Array.mapi (fun l a ->
                    let parts = Fusion.parts case.Idf l a case.Fusion

                    close parts.Threshold (offsets[l] + slopes[l] * a)
                    && close (parts.Global + parts.Bias) offsets[l]
                    && parts.Bias = case.Fusion.Bias[l])
                |> Array.forall id)

            property cases "lambda 1 leaves the global signal alone, lambda 0 the local one" (fun (case: FusionCase) ->
                let at lambda = { case.Fusion with Lambda = lambda }

                (Fusion.slopes (at 1f) |> Array.forall (fun s -> s = 0f))
                && Fusion.offsets case.Idf (at 0f) = case.Fusion.Bias)

            property cases "a change of alpha per label is a change of bias" (fun (case: FusionCase) ->
                let moved =
                    { case.Fusion with
                        Alpha = Alpha.PerLabel(Alpha.perLabel case.Idf case.Fusion.Alpha |> Array.map ((+) 0.5f))
                        Bias = Array.map2 (fun b idf -> b - case.Fusion.Lambda * 0.5f * idf) case.Fusion.Bias case.Idf
                    }

                closeAll (Fusion.offsets case.Idf case.Fusion) (Fusion.offsets case.Idf moved))

            property cases "gathering is the adjoint of sharing" (fun (case: FusionCase) ->
                let g = case.Cotangent[0]
                let alpha = case.Fusion.Alpha
                let dot = Array.fold2 (fun s (x: float32) (y: float32) -> s + float x * float y) 0.0

                Tolerance.close
                    tolerance
                    (dot (Alpha.perLabel case.Idf alpha) g)
                    (dot (Alpha.values alpha) (Alpha.gather case.Idf g alpha)))

            property cases "labels of equal IDF share their bucket's weight" (fun (case: FusionCase) ->
                let alpha = PerBucket([| 1f; 2.5f |], [| 10f; 20f; 30f |])

                Array.forall2
                    (fun v a ->
                        a =
                            (if v < 1f then 10f
                             elif v < 2.5f then 20f
                             else 30f))
                    case.Idf
                    (Alpha.perLabel case.Idf alpha))

            property cases "the prior's gradient is its central difference" (fun (case: FusionCase) ->
                let value v =
                    let struct (p, _) = Alpha.prior 0.7f (Alpha.PerLabel v)
                    float p

                let struct (_, gradient) = Alpha.prior 0.7f (Alpha.PerLabel case.Fusion.Bias)

                gradient
                |> Array.mapi (fun k g ->
                    let at h =
                        value (case.Fusion.Bias |> Array.mapi (fun j x -> if j = k then x + h else x))

                    Tolerance.close { Absolute = 2e-2; Relative = 1e-2 } ((at 0.05f - at -0.05f) / 0.1) (float g))
                |> Array.forall id)

            testCase "the prior leaves equal and shared weights alone" (fun () ->
                for alpha in [ Shared 3f; PerBucket([| 1f |], [| 1f; 2f |]); Alpha.PerLabel [| 2f; 2f |] ] do
                    let struct (value, gradient) = Alpha.prior 1f alpha
                    Require.equal 0f value
                    Require.isTrue (gradient |> Array.forall (fun g -> g = 0f)))

            testCase "the start of training is the static threshold 0" (fun () ->
                for sharing in [ Shared 3f; PerBucket([| 1f |], [| 1f; 2f |]); Alpha.PerLabel [| 2f; 2f |] ] do
                    let start = Fusion.zero sharing 2
                    Require.isTrue (Fusion.offsets [| 1f; 4f |] start |> Array.forall (fun o -> o = 0f))
                    Require.isTrue (Fusion.slopes start |> Array.forall (fun o -> o = 0f)))

            testCase "numbers of another length are refused with both shapes" (fun () ->
                let fusion =
                    { Fusion.zero (PerBucket([| 1f |], [| 1f |])) 2 with
                        Lambda = 1f
                    }

                let error =
                    Require.thrown<System.ArgumentException>(fun () -> Fusion.offsets [| 1f; 2f |] fusion)

                Require.contains "[2]" error.Message
                Require.contains "[1]" error.Message)
        ]
