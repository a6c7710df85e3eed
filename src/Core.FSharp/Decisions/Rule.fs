namespace Limen.Core

open Limen.Kernels

/// What a rule may know besides held-out scores: Support [L] (training positives n_l) of Rows training rows, the objective, and a seed for folds.
type RuleContext =
    {
        Support: int[]
        Rows: int
        Seed: Seed
        Objective: Objective
    }

/// How scores become label sets.
type Rule =
    /// One threshold known beforehand; 0 on logits is probability 1/2.
    | Fixed of threshold: float32
    /// One threshold fitted for the objective.
    | Global
    /// Shared thresholds A IDF + C for the objective, corrected per label (the default).
    | Fused
    /// Each label's own best threshold; labels without positives take the Global one.
    | SCut
    /// The same by smoothed F, (2 TP + a) / (predicted + positives + b).
    | SmoothedF of a: float * b: float
    /// As many predictions per label as its training prior, times a ratio.
    | PCut of ratio: float
    /// One threshold at which sets are as large on average as in training.
    | Cardinality
    /// The logit of each label's prior.
    | ClassPrior

/// A fitted rule: data only, saved with the model.
type FittedRule =
    | PerLabel of thresholds: float32[]
    | Shared of FusedRule

[<RequireQualifiedAccess>]
module Rule =

    /// Fits a rule on held-out scores [N, L] and their labels [N, L].
    let fit (rule: Rule) (context: RuleContext) (scores: CsrMatrix) (labels: CsrMatrix) : FittedRule =
        Shape.require "Support" "[L]" [ scores.Columns ] [ context.Support.Length ]
        let sweep = lazy Sweep.build scores labels
        let common = lazy Thresholds.common context.Objective sweep.Value
        let rows = float (max 1 context.Rows)

        match rule with
        | Fixed t -> PerLabel(Thresholds.fixedAt scores.Columns t)
        | Global -> PerLabel(Thresholds.fixedAt scores.Columns common.Value)
        | Fused ->
            Shared(
                Fused.fit context.Objective context.Seed (Rarity.ofSupport context.Rows context.Support) scores labels
            )
        | SCut -> PerLabel(Thresholds.sCut context.Objective common.Value sweep.Value)
        | SmoothedF(a, b) -> PerLabel(Thresholds.smoothedF a b common.Value sweep.Value)
        | PCut ratio ->
            let priors = context.Support |> Array.map (fun n -> float n / rows)
            PerLabel(Thresholds.pCut ratio priors common.Value sweep.Value)
        | Cardinality ->
            let wanted = float (Array.sum context.Support) / rows
            PerLabel(Thresholds.fixedAt scores.Columns (Thresholds.cardinality wanted sweep.Value))
        | ClassPrior -> PerLabel(Thresholds.classPrior context.Rows context.Support)

[<RequireQualifiedAccess>]
module FittedRule =

    /// The thresholds [L] of a rule that has one per label.
    let thresholds (rule: FittedRule) : float32[] option =
        match rule with
        | PerLabel t -> Some t
        | Shared fused -> Some(Fused.thresholds fused)

    /// The label sets [N, L] of score lists [N, L]; no labels, no other rows.
    let decide (scores: CsrMatrix) (rule: FittedRule) : CsrMatrix =
        match rule with
        | PerLabel t -> Thresholds.decide t scores
        | Shared fused -> Thresholds.decide (Fused.thresholds fused) scores
