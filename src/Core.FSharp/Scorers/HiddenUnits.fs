namespace Limen.Core

open System
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Limen.Kernels

/// The products of the output layer for a block of labels, whose weights are W [block, H].
[<ReferenceEquality>]
type BlockProducts =
    {
        /// z = h W' [B, block].
        Logits: unit -> Tensor
        /// From dz [B, block]: adds dh = dz W to a sum [B, H], at least where h is not 0, and gives dW = dz' h [block, H].
        Gradients: Tensor -> Tensor -> Tensor
    }

/// The last hidden units h [B, H] as a factor of the output layer's products.
[<RequireQualifiedAccess; ReferenceEquality>]
type HiddenUnits =
    /// All of them, in a precision.
    | Dense of Precision * Tensor
    /// Those that are not 0 alone, in float32: what relu and dropout leave.
    | Active of ActiveUnits

    interface IDisposable with
        member h.Dispose() =
            match h with
            | Dense _ -> ()
            | Active units -> units.Dispose()

[<RequireQualifiedAccess>]
module HiddenUnits =

    /// Whether this is one of the first processors with AVX-512 (Skylake, Cascade Lake), on which .NET itself keeps to 256 bits. Their dense products
    /// are faster than the first-level cache delivers factors, which is what products with active units live on.
    let private isEarlyAvx512 =
        Avx512F.IsSupported && not Vector512.IsHardwareAccelerated

    /// The share of units up to which products with those that are not 0 take less time than dense ones.
    let private worthwhile precision =
        match precision with
        | Precision.Mixed when Products.hasBFloat16 -> 0.3
        | Precision.Mixed
        | Precision.Single -> if isEarlyAvx512 then 0.4 else 0.6

    /// Rows for which laying out W anew pays.
    let private manyRows = 32

    /// The faster of the two. Where few units are not 0, Precision.Mixed too stays in float32.
    let ofTensor (precision: Precision) (h: Tensor) : HiddenUnits =
        let dense () =
            HiddenUnits.Dense(precision, Products.factor precision h)

        if h.Shape[0] < manyRows then
            dense ()
        else
            let units = ActiveUnits.Gather(Span.op_Implicit (Tensor.span h), h.Shape[1])

            if units.Share <= worthwhile precision then
                HiddenUnits.Active units
            else
                units.Dispose()
                dense ()

    /// Rows first .. first + count - 1 of W, the memory shared.
    let private rows (block: LabelBlock) (w: Tensor) =
        w
        |> Tensor.transpose
        |> Tensor.columns block.First block.Count
        |> Tensor.transpose

    let private dense precision (h: Tensor) (w: Tensor) : BlockProducts =
        let w = Products.factor precision w

        {
            Logits = fun () -> h |> Tensor.product (Tensor.transpose w)
            Gradients =
                fun dz sum ->
                    let dz = Products.factor precision dz
                    let dh = dz |> Tensor.product w
                    VectorMath.AddTo(Span.op_Implicit (Tensor.span dh), Tensor.span sum)
                    Tensor.transpose dz |> Tensor.product h
        }

    let private active (h: ActiveUnits) (w: Tensor) : BlockProducts =
        let labels = w.Shape[0]
        let strips = Tensor.empty [| LabelStrips.Length(labels, h.Units) |]
        LabelStrips.Pack(Span.op_Implicit (Tensor.span w), h.Units, Tensor.span strips)

        {
            Logits =
                fun () ->
                    let z = Tensor.empty [| h.Rows; labels |]
                    ActiveProducts.Logits(h, Span.op_Implicit (Tensor.span strips), Tensor.span z)
                    z
            Gradients =
                fun dz sum ->
                    let dw = Tensor.empty w.Shape
                    let slopes = Tensor.span dz

                    ActiveProducts.HiddenGradient(
                        h,
                        Span.op_Implicit slopes,
                        Span.op_Implicit (Tensor.span strips),
                        Tensor.span sum
                    )

                    ActiveProducts.WeightGradient(h, Span.op_Implicit slopes, Tensor.span dw)
                    dw
        }

    /// The products with the rows of W [L, H] that belong to a block of labels.
    let products (w: Tensor) (block: LabelBlock) (h: HiddenUnits) : BlockProducts =
        let w = rows block w

        match h with
        | HiddenUnits.Dense(precision, h) -> dense precision h w
        | HiddenUnits.Active units -> active units w
