namespace Limen.Core

open Limen
open Limen.Kernels

/// A fitted decision: data only, saved with the model.
[<NoEquality; NoComparison>]
type FittedDecision =
    {
        Stack: Stack option
        Rule: FittedRule
        Constraints: LabelConstraint list
        Calibration: FittedCalibration option
        /// What label sets are possible, by rows of their own.
        Sets: ConformalSets option
    }

/// What a decision may know of the training rows.
[<NoEquality; NoComparison>]
type DecisionContext =
    {
        Labels: LabelSpace
        /// How often labels occur in the training rows.
        Counts: LabelCounts
        /// The labels' rarity [L], in [0, 1]; zeros where the model has no global signal.
        Rarity: float32[]
        /// How often each held-out row was scored (DecisionEvidence.Scorings); 1: once.
        Scorings: int
        Seed: Seed
    }

[<RequireQualifiedAccess>]
module FittedDecision =

    /// One score per candidate pair [N, L], in log-odds.
    let scores (decision: FittedDecision) (lists: CandidateScores) : Scores =
        match decision.Stack with
        | Some stack -> Stacking.apply stack lists
        | None -> CandidateScores.average lists

    /// The label sets [N, L] of scores [N, L].
    let decide (decision: FittedDecision) (scores: Scores) : LabelSets =
        match decision.Constraints with
        | [] -> FittedRule.decide scores decision.Rule
        | constraints -> Verdicts.decide constraints decision.Rule scores

    /// The probabilities [N, L] of scores, on the same pairs.
    let probabilities (decision: FittedDecision) (scores: Scores) : PairProbabilities =
        match decision.Calibration with
        | Some calibration -> FittedCalibration.apply calibration scores
        | None ->
            scores.Matrix
            |> Csr.mapValues (fun _ _ z -> Logistic.ofLogit32 z)
            |> PairProbabilities

    let private unfitted: FittedDecision =
        {
            Stack = None
            Rule = FittedRule.ofThresholds "" [||]
            Constraints = []
            Calibration = None
            Sets = None
        }

    let private ruleContext objective weights (context: DecisionContext) : RuleContext =
        {
            Counts = context.Counts
            Rarity = context.Rarity
            Objective = Objective.resolve context.Labels objective
            Weights = weights
            Scorings = context.Scorings
            Seed = context.Seed
        }

    /// What makes one score of the candidate scores, and scores of these rows like those of new ones. It learns with the rarity that each row's scorers knew, by which a label of few
    /// rows is not one that no held-out row has; the scores have the labels' rarity in the model, as new rows will.
    let private combine combination (context: DecisionContext) weights lists labels : Stack option * Scores =
        match combination with
        | ScoreCombination.Average -> None, CandidateScores.average lists
        | ScoreCombination.Boosted ->
            let stack, scores =
                BoostedStack.fit context.Seed context.Scorings context.Rarity weights lists labels

            Some stack, scores
        | _ ->
            let stack = Stacking.fit weights lists labels
            Some stack, lists |> CandidateScores.withRarity context.Rarity |> Stacking.apply stack

    /// Fits combination, rule and calibration on the candidate scores of held-out rows, with their weights [N] (None: 1 each) and label sets.
    /// Throws ConfigurationException with every fault of the options.
    let fit
        (options: DecisionOptions)
        (context: DecisionContext)
        (weights: float32[] option)
        (lists: CandidateScores)
        (labels: LabelSets)
        : FittedDecision =
        DecisionOptions.faultsFor context.Labels options |> Configuration.require

        let stack, scores = combine options.Combination context weights lists labels

        let stacked =
            { unfitted with
                Stack = stack
                Constraints = Constraints.resolve context.Labels options.Rule
            }

        { stacked with
            Rule = Rule.fit options.Rule (ruleContext options.Objective weights context) scores labels
            Calibration =
                options.Calibration
                |> Option.map (fun calibration ->
                    FittedCalibration.fit calibration context.Counts weights scores labels)
        }

    /// The same scores and probabilities with another rule and its constraints, fitted on the scores of held-out rows with their weights [N] (None: 1 each) and label
    /// sets. What is known of possible label sets stays, for it is said of probabilities. Throws ConfigurationException with every fault of rule and objective.
    let withRule
        (rule: Decision)
        (objective: Objective)
        (context: DecisionContext)
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        (decision: FittedDecision)
        : FittedDecision =
        let options =
            { DecisionOptions.defaults with
                Rule = rule
                Objective = objective
            }

        DecisionOptions.faultsFor context.Labels options |> Configuration.require

        { decision with
            Rule = Rule.fit rule (ruleContext objective weights context) scores labels
            Constraints = Constraints.resolve context.Labels rule
        }

    /// The same rule with the constraints of another decision in the place of its own. Throws ConfigurationException with every fault of these.
    let withConstraints (labels: LabelSpace) (constraints: Decision) (decision: FittedDecision) : FittedDecision =
        Constraints.faults constraints @ Constraints.unknown labels constraints
        |> Configuration.require

        { decision with
            Constraints = Constraints.resolve labels constraints
        }

    /// The same label sets with probabilities calibrated on rows of their own; counts are those of the training rows.
    /// What was known of possible label sets is dropped, for it held for the old probabilities.
    let withCalibration
        (options: CalibrationOptions)
        (counts: LabelCounts)
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        (decision: FittedDecision)
        : FittedDecision =
        { decision with
            Calibration = Some(FittedCalibration.fit options counts weights scores labels)
            Sets = None
        }

    /// Promises about new rows hold for rows that are exchangeable with the calibration rows: none of these may count more than another.
    let private requireExchangeable (weights: float32[] option) =
        match weights with
        | Some w when Array.distinct w |> Array.length > 1 ->
            raise (
                ConfigurationException
                    [
                        "weights: expected calibration rows of one weight, for the promise is about rows like them; received different ones"
                    ]
            )
        | _ -> ()

    /// The rule replaced by one threshold for all labels, the highest at which the expected share of a row's labels that
    /// is missed stays at or below the level (RiskControl). It holds for rows exchangeable with these, which must not have
    /// been used before. Throws ConfigurationException with the smallest level that these rows can promise, where rows have different weights, and where a
    /// constraint could break the promise.
    let withRisk
        (level: float)
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        (decision: FittedDecision)
        : FittedDecision =
        requireExchangeable weights

        if not decision.Constraints.IsEmpty then
            raise (
                ConfigurationException
                    [
                        "risk: expected a decision without constraints, for they can take labels away that the promise needs"
                    ]
            )

        match RiskControl.fit level scores labels with
        | Controlled(threshold, _, _) ->
            { decision with
                Rule = RiskControl.rule scores.Matrix.Columns threshold
            }
        | Unattainable smallest ->
            raise (
                ConfigurationException
                    [
                        $"risk level: expected at least {smallest:F4}, the smallest that {labels.Matrix.Rows} calibration rows can promise, received {level}"
                    ]
            )

    /// The same with what it takes to say which label sets are possible (ConformalSets), from rows that have not been used
    /// before.
    let withSets
        (norm: ConformalNorm)
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        (decision: FittedDecision)
        : FittedDecision =
        requireExchangeable weights

        { decision with
            Sets = Some(ConformalSets.fit norm (probabilities decision scores) labels)
        }

    /// The label sets that are possible at significance epsilon, at most cap of a row. Throws InvalidOperationException
    /// where withSets has not been called.
    let possibleSets (epsilon: float) (cap: int) (scores: Scores) (decision: FittedDecision) : SetPrediction[] =
        match decision.Sets with
        | Some sets -> ConformalSets.predict sets epsilon cap (probabilities decision scores)
        | None ->
            invalidOp "nothing is known of possible label sets: give the decision calibration rows first (withSets)"
