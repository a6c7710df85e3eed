namespace Limen.Core

open Limen.Kernels

/// What a rule may know besides held-out scores: Support [L] (training positives n_l) of Rows training rows, the
/// objective, and a seed for folds.
type RuleContext =
    {
        Support: int[]
        Rows: int
        Seed: Seed
        Objective: Objective
    }

/// How scores become label sets.
[<RequireQualifiedAccess>]
type Rule =
    /// One threshold known beforehand; 0 on logits is probability 1/2.
    | Fixed of threshold: float32
    /// One threshold fitted for the objective.
    | Global
    /// Shared thresholds A IDF + C for the objective, corrected per label (the default).
    | Fused
    /// Each label's own best threshold; labels without listed positives take the Global one.
    | SCut
    /// SCut with a cross-validated floor on F1.
    | SCutFbr
    /// The same by smoothed F, (2 TP + a) / (predicted + positives + b).
    | SmoothedF of a: float * b: float
    /// Micro-F1 and macro-F1 jointly, labels by descending frequency.
    | MicroMacroFreq
    /// Half the expected F1 per label, from the scores alone; no threshold below the minimum probability.
    | PlugIn of minimum: float
    /// Running F1 per label from starting counts a and b.
    | OnlineF of a: float * b: float
    /// Each label's threshold in turn for the whole objective.
    | CoordinateAscent
    /// The k best labels of a row.
    | RCut of k: int
    /// As many predictions per label as its training prior, times a ratio.
    | PCut of ratio: float
    /// The labels above the widest gap of a row.
    | MCut
    /// One threshold at which sets are as large on average as in training.
    | Cardinality
    /// The logit of each label's prior.
    | ClassPrior
    /// As many of the best labels as a model of the set size says.
    | MetaLabeler
    /// The set of greatest expected F1 of a row among its top candidates.
    | Gfm of top: int

/// A fitted rule: data only, saved with the model.
[<RequireQualifiedAccess>]
type FittedRule =
    | PerLabel of thresholds: float32[]
    | Shared of FusedRule
    | TopK of k: int
    | WidestGap
    | PredictedSize of SizeModel
    | ExpectedF1 of top: int

[<RequireQualifiedAccess>]
module Rule =

    /// Every rule with its usual parameters, under its name.
    let all: (string * Rule) list =
        [
            "Fixed", Rule.Fixed 0f
            "Global", Rule.Global
            "Fused", Rule.Fused
            "SCut", Rule.SCut
            "SCutFBR.1", Rule.SCutFbr
            "SmoothedF", Rule.SmoothedF(1.0, 1.0)
            "MicroMacroFreq", Rule.MicroMacroFreq
            "PlugIn", Rule.PlugIn 2e-3
            "OnlineF", Rule.OnlineF(1.0, 4.0)
            "CoordinateAscent", Rule.CoordinateAscent
            "RCut", Rule.RCut 3
            "PCut", Rule.PCut 1.0
            "MCut", Rule.MCut
            "Cardinality", Rule.Cardinality
            "ClassPrior", Rule.ClassPrior
            "MetaLabeler", Rule.MetaLabeler
            "GFM", Rule.Gfm 30
        ]

    /// What is wrong with a rule's parameters; empty when nothing is.
    let faults (rule: Rule) : string list =
        let check ok message = if ok then [] else [ message ]

        match rule with
        | Rule.Fixed t -> check (System.Single.IsFinite t) $"Fixed: expected a finite threshold, received {t}"
        | Rule.SmoothedF(a, b) -> check (0.0 < a && a <= b) $"SmoothedF: expected 0 < a <= b, received a = {a}, b = {b}"
        | Rule.PlugIn minimum ->
            check (0.0 <= minimum && minimum < 1.0) $"PlugIn: expected a minimum in [0, 1), received {minimum}"
        | Rule.OnlineF(a, b) -> check (0.0 < a && a < b) $"OnlineF: expected 0 < a < b, received a = {a}, b = {b}"
        | Rule.RCut k -> check (k > 0) $"RCut: expected k > 0, received {k}"
        | Rule.PCut ratio -> check (ratio > 0.0) $"PCut: expected a ratio > 0, received {ratio}"
        | Rule.Gfm top -> check (top > 0) $"Gfm: expected top > 0, received {top}"
        | Rule.Global
        | Rule.Fused
        | Rule.SCut
        | Rule.SCutFbr
        | Rule.MicroMacroFreq
        | Rule.CoordinateAscent
        | Rule.MCut
        | Rule.Cardinality
        | Rule.ClassPrior
        | Rule.MetaLabeler -> []

    /// Fits a rule on held-out scores [N, L] and their labels [N, L]; ConfigurationException names every faulty
    /// parameter.
    let fit (rule: Rule) (context: RuleContext) (scores: CsrMatrix) (labels: CsrMatrix) : FittedRule =
        match faults rule @ Objective.faults scores.Columns context.Objective with
        | [] -> ()
        | found -> raise (ConfigurationException found)

        Shape.require "Support" "[L]" [ scores.Columns ] [ context.Support.Length ]
        let sweep = lazy Sweep.build scores labels
        let common = lazy Thresholds.common context.Objective sweep.Value
        let rows = float (max 1 context.Rows)

        let byCardinality =
            lazy Thresholds.cardinality (float (Array.sum context.Support) / rows) sweep.Value

        match rule with
        | Rule.Fixed t -> FittedRule.PerLabel(Thresholds.fixedAt scores.Columns t)
        | Rule.Global -> FittedRule.PerLabel(Thresholds.fixedAt scores.Columns common.Value)
        | Rule.Fused ->
            let rarity = Rarity.ofSupport context.Rows context.Support
            FittedRule.Shared(Fused.fit context.Objective context.Seed rarity scores labels)
        | Rule.SCut -> FittedRule.PerLabel(Thresholds.sCut context.Objective common.Value sweep.Value)
        | Rule.SCutFbr -> FittedRule.PerLabel(SCutFbr.thresholds context.Seed 0f scores labels)
        | Rule.SmoothedF(a, b) -> FittedRule.PerLabel(Thresholds.smoothedF a b common.Value sweep.Value)
        | Rule.MicroMacroFreq -> FittedRule.PerLabel(MicroMacro.thresholds context.Seed common.Value scores labels)
        | Rule.PlugIn minimum -> FittedRule.PerLabel(PlugIn.thresholds context.Objective minimum scores)
        | Rule.OnlineF(a, b) -> FittedRule.PerLabel(OnlineF.thresholds a b scores labels)
        | Rule.CoordinateAscent -> FittedRule.PerLabel(CoordinateAscent.thresholds context.Objective sweep.Value)
        | Rule.RCut k -> FittedRule.TopK k
        | Rule.PCut ratio ->
            let priors = context.Support |> Array.map (fun n -> float n / rows)
            FittedRule.PerLabel(Thresholds.pCut ratio priors byCardinality.Value sweep.Value)
        | Rule.MCut -> FittedRule.WidestGap
        | Rule.Cardinality -> FittedRule.PerLabel(Thresholds.fixedAt scores.Columns byCardinality.Value)
        | Rule.ClassPrior -> FittedRule.PerLabel(Thresholds.classPrior context.Rows context.Support)
        | Rule.MetaLabeler -> FittedRule.PredictedSize(SizeModel.fit scores labels)
        | Rule.Gfm top -> FittedRule.ExpectedF1 top

[<RequireQualifiedAccess>]
module FittedRule =

    /// The thresholds [L] of a rule that has one per label; None where a row decides by rank.
    let thresholds (rule: FittedRule) : float32[] option =
        match rule with
        | FittedRule.PerLabel t -> Some t
        | FittedRule.Shared fused -> Some(Fused.thresholds fused)
        | FittedRule.TopK _
        | FittedRule.WidestGap
        | FittedRule.PredictedSize _
        | FittedRule.ExpectedF1 _ -> None

    /// The label sets [N, L] of score lists [N, L]: from the row's own listed scores only, never from labels or from
    /// other rows.
    let decide (scores: CsrMatrix) (rule: FittedRule) : CsrMatrix =
        match rule with
        | FittedRule.PerLabel t -> Thresholds.decide t scores
        | FittedRule.Shared fused -> Thresholds.decide (Fused.thresholds fused) scores
        | FittedRule.TopK k -> RowRules.rCut k scores
        | FittedRule.WidestGap -> RowRules.mCut scores
        | FittedRule.PredictedSize model -> SizeModel.decide model scores
        | FittedRule.ExpectedF1 top -> Gfm.decide top scores
