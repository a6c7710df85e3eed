/// The registry against the table of laws: a metric without laws fails, and so does a law that does not hold.
module Limen.Properties.MetricProperties

open System
open Expecto
open Limen.Core
open Limen.Kernels

/// What can be asked of any metric.
type Law =
    /// Moving rows changes nothing.
    | RowOrder
    /// Renaming labels changes nothing.
    | LabelOrder
    /// Shards, added, give the value of the whole.
    | Shards
    /// The value is a number within the metric's range.
    | InRange
    /// Nothing beats the truth itself.
    | Unbeaten
    /// Where every row and label has a positive, the truth gets the best value of the range.
    | Optimum
    /// Correcting one pair of a predicted set never makes the value worse.
    | FixingAMistake
    /// Raising one true label's score never makes the value worse.
    | RaisingATrueScore
    /// Storing the absent labels at one common lowest value changes nothing.
    | AbsentIsLowest

let private everywhere = [ RowOrder; LabelOrder; Shards; InRange ]

let private laws: Map<string, Law list> =
    let ofSets = everywhere @ [ Unbeaten; Optimum; FixingAMistake ]
    let ofOrders = everywhere @ [ Unbeaten; Optimum; RaisingATrueScore; AbsentIsLowest ]
    let ofProbabilities = everywhere @ [ Unbeaten; Optimum ]

    Map.ofList
        [
            for letter in "abcde" do
                $"macro_f1_{letter}", ofSets
            "micro_f1", ofSets
            "weighted_f1", ofSets
            "macro_precision", ofSets
            "macro_recall", ofSets
            "micro_precision", ofSets
            "micro_recall", ofSets
            "macro_jaccard", ofSets
            "hamming_loss", ofSets
            "ever_predicted", everywhere
            "samples_f1", ofSets
            "samples_f1_one", ofSets
            "samples_jaccard", ofSets
            "subset_accuracy", ofSets
            for k in [ 1; 3; 5 ] do
                $"p_at_{k}", everywhere @ [ Unbeaten; RaisingATrueScore ]
                $"r_at_{k}", everywhere @ [ Unbeaten; RaisingATrueScore ]
                $"rp_at_{k}", everywhere @ [ Unbeaten; Optimum; RaisingATrueScore ]
                $"ndcg_at_{k}", everywhere @ [ Unbeaten; Optimum; RaisingATrueScore ]
                // a true label may push out one that weighs more, or one of another label's few
                $"psp_at_{k}", everywhere @ [ Unbeaten; Optimum ]
                $"psp_raw_at_{k}", everywhere @ [ Unbeaten ]
                $"macro_f1_f_at_{k}", everywhere
            "lrap", ofOrders
            // the best coverage is the number of true labels, not an end of the range
            "coverage_error", everywhere @ [ Unbeaten; RaisingATrueScore; AbsentIsLowest ]
            "ranking_loss", ofOrders
            "macro_auc", ofOrders
            "micro_auc", ofOrders
            "macro_ap", ofOrders
            "micro_ap", ofOrders
            "brier", AbsentIsLowest :: ofProbabilities
            "ece", AbsentIsLowest :: ofProbabilities
            "ece_at_1", ofProbabilities
            "ece_at_5", ofProbabilities
        ]

let private metric (inverse: float[]) name =
    Metric.all inverse |> List.find (fun m -> m.Name = name)

let private evidence truth sets scores probabilities =
    {
        Truth = truth
        Sets = Some sets
        Scores = Some scores
        Probabilities = Some probabilities
    }

let private distinct (c: MetricCase) =
    evidence c.Truth c.Sets c.Distinct c.Probabilities

let private tied (c: MetricCase) =
    evidence c.Truth c.Sets c.Tied c.Probabilities

/// The truth said by a model: true labels score their inverse propensity, so that the heaviest come first.
let private perfect (c: MetricCase) =
    evidence c.Truth c.Truth (c.Truth |> Csr.mapValues (fun _ l _ -> float32 c.Inverse[l])) c.Truth

let private mapEvidence f (e: Evidence) =
    {
        Truth = f e.Truth
        Sets = Option.map f e.Sets
        Scores = Option.map f e.Scores
        Probabilities = Option.map f e.Probabilities
    }

let private renameLabels (order: int[]) (m: CsrMatrix) =
    Array.init m.Rows (fun r ->
        Csr.row r m
        |> Array.map (fun struct (l, v) -> struct (order[l], v))
        |> Array.sortBy (fun struct (l, _) -> l))
    |> Csr.ofRows m.Columns

let private same (a: float option) (b: float option) =
    match a, b with
    | Some a, Some b -> Tolerance.close Tolerance.float64 a b
    | _ -> a = b

let private atLeastAsGood (m: Metric) (better: float option) (worse: float option) =
    match better, worse, m.Better with
    | Some b, Some w, Better.Higher -> b >= w - 1e-12
    | Some b, Some w, Better.Lower -> b <= w + 1e-12
    | b, w, _ -> b.IsNone && w.IsNone

/// One pair of the matrix, chosen by the case's seed.
let private choose (c: MetricCase) (from: (int * int)[]) =
    from |> Array.tryItem (int (Seed.bits 7L c.Seed % uint64 (max 1 from.Length)))

let private pairsWhere (c: MetricCase) condition =
    Array.allPairs [| 0 .. c.Rows - 1 |] [| 0 .. c.Labels - 1 |]
    |> Array.filter condition

let private isIn (m: CsrMatrix) (r, l) = Array.contains l (Csr.set r m)

let private flip (r, l) (m: CsrMatrix) =
    Array.init m.Rows (fun row ->
        let set = Csr.set row m

        if row <> r then set
        elif Array.contains l set then Array.except [ l ] set
        else Array.append set [| l |])
    |> Csr.ofSets m.Columns

let private holds law name (c: MetricCase) =
    let m = metric c.Inverse name
    let compute e = Metric.compute m [ e ]

    match law with
    | RowOrder ->
        let order = Seed.permutation c.Rows c.Seed
        same (compute (tied c)) (compute (mapEvidence (Csr.selectRows order) (tied c)))
    | LabelOrder ->
        let c = MetricCases.full c
        let order = Seed.permutation c.Labels c.Seed
        let inverse = Array.permute (fun l -> order[l]) c.Inverse
        let renamed = mapEvidence (renameLabels order) (distinct c)
        same (compute (distinct c)) (Metric.compute (metric inverse name) [ renamed ])
    | Shards ->
        let shard rows =
            mapEvidence (Csr.selectRows rows) (tied c)

        let cut = c.Rows / 3
        let shards = [ shard [| 0 .. cut - 1 |]; shard [||]; shard [| cut .. c.Rows - 1 |] ]
        same (compute (tied c)) (Metric.compute m shards)
    | InRange ->
        let least, most = m.Range

        match compute (tied c) with
        | Some value -> value >= least - 1e-12 && value <= most + 1e-12
        | None -> name.EndsWith "_auc" || name.EndsWith "_ap"
    | Unbeaten -> atLeastAsGood m (compute (perfect c)) (compute (tied c))
    | Optimum ->
        let best =
            if m.Better = Better.Higher then
                snd m.Range
            else
                fst m.Range

        c.Rows = 0
        || compute (perfect (MetricCases.complete c))
           |> Option.forall (Tolerance.close Tolerance.float64 best)
    | FixingAMistake ->
        match choose c (pairsWhere c (fun p -> isIn c.Truth p <> isIn c.Sets p)) with
        | None -> true
        | Some pair ->
            let mended = { c with Sets = flip pair c.Sets }
            atLeastAsGood m (compute (tied mended)) (compute (tied c))
    | RaisingATrueScore ->
        let c = MetricCases.full c

        match choose c (pairsWhere c (isIn c.Truth)) with
        | None -> true
        | Some(r, l) ->
            let lift = 0.5f + float32 (Seed.bits 8L c.Seed % uint64 (c.Rows * c.Labels))

            let raise row label v =
                if row = r && label = l then v + lift else v

            let raised =
                { c with
                    Distinct = Csr.mapValues raise c.Distinct
                }

            atLeastAsGood m (compute (distinct raised)) (compute (distinct c))
    | AbsentIsLowest ->
        let store absent =
            Dense.values absent >> Dense.toCsr c.Labels

        same (compute (tied c)) (compute (evidence c.Truth c.Sets (store -9.0 c.Tied) (store 0.0 c.Probabilities)))

let private names = laws |> Map.keys |> Seq.toList

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "Metric"
        [
            testCase "every metric of the registry has its laws and every law its metric" (fun () ->
                let registered = Metric.all [| 1.0 |] |> List.map _.Name
                Require.equal registered (List.distinct registered)
                Require.equal (List.sort names) (List.sort registered)

                for ofMetric in laws.Values do
                    Require.isEmpty (List.except ofMetric everywhere))

            testList
                "the metric holds to its laws"
                [
                    for name in names ->
                        property cases name (fun (case: MetricCase) ->
                            laws[name]
                            |> List.filter (fun law -> not (holds law name case))
                            |> Require.isEmpty)
                ]

            testTheory
                "without rows or labels no metric is NaN and none throws"
                [ 0, 0; 0, 3; 3, 0 ]
                (fun (rows: int, labels: int) ->
                    let empty = Csr.ofSets labels (Array.create rows [||])
                    let inverse = Array.create labels 1.0

                    for m in Metric.all inverse do
                        match Metric.compute m [ evidence empty empty empty empty ] with
                        | Some value -> Expect.isFalse (Double.IsNaN value) m.Name
                        | None -> Require.isTrue (m.Name.EndsWith "_auc" || m.Name.EndsWith "_ap"))
        ]
