namespace Limen.Core

open System
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Limen.Kernels

/// The last hidden units h [B, H] as a factor of the output layer's products.
[<RequireQualifiedAccess; ReferenceEquality>]
type HiddenUnits =
    /// All of them.
    | Dense of DenseMatrix
    /// Those that are not 0 alone: what relu and dropout leave.
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
    let private worthwhile = if isEarlyAvx512 then 0.4 else 0.6

    /// Rows from which on laying out W in strips pays.
    let private manyRows = 32

    /// The faster of the two; a dense one shares the memory of h.
    let ofMatrix (h: DenseMatrix) : HiddenUnits =
        if h.Rows < manyRows then
            HiddenUnits.Dense h
        else
            let units = ActiveUnits.Gather(Span.op_Implicit h.Span, h.Columns)

            if units.Share <= worthwhile then
                HiddenUnits.Active units
            else
                units.Dispose()
                HiddenUnits.Dense h

/// The products of the output layer for a block of labels, whose weights are rows W [block, H] of the layer's.
[<Sealed>]
type BlockProducts(h: HiddenUnits, w: DenseMatrix, block: LabelBlock) =

    let width = w.Columns

    /// W laid out for products with active units.
    let strips =
        match h with
        | HiddenUnits.Dense _ -> None
        | HiddenUnits.Active _ ->
            let strips = new DenseMatrix(1, LabelStrips.Length(block.Count, width))
            LabelStrips.Pack(Span.op_Implicit (w.RowSpan(block.First, block.Count)), width, strips.Span)
            Some strips

    let packed () : ReadOnlySpan<float32> = Span.op_Implicit strips.Value.Span

    /// z = h W' [B, block].
    member _.Logits() : DenseMatrix =
        match h with
        | HiddenUnits.Dense h ->
            let z = new DenseMatrix(h.Rows, block.Count)
            DenseProducts.MultiplyTransposed(h.Factor(), w.Factor(block.First, block.Count), z.Product())
            z
        | HiddenUnits.Active units ->
            let z = new DenseMatrix(units.Rows, block.Count)
            ActiveProducts.Logits(units, packed (), z.Span)
            z

    /// From dz [B, block] adds dh = dz W to a sum [B, H], at least where h is not 0.
    member _.AddHiddenGradient(dz: DenseMatrix, sum: DenseMatrix) : unit =
        match h with
        | HiddenUnits.Dense _ ->
            DenseProducts.AddProduct(dz.Factor(), w.Factor(block.First, block.Count), sum.Product())
        | HiddenUnits.Active units ->
            ActiveProducts.HiddenGradient(units, Span.op_Implicit dz.Span, packed (), sum.Span)

    /// From dz [B, block] the gradient dW = dz' h [block, H].
    member _.WeightGradient(dz: DenseMatrix) : DenseMatrix =
        let dw = new DenseMatrix(block.Count, width)

        match h with
        | HiddenUnits.Dense h -> DenseProducts.TransposeMultiply(dz.Factor(), h.Factor(), dw.Product())
        | HiddenUnits.Active units -> ActiveProducts.WeightGradient(units, Span.op_Implicit dz.Span, dw.Span)

        dw

    interface IDisposable with
        member _.Dispose() =
            strips |> Option.iter (fun s -> s.Dispose())
