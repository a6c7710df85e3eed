module Limen.Properties.TablesProperties

open Expecto
open Limen.Core

let private close = Tolerance.close Tolerance.float64

let private counts (c: MetricCase) = Counts.ofSets c.Truth c.Sets

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "Tables"
        [
            property
                cases
                "the per-label table carries the counts and its mean F1 is convention A"
                (fun (c: MetricCase) ->
                    let table = Tables.perLabel c.TrainingSupport (counts c)

                    (table |> Array.map _.Confusion) = Counts.perLabel (counts c)
                    && (table |> Array.map _.TrainingSupport) = c.TrainingSupport
                    && (table |> Array.map _.Support) = Csr.columnCounts c.Truth
                    && close (table |> Array.map _.F1 |> Dense.mean) (F1.macro (AllLabels AsZero) (counts c)))

            property cases "buckets part the labels and add up to the whole" (fun (c: MetricCase) ->
                [ Tables.headTorsoTail; Tables.frequentFewZero ]
                |> List.forall (fun cuts ->
                    let table = Tables.perBucket cuts c.TrainingSupport (counts c)
                    let weighted = table |> List.sumBy (fun b -> b.MacroF1 * float b.Labels)

                    (table |> List.map _.Bucket) = cuts
                    && (table |> List.sumBy _.Labels) = c.Labels
                    && (table |> List.map _.Confusion |> List.fold Confusion.add Confusion.zero) =
                        Counts.total (counts c)
                    && close (weighted / float c.Labels) (F1.macro (AllLabels AsZero) (counts c))
                    && close
                        (float (table |> List.sumBy _.Predicted) / float c.Labels)
                        (Tables.everPredicted (counts c))))

            property cases "a label is predicted or never predicted" (fun (c: MetricCase) ->
                let predicted =
                    Csr.columnCounts c.Sets |> Array.filter (fun n -> n > 0) |> Array.length

                close (Tables.everPredicted (counts c)) (float predicted / float c.Labels)
                && close (Tables.everPredicted (counts c) + Tables.neverPredicted (counts c)) 1.0)

            testCase "the cuts fall where their names say" (fun () ->
                let truth = Csr.ofSets 6 [| [||] |]

                let labels cuts =
                    Tables.perBucket cuts [| 0; 1; 9; 10; 49; 50 |] (Counts.ofSets truth truth)
                    |> List.map _.Labels

                Require.equal [ 1; 2; 2; 1 ] (labels Tables.headTorsoTail)
                Require.equal [ 0; 5; 1 ] (labels Tables.frequentFewZero))
        ]
