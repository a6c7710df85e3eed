/// Constraints hold whatever the rule says, and turn no more of its words than they need.
module Limen.Properties.ConstraintsProperties

open Expecto
open Limen.Core

/// A decision whose thresholds are 0, or that takes the best two of a row.
let private decisions (case: ScoredCase) constraints : FittedDecision list =
    [
        for rule in
            [
                FittedRule.ofThresholds "fixed" (Array.zeroCreate case.Scores.Columns)
                FittedRule.ofBest (Stored.create "r-cut" (fun _ _ -> []) 2) (fun _ -> 2)
            ] do
            {
                Stack = None
                Rule = rule
                Constraints = constraints
                Calibration = None
                Sets = None
            }
    ]

/// Listed labels and their scores of every row of a case, with what is said of them.
let private judged (case: ScoredCase) (decision: FittedDecision) =
    [
        for row in Plain.rows case.Scores do
            let labels = Csr.set row case.Scores
            let scores = case.Scores.RowValues(row).ToArray()
            labels, scores, Verdicts.ofRow decision.Constraints decision.Rule labels scores
    ]

let private chosen labels (verdicts: Verdict[]) =
    Array.zip labels verdicts
    |> Array.filter (fun (_, v) -> v.Predicted)
    |> Array.map fst

/// Whether a law of rows holds of every row, with these constraints and without any.
let private everywhere constraints case law =
    List.zip (decisions case constraints) (decisions case [])
    |> List.forall (fun (bound, free) -> List.forall2 law (judged case bound) (judged case free))

let private cases = Cases.from [ typeof<ScoreArbitraries> ] |> Cases.times 60

[<Tests>]
let tests =
    testList
        "Constraints"
        [
            property cases "at most k: the surest k of the rule's labels" (fun (case: ScoredCase) ->
                [ 0; 1; 3 ]
                |> List.forall (fun k ->
                    everywhere [ AtMostLabels k ] case (fun (labels, scores, bound) (_, _, free) ->
                        let before = chosen labels free
                        let after = chosen labels bound
                        let score l = scores[Array.findIndex ((=) l) labels]

                        after.Length = min k before.Length
                        && Set.isSubset (set after) (set before)
                        && Seq.forall
                            (fun kept -> Seq.forall (fun lost -> score kept >= score lost) (Seq.except after before))
                            after)))

            property
                cases
                "at least k: the rule's labels and the surest others, all listed ones where there are fewer"
                (fun (case: ScoredCase) ->
                    [ 0; 1; 3 ]
                    |> List.forall (fun k ->
                        everywhere [ AtLeastLabels k ] case (fun (labels, _, bound) (_, _, free) ->
                            let before = chosen labels free
                            let after = chosen labels bound

                            after.Length = max before.Length (min k labels.Length)
                            && Set.isSubset (set before) (set after))))

            property cases "allowed and blocked labels: the rule's word for all others" (fun (case: ScoredCase) ->
                let some = [| 0; 2; 5 |]

                everywhere [ OnlyLabels some ] case (fun (labels, _, bound) (_, _, free) ->
                    chosen labels bound = (chosen labels free |> Array.filter (fun l -> Array.contains l some)))
                && everywhere [ WithoutLabels some ] case (fun (labels, _, bound) (_, _, free) ->
                    chosen labels bound = (chosen labels free |> Array.except some)))

            property cases "a label's own threshold decides it alone, and no other label" (fun (case: ScoredCase) ->
                [ -1f; 0f; 1f ]
                |> List.forall (fun t ->
                    everywhere [ LabelThreshold(1, t) ] case (fun (labels, scores, bound) (_, _, free) ->
                        Array.forall2
                            (fun (label, score) (a: Verdict, b: Verdict) ->
                                if label = 1 then a.Predicted = (score > t) else a.Equals b)
                            (Array.zip labels scores)
                            (Array.zip bound free))))

            property
                cases
                "an exclusive group: its surest label stays, and every label outside it"
                (fun (case: ScoredCase) ->
                    let group = [| 0; 1; 3 |]

                    everywhere [ ExclusiveLabels group ] case (fun (labels, scores, bound) (_, _, free) ->
                        let inside = Array.filter (fun l -> Array.contains l group)
                        let before, after = chosen labels free, chosen labels bound
                        let score l = scores[Array.findIndex ((=) l) labels]

                        (inside after).Length = min 1 (inside before).Length
                        && Array.except group after = Array.except group before
                        && inside after
                           |> Array.forall (fun l -> inside before |> Array.forall (fun o -> score o <= score l))))

            property cases "all of them together hold, and what they turned says so" (fun (case: ScoredCase) ->
                let group = [| 2; 3; 4 |]

                let all =
                    [
                        LabelThreshold(0, -10f)
                        WithoutLabels [| 5 |]
                        ExclusiveLabels group
                        AtMostLabels 3
                        AtLeastLabels 2
                    ]

                everywhere all case (fun (labels, scores, bound) (_, _, free) ->
                    let after = chosen labels bound

                    let inGroup =
                        labels |> Array.filter (fun l -> Array.contains l group) |> Array.length

                    let possible =
                        labels.Length - (if Array.contains 5 labels then 1 else 0) - max 0 (inGroup - 1)

                    let ownWord at (v: Verdict) =
                        if labels[at] = 0 then scores[at] > -10f else v.Predicted

                    after.Length <= 3
                    && after.Length >= min 2 possible
                    && not (Array.contains 5 after)
                    && (after |> Array.filter (fun l -> Array.contains l group)).Length <= 1
                    && Array.forall2
                        (fun (at, v: Verdict) f -> v.Predicted = ownWord at f || not (isNull v.Turned))
                        (Array.indexed bound)
                        free))

            testCase "names become ids, in the order in which constraints are applied" (fun () ->
                (FixedThreshold.rule 0f)
                    .AtLeast(1)
                    .AtMost(2)
                    .Exclusive("b", "d")
                    .Without("c")
                    .Only("d", "a", "b")
                    .WithThreshold("b", 0.5)
                |> Constraints.resolve (LabelSpace [| "a"; "b"; "c"; "d" |])
                |> Require.equal
                    [
                        LabelThreshold(1, 0.5f)
                        WithoutLabels [| 2 |]
                        OnlyLabels [| 3; 0; 1 |]
                        ExclusiveLabels [| 1; 3 |]
                        AtMostLabels 2
                        AtLeastLabels 1
                    ])

            property cases "decisions are the verdicts of their rows" (fun (case: ScoredCase) ->
                decisions case [ AtMostLabels 2; AtLeastLabels 1 ] @ decisions case []
                |> List.forall (fun decision ->
                    let sets = FittedDecision.decide decision case.Z |> Plain.sets

                    judged case decision
                    |> List.indexed
                    |> List.forall (fun (row, (labels, _, verdicts)) -> Csr.set row sets = chosen labels verdicts)))
        ]
