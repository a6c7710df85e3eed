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
    let counts = Counts.ofSets None (LabelSets sets) (LabelSets y)

    let evidence =
        { Evidence.ofSets (LabelSets sets) (LabelSets y) with
            Scores = Some(Scores lists)
        }

    Require.equal (ints (case.GetProperty "tp") |> Array.map float) counts.TruePositives
    Require.equal (ints (case.GetProperty "fp") |> Array.map float) counts.FalsePositives
    Require.equal (ints (case.GetProperty "fn") |> Array.map float) counts.FalseNegatives

    let pairs =
        Array.map2 (Array.map2 (fun s y -> struct (1.0 / (1.0 + exp -s), y = 1.0, 1.0))) scores truth
        |> Seq.concat

    let read metric = Metric.number metric evidence

    function
    | "f1_macro_A_zero0" -> read (F1.macro (AllLabels AsZero))
    | "f1_macro_B_zero1" -> read (F1.macro (AllLabels AsOne))
    | "f1_macro_C_present" -> read (F1.macro PresentInTest)
    | "f1_macro_D_active" -> read (F1.macro Active)
    | "f1_macro_E_harmonic" -> read (F1.macro Harmonic)
    | "f1_micro" -> read F1.micro
    | "f1_weighted" -> read F1.weighted
    | "f1_samples_zero0" -> read (F1.samples AsZero)
    | "f1_samples_zero1" -> read (F1.samples AsOne)
    | "precision_macro" -> read Precision.macro
    | "recall_macro" -> read Recall.macro
    | "precision_micro" -> read Precision.micro
    | "recall_micro" -> read Recall.micro
    | "jaccard_macro" -> read Agreement.macroJaccard
    | "jaccard_samples" -> read Agreement.samplesJaccard
    | "hamming_loss" -> read Agreement.hammingLoss
    | "subset_accuracy" -> read Agreement.subsetAccuracy
    | "lrap" -> read Ranking.averagePrecision
    | "coverage_error" -> read Ranking.coverageError
    | "ranking_loss" -> read Ranking.rankingLoss
    | "auc_macro_labels_with_both" -> read Curves.macroAuc
    | "auc_micro" -> read Curves.microAuc
    | "ap_macro_labels_present" -> read Curves.macroAp
    | "ap_micro" -> read Curves.microAp
    | "brier" -> Reliability.brier (Reliability.ofPairs 10 pairs)
    | atK ->
        let parts = atK.Split '.'
        let k = int (parts[0].Substring 3)

        match parts[1] with
        | "precision" -> read (AtK.precision k)
        | "recall" -> read (AtK.recall k)
        | "r_precision" -> read (AtK.rPrecision k)
        | "ndcg" -> read (AtK.ndcg k)
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
