module Limen.Properties.F1Properties

open Expecto
open Limen.Core

let private close = Tolerance.close Tolerance.float64

let private counts (c: MetricCase) =
    Counts.ofSets None (LabelSets c.Sets) (LabelSets c.Truth)

let private value metric (c: MetricCase) = Metric.number metric c.OfSets

/// F1 of each label by precision and recall, None where both are 0/0.
let private plain (c: MetricCase) =
    let truth, sets = Dense.flags c.Truth, Dense.flags c.Sets

    [|
        for l in 0 .. c.Labels - 1 ->
            let hits =
                Seq.forall2 (fun (t: bool[]) (s: bool[]) -> not (t[l] && s[l])) truth sets
                |> not

            let isTrue = truth |> Array.exists (fun row -> row[l])
            let isPredicted = sets |> Array.exists (fun row -> row[l])

            let share of' within =
                float (Seq.length of') / float (Seq.length within)

            let both = Seq.filter (fun r -> truth[r][l] && sets[r][l]) [ 0 .. c.Rows - 1 ]

            let f =
                if hits then
                    let precision = share both (Seq.filter (fun r -> sets[r][l]) [ 0 .. c.Rows - 1 ])
                    let recall = share both (Seq.filter (fun r -> truth[r][l]) [ 0 .. c.Rows - 1 ])
                    Some(2.0 * precision * recall / (precision + recall))
                elif isTrue || isPredicted then
                    Some 0.0
                else
                    None

            isTrue, isPredicted, f
    |]

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "F1"
        [
            property cases "the conventions are means over the labels that they name" (fun (c: MetricCase) ->
                let labels = plain c
                let f policy (_, _, value) = Option.defaultValue policy value

                let over keep =
                    labels |> Array.filter keep |> Array.map (f 0.0) |> Dense.mean

                close (value (F1.macro (AllLabels AsZero)) c) (over (fun _ -> true))
                && close (value (F1.macro (AllLabels AsOne)) c) (labels |> Array.map (f 1.0) |> Dense.mean)
                && close (value (F1.macro PresentInTest) c) (over (fun (isTrue, _, _) -> isTrue))
                && close (value (F1.macro Active) c) (over (fun (isTrue, isPredicted, _) -> isTrue || isPredicted)))

            property cases "A is C times the share of labels present" (fun (c: MetricCase) ->
                let present =
                    Csr.columnCounts c.Truth |> Array.filter (fun n -> n > 0) |> Array.length

                close
                    (value (F1.macro (AllLabels AsZero)) c)
                    (value (F1.macro PresentInTest) c * float present / float c.Labels))

            property cases "B is A plus the share of labels absent and unpredicted" (fun (c: MetricCase) ->
                let silent =
                    Counts.perLabel (counts c) |> Array.filter ((=) Confusion.zero) |> Array.length

                close
                    (value (F1.macro (AllLabels AsOne)) c)
                    (value (F1.macro (AllLabels AsZero)) c + float silent / float c.Labels))

            property cases "micro-F1 is the harmonic mean of micro precision and micro recall" (fun (c: MetricCase) ->
                let p = value Precision.micro c
                let r = value Recall.micro c
                close (value F1.micro c) (if p + r = 0.0 then 0.0 else 2.0 * p * r / (p + r)))

            property cases "E is the harmonic mean of macro precision and macro recall" (fun (c: MetricCase) ->
                let p = value Precision.macro c
                let r = value Recall.macro c
                close (value (F1.macro Harmonic) c) (if p + r = 0.0 then 0.0 else 2.0 * p * r / (p + r)))

            property cases "Jaccard is F1 / (2 - F1)" (fun (c: MetricCase) ->
                Counts.perLabel (counts c)
                |> Array.forall (fun label ->
                    let f = Ratio.f1 AsOne label
                    close (Ratio.jaccard AsOne label) (f / (2.0 - f))))

            property cases "weighted recall is micro recall" (fun (c: MetricCase) ->
                close (Average.weighted (Ratio.recall AsZero) (counts c)) (value Recall.micro c))

            testCase "a worked example separates the conventions" (fun () ->
                // labels: one right, one missed, one predicted in vain, one neither true nor predicted
                let c =
                    Evidence.ofSets
                        (LabelSets(Csr.ofSets 4 [| [| 0; 2 |] |]))
                        (LabelSets(Csr.ofSets 4 [| [| 0; 1 |] |]))

                let values =
                    MacroConvention.all
                    |> List.map (fun v -> MacroConvention.letter v, Metric.number (F1.macro v) c)

                let expected = [ 'A', 0.25; 'B', 0.5; 'C', 0.5; 'D', 1.0 / 3.0; 'E', 0.25 ]
                Require.equal expected values)
        ]
