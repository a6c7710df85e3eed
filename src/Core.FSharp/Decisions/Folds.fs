namespace Limen.Core

open Limen.Kernels

/// Seeded folds of rows: the fold of each row, 0 .. folds - 1.
[<RequireQualifiedAccess>]
module Folds =

    /// The folds of rows that are there so many times, one after the other: those of the first time, each time.
    let repeat (scorings: int) (foldOf: int[]) : int[] =
        Array.init scorings (fun _ -> foldOf) |> Array.concat

    /// The sum of a row's scores in bits, in any order.
    let private sumOfBits (seed: Seed) (scores: CsrMatrix) (row: int) =
        let mutable sum = 0UL

        for at in scores.RowStart[row] .. scores.RowStart[row + 1] - 1 do
            let bits = System.BitConverter.SingleToUInt32Bits scores.Values[at]
            sum <- sum + Seed.bits (int64 bits) seed

        sum

    /// The fold of a row is a function of the seed and of the row's scores as a multiset, so neither the order of the
    /// rows nor the numbering of the labels matters, and equal rows share a fold. Folds are of nearly equal size only in
    /// expectation. scorings: how often each row was scored; of S scorings of N rows, row i of each is one row, and its S scorings share a fold;
    /// ArgumentException where S does not divide the rows.
    let ofScores (scorings: int) (folds: int) (seed: Seed) (Scores scores) : int[] =
        if scorings < 1 || scores.Rows % scorings <> 0 then
            invalidArg
                (nameof scorings)
                $"expected 1 or more that divides the {scores.Rows} rows of the scores, received {scorings}"

        let rows = scores.Rows / scorings

        let foldOf =
            Array.init rows (fun row ->
                let mutable sum = 0UL

                for s in 0 .. scorings - 1 do
                    sum <- sum + sumOfBits seed scores (s * rows + row)

                int (Seed.bits (int64 (sum >>> 1)) seed % uint64 folds))

        repeat scorings foldOf

    /// Folds over which the rows of each label [N, L] are spread as evenly as those of rarer labels allow: iterative
    /// stratification (Sechidis, Tsoumakas and Vlahavas 2011, https://doi.org/10.1007/978-3-642-23808-6_10), labels taken once, the
    /// rarest first. A row goes to the fold with the fewest rows of the label, then with the fewest rows; with N rows or
    /// fewer as folds, none is empty.
    let stratified (folds: int) (seed: Seed) (LabelSets labels) : int[] =
        let foldOf = Array.create labels.Rows -1
        let sizes = Array.zeroCreate folds
        let place = Array.zeroCreate labels.Rows

        Seed.permutation labels.Rows seed
        |> Array.iteri (fun at row -> place[row] <- at)

        let spread (rows: int[]) =
            let counts = Array.zeroCreate folds
            let assigned, waiting = rows |> Array.partition (fun row -> foldOf[row] >= 0)

            for row in assigned do
                counts[foldOf[row]] <- counts[foldOf[row]] + 1

            for row in waiting |> Array.sortBy (fun row -> place[row]) do
                let fold =
                    Seq.minBy (fun k -> struct (counts[k], sizes[k])) (seq { 0 .. folds - 1 })

                foldOf[row] <- fold
                counts[fold] <- counts[fold] + 1
                sizes[fold] <- sizes[fold] + 1

        let rowsOf = Csr.transpose labels
        let rarestFirst = Csr.columnCounts labels |> Array.indexed |> Array.sortBy snd

        for label, _ in rarestFirst do
            spread (Csr.set label rowsOf)

        // what is left has no labels: evenly by size alone
        foldOf
        |> Array.indexed
        |> Array.filter (fun (_, fold) -> fold < 0)
        |> Array.map fst
        |> Array.sortBy (fun row -> place[row])
        |> Array.iter (fun row -> spread [| row |])

        foldOf

    /// The rows of a fold and all the others, each in order.
    let split (fold: int) (folds: int[]) : int[] * int[] =
        Array.partition (fun row -> folds[row] = fold) [| 0 .. folds.Length - 1 |]

    /// Where each row stands when the parts are put one after the other: choosing these places restores the order.
    let places (parts: int[] list) : int[] =
        let place = Array.zeroCreate (parts |> List.sumBy Array.length)
        parts |> Seq.concat |> Seq.iteri (fun at row -> place[row] <- at)
        place
