/// What an explanation shows is what the decision compares, for every rule.
module Limen.Properties.ExplanationProperties

open System
open Expecto
open Limen
open Limen.Core

let private rows = SmallProblem.dataset 40 7

/// The same scorers and signals, decided by another rule.
let private decided (rule: Rule) (combination: ScoreCombination) : Model =
    let model = SmallProblem.model.Value

    let options =
        { DecisionOptions.defaults with
            Rule = rule
            Combination = combination
        }

    let context: DecisionContext =
        {
            Labels = model.Labels
            Counts = model.Counts
            Rarity = model.Ranker.Rarity
            Scorings = 1
            Seed = Seed.ofInt 1
        }

    { model with
        Decision =
            FittedDecision.fit options context None (Model.candidates rows.Features model) (LabelSets rows.Labels)
    }

let private explained (model: Model) =
    Explanation.rows rows.Features model |> Seq.collect _.Candidates |> Seq.toArray

let private requireSound name (c: Candidate) =
    Expect.equal (c.Global + c.Local + c.Bias + c.Correction) c.Threshold $"{name}: the parts of {c}"

    if isNull c.Turned then
        if c.Taken > 0 then
            Expect.equal c.IsPredicted (c.Rank <= c.Taken) $"{name}: the place of {c}"
        else
            Expect.equal c.IsPredicted (c.Score > c.Threshold) $"{name}: the score of {c}"

[<Tests>]
let tests =
    testList
        "Explanation"
        [
            testCase "of every rule, the parts add up exactly and decide" (fun () ->
                for combination in [ ScoreCombination.Stacked; ScoreCombination.Average; ScoreCombination.Boosted ] do
                    for entry in Rules.all do
                        for rule in entry.Examples do
                            let model = decided rule combination
                            let sets = Model.predict rows.Features model |> Plain.sets

                            for c in explained model do
                                requireSound entry.Door c

                            for i, p in Explanation.rows rows.Features model |> Seq.indexed do
                                Expect.equal
                                    (set p.Labels)
                                    (Csr.set i sets |> Seq.map model.Labels.Name |> set)
                                    $"{entry.Door}: the labels of row {i}")

            testCase "a score that ties with its threshold is not predicted, and shows no more than it" (fun () ->
                let free = decided FusedRule.rule ScoreCombination.Stacked
                let (Scores z) = Model.scores rows.Features free

                for row in 0..9 do
                    for struct (label, score) in Csr.row row z do
                        let model =
                            { free with
                                Decision =
                                    { free.Decision with
                                        Constraints = [ LabelThreshold(label, score) ]
                                    }
                            }

                        let name = model.Labels.Name label

                        let explained = Explanation.rows rows.Features model

                        let tied =
                            explained[row].Candidates |> Seq.find (fun (c: Candidate) -> c.Label = name)

                        Expect.isFalse tied.IsPredicted $"{tied}"
                        requireSound "tie" tied)

            testCase "of equal scores the label that comes first has the better place" (fun () ->
                let verdicts =
                    Verdicts.ofRow
                        []
                        (FittedRule.ofBest (Stored.create "r-cut" (fun _ _ -> []) 2) (fun _ -> 2))
                        [| 1; 4; 7; 8 |]
                        [| 0.5f; 0.5f; 0.9f; 0.5f |]

                Require.equal [| 2; 3; 1; 4 |] (verdicts |> Array.map _.Rank)
                Require.equal [| true; false; true; false |] (verdicts |> Array.map _.Predicted)
                Expect.all verdicts (fun v -> Single.IsNaN v.Threshold) "the rank decides")
        ]
