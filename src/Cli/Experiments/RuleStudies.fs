namespace Limen.Cli

open System.Threading
open Limen.Core
open Limen.Kernels

/// What decides the scores of one fitted model, and what its parts give: nothing is trained anew between variants.
[<RequireQualifiedAccess>]
module RuleStudies =

    /// The scorers' margins that are kept, and whether the neighbours' votes are.
    let private only (scorers: int list) (local: bool) (lists: ScoreLists) : ScoreLists =
        {
            Margins = scorers |> List.map (fun s -> lists.Margins[s]) |> List.toArray
            Local =
                if local then
                    lists.Local
                else
                    lists.Local |> Csr.mapValues (fun _ _ _ -> 0f)
        }

    /// What a decision makes of held-out and test lists of one fitted model.
    let private decided (task: Task) (model: Model) (seed: Seed) (heldOut: ScoreLists) (test: ScoreLists) =
        let context = HeldOut.context seed model

        fun (name: string, o: DecisionOptions, chosen: ScoreLists -> ScoreLists) ->
            let heldOut = chosen heldOut
            let decision = Decision.fit o context heldOut task.Validation.Labels
            let scores = chosen test |> Decision.scores model.Idf decision

            {
                Variant = name
                Scores = scores
                Predicted = Decision.decide decision scores
                HeldOut = []
            }

    /// What the parts of the full model give: network 0 and linear models 1 alone, averaged and stacked, with and without the
    /// neighbours' votes in the stack (the network has them in its thresholds in any case), and the plug-in rule on all test rows.
    let private levers (o: DecisionOptions) (decide: string * DecisionOptions * (ScoreLists -> ScoreLists) -> Outcome) =
        let stacked = decide ("both, stacked", o, id)

        [
            decide ("linear models", o, only [ 1 ] false)
            decide ("linear models, neighbours stacked", o, only [ 1 ] true)
            decide ("network", o, only [ 0 ] false)
            decide ("network, neighbours stacked", o, only [ 0 ] true)
            decide ("both, averaged", { o with Combination = Average }, id)
            decide ("both, stacked without neighbours", o, only [ 0; 1 ] false)
            stacked
            { stacked with
                Variant = "both, stacked, plug-in on the test rows as one batch"
                Predicted = PlugIn.onBatch o.Objective 2e-3 stacked.Scores
            }
        ]

    /// The rules among which the default was chosen, on held-out rows.
    let private isCandidate (name: string) =
        name.StartsWith "Fused"
        || List.contains name [ "SCut"; "SmoothedF"; "MicroMacroFreq"; "PlugIn" ]

    /// (d), (e), (f) Every decision rule on the same scores of one full model; and what the parts of that model give.
    let rules (seed: int) (task: Task) : Finding list =
        let full = Studies.options seed task
        let model = Studies.fit task full
        let heldOut = Model.scoreLists task.Validation.Features model
        let test = Model.scoreLists task.Test.Features model
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
                        Combination = Average
                        Rule = Rule.Fixed 0f
                    }
                yield "Fused, macro objective", fused Objective.MacroF1
                yield "Fused, macro + micro, 1 to 1", fused (Objective.MacroPlusMicro 1.0)
                yield "Fused, micro objective", fused Objective.MicroF1
                for name, rule in Rule.all do
                    yield name, { full.Decision with Rule = rule }
            ]
            |> List.map (fun (name, o) ->
                let outcome = decide (name, o, id)

                if isCandidate name then
                    { outcome with
                        HeldOut = HeldOut.measures o (HeldOut.context full.Seed model) task.Validation.Labels heldOut
                    }
                else
                    outcome)
            |> Finding.ofOutcomes "rules" task seed "Fused"

        rules
        @ (levers full.Decision decide
           |> Finding.ofOutcomes "levers" task seed "both, stacked")
