namespace Limen.Core

open Limen

/// What a rule may know besides held-out scores and their labels.
[<NoEquality; NoComparison>]
type RuleContext =
    {
        /// How often labels occur in the training rows.
        Counts: LabelCounts
        /// The labels' rarity [L], in [0, 1]; zeros without a global signal.
        Rarity: float32[]
        /// What the rule is fitted for.
        Objective: Objective
        /// How much each held-out row counts [N]; None: 1 each.
        Weights: float32[] option
        /// How often each held-out row was scored (DecisionEvidence.Scorings); 1: once.
        Scorings: int
        Seed: Seed
    }

/// Thresholds [L] in the space of the scores, with what of them comes from the labels' rarity and what is each label's own correction; the rest is the same
/// for all labels.
type LabelThresholds =
    {
        /// theta [L].
        Thresholds: float32[]
        /// Rarity's part [L].
        Global: float[]
        /// The labels' own parts [L].
        Correction: float[]
    }

/// What a fitted rule compares: label sets follow from it alone, and so do the reasons for them.
[<NoEquality; NoComparison>]
type Criterion =
    /// A label is predicted where score > threshold of the label.
    | AboveThreshold of LabelThresholds
    /// Where score > a threshold of the row, made from its listed scores in descending order.
    | AboveRowThreshold of (float32[] -> float32)
    /// The best few of a row, as many as is made from its listed scores in descending order. Of equal scores the lower label comes first.
    | Best of (float32[] -> int)

/// A fitted rule: from a row's own listed scores to its label set, never from labels or from other rows.
[<NoEquality; NoComparison>]
type FittedRule =
    {
        Criterion: Criterion
        Stored: Stored
        /// What the fit has to say of its choice: shown in the history.
        Notes: string list
    }

[<RequireQualifiedAccess>]
module FittedRule =

    /// The thresholds [L] of a rule that has one per label; None where a row decides.
    let thresholds (rule: FittedRule) : float32[] option =
        match rule.Criterion with
        | AboveThreshold t -> Some t.Thresholds
        | AboveRowThreshold _
        | Best _ -> None

    /// The label sets [N, L] of scores [N, L].
    let decide (scores: Scores) (rule: FittedRule) : LabelSets =
        match rule.Criterion with
        | AboveThreshold t -> Thresholds.decide t.Thresholds scores
        | AboveRowThreshold threshold -> RowRules.above threshold scores
        | Best size -> RowRules.topBy size scores

    let private fitted stored criterion : FittedRule =
        {
            Criterion = criterion
            Stored = stored
            Notes = []
        }

    let private unfit (sizes: Sizes) (theta: float32[]) : string list =
        Unfit.finite "thresholds" sizes.LabelCount theta

    /// A threshold [L] for each label, from nothing but itself.
    let ofThresholds (tag: string) (theta: float32[]) : FittedRule =
        let none = Array.zeroCreate theta.Length

        AboveThreshold
            {
                Thresholds = theta
                Global = none
                Correction = none
            }
        |> fitted (Stored.create tag unfit theta)

    /// The best few of a row.
    let ofBest (stored: Stored) (size: float32[] -> int) : FittedRule = Best size |> fitted stored

    /// A threshold for each row.
    let ofRowThreshold (stored: Stored) (threshold: float32[] -> float32) : FittedRule =
        AboveRowThreshold threshold |> fitted stored

namespace Limen

open Limen.Core

/// A restriction of label sets that holds whatever the rule says.
type internal Constraint =
    | AtLeast of count: int
    | AtMost of count: int
    | Only of labels: string list
    | Without of labels: string list
    | Threshold of label: string * threshold: float32
    | Exclusive of labels: string list

/// How scores become label sets: a rule, fitted on held-out rows for an objective, and constraints that hold whatever it says. C# makes rules by `Decisions`,
/// F# by the modules of their names (`SCut.rule`). A new rule is a file of its own with `rule` and `entry`, and a line in `Rules.all`.
[<Sealed>]
type Decision
    internal
    (
        name: string,
        faults: string list,
        refuses: Objective -> string list,
        fit: RuleContext -> Scores -> LabelSets -> FittedRule,
        constraints: Constraint list
    ) =

    let also (c: Constraint) =
        Decision(name, faults, refuses, fit, constraints @ [ c ])

    member internal _.Name = name
    member internal _.RuleFaults = faults
    member internal _.Refuses(objective: Objective) = refuses objective
    member internal _.Fit(context: RuleContext) = fit context
    member internal _.Constraints = constraints

    /// At least so many labels for each row, 0 or more: those nearest to being predicted are added, among the labels that were weighed.
    member _.AtLeast(labels: int) = also (Constraint.AtLeast labels)

    /// At most so many labels for each row, 0 or more: the surest stay.
    member _.AtMost(labels: int) = also (Constraint.AtMost labels)

    /// No label but these.
    member _.Only([<System.ParamArray>] labels: string[]) =
        also (Constraint.Only(List.ofArray labels))

    /// None of these labels.
    member _.Without([<System.ParamArray>] labels: string[]) =
        also (Constraint.Without(List.ofArray labels))

    /// One label's threshold in log-odds, known beforehand: the label is predicted where its score is above it, whatever the rule says.
    member _.WithThreshold(label: string, threshold: float) =
        also (Constraint.Threshold(label, float32 threshold))

    /// At most one of these labels for each row: the surest stays.
    member _.Exclusive([<System.ParamArray>] labels: string[]) =
        also (Constraint.Exclusive(List.ofArray labels))

    /// The rule with its numbers, and the constraints.
    override _.ToString() =
        name :: (constraints |> List.map string) |> String.concat ", "

namespace Limen.Core

open Limen

/// A rule is a decision without constraints.
type Rule = Limen.Decision

/// What the registry says of a rule.
[<NoEquality; NoComparison>]
type RuleEntry =
    {
        /// How a fitted one is read back.
        Codec: Codec<FittedRule>
        /// Its function in C#'s `Decisions`.
        Door: string
        /// Where it was published.
        Source: string
        /// With its usual numbers, in every form that it has: what the laws are tested on.
        Examples: Rule list
        /// With numbers out of range: each must have a fault. Empty for a rule without numbers.
        Faulty: Rule list
    }

[<RequireQualifiedAccess>]
module Rule =

    let private check (rule: Rule) (context: RuleContext) (Scores scores) =
        rule.RuleFaults
        @ rule.Refuses context.Objective
        @ Objective.faults scores.Columns context.Objective
        |> Configuration.require

        Shape.require "counts" "[L]" [ scores.Columns ] [ context.Counts.Positives.Length ]
        Shape.require "rarity" "[L]" [ scores.Columns ] [ context.Rarity.Length ]

    /// A rule that follows every objective. faults: every number that is out of its range, in words.
    let create (name: string) (faults: string list) (fit: RuleContext -> Scores -> LabelSets -> FittedRule) : Rule =
        Rule(name, faults, (fun _ -> []), fit, [])

    /// A rule that gives a threshold for each label; its tag is its name.
    let ofThresholds
        (name: string)
        (faults: string list)
        (fit: RuleContext -> Scores -> LabelSets -> float32[])
        : Rule =
        create name faults (fun context scores labels -> fit context scores labels |> FittedRule.ofThresholds name)

    /// How thresholds [L] under a tag are read back.
    let thresholdsCodec (tag: string) : Codec<FittedRule> =
        Codec.create<float32[], FittedRule> tag (FittedRule.ofThresholds tag)

    /// A fault in words, where a number is not in its range.
    let fault (ok: bool) (words: string) : string list = if ok then [] else [ words ]

    /// The rule's name.
    let name (rule: Rule) : string = rule.Name

    /// What is wrong with a rule's numbers and constraints; empty when nothing is.
    let faults (rule: Rule) : string list = rule.RuleFaults

    /// Fits a rule on held-out scores [N, L] and their labels [N, L], apart from its constraints; ConfigurationException names every fault.
    let fit (rule: Rule) (context: RuleContext) (scores: Scores) (labels: LabelSets) : FittedRule =
        check rule context scores
        rule.Fit context scores labels
