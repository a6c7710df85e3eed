/// Every rule of the registry with its laws. A rule that obeys fewer laws than all others is named here with the reason.
module Limen.Properties.RuleProperties

open Expecto
open Limen
open Limen.Core
open Limen.Kernels

/// A law that decision rules obey: its name, and whether a rule obeys it on a case.
[<NoEquality; NoComparison>]
type RuleLaw =
    {
        Law: string
        Holds: Rule -> ScoredCase -> bool
    }

let private fit rule (case: ScoredCase) =
    Rule.fit rule (Plain.context case) case.Z case.Y

let private decided (scores: CsrMatrix) (rule: FittedRule) =
    FittedRule.decide (Scores scores) rule |> Plain.sets |> Plain.pairs

let private decide rule (case: ScoredCase) = fit rule case |> decided case.Scores

let private shuffle n = Seed.permutation n (Seed.ofInt 77)

let private permuteColumns (p: int[]) (m: CsrMatrix) =
    [|
        for r in Plain.rows m ->
            Csr.row r m
            |> Array.map (fun (struct (c, v)) -> struct (p[c], v))
            |> Array.sortBy (fun (struct (c, _)) -> c)
    |]
    |> Csr.ofRows m.Columns

let private fromTheList =
    {
        Law = "only listed pairs are predicted"
        Holds = fun rule case -> Set.isSubset (decide rule case) (Plain.pairs case.Scores)
    }

let private equivariant =
    {
        Law = "renaming labels renames the decisions"
        Holds =
            fun rule case ->
                let p = shuffle case.Scores.Columns

                let renamed =
                    {
                        Scores = permuteColumns p case.Scores
                        Labels = permuteColumns p case.Labels
                    }

                decide rule renamed = (decide rule case |> Set.map (fun (r, c) -> r, p[c]))
    }

let private selected (order: int[]) (case: ScoredCase) =
    {
        Scores = Csr.selectRows order case.Scores
        Labels = Csr.selectRows order case.Labels
    }

let private rowOrder =
    {
        Law = "the order of the held-out rows does not matter"
        Holds =
            fun rule case ->
                fit rule (selected (shuffle case.Scores.Rows) case) |> decided case.Scores = decide rule case
    }

let private rowByRow =
    {
        Law = "a row is decided alike alone and in a batch"
        Holds =
            fun rule case ->
                let fitted = fit rule case
                let together = FittedRule.decide case.Z fitted |> Plain.sets

                Plain.rows case.Scores
                |> List.forall (fun row ->
                    let alone =
                        FittedRule.decide (Scores(Csr.selectRows [| row |] case.Scores)) fitted
                        |> Plain.sets

                    Csr.set 0 alone = Csr.set row together)
    }

let private repeatable =
    {
        Law = "fitting twice gives the same decisions"
        Holds = fun rule case -> decide rule case = decide rule case
    }

let private saved =
    {
        Law = "a fitted rule survives being stored under its tag and read back"
        Holds =
            fun rule case ->
                let fitted = fit rule case
                let again = Registries.throughJson fitted
                decided case.Scores again = decided case.Scores fitted
    }

/// Rows and labels of the training rows' context stay: weights are of held-out rows.
let private weighted weights rule (case: ScoredCase) context =
    Rule.fit rule { context with Weights = weights } case.Z case.Y

let private doubled =
    {
        Law = "a held-out row of weight 2 counts as that row twice, one of weight 0 not at all"
        Holds =
            fun rule case ->
                let context = Plain.context case
                let rows = [| 0 .. case.Scores.Rows - 1 |]
                let twice = selected (Array.append rows [| 0 |]) case
                let without = selected rows[1..] case

                let weigh w =
                    rows |> Array.map (fun row -> if row = 0 then w else 1f)

                let same a b =
                    decided case.Scores a = decided case.Scores b

                same (weighted (Some(weigh 2f)) rule case context) (weighted None rule twice context)
                && (rows.Length = 1
                    || same (weighted (Some(weigh 0f)) rule case context) (weighted None rule without context))
    }

let private ofOnes =
    {
        Law = "weights of 1 are as none"
        Holds =
            fun rule case ->
                let context = Plain.context case
                let ones = Some(Array.create case.Scores.Rows 1f)
                decided case.Scores (weighted ones rule case context) = decide rule case
    }

let private ignoresLabels =
    {
        Law = "held-out labels are not used"
        Holds =
            fun rule case ->
                let none =
                    { case with
                        Labels = Csr.ofSets case.Labels.Columns (Array.create case.Labels.Rows [||])
                    }

                let context = Plain.context case

                decided case.Scores (weighted None rule none context) =
                    decided case.Scores (weighted None rule case context)
    }

let private noWorseThanGlobal =
    {
        Law = "on the fitting rows the objective is at least that of the common threshold"
        Holds =
            fun rule case ->
                let reached rule =
                    FittedRule.decide case.Z (fit rule case)
                    |> Plain.sets
                    |> Plain.objective Objective.MacroF1 case.Labels

                reached rule >= reached GlobalThreshold.rule - 1e-9
    }

let private ofEvery =
    [
        fromTheList
        equivariant
        rowOrder
        rowByRow
        repeatable
        saved
        doubled
        ofOnes
    ]

/// The laws of a rule: those of every rule but for what it says of itself, and its own. Oracles of the same rules stand in the file of their module.
let private lawsOf (entry: RuleEntry) : RuleLaw list =
    match entry.Door with
    // one pass in the order of the rows, by definition, which sees a row given twice two times
    | "OnlineF" ->
        ofEvery
        |> List.filter (fun law -> law.Law <> rowOrder.Law && law.Law <> doubled.Law)
    | "Fixed"
    | "PlugIn"
    | "ClassPrior"
    | "RCut"
    | "MCut"
    | "PCut"
    | "Cardinality"
    | "SoftTopK"
    | "Gfm" -> ignoresLabels :: ofEvery
    | "Global"
    | "SCut"
    | "CoordinateAscent" -> noWorseThanGlobal :: ofEvery
    | _ -> ofEvery

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "Rule"
        [
            property (cases |> Cases.times 60) "every rule obeys its laws" (fun { Distinct = case } ->
                // equal labels (same positives, same scores) cannot be told apart; distinct scores leave only unlisted ones, which predict nothing
                for entry in Rules.all do
                    for rule in entry.Examples do
                        for law in lawsOf entry do
                            Expect.isTrue (law.Holds rule case) $"{entry.Door}: {law.Law}")

            testCase "faulty parameters are refused, all at once" (fun () ->
                let case = snd (List.head (Plain.fixture ()))

                let context =
                    { Plain.context case with
                        Objective = Objective.FBeta -1.0
                    }

                let thrown =
                    Require.thrown<ConfigurationException>(fun () ->
                        box (Rule.fit (RCut.rule 0) context case.Z case.Y))

                Require.equal 2 thrown.Faults.Count)

            property
                (cases |> Cases.times 100)
                "recall at a precision reaches the precision wherever a threshold does, and no other has more recall"
                (fun (case: ScoredCase) ->
                    let level = 0.6

                    let of' t =
                        let chosen =
                            Thresholds.decide (Thresholds.fixedAt case.Scores.Columns t) case.Z
                            |> Plain.sets
                            |> Plain.pairs

                        let hits = Set.intersect chosen (Plain.pairs case.Labels) |> Set.count |> float
                        chosen.Count = 0 || hits >= level * float chosen.Count, hits

                    let fitted =
                        { Plain.context case with
                            Objective = Objective.RecallAtPrecision level
                        }
                        |> fun context -> Rule.fit GlobalThreshold.rule context case.Z case.Y
                        |> FittedRule.thresholds
                        |> Option.get
                        |> Array.head

                    let feasible, hits = of' fitted

                    feasible
                    && Plain.cuts (case.Scores.Values |> Array.truncate case.Scores.NonZeros)
                       |> List.map of'
                       |> List.forall (fun (feasible, others) -> not feasible || others <= hits))
        ]
