namespace Limen.Core

open System
open Limen.Kernels

/// Functions over compressed-sparse-row matrices (features [N, D], label sets and score lists [N, L]).
[<RequireQualifiedAccess>]
module Csr =

    /// Rows without an entry.
    let empty (rows: int) (columns: int) : CsrMatrix =
        CsrMatrix(rows, columns, Array.zeroCreate (rows + 1), [||], [||])

    /// Where rows of so many entries each begin, and where the last one ends. Throws ArgumentException where no array holds all entries.
    let internal starts (lengths: int[]) : int[] =
        let start = Array.zeroCreate (lengths.Length + 1)

        lengths
        |> Array.iteri (fun i n -> start[i + 1] <- Shapes.Length(int64 start[i] + int64 n, "rows"))

        start

    /// Rows of (column, value) pairs, each sorted by column; values may be any numbers. Throws ArgumentException for columns that do not ascend within [0, columns).
    let ofSortedRows (columns: int) (rows: struct (int * float32)[][]) : CsrMatrix =
        let start = rows |> Array.map Array.length |> starts
        let indices = Array.zeroCreate start[rows.Length]
        let values = Array.zeroCreate start[rows.Length]

        rows
        |> Array.iteri (fun i row ->
            row
            |> Array.iteri (fun k struct (column, value) ->
                indices[start[i] + k] <- column
                values[start[i] + k] <- value))

        CsrMatrix(rows.Length, columns, start, indices, values)

    /// The same for finite values: throws ArgumentException for others too.
    let ofRows (columns: int) (rows: struct (int * float32)[][]) : CsrMatrix = (ofSortedRows columns rows).Validate()

    /// Label sets as a matrix of ones; ids are sorted and made distinct.
    let ofSets (columns: int) (sets: int[][]) : CsrMatrix =
        sets
        |> Array.map (Array.distinct >> Array.sort >> Array.map (fun l -> struct (l, 1f)))
        |> ofRows columns

    /// The (column, value) pairs of a row.
    let row (i: int) (m: CsrMatrix) : struct (int * float32)[] =
        Array.init (m.RowStart[i + 1] - m.RowStart[i]) (fun k ->
            struct (m.Indices[m.RowStart[i] + k], m.Values[m.RowStart[i] + k]))

    /// The column ids of a row: for label sets, the labels.
    let set (i: int) (m: CsrMatrix) : int[] = m.RowIndices(i).ToArray()

    /// The chosen rows, in the order given (a row may be chosen twice).
    let selectRows (chosen: int[]) (m: CsrMatrix) : CsrMatrix =
        let start =
            chosen |> Array.map (fun r -> m.RowStart[r + 1] - m.RowStart[r]) |> starts

        let indices = Array.zeroCreate start[chosen.Length]
        let values = Array.zeroCreate start[chosen.Length]

        chosen
        |> Array.iteri (fun i r ->
            let n = m.RowStart[r + 1] - m.RowStart[r]
            Array.blit m.Indices m.RowStart[r] indices start[i] n
            Array.blit m.Values m.RowStart[r] values start[i] n)

        CsrMatrix.Trusted(chosen.Length, m.Columns, start, indices, values)

    /// The same rows in a matrix of more columns. Throws ArgumentException where it has more than these.
    let widen (columns: int) (m: CsrMatrix) : CsrMatrix =
        if columns < m.Columns then
            invalidArg (nameof columns) $"expected at least {m.Columns} columns, received {columns}"

        CsrMatrix.Trusted(m.Rows, columns, m.RowStart, m.Indices, m.Values)

    /// The rows of all matrices, one after the other; they have the same columns, and there is at least one. Throws ArgumentException otherwise.
    let concat (parts: CsrMatrix list) : CsrMatrix =
        match parts |> List.map _.Columns |> List.distinct with
        | [ columns ] ->
            let nonZeros = parts |> List.sumBy (fun m -> int64 m.NonZeros)
            let length = Shapes.Length(nonZeros, nameof parts)
            let starts = parts |> List.scan (fun first m -> first + m.NonZeros) 0

            let start =
                [|
                    [| 0 |]
                    for first, m in List.zip (List.take parts.Length starts) parts do
                        m.RowStart[1..] |> Array.map ((+) first)
                |]
                |> Array.concat

            let indices, values = Array.zeroCreate length, Array.zeroCreate length

            for first, m in List.zip (List.take parts.Length starts) parts do
                Array.blit m.Indices 0 indices first m.NonZeros
                Array.blit m.Values 0 values first m.NonZeros

            CsrMatrix.Trusted(start.Length - 1, columns, start, indices, values)
        | other -> invalidArg (nameof parts) $"expected matrices of the same columns, received %A{other}"

    /// The rows of a, then the rows of b; both have the same columns.
    let append (a: CsrMatrix) (b: CsrMatrix) : CsrMatrix =
        if a.Columns <> b.Columns then
            invalidArg (nameof b) $"expected {a.Columns} columns, received {b.Columns}"

        concat [ a; b ]

    /// The transpose: [N, D] to [D, N].
    let transpose (m: CsrMatrix) : CsrMatrix = Transposed.Of m

    /// How many entries each column has: for label sets, the support n_l of each label.
    let columnCounts (m: CsrMatrix) : int[] =
        let counts = Array.zeroCreate m.Columns

        for at in 0 .. m.NonZeros - 1 do
            counts[m.Indices[at]] <- counts[m.Indices[at]] + 1

        counts

    /// The same entries with other values: f receives (row, column, value).
    let mapValues (f: int -> int -> float32 -> float32) (m: CsrMatrix) : CsrMatrix =
        let values = Array.zeroCreate m.NonZeros

        for r in 0 .. m.Rows - 1 do
            for at in m.RowStart[r] .. m.RowStart[r + 1] - 1 do
                values[at] <- f r m.Indices[at] m.Values[at]

        CsrMatrix.Trusted(m.Rows, m.Columns, m.RowStart, m.Indices, values)

    /// Each row divided by its Euclidean norm; an empty or zero row stays as it is.
    let normaliseRows (m: CsrMatrix) : CsrMatrix =
        let norms =
            Array.init m.Rows (fun r ->
                let mutable s = 0.0

                for at in m.RowStart[r] .. m.RowStart[r + 1] - 1 do
                    s <- s + float m.Values[at] * float m.Values[at]

                sqrt s)

        m
        |> mapValues (fun r _ v -> if norms[r] > 0.0 then float32 (float v / norms[r]) else v)

    /// The value at (row, column), 0 where none is stored.
    let item (r: int) (c: int) (m: CsrMatrix) : float32 =
        let at = m.Find(r, c)
        if at >= 0 then m.Values[at] else 0f
