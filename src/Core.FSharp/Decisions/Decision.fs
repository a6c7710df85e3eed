namespace Limen.Core

open Limen.Kernels

/// How the scorers' margins become one score per pair.
type Combination =
    /// Their mean; the local signal and IDF take part only through the thresholds that the scorers learned.
    | Average
    /// One small logistic model over margins, local signal and IDF, fitted on held-out rows (see Stacking).
    | Stacked

/// What turns score lists into label sets and probabilities.
type DecisionOptions =
    {
        Combination: Combination
        Rule: Rule
        Objective: Objective
        /// None: a probability is the sigmoid of its score. Label sets do not depend on it.
        Calibration: CalibrationOptions option
    }

/// A fitted decision: data only, saved with the model.
type Decision =
    {
        Stack: Stack option
        Rule: FittedRule
        Calibration: Calibration option
        /// What label sets are possible, by rows of their own.
        Sets: ConformalSets option
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
            Calibration = None
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

    /// The probabilities [N, L] of scores, on the same pairs.
    let probabilities (decision: Decision) (scores: CsrMatrix) : CsrMatrix =
        match decision.Calibration with
        | Some calibration -> Calibration.apply calibration scores
        | None -> scores |> Csr.mapValues (fun _ _ z -> Logistic.ofLogit32 z)

    /// Fits combination, rule and calibration on the score lists of held-out rows and their labels [N, L].
    let fit (options: DecisionOptions) (context: DecisionContext) (lists: ScoreLists) (labels: CsrMatrix) : Decision =
        let stack =
            match options.Combination with
            | Average -> None
            | Stacked -> Some(Stacking.fit context.Idf labels lists)

        let unfitted =
            {
                Stack = stack
                Rule = FittedRule.PerLabel [||]
                Calibration = None
                Sets = None
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

        { unfitted with
            Rule = rule
            Calibration =
                options.Calibration
                |> Option.map (fun calibration -> Calibration.fit calibration context.Support scores labels)
        }

    /// The same label sets with probabilities calibrated on rows of their own: scores and labels [N, L]; support [L] are
    /// training positives. What was known of possible label sets is dropped, for it held for the old probabilities.
    let withCalibration
        (options: CalibrationOptions)
        (support: int[])
        (scores: CsrMatrix)
        (labels: CsrMatrix)
        (decision: Decision)
        : Decision =
        { decision with
            Calibration = Some(Calibration.fit options support scores labels)
            Sets = None
        }

    /// The rule replaced by one threshold for all labels, the highest at which the expected share of a row's labels that
    /// is missed stays at or below the level (RiskControl). It holds for rows exchangeable with these, which must not have
    /// been used before. Throws ConfigurationException with the smallest level that these rows can promise.
    let withRisk (level: float) (scores: CsrMatrix) (labels: CsrMatrix) (decision: Decision) : Decision =
        match RiskControl.fit level scores labels with
        | Controlled(threshold, _, _) ->
            { decision with
                Rule = FittedRule.PerLabel(Thresholds.fixedAt scores.Columns threshold)
            }
        | Unattainable smallest ->
            raise (
                ConfigurationException
                    [
                        $"risk level: expected at least {smallest:F4}, the smallest that {labels.Rows} calibration rows can promise, received {level}"
                    ]
            )

    /// The same with what it takes to say which label sets are possible (ConformalSets), from rows that have not been used
    /// before.
    let withSets (norm: ConformalNorm) (scores: CsrMatrix) (labels: CsrMatrix) (decision: Decision) : Decision =
        { decision with
            Sets = Some(ConformalSets.fit norm (probabilities decision scores) labels)
        }

    /// The label sets that are possible at significance epsilon, at most cap of a row. Throws InvalidOperationException
    /// where withSets has not been called.
    let possibleSets (epsilon: float) (cap: int) (scores: CsrMatrix) (decision: Decision) : SetPrediction[] =
        match decision.Sets with
        | Some sets -> ConformalSets.predict sets epsilon cap (probabilities decision scores)
        | None ->
            invalidOp "nothing is known of possible label sets: give the decision calibration rows first (withSets)"
