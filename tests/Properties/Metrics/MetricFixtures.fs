/// The values of scikit-learn, entry by entry. Brier's come from float64 scores, which no list holds.
module Limen.Properties.MetricFixtures

open System.Text.Json
open Expecto
open Limen.Core

let private ints (e: JsonElement) =
    [| for x in e.EnumerateArray() -> x.GetInt32() |]

let private received (case: JsonElement) : string -> float =
    let scores = Fixtures.matrix (case.GetProperty "scores")
    let labels = scores[0].Length
    let truth = Fixtures.matrix (case.GetProperty "y")

    let setsWhere keep rows =
        rows
        |> Array.map (Array.indexed >> Array.filter (snd >> keep) >> Array.map fst)
        |> Csr.ofSets labels

    let y = setsWhere (fun v -> v = 1.0) truth
    let lists = Dense.toCsr labels scores
    let sets = setsWhere (fun s -> s > 0.0) scores
    let counts = Counts.ofSets y sets
    let rows = RowCounts.ofSets y sets
    let ranking = Ranking.ofScores y lists
    let curves = ScoredRows.create y lists
    Require.equal (ints (case.GetProperty "tp")) counts.TruePositives
    Require.equal (ints (case.GetProperty "fp")) counts.FalsePositives
    Require.equal (ints (case.GetProperty "fn")) counts.FalseNegatives

    let pairs =
        Array.map2 (Array.map2 (fun s y -> struct (1.0 / (1.0 + exp -s), y = 1.0))) scores truth
        |> Seq.concat

    function
    | "f1_macro_A_zero0" -> F1.macro (AllLabels AsZero) counts
    | "f1_macro_B_zero1" -> F1.macro (AllLabels AsOne) counts
    | "f1_macro_C_present" -> F1.macro PresentInTest counts
    | "f1_macro_D_active" -> F1.macro Active counts
    | "f1_macro_E_harmonic" -> F1.macro Harmonic counts
    | "f1_micro" -> F1.micro counts
    | "f1_weighted" -> F1.weighted counts
    | "f1_samples_zero0" -> F1.samples AsZero rows
    | "f1_samples_zero1" -> F1.samples AsOne rows
    | "precision_macro" -> Average.macro (Ratio.precision AsZero) counts
    | "recall_macro" -> Average.macro (Ratio.recall AsZero) counts
    | "precision_micro" -> Average.micro (Ratio.precision AsZero) counts
    | "recall_micro" -> Average.micro (Ratio.recall AsZero) counts
    | "jaccard_macro" -> Average.macro (Ratio.jaccard AsZero) counts
    | "jaccard_samples" -> RowCounts.mean (Ratio.jaccard AsZero) rows
    | "hamming_loss" -> Counts.hammingLoss counts
    | "subset_accuracy" -> RowCounts.subsetAccuracy rows
    | "lrap" -> Ranking.averagePrecision ranking
    | "coverage_error" -> Ranking.coverageError ranking
    | "ranking_loss" -> Ranking.rankingLoss ranking
    | "auc_macro_labels_with_both" -> (Curves.macroAuc curves).Value
    | "auc_micro" -> (Curves.microAuc curves).Value
    | "ap_macro_labels_present" -> (Curves.macroAp curves).Value
    | "ap_micro" -> (Curves.microAp curves).Value
    | "brier" -> Reliability.brier (Reliability.ofPairs 10 pairs)
    | atK ->
        let parts = atK.Split '.'
        let a = AtK.ofScores (int (parts[0].Substring 3)) y lists

        match parts[1] with
        | "precision" -> AtK.precision a
        | "recall" -> AtK.recall a
        | "r_precision" -> AtK.rPrecision a
        | "ndcg" -> AtK.ndcg a
        | unknown -> failwith $"no metric for the entry {unknown}"

/// Names and values of the expected entries, those of at_k as "at_k.name".
let private expected (case: JsonElement) =
    [
        for entry in case.GetProperty("expected").EnumerateObject() do
            match entry.Value.ValueKind with
            | JsonValueKind.Object ->
                for inner in entry.Value.EnumerateObject() do
                    $"{entry.Name}.{inner.Name}", inner.Value.GetDouble()
            | _ -> entry.Name, entry.Value.GetDouble()
    ]

[<Tests>]
let tests =
    testList
        "MetricFixtures"
        [
            testCase "every entry of the 32 reference cases agrees to 1e-12" (fun () ->
                let cases = Fixtures.cases "metrics"
                Require.equal 32 cases.Length

                cases
                |> List.iteri (fun i case ->
                    let received = received case

                    for name, value in expected case do
                        Tolerance.require Tolerance.float64 $"case {i}, {name}" [ value ] [ received name ]))
        ]
