namespace Limen.Core

open Limen

/// How the scorers' margins become one score per pair.
type ScoreCombination =
    /// One small logistic model over margins, local signal and rarity, fitted on held-out rows.
    | Stacked = 0
    /// Their mean; signals take part only through the thresholds that scorers learned.
    | Average = 1
    /// The logistic model and trees of the same evidence, shared by all labels: as many as folds of the held-out rows support.
    | Boosted = 2

/// What turns candidate scores into label sets and probabilities.
[<NoEquality; NoComparison>]
type DecisionOptions =
    {
        Combination: ScoreCombination
        Rule: Decision
        Objective: Objective
        /// None: a probability is the sigmoid of its score. Label sets do not depend on it.
        Calibration: CalibrationOptions option
    }

[<RequireQualifiedAccess>]
module DecisionOptions =

    let defaults =
        {
            Combination = ScoreCombination.Stacked
            Rule = FusedRule.rule
            Objective = Objective.standard
            Calibration = None
        }

    /// Every fault that shows before the labels are known.
    let faults (o: DecisionOptions) : string list =
        [
            if not (System.Enum.IsDefined o.Combination) then
                $"combination: expected Stacked, Average or Boosted, received {o.Combination}"
            for words in Rule.faults o.Rule @ o.Rule.Refuses o.Objective do
                $"decision: {words}"
            yield! Constraints.faults o.Rule
            yield! o.Calibration |> Option.toList |> List.collect CalibrationOptions.faults
        ]

    /// Every fault for known labels.
    let faultsFor (labels: LabelSpace) (o: DecisionOptions) : string list =
        [
            yield! faults o
            yield! Constraints.unknown labels o.Rule
            for words in Objective.faults labels.Count o.Objective @ Objective.unknown labels o.Objective do
                $"objective: {words}"
        ]
