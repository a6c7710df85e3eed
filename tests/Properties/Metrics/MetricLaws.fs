/// Which laws each metric has, and whether they hold for a case.
module Limen.Properties.MetricLaws

open Limen.Core
open Limen.Kernels

/// What can be asked of any metric.
type Law =
    /// Moving rows changes nothing.
    | RowOrder
    /// Renaming labels changes nothing.
    | LabelOrder
    /// A row of weight k is that row k times, and of weight 0 no row.
    | Weights
    /// Weights of 1 are no weights, to the bit.
    | WeightsOfOne
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

/// What every metric has.
let everywhere = [ RowOrder; LabelOrder; Weights; WeightsOfOne; InRange ]

/// The laws of each metric, by its name.
let table: Map<string, Law list> =
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
            // correcting a pair may leave a label that is always true, or always predicted: 0/0
            "macro_matthews", everywhere @ [ Unbeaten ]
            "micro_matthews", everywhere @ [ Unbeaten ]
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

let private evidence (c: MetricCase) sets scores probabilities =
    {
        Predicted = Some(LabelSets sets)
        Scores = Some(Scores scores)
        Probabilities = Some(PairProbabilities probabilities)
        InversePropensities = Some c.Inverse
        Weights = None
        Truth = LabelSets c.Truth
    }

let private distinct (c: MetricCase) =
    evidence c c.Sets c.Distinct c.Probabilities

let private tied (c: MetricCase) =
    evidence c c.Sets c.Tied c.Probabilities

/// The truth said by a model: true labels score their inverse propensity, so that the heaviest come first.
let private perfect (c: MetricCase) =
    evidence c c.Truth (c.Truth |> Csr.mapValues (fun _ l _ -> float32 c.Inverse[l])) c.Truth

let private renameLabels (order: int[]) (e: Evidence) : Evidence =
    let rename (m: CsrMatrix) =
        Array.init m.Rows (fun r ->
            Csr.row r m
            |> Array.map (fun struct (l, v) -> struct (order[l], v))
            |> Array.sortBy (fun struct (l, _) -> l))
        |> Csr.ofRows m.Columns

    { e with
        Predicted = e.Predicted |> Option.map (fun m -> LabelSets(rename m.Matrix))
        Scores = e.Scores |> Option.map (fun m -> Scores(rename m.Matrix))
        Probabilities = e.Probabilities |> Option.map (fun m -> PairProbabilities(rename m.Matrix))
        InversePropensities = e.InversePropensities |> Option.map (Array.permute (fun l -> order[l]))
        Truth = LabelSets(rename e.Truth.Matrix)
    }

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

/// Whether a law of the metric of this name holds for a case.
let holds law name (c: MetricCase) =
    let m = Metrics.find name
    let compute = Metric.value m

    match law with
    | RowOrder ->
        let order = Seed.permutation c.Rows c.Seed
        same (compute (tied c)) (compute (Evidence.selectRows order (tied c)))
    | LabelOrder ->
        let c = MetricCases.full c
        let order = Seed.permutation c.Labels c.Seed
        same (compute (distinct c)) (compute (renameLabels order (distinct c)))
    | Weights ->
        let rows =
            [|
                for r in 0 .. c.Rows - 1 do
                    yield! Array.create (int c.Weights[r]) r
            |]

        let weighted = { tied c with Weights = Some c.Weights }

        same (compute weighted) (compute (Evidence.selectRows rows (tied c)))
    | WeightsOfOne ->
        let ones =
            { tied c with
                Weights = Some(Array.create c.Rows 1f)
            }

        compute ones = compute (tied c)
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

        same (compute (tied c)) (compute (evidence c c.Sets (store -9.0 c.Tied) (store 0.0 c.Probabilities)))
