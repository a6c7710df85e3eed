/// The registry against the table of laws: a metric without laws fails, and so does a law that does not hold.
module Limen.Properties.MetricProperties

open System
open System.IO
open System.Reflection
open System.Xml.Linq
open Expecto
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

let private everywhere = [ RowOrder; LabelOrder; Weights; WeightsOfOne; InRange ]

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

let private holds law name (c: MetricCase) =
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

let private names = laws |> Map.keys |> Seq.toList

/// What makes metrics in the core, by the name that its documentation has, with what it makes of the first k that there is and of
/// every policy and convention.
let private makers: (string * Metric list) list =
    let arguments (p: ParameterInfo) : obj list =
        if p.ParameterType = typeof<int> then
            [ 1 ]
        elif p.ParameterType = typeof<ZeroDivision> then
            [ AsZero; AsOne ]
        else
            MacroConvention.all |> List.map box

    [
        for t in typeof<Metric>.Assembly.GetExportedTypes() do
            let name = t.FullName

            for p in t.GetProperties(BindingFlags.Public ||| BindingFlags.Static) do
                if p.PropertyType = typeof<Metric> then
                    $"{name}.{p.Name}", [ p.GetValue null :?> Metric ]

            for m in t.GetMethods(BindingFlags.Public ||| BindingFlags.Static) do
                if
                    m.ReturnType = typeof<Metric>
                    && not m.IsSpecialName
                    && t <> typeof<Metric>
                    && m.DeclaringType.Name <> "Metrics"
                then
                    let made =
                        arguments (Seq.exactlyOne (m.GetParameters()))
                        |> List.map (fun a -> m.Invoke(null, [| a |]) :?> Metric)

                    $"{name}.{m.Name}", made
    ]

let private documented =
    lazy
        (let file = Path.Combine(AppContext.BaseDirectory, "Limen.Core.xml")

         set
             [
                 for m in XDocument.Load(file).Descendants(XName.Get "member") do
                     if m.Value.Trim().Length > 20 then
                         ((m.Attribute(XName.Get "name").Value[2..]).Split '(')[0]
             ])

/// Everything that is wrong with a registry.
let private complaints (laws: Map<string, Law list>) (makers: (string * Metric list) list) (registry: Metric list) =
    [
        for name, same in registry |> List.groupBy _.Name do
            if same.Length > 1 then
                $"{name}: stands {same.Length} times"

        for m in registry do
            if String.IsNullOrWhiteSpace m.Title then
                $"{m.Name}: no title"

            if not (m.Source.StartsWith "https://") then
                $"{m.Name}: no source"

            if not (fst m.Range < snd m.Range) then
                $"{m.Name}: no range"

            match laws.TryFind m.Name with
            | None -> $"{m.Name}: no laws"
            | Some ofMetric when List.except ofMetric everywhere <> [] -> $"{m.Name}: fewer laws than all metrics have"
            | Some _ -> ()

        for maker, made in makers do
            if not (documented.Value.Contains maker) then
                $"{maker}: not documented"

            for m in made do
                if registry |> List.forall (fun r -> r.Name <> m.Name) then
                    $"{m.Name}: not registered"
    ]

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "Metric"
        [
            testCase "every metric is registered, described, documented and has its laws" (fun () ->
                Require.isNonEmpty makers
                Require.equal [] (complaints laws makers Metrics.all)
                Require.equal [] (List.except (Metrics.all |> List.map _.Name) names))

            testCase "a planted metric without what it needs is complained of" (fun () ->
                let planted =
                    { F1.micro with
                        Name = "planted"
                        Title = "planted"
                    }

                let lawful = Map.add "planted" everywhere laws

                let said table metric =
                    complaints table makers (metric :: Metrics.all)

                Require.equal [] (said lawful planted)
                Require.equal [ "planted: no laws" ] (said laws planted)

                Require.equal
                    [ "planted: fewer laws than all metrics have" ]
                    (said (Map.add "planted" [ InRange ] laws) planted)

                Require.equal [ "planted: no source" ] (said lawful { planted with Source = "" })
                Require.equal [ "planted: no title" ] (said lawful { planted with Title = " " })
                Require.equal [ "planted: no range" ] (said lawful { planted with Range = 1.0, 1.0 })
                Require.equal [ "micro_f1: stands 2 times" ] (said laws { planted with Name = "micro_f1" }))

            testCase "a metric that is left out of the registry, or not documented, is complained of" (fun () ->
                let without = Metrics.all |> List.filter (fun m -> m.Name <> "micro_f1")
                Require.equal [ "micro_f1: not registered" ] (complaints laws makers without)

                let undocumented =
                    makers
                    |> List.map (fun (_, made) -> "Limen.Core.F1.noSuchMetric", made)
                    |> List.truncate 1

                Require.equal
                    [ "Limen.Core.F1.noSuchMetric: not documented" ]
                    (complaints laws undocumented Metrics.all))

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

                    let evidence =
                        {
                            Predicted = Some(LabelSets empty)
                            Scores = Some(Scores empty)
                            Probabilities = Some(PairProbabilities empty)
                            InversePropensities = Some(Array.create labels 1.0)
                            Weights = None
                            Truth = LabelSets empty
                        }

                    for m in Metrics.all do
                        match Metric.value m evidence with
                        | Some value -> Expect.isFalse (Double.IsNaN value) m.Name
                        | None -> Require.isTrue (m.Name.EndsWith "_auc" || m.Name.EndsWith "_ap"))
        ]
