/// The registry against the table of laws: a metric without laws fails, and so does a law that does not hold.
module Limen.Properties.MetricProperties

open System
open System.IO
open System.Reflection
open System.Xml.Linq
open Expecto
open Limen.Core
open Limen.Properties.MetricLaws

let private names = table |> Map.keys |> Seq.toList

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
                Require.equal [] (complaints table makers Metrics.all)
                Require.equal [] (List.except (Metrics.all |> List.map _.Name) names))

            testCase "a planted metric without what it needs is complained of" (fun () ->
                let planted =
                    { F1.micro with
                        Name = "planted"
                        Title = "planted"
                    }

                let lawful = Map.add "planted" everywhere table

                let said laws metric =
                    complaints laws makers (metric :: Metrics.all)

                Require.equal [] (said lawful planted)
                Require.equal [ "planted: no laws" ] (said table planted)

                Require.equal
                    [ "planted: fewer laws than all metrics have" ]
                    (said (Map.add "planted" [ InRange ] table) planted)

                Require.equal [ "planted: no source" ] (said lawful { planted with Source = "" })
                Require.equal [ "planted: no title" ] (said lawful { planted with Title = " " })
                Require.equal [ "planted: no range" ] (said lawful { planted with Range = 1.0, 1.0 })
                Require.equal [ "micro_f1: stands 2 times" ] (said table { planted with Name = "micro_f1" }))

            testCase "a metric that is left out of the registry, or not documented, is complained of" (fun () ->
                let without = Metrics.all |> List.filter (fun m -> m.Name <> "micro_f1")
                Require.equal [ "micro_f1: not registered" ] (complaints table makers without)

                let undocumented =
                    makers
                    |> List.map (fun (_, made) -> "Limen.Core.F1.noSuchMetric", made)
                    |> List.truncate 1

                Require.equal
                    [ "Limen.Core.F1.noSuchMetric: not documented" ]
                    (complaints table undocumented Metrics.all))

            testList
                "the metric holds to its laws"
                [
                    for name in names ->
                        property cases name (fun (case: MetricCase) ->
                            table[name]
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
