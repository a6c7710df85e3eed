namespace Limen.Experiments

open Limen
open Limen.Core

/// What decides the scores of one fitted model, and what its parts give: nothing is trained anew between variants.
[<RequireQualifiedAccess>]
module RuleStudies =

    /// The scorers' margins that are kept, and whether the neighbours' votes are.
    let private only (scorers: int list) (local: bool) (lists: CandidateScores) : CandidateScores =
        { lists with
            Margins = scorers |> List.map (fun s -> lists.Margins[s]) |> List.toArray
            Local =
                if local then
                    lists.Local
                else
                    lists.Local |> Csr.mapValues (fun _ _ _ -> 0f)
        }

    /// What a decision makes of held-out and test lists of one fitted model.
    let private decided (task: Task) (model: Model) (seed: Seed) (heldOut: CandidateScores) (test: CandidateScores) =
        let context = HeldOut.context seed model

        fun (name: string, o: DecisionOptions, chosen: CandidateScores -> CandidateScores) ->
            let heldOut = chosen heldOut
            let decision = FittedDecision.fit o context None heldOut task.Validation.Truth
            let scores = chosen test |> FittedDecision.scores decision

            {
                Variant = name
                Scores = scores
                Predicted = FittedDecision.decide decision scores
                HeldOut = []
            }

    /// What the parts of the full model give: the networks (scorer 0) and the linear models (the scorers after it) alone, averaged and stacked, with and without the
    /// neighbours' votes in the stack (networks have them in their thresholds in any case), and the plug-in rule on all test rows.
    let private levers
        (linear: int list)
        (o: DecisionOptions)
        (decide: string * DecisionOptions * (CandidateScores -> CandidateScores) -> Outcome)
        =
        let stacked = decide ("both, stacked", o, id)

        [
            decide ("linear models", o, only linear false)
            decide ("linear models, neighbours stacked", o, only linear true)
            decide ("network", o, only [ 0 ] false)
            decide ("network, neighbours stacked", o, only [ 0 ] true)
            decide (
                "both, averaged",
                { o with
                    Combination = ScoreCombination.Average
                },
                id
            )
            decide ("both, stacked without neighbours", o, only (0 :: linear) false)
            stacked
            { stacked with
                Variant = "both, stacked, plug-in on the test rows as one batch"
                Predicted = PlugIn.onBatch o.Objective 2e-3 stacked.Scores
            }
        ]

    /// The rules among which the default was chosen, on held-out rows.
    let private candidates =
        [
            FusedRule.entry
            SCut.entry
            SmoothedF.entry
            MicroMacroFreq.entry
            PlugInRule.entry
        ]
        |> List.map _.Door

    /// (d), (e), (f) Every decision rule on the same scores of one full model; and what the parts of that model give.
    let rules (seed: int) (task: Task) : Finding list =
        let full = Studies.options seed
        let model = Studies.fit task full
        let heldOut = Model.candidates task.Validation.Features model
        let test = Model.candidates task.Test.Features model
        let decide = decided task model full.Seed heldOut test

        let fused objective =
            { full.Decision with
                Objective = objective
            }

        let rules =
            [
                yield
                    "fixed 0.5, unstacked",
                    { full.Decision with
                        Combination = ScoreCombination.Average
                        Rule = FixedThreshold.rule 0f
                    }
                yield "Fused, macro objective", fused Objective.MacroF1
                yield "Fused, macro + micro, 1 to 1", fused (Objective.MacroPlusMicro 1.0)
                yield "Fused, micro objective", fused Objective.MicroF1
                for entry in Rules.all do
                    for rule in entry.Examples do
                        yield entry.Door, { full.Decision with Rule = rule }
            ]
            |> List.map (fun (name, o) ->
                let outcome = decide (name, o, id)

                if candidates |> List.exists name.StartsWith then
                    { outcome with
                        HeldOut = HeldOut.measures o (HeldOut.context full.Seed model) heldOut task.Validation.Truth
                    }
                else
                    outcome)
            |> Finding.ofOutcomes "rules" task.Name task.Test.Truth seed "Fused"

        rules
        @ (levers [ 1 .. heldOut.Margins.Length - 1 ] full.Decision decide
           |> Finding.ofOutcomes "levers" task.Name task.Test.Truth seed "both, stacked")
