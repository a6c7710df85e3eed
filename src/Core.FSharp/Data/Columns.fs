namespace Limen.Core

open Limen.Kernels

/// A run of columns of a matrix: one of the blocks that stand beside each other in it.
[<Struct>]
type Columns = { First: int; Count: int }

[<RequireQualifiedAccess>]
module Columns =

    /// The blocks of so many columns each, one after the other.
    let beside (counts: int list) : Columns list =
        (0, counts)
        ||> List.mapFold (fun first count -> { First = first; Count = count }, first + count)
        |> fst

    /// Whether a column is one of the block's.
    let holds (column: int) (block: Columns) : bool =
        column >= block.First && column < block.First + block.Count

    /// What is wrong with a block of D columns (Stored).
    let internal unfit (columns: int) (block: Columns) : string list =
        Unfit.unless
            (block.First >= 0
             && block.Count >= 0
             && int64 block.First + int64 block.Count <= int64 columns)
            $"view: expected a block of {columns} columns, found {block.Count} from {block.First} on"

    /// The block alone, [N, Count].
    let select (block: Columns) (m: CsrMatrix) : CsrMatrix =
        if block.Count = m.Columns then
            m
        else
            Array.init m.Rows (fun row ->
                Csr.row row m
                |> Array.filter (fun struct (c, _) -> holds c block)
                |> Array.map (fun struct (c, v) -> struct (c - block.First, v)))
            |> Csr.ofRows block.Count

    let private ofSeveral (parts: CsrMatrix list) : CsrMatrix =
        let rows = parts.Head.Rows

        for part in parts do
            Shape.require (nameof parts) "[N]" [ rows ] [ part.Rows ]

        let blocks = parts |> List.map _.Columns |> beside

        Array.init rows (fun row ->
            List.zip blocks parts
            |> Seq.collect (fun (block, part) ->
                Csr.row row part |> Seq.map (fun struct (c, v) -> struct (block.First + c, v)))
            |> Seq.toArray)
        |> Csr.ofRows (blocks |> List.sumBy _.Count)

    /// Matrices of the same rows beside each other, [N, D1 + D2 + ...]. Throws ArgumentException where they have different rows.
    let join (parts: CsrMatrix list) : CsrMatrix =
        match parts with
        | [ one ] -> one
        | several -> ofSeveral several
