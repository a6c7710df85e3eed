namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// Rows as they come in, before an input space makes features of them. One kind for all rows.
[<RequireQualifiedAccess; ReferenceEquality>]
type Rows =
    /// N texts: strings, or packed ones (TextList), as files are read.
    | Texts of IReadOnlyList<string>
    /// Sparse features [N, D]; a value that is NaN is missing.
    | Features of CsrMatrix
    /// Dense vectors [N, D]; a value that is NaN is missing.
    | Dense of float32[,]

    /// N, the number of rows.
    member rows.Count =
        match rows with
        | Texts texts -> texts.Count
        | Features x -> x.Rows
        | Dense x -> x.GetLength 0

    /// D, the number of features; None of texts, which have none before they meet a vectoriser.
    member rows.Dimension =
        match rows with
        | Texts _ -> None
        | Features x -> Some x.Columns
        | Dense x -> Some(x.GetLength 1)

    /// What they are, in a message: "texts" or "features".
    member rows.Kind =
        match rows with
        | Texts _ -> "texts"
        | Features _
        | Dense _ -> "features"

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Rows =

    /// What an input space reads meets rows of another kind: throws ArgumentException.
    let internal mismatch (expected: string) (rows: Rows) =
        invalidArg (nameof rows) $"expected {expected} as in the training rows, received {rows.Kind}"

    /// Throws ArgumentException where some rows are texts and others features.
    let requireAlike (training: Rows) (rows: Rows) : unit =
        if training.Kind <> rows.Kind then
            mismatch training.Kind rows

    /// The chosen rows, in the order given (a row may be chosen twice).
    let selectRows (chosen: int[]) (rows: Rows) : Rows =
        match rows with
        | Rows.Texts(:? TextList as packed) -> Rows.Texts(packed.Select chosen)
        | Rows.Texts texts -> Rows.Texts(chosen |> Array.map (fun row -> texts[row]))
        | Rows.Features x -> Csr.selectRows chosen x |> Rows.Features
        | Rows.Dense x ->
            Array2D.init chosen.Length (x.GetLength 1) (fun i c -> x[chosen[i], c])
            |> Rows.Dense

    /// Dense vectors without their zeros. Throws ArgumentException for an infinite number.
    let private sparse (x: float32[,]) : CsrMatrix =
        Array.init (x.GetLength 0) (fun r ->
            [|
                for c in 0 .. x.GetLength 1 - 1 do
                    if Single.IsInfinity x[r, c] then
                        invalidArg "rows" $"row {r + 1}: expected finite values, received {x[r, c]} for feature {c}"

                    if x[r, c] <> 0f then
                        struct (c, x[r, c])
            |])
        |> Csr.ofSortedRows (x.GetLength 1)

    /// The features [N, D] of rows that are no texts, None of texts. Throws ArgumentException for an infinite dense number.
    let tryFeatures (rows: Rows) : CsrMatrix option =
        match rows with
        | Rows.Texts _ -> None
        | Rows.Features x -> Some x
        | Rows.Dense x -> Some(sparse x)

    /// The same rows among D features; texts stay as they are. Throws ArgumentException where they have more.
    let widen (dimension: int) (rows: Rows) : Rows =
        match tryFeatures rows with
        | Some x when x.Columns <> dimension -> Csr.widen dimension x |> Rows.Features
        | _ -> rows

    /// The number of features that all of these rows fit in; None of texts.
    let dimension (parts: Rows list) : int option =
        match parts |> List.choose _.Dimension with
        | [] -> None
        | all -> Some(List.max all)
