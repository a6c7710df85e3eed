module Limen.Properties.CountsProperties

open System
open Expecto
open Limen.Core

let private counts (c: MetricCase) =
    Counts.ofSets None (LabelSets c.Sets) (LabelSets c.Truth)

/// The confusion of some (is true, is predicted) pairs.
let private count pairs : Confusion =
    let number wanted =
        pairs |> Seq.filter ((=) wanted) |> Seq.length |> float

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
                && (counts c).Rows = float c.Rows
                && Counts.total (counts c) = count (Seq.concat (columns c)))

            property
                cases
                "support and predictions are the column counts of truth and prediction"
                (fun (c: MetricCase) ->
                    let counted f =
                        Counts.perLabel (counts c) |> Array.map f

                    counted (fun l -> l.TP + l.FN) = Array.map float (Csr.columnCounts c.Truth)
                    && counted (fun l -> l.TP + l.FP) = Array.map float (Csr.columnCounts c.Sets))

            property cases "counts of weighted rows are those of rows written out so often" (fun (c: MetricCase) ->
                let rows =
                    [|
                        for r in 0 .. c.Rows - 1 do
                            yield! Array.create (int c.Weights[r]) r
                    |]

                let written m = LabelSets(Csr.selectRows rows m)

                Counts.ofSets (Some c.Weights) (LabelSets c.Sets) (LabelSets c.Truth) =
                    Counts.ofSets None (written c.Sets) (written c.Truth))

            testCase "sets of another shape are refused with both shapes" (fun () ->
                let truth = Csr.ofSets 3 [| [| 0 |]; [| 1 |] |]
                let other = Csr.ofSets 4 [| [| 0 |]; [| 1 |] |]

                let error =
                    Require.thrown<ArgumentException>(fun () -> Counts.ofSets None (LabelSets other) (LabelSets truth))

                Require.contains "[2; 3]" error.Message
                Require.contains "[2; 4]" error.Message)
        ]
