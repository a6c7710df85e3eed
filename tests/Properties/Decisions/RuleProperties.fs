/// Every rule with its laws. A case of Rule that is missing here fails the first test below.
module Limen.Properties.RuleProperties

open System.Text.Json
open Expecto
open FSharp.Reflection
open Limen.Core
open Limen.Kernels

/// A law that decision rules obey: its name, and whether a rule obeys it on a case.
[<ReferenceEquality>]
type RuleLaw =
    {
        Law: string
        Holds: Rule -> ScoredCase -> bool
    }

let private fit rule case =
    Rule.fit rule (Plain.context case) case.Scores case.Labels

let private decide rule (case: ScoredCase) =
    fit rule case |> FittedRule.decide case.Scores |> Plain.pairs

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

let private rowOrder =
    {
        Law = "the order of the held-out rows does not matter"
        Holds =
            fun rule case ->
                let order = shuffle case.Scores.Rows

                let reordered =
                    {
                        Scores = Csr.selectRows order case.Scores
                        Labels = Csr.selectRows order case.Labels
                    }

                fit rule reordered |> FittedRule.decide case.Scores |> Plain.pairs = decide rule case
    }

let private rowByRow =
    {
        Law = "a row is decided alike alone and in a batch"
        Holds =
            fun rule case ->
                let fitted = fit rule case

                Plain.rows case.Scores
                |> List.forall (fun row ->
                    let alone = FittedRule.decide (Csr.selectRows [| row |] case.Scores) fitted
                    Csr.set 0 alone = Csr.set row (FittedRule.decide case.Scores fitted))
    }

let private repeatable =
    {
        Law = "fitting twice gives the same rule"
        Holds = fun rule case -> fit rule case = fit rule case
    }

let private saved =
    {
        Law = "a fitted rule survives being written as numbers and read back"
        Holds =
            fun rule case ->
                let copy (values: 'a) =
                    JsonSerializer.Deserialize<'a>(JsonSerializer.Serialize(values))

                let through =
                    match fit rule case with
                    | FittedRule.PerLabel t -> FittedRule.PerLabel(copy t)
                    | FittedRule.Shared r ->
                        FittedRule.Shared
                            { r with
                                A = copy r.A
                                C = copy r.C
                                Rarity = copy r.Rarity
                                Correction = copy r.Correction
                            }
                    | FittedRule.TopK k -> FittedRule.TopK(copy k)
                    | FittedRule.WidestGap -> FittedRule.WidestGap
                    | FittedRule.PredictedSize m -> FittedRule.PredictedSize(copy m)
                    | FittedRule.ExpectedF1 top -> FittedRule.ExpectedF1(copy top)

                through = fit rule case
                && Plain.pairs (FittedRule.decide case.Scores through) = decide rule case
    }

let private ignoresLabels =
    {
        Law = "held-out labels are not used"
        Holds =
            fun rule case ->
                let context = Plain.context case
                let none = Csr.ofSets case.Labels.Columns (Array.create case.Labels.Rows [||])
                Rule.fit rule context case.Scores none = Rule.fit rule context case.Scores case.Labels
    }

let private noWorseThanGlobal =
    {
        Law = "on the fitting rows the objective is at least that of the common threshold"
        Holds =
            fun rule case ->
                let reached rule =
                    FittedRule.decide case.Scores (fit rule case)
                    |> Plain.objective Objective.MacroF1 case.Labels

                reached rule >= reached Rule.Global - 1e-9
    }

let private ofEvery = [ fromTheList; equivariant; rowByRow; repeatable; saved ]

/// The laws of a rule. Oracles of the same rules stand in the file of their module.
let private lawsOf (rule: Rule) =
    match rule with
    | Rule.Fixed _
    | Rule.PlugIn _
    | Rule.ClassPrior
    | Rule.RCut _
    | Rule.MCut
    | Rule.PCut _
    | Rule.Cardinality
    | Rule.Gfm _ -> ignoresLabels :: rowOrder :: ofEvery
    | Rule.Global
    | Rule.SCut
    | Rule.CoordinateAscent -> noWorseThanGlobal :: rowOrder :: ofEvery
    | Rule.Fused
    | Rule.SCutFbr
    | Rule.SmoothedF _
    | Rule.MicroMacroFreq
    | Rule.MetaLabeler -> rowOrder :: ofEvery
    // one pass in the order of the rows, by definition
    | Rule.OnlineF _ -> ofEvery

let private cases = Cases.from [ typeof<ScoreArbitraries> ]

[<Tests>]
let tests =
    testList
        "Rule"
        [
            testCase "every rule is in the list of rules, under one name, without faults" (fun () ->
                let cases = FSharpType.GetUnionCases typeof<Rule> |> Array.map _.Name |> Set.ofArray

                let listed =
                    [
                        for _, rule in Rule.all -> (fst (FSharpValue.GetUnionFields(rule, typeof<Rule>))).Name
                    ]

                Expect.isTrue
                    (Set.ofList listed = cases && listed.Length = cases.Count)
                    "each case of Rule once in Rule.all"

                Expect.isTrue (Rule.all |> List.map fst |> List.distinct |> List.length = cases.Count) "names"

                for name, rule in Rule.all do
                    Expect.isEmpty (Rule.faults rule) name
                    Expect.isNonEmpty (lawsOf rule) name)

            property (cases |> Cases.times 60) "every rule obeys its laws" (fun { Distinct = case } ->
                // equal labels (same positives, same scores) cannot be told apart; distinct scores leave only unlisted ones, which predict nothing
                for name, rule in Rule.all do
                    for law in lawsOf rule do
                        Expect.isTrue (law.Holds rule case) $"{name}: {law.Law}")

            testCase "faulty parameters are refused, all at once" (fun () ->
                let case = snd (List.head (Plain.fixture ()))

                let context =
                    { Plain.context case with
                        Objective = Objective.FBeta -1.0
                    }

                let thrown =
                    Require.thrown<ConfigurationException>(fun () ->
                        Rule.fit (Rule.RCut 0) context case.Scores case.Labels)

                Require.equal 2 thrown.Faults.Length)
        ]
