module Limen.Properties.ComparisonProperties

open Expecto
open Limen.Core
open Limen.Kernels
open Limen.Experiments

let private few = { Resamples = 60; Level = 0.95 }

/// A contender that says these label sets, and of each row their first label at the top.
let private saying name (sets: CsrMatrix) : Contender =
    {
        Name = name
        Sets = LabelSets sets
        Top =
            Array.init sets.Rows (fun r -> Csr.set r sets |> Array.truncate 1)
            |> Csr.ofSets sets.Columns
            |> LabelSets
        Seconds = 0.0
    }

let private compare (truth: CsrMatrix) rivals limen =
    Comparison.ofContenders few (LabelSets truth) rivals limen

let private verdicts truth rivals limen =
    compare truth rivals limen |> List.map _.Verdict

let private cases = Cases.from [ typeof<MetricArbitraries> ] |> Cases.times 30

/// Rows of one label each, three of every label.
let private truth = Array.init 60 (fun row -> [| row % 20 |]) |> Csr.ofSets 20

[<Tests>]
let tests =
    testList
        "Comparison"
        [
            property
                cases
                "the rival is the best of all in each metric, the difference ours minus its"
                (fun (c: MetricCase) ->
                    let limen = saying "limen" c.Sets

                    let rivals =
                        [ saying "others" c.Others; saying "right" c.Truth; saying "ours" c.Sets ]

                    List.forall2
                        (fun metric (found: Comparison) ->
                            let value contender =
                                Contender.evidence (LabelSets c.Truth) contender |> Metric.number metric

                            let best = rivals |> List.find (fun r -> r.Name = found.Best)

                            found.Metric = metric.Name
                            && value best = found.Rival
                            && rivals |> List.forall (fun rival -> value rival <= found.Rival)
                            && Tolerance.close Tolerance.float64 (value limen - value best) found.Difference
                            && Tolerance.close Tolerance.float64 (value limen) found.Limen)
                        Contender.metrics
                        (compare c.Truth rivals limen))

            property cases "exchanged contenders exchange win and loss" (fun (c: MetricCase) ->
                let ours, theirs = saying "ours" c.Sets, saying "theirs" c.Others

                let mirrored =
                    function
                    | "win" -> "loss"
                    | "loss" -> "win"
                    | level -> level

                verdicts c.Truth [ theirs ] ours = List.map mirrored (verdicts c.Truth [ ours ] theirs))

            testCase "all right beside all wrong wins, the same is level" (fun () ->
                let wrong = Array.init 60 (fun row -> [| (row + 1) % 20 |]) |> Csr.ofSets 20
                Require.equal [ "win"; "win"; "win" ] (verdicts truth [ saying "wrong" wrong ] (saying "right" truth))

                Require.equal
                    [ "loss"; "loss"; "loss" ]
                    (verdicts truth [ saying "right" truth ] (saying "wrong" wrong))

                Require.equal [ "level"; "level"; "level" ] (verdicts truth [ saying "a" truth ] (saying "b" truth)))

            testCase "a difference that rows do not agree on is level" (fun () ->
                // each is right where the other is wrong, on every second row
                let half odd =
                    Array.init 60 (fun row ->
                        if (row % 2 = 1) = odd then
                            [| row % 20 |]
                        else
                            [| (row + 1) % 20 |])
                    |> Csr.ofSets 20

                let found = compare truth [ saying "even" (half false) ] (saying "odd" (half true))
                Require.equal [ "level"; "level"; "level" ] (found |> List.map _.Verdict)

                for comparison in found do
                    Require.below 0.0 comparison.Lower
                    Require.above 0.0 comparison.Upper)
        ]
