namespace Limen.Core

open System
open System.Collections.Generic
open Limen.Kernels

/// The sum of label l's normalised rows. Sums are whole multiples of 2^-32, so that taking a row out again is exact.
[<ReferenceEquality>]
type internal LabelTotal =
    {
        /// Ascending.
        Columns: int[]
        Sums: int64[]
        /// Positions in the order of `heavier`.
        Order: int[]
    }

/// Sums of labels' rows, whose heaviest terms are the labels' profiles; a row can be taken out again.
[<RequireQualifiedAccess>]
module internal LabelTotals =

    let private fixedPoint (v: float32) =
        int64 (Math.Round(float v * 4294967296.0))

    /// Descending weight, then ascending column.
    let private heavier struct (c1: int, s1: int64) struct (c2: int, s2: int64) =
        match compare (abs s2) (abs s1) with
        | 0 -> compare c1 c2
        | order -> order

    let private byWeight = Comparer<struct (int * int64)>.Create(fun a b -> heavier a b)

    let private total (features: CsrMatrix) (rows: ReadOnlySpan<int>) =
        let sums = Dictionary<int, int64>()

        for r in rows do
            for struct (c, v) in Csr.row r features do
                sums[c] <- sums.GetValueOrDefault c + fixedPoint v

        let columns = sums.Keys |> Seq.toArray |> Array.sort
        let values = columns |> Array.map (fun c -> sums[c])
        let order = Array.init columns.Length id
        let terms = Array.map2 (fun c s -> struct (c, s)) columns values
        Array.Sort(terms, order, byWeight)

        {
            Columns = columns
            Sums = values
            Order = order
        }

    let totals (features: CsrMatrix) (labels: CsrMatrix) =
        let rowsOf = Csr.transpose labels
        Cancellation.init labels.Columns (fun l -> total features (rowsOf.RowIndices l))

    /// The heaviest terms, given in order, as a vector of norm 1 with ascending columns.
    let profile terms (inOrder: struct (int * int64) seq) =
        let kept =
            inOrder
            |> Seq.filter (fun struct (_, s) -> s <> 0L)
            |> Seq.truncate terms
            |> Seq.toArray

        let norm = sqrt (kept |> Array.sumBy (fun struct (_, s) -> float s * float s))

        kept
        |> Array.map (fun struct (c, s) -> struct (c, float32 (float s / norm)))
        |> Array.sortBy (fun struct (c, _) -> c)

    let ordered (t: LabelTotal) =
        t.Order |> Seq.map (fun k -> struct (t.Columns[k], t.Sums[k]))

    /// The row's cosine with the profile that is left when the row is taken out of the total: its own terms with what is
    /// left of them, merged in order with the others. `weighed` is the row as it is in the total, `own` holds its columns.
    let ownCosine
        terms
        (row: struct (int * float32)[])
        (weighed: struct (int * float32)[])
        (own: HashSet<int>)
        (t: LabelTotal)
        =
        // the heaviest `terms` of the others are all before this place, so lighter terms of the row cannot come in
        let last = min (int64 terms + int64 row.Length) (int64 t.Order.Length) |> int

        let least =
            if int64 last < int64 terms + int64 row.Length then
                0L
            else
                abs t.Sums[t.Order[last - 1]]

        let rest =
            weighed
            |> Array.map (fun struct (c, v) ->
                let at = Array.BinarySearch(t.Columns, c)
                struct (c, (if at >= 0 then t.Sums[at] else 0L) - fixedPoint v))
            |> Array.filter (fun struct (_, s) -> s <> 0L && abs s >= least)

        Array.Sort(rest, byWeight)
        let mutable taken = 0
        let mutable ownTaken = 0
        let mutable next = 0
        let mutable squares = 0.0

        while taken < terms && (next < last || ownTaken < rest.Length) do
            let struct (c, s) =
                if next < last then
                    struct (t.Columns[t.Order[next]], t.Sums[t.Order[next]])
                else
                    struct (-1, 0L)

            if next < last && (own.Contains c || s = 0L) then
                next <- next + 1
            else
                taken <- taken + 1

                if
                    ownTaken < rest.Length
                    && (next = last || heavier rest[ownTaken] (struct (c, s)) < 0)
                then
                    let struct (_, s) = rest[ownTaken]
                    squares <- squares + float s * float s
                    ownTaken <- ownTaken + 1
                else
                    squares <- squares + float s * float s
                    next <- next + 1

        let norm = sqrt squares
        let kept = rest |> Array.truncate ownTaken |> Array.sortBy (fun struct (c, _) -> c)
        let mutable at = 0
        let mutable dot = 0.0

        for struct (c, s) in kept do
            while (let struct (column, _) = row[at] in column < c) do
                at <- at + 1

            let struct (_, x) = row[at]
            dot <- dot + float x * float (float32 (float s / norm))

        dot
