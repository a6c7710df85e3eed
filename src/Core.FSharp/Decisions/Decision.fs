namespace Limen.Core

open Limen.Kernels

/// How the scorers' margins become one score per pair.
type Combination =
    /// Their mean; the local signal and IDF take part only through the thresholds that the scorers learned.
    | Average
    /// One small logistic model over margins, local signal and IDF, fitted on held-out rows (see Stacking).
    | Stacked

/// What turns score lists into label sets.
type DecisionOptions =
    {
        Combination: Combination
        Rule: Rule
        Objective: Objective
    }

/// A fitted decision: data only, saved with the model.
type Decision =
    {
        Stack: Stack option
        Rule: FittedRule
    }

/// What a decision may know of the training rows.
type DecisionContext =
    {
        /// n_l, positives of each label in the training rows [L].
        Support: int[]
        /// N, the training rows.
        Rows: int
        /// IDF divided by its largest value [L]; zeros where the model has no global signal.
        Idf: float32[]
        Seed: Seed
    }

[<RequireQualifiedAccess>]
module DecisionOptions =
    let defaults =
        {
            Combination = Stacked
            Rule = Rule.Fused
            Objective = Objective.standard
        }

[<RequireQualifiedAccess>]
module Decision =

    /// One score per candidate pair [N, L], in log-odds.
    let scores (idf: float32[]) (decision: Decision) (lists: ScoreLists) : CsrMatrix =
        match decision.Stack with
        | Some stack -> Stacking.apply stack idf lists
        | None -> ScoreLists.average lists

    /// The label sets [N, L] of scores [N, L].
    let decide (decision: Decision) (scores: CsrMatrix) : CsrMatrix = FittedRule.decide scores decision.Rule

    /// Fits combination and rule on the score lists of held-out rows and their labels [N, L].
    let fit (options: DecisionOptions) (context: DecisionContext) (lists: ScoreLists) (labels: CsrMatrix) : Decision =
        let stack =
            match options.Combination with
            | Average -> None
            | Stacked -> Some(Stacking.fit context.Idf labels lists)

        let unfitted =
            {
                Stack = stack
                Rule = FittedRule.PerLabel [||]
            }

        let scores = scores context.Idf unfitted lists

        let rule =
            match options.Rule with
            | Rule.Fused -> FittedRule.Shared(Fused.fit options.Objective context.Seed context.Idf scores labels)
            | other ->
                Rule.fit
                    other
                    {
                        Support = context.Support
                        Rows = context.Rows
                        Seed = context.Seed
                        Objective = options.Objective
                    }
                    scores
                    labels

        { unfitted with Rule = rule }
