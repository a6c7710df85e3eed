module Limen.Properties.CountsProperties

open System
open Expecto
open Limen.Core

let private counts (c: MetricCase) = Counts.ofSets c.Truth c.Sets

let private rows (c: MetricCase) = RowCounts.ofSets c.Truth c.Sets

/// The confusion of some (is true, is predicted) pairs.
let private count pairs : Confusion =
    let number wanted =
        pairs |> Seq.filter ((=) wanted) |> Seq.length |> int64

    {
        TP = number (true, true)
        FP = number (false, true)
        FN = number (true, false)
    }

let private columns (c: MetricCase) =
    let truth, sets = Dense.flags c.Truth, Dense.flags c.Sets

    [|
        for l in 0 .. c.Labels - 1 -> [ for r in 0 .. c.Rows - 1 -> truth[r][l], sets[r][l] ]
    |]

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "Counts"
        [
            property cases "counts are those of the pairs written out" (fun (c: MetricCase) ->
                Counts.perLabel (counts c) = Array.map count (columns c)
                && (counts c).Rows = c.Rows
                && Counts.total (counts c) = count (Seq.concat (columns c)))

            property cases "row counts are those of the pairs written out" (fun (c: MetricCase) ->
                let plain =
                    Array.map2 Array.zip (Dense.flags c.Truth) (Dense.flags c.Sets)
                    |> Array.countBy count
                    |> Map.ofArray

                (rows c).Outcomes = plain && RowCounts.rows (rows c) = c.Rows)

            property cases "counts are a commutative monoid" (fun (c: MetricCase) ->
                let a = counts c
                let b = Counts.ofSets c.Truth c.Others
                let d = Counts.ofSets c.Others c.Sets
                let zero = Counts.zero c.Labels

                Counts.add zero a = a
                && Counts.add a b = Counts.add b a
                && Counts.add a (Counts.add b d) = Counts.add (Counts.add a b) d)

            property cases "row counts are a commutative monoid" (fun (c: MetricCase) ->
                let a = rows c
                let b = RowCounts.ofSets c.Truth c.Others
                let d = RowCounts.ofSets c.Others c.Sets

                RowCounts.add RowCounts.zero a = a
                && RowCounts.add a b = RowCounts.add b a
                && RowCounts.add a (RowCounts.add b d) = RowCounts.add (RowCounts.add a b) d)

            property
                cases
                "support and predictions are the column counts of truth and prediction"
                (fun (c: MetricCase) ->
                    Counts.support (counts c) = Csr.columnCounts c.Truth
                    && Counts.predictions (counts c) = Csr.columnCounts c.Sets)

            testCase "sets of another shape are refused with both shapes" (fun () ->
                let truth = Csr.ofSets 3 [| [| 0 |]; [| 1 |] |]
                let other = Csr.ofSets 4 [| [| 0 |]; [| 1 |] |]
                let error = Require.thrown<ArgumentException>(fun () -> Counts.ofSets truth other)
                Require.contains "[2; 3]" error.Message
                Require.contains "[2; 4]" error.Message)
        ]
