namespace Limen.Core

open System
open System.Threading.Tasks
open Limen.Kernels

/// K of D columns: those that some row has an entry in. What is made of them costs K, however large the numbers of the columns are.
type ColumnChoice =
    {
        /// Ascending [K].
        Ids: int[]
        /// D.
        Of: int
    }

[<RequireQualifiedAccess>]
module ColumnChoice =

    /// Numbers below `count` that are in an array, ascending. Works in memory of the array's size.
    let private distinct (count: int) (ids: ReadOnlySpan<int>) : int[] =
        if int64 count <= 32L * int64 ids.Length then
            let found = Array.zeroCreate<bool> count

            for id in ids do
                found[id] <- true

            [|
                for id in 0 .. count - 1 do
                    if found[id] then
                        id
            |]
        else
            let sorted = ids.ToArray()
            Array.Sort sorted
            Array.distinct sorted

    /// The columns that have an entry, be its value 0.
    let ofEntries (m: CsrMatrix) : ColumnChoice =
        {
            Ids = distinct m.Columns (ReadOnlySpan(m.Indices, 0, m.NonZeros))
            Of = m.Columns
        }

    /// Whether every column is chosen.
    let isAll (choice: ColumnChoice) : bool = choice.Ids.Length = choice.Of

    /// How many entries of a row are in chosen columns.
    let private kept (choice: ColumnChoice) (m: CsrMatrix) row =
        let mutable count = 0

        for column in m.RowIndices row do
            if Array.BinarySearch(choice.Ids, column) >= 0 then
                count <- count + 1

        count

    /// The entries in chosen columns, which are renumbered in their order: [N, D] to [N, K].
    let apply (choice: ColumnChoice) (m: CsrMatrix) : CsrMatrix =
        if isAll choice then
            Csr.widen choice.Of m
        else
            let counts = Array.zeroCreate m.Rows
            Parallel.For(0, m.Rows, fun row -> counts[row] <- kept choice m row) |> ignore
            let start = Csr.starts counts
            let indices = GC.AllocateUninitializedArray<int> start[m.Rows]
            let values = GC.AllocateUninitializedArray<float32> start[m.Rows]

            Parallel.For(
                0,
                m.Rows,
                fun row ->
                    let mutable at = start[row]

                    for from in m.RowStart[row] .. m.RowStart[row + 1] - 1 do
                        let column = Array.BinarySearch(choice.Ids, m.Indices[from])

                        if column >= 0 then
                            indices[at] <- column
                            values[at] <- m.Values[from]
                            at <- at + 1
            )
            |> ignore

            CsrMatrix.Trusted(m.Rows, choice.Ids.Length, start, indices, values)

    /// The entries of all columns, each in another one: column Ids[k] becomes column target[k] of so many, the targets all different. Every entry is to be in a chosen column.
    let moveTo (columns: int) (target: int[]) (choice: ColumnChoice) (m: CsrMatrix) : CsrMatrix =
        let indices =
            Array.init m.NonZeros (fun at -> target[Array.BinarySearch(choice.Ids, m.Indices[at])])

        let values = Array.sub m.Values 0 m.NonZeros

        for row in 0 .. m.Rows - 1 do
            let first, length = m.RowStart[row], m.RowStart[row + 1] - m.RowStart[row]
            Array.Sort(indices, values, first, length)

        CsrMatrix.Trusted(m.Rows, columns, m.RowStart, indices, values)
