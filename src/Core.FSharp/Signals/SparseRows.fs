namespace Limen.Core

open System.Collections.Generic
open System.Threading.Tasks
open Limen.Kernels

/// Sums over columns of which few are touched: dense memory once per thread, cleared in the number of touched columns.
[<Sealed>]
type internal Accumulator(columns: int) =
    let sums = Array.zeroCreate<float> columns
    let seen = Array.zeroCreate<bool> columns
    let touched = List<int>()

    member _.Add(column: int, value: float) =
        if not seen[column] then
            seen[column] <- true
            touched.Add column

        sums[column] <- sums[column] + value

    /// The touched columns in ascending order with their sums; the accumulator is empty afterwards.
    member _.Drain() : struct (int * float)[] =
        touched.Sort()
        let entries = Array.zeroCreate touched.Count

        for k in 0 .. touched.Count - 1 do
            let c = touched[k]
            entries[k] <- struct (c, sums[c])
            sums[c] <- 0.0
            seen[c] <- false

        touched.Clear()
        entries

    /// The same as a row of a matrix.
    member a.DrainRow() : struct (int * float32)[] =
        a.Drain() |> Array.map (fun struct (c, v) -> struct (c, float32 v))

/// How signals build their sparse rows: each row by itself, so the result does not depend on the number of threads.
[<RequireQualifiedAccess>]
module internal SparseRows =

    /// What is made of each row with an accumulator that is empty before.
    let each (rows: int) (columns: int) (row: Accumulator -> int -> 'made) : 'made[] =
        let built = Array.zeroCreate rows

        Parallel.For(
            0,
            rows,
            CancellationScope.Options,
            (fun () -> Accumulator columns),
            (fun i _ accumulator ->
                built[i] <- row accumulator i
                accumulator),
            ignore
        )
        |> ignore

        built

    /// Row i is `row accumulator i`: entries with ascending columns.
    let build (rows: int) (columns: int) (row: Accumulator -> int -> struct (int * float32)[]) : CsrMatrix =
        each rows columns row |> Csr.ofRows columns

    /// The values as a signal: rows without an entry are the fallbacks.
    let signal (values: CsrMatrix) : LocalSignal =
        let isEmpty r =
            values.RowStart[r] = values.RowStart[r + 1]

        {
            Values = values
            Fallbacks = Seq.length (Seq.filter isEmpty (seq { 0 .. values.Rows - 1 }))
        }

    /// At most `top` entries, those of the largest values; entries that tie at the cut fall out together, so that
    /// the choice does not depend on how columns are numbered.
    let top (top: int) (entries: struct (int * float32)[]) =
        if entries.Length <= top then
            entries
        else
            let descending =
                entries |> Array.map (fun struct (_, v) -> v) |> Array.sortDescending

            entries |> Array.filter (fun struct (_, v) -> v > descending[top])
