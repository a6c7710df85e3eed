namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// Rows as they come in, before an input space makes features of them. All rows are of one kind, or of several side by side.
[<RequireQualifiedAccess; ReferenceEquality>]
type Rows =
    /// N texts: strings, or packed ones (TextList), as files are read.
    | Texts of IReadOnlyList<string>
    /// Sparse features [N, D]; a value that is NaN is missing.
    | Features of CsrMatrix
    /// Dense vectors [N, D]; a value that is NaN is missing.
    | Dense of float32[,]
    /// What the same N rows have side by side, texts and measurements say, two or more of the kinds above (Rows.beside).
    | Blocks of Rows list

    /// N, the number of rows.
    member rows.Count =
        match rows with
        | Texts texts -> texts.Count
        | Features x -> x.Rows
        | Dense x -> x.GetLength 0
        | Blocks blocks -> blocks |> List.tryHead |> Option.map _.Count |> Option.defaultValue 0

    /// D, the number of features; None of texts, which have none before they meet a vectoriser, and of blocks.
    member rows.Dimension =
        match rows with
        | Texts _
        | Blocks _ -> None
        | Features x -> Some x.Columns
        | Dense x -> Some(x.GetLength 1)

    /// What they are, in a message: "texts", "features", or "texts and features".
    member rows.Kind =
        match rows with
        | Texts _ -> "texts"
        | Features _
        | Dense _ -> "features"
        | Blocks blocks -> String.Join(" and ", blocks |> List.map _.Kind)

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Rows =

    /// What an input space reads meets rows of another kind: throws ArgumentException.
    let internal mismatch (expected: string) (rows: Rows) =
        invalidArg (nameof rows) $"expected {expected} as in the training rows, received {rows.Kind}"

    /// Throws ArgumentException where some rows are texts and others features.
    let requireAlike (training: Rows) (rows: Rows) : unit =
        if training.Kind <> rows.Kind then
            mismatch training.Kind rows

    /// What rows have side by side: themselves where they are of one kind.
    let blocks (rows: Rows) : Rows list =
        match rows with
        | Rows.Blocks blocks -> blocks
        | one -> [ one ]

    /// Rows with others to the right of what they have. Throws ArgumentException where these are more or fewer rows.
    let beside (others: Rows) (rows: Rows) : Rows =
        Shape.require (nameof others) "[N]" [ rows.Count ] [ others.Count ]
        Rows.Blocks(blocks rows @ blocks others)

    /// The texts of rows, those of the first block of texts where there are several blocks; None where no block is of texts.
    let tryTexts (rows: Rows) : IReadOnlyList<string> option =
        blocks rows
        |> List.tryPick (fun block ->
            match block with
            | Rows.Texts texts -> Some texts
            | _ -> None)

    /// The chosen rows, in the order given (a row may be chosen twice).
    let rec selectRows (chosen: int[]) (rows: Rows) : Rows =
        match rows with
        | Rows.Texts(:? TextList as packed) -> Rows.Texts(packed.Select chosen)
        | Rows.Texts texts -> Rows.Texts(chosen |> Array.map (fun row -> texts[row]))
        | Rows.Features x -> Csr.selectRows chosen x |> Rows.Features
        | Rows.Dense x ->
            Array2D.init chosen.Length (x.GetLength 1) (fun i c -> x[chosen[i], c])
            |> Rows.Dense
        | Rows.Blocks blocks -> blocks |> List.map (selectRows chosen) |> Rows.Blocks

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

    /// The features [N, D] of rows that are features alone, None of texts and of blocks. Throws ArgumentException for an infinite dense number.
    let tryFeatures (rows: Rows) : CsrMatrix option =
        match rows with
        | Rows.Texts _
        | Rows.Blocks _ -> None
        | Rows.Features x -> Some x
        | Rows.Dense x -> Some(sparse x)

    /// The same rows among D features; texts and blocks stay as they are. Throws ArgumentException where they have more.
    let widen (dimension: int) (rows: Rows) : Rows =
        match tryFeatures rows with
        | Some x when x.Columns <> dimension -> Csr.widen dimension x |> Rows.Features
        | _ -> rows

    /// The number of features that all of these rows fit in; None of texts and of blocks.
    let dimension (parts: Rows list) : int option =
        match parts |> List.choose _.Dimension with
        | [] -> None
        | all -> Some(List.max all)

    /// The same rows, each block among as many features as that of any of the parts has, which are alike.
    let asWideAs (parts: Rows list) (rows: Rows) : Rows =
        let wide place block =
            match parts |> List.choose (blocks >> List.tryItem place) |> dimension with
            | Some most -> widen most block
            | None -> block

        match rows with
        | Rows.Blocks own -> own |> List.mapi wide |> Rows.Blocks
        | one -> wide 0 one
