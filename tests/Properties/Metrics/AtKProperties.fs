module Limen.Properties.AtKProperties

open System
open Expecto
open FsCheck
open Limen.Core

let private close = Tolerance.close Tolerance.float64

/// The first k labels of each row by a stable sort of the dense row; labels without a score stay out.
let private plainTop k scores =
    Dense.values Double.NegativeInfinity scores
    |> Array.map (
        Array.indexed
        >> Array.toList
        >> List.sortBy (fun (_, s) -> -s)
        >> List.filter (fun (_, s) -> Double.IsFinite s)
        >> List.truncate k
        >> List.map fst
    )

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "AtK"
        [
            property
                cases
                "the first places are those of a stable sort, lower label first among equals"
                (fun (c: MetricCase) (PositiveInt k) ->
                    let received =
                        [| for r in 0 .. c.Rows - 1 -> Ranked.row k c.Tied r |> Array.toList |]

                    received = plainTop k c.Tied)

            property cases "each value is the mean of its formula over the rows" (fun (c: MetricCase) (PositiveInt k) ->
                let truth = Dense.flags c.Truth
                let discount place = 1.0 / Math.Log2(float place + 2.0)

                let mean value =
                    plainTop k c.Tied
                    |> List.ofArray
                    |> List.mapi (fun r top ->
                        let hits = top |> List.map (fun l -> truth[r][l])
                        let relevant = truth[r] |> Array.filter id |> Array.length

                        if relevant = 0 then
                            0.0
                        else
                            value (hits: bool list) relevant)
                    |> List.toArray
                    |> Dense.mean

                let number hits =
                    hits |> List.filter id |> List.length |> float

                let gain hits =
                    hits
                    |> List.mapi (fun place hit -> if hit then discount place else 0.0)
                    |> List.sum

                let value metric =
                    Metric.number (metric k) (c.OfScores c.Tied)

                close (value AtK.precision) (mean (fun hits _ -> number hits / float k))
                && close (value AtK.recall) (mean (fun hits n -> number hits / float n))
                && close (value AtK.rPrecision) (mean (fun hits n -> number hits / float (min k n)))
                && close (value AtK.ndcg) (mean (fun hits n -> gain hits / gain (List.replicate (min k n) true))))

            property cases "recall at k grows with k and reaches 1 on full lists" (fun (c: MetricCase) ->
                let c = MetricCases.full c

                let at k =
                    Metric.number (AtK.recall k) (c.OfScores c.Distinct)

                let withLabels =
                    [ 0 .. c.Rows - 1 ] |> List.filter (fun r -> c.Truth.RowIndices(r).Length > 0)

                let curve = [ 1 .. c.Labels ] |> List.map at

                List.pairwise curve |> List.forall (fun (a, b) -> b >= a - 1e-12)
                && close (List.last curve) (float withLabels.Length / float (max 1 c.Rows)))

            property
                cases
                "propensities of 1 make PSP the precision, divided by the best precision"
                (fun (c: MetricCase) (PositiveInt k) ->
                    let ones = Array.create c.Labels 1.0

                    let p =
                        { c.OfScores c.Tied with
                            InversePropensities = Some ones
                        }

                    let precision scores =
                        Metric.number (AtK.precision k) (c.OfScores scores)

                    let best = precision c.Truth

                    close (Metric.number (Propensity.precision k) p) (precision c.Tied)
                    && close
                        (Metric.number (Propensity.normalised k) p)
                        (if best = 0.0 then 0.0 else precision c.Tied / best))

            property
                cases
                "rarer labels have larger inverse propensities, none below 1"
                (fun (support: NonNegativeInt[]) (NonNegativeInt rows) ->
                    let support = support |> Array.map _.Get |> Array.sort

                    let inverse =
                        Propensity.inverse Propensity.standard (LabelCounts.create rows support)

                    Array.forall (fun w -> w >= 1.0) inverse
                    && inverse = Array.sortDescending inverse)

            testCase "inverse propensities follow the formula of Jain et al" (fun () ->
                let c = (log 1000.0 - 1.0) * (2.5 ** 0.55)

                let expected =
                    [ 1.0 + c * exp (-0.55 * log 1.5); 1.0 + c * exp (-0.55 * log 101.5) ]

                Tolerance.require
                    Tolerance.float64
                    "1/p"
                    expected
                    (Propensity.inverse Propensity.standard (LabelCounts.create 1000 [| 0; 100 |])))

            testTheory
                "Wikipedia and Amazon have parameters of their own, AmazonCat-13K the usual ones"
                [
                    Propensity.standard, 0.55, 1.5
                    Propensity.wikipedia, 0.5, 0.4
                    Propensity.amazon, 0.6, 2.6
                ]
                (fun (parameters: Propensity, a: float, b: float) ->
                    let c = (log 1000.0 - 1.0) * ((b + 1.0) ** a)
                    let inverse = Propensity.inverse parameters (LabelCounts.create 1000 [| 3 |])
                    Require.near 1e-12 (1.0 + c * ((3.0 + b) ** -a)) inverse[0])

            testCase "a worked example of PSP at 2" (fun () ->
                let truth = Csr.ofSets 4 [| [| 0; 1; 3 |]; [| 2 |] |]

                let lists =
                    Csr.ofRows 4 [| [| struct (0, 3f); struct (2, 2f); struct (3, 1f) |]; [| struct (2, 1f) |] |]

                let p =
                    { Evidence.ofScores (Scores lists) (LabelSets truth) with
                        InversePropensities = Some [| 1.0; 2.0; 4.0; 8.0 |]
                    }

                // hits: label 0 (1), label 2 (4); attainable: labels 3 and 1 (10), label 2 (4)
                Tolerance.require
                    Tolerance.float64
                    "PSP@2"
                    [ 5.0 / 14.0; 5.0 / 4.0 ]
                    [
                        Metric.number (Propensity.normalised 2) p
                        Metric.number (Propensity.precision 2) p
                    ])

            property
                cases
                "macro-F1 at k is macro-F1 of the first k places as sets"
                (fun (c: MetricCase) (PositiveInt k) ->
                    let sets = plainTop k c.Tied |> Array.map List.toArray |> Csr.ofSets c.Labels

                    Metric.number (AtK.macroF1 k) (c.OfScores c.Tied) =
                        Metric.number
                            (F1.macro (AllLabels AsZero))
                            (Evidence.ofSets (LabelSets sets) (LabelSets c.Truth)))

            testCase "no places and scores that are NaN are refused" (fun () ->
                let truth = Csr.ofSets 1 [| [| 0 |] |]
                let nan = Limen.Kernels.CsrMatrix(1, 1, [| 0; 1 |], [| 0 |], [| Single.NaN |])

                let places =
                    [
                        AtK.precision
                        AtK.recall
                        AtK.rPrecision
                        AtK.ndcg
                        AtK.macroF1
                        Propensity.normalised
                        Propensity.precision
                        Calibrated.errorAtK
                    ]

                for metric in places do
                    Require.throws<ArgumentException>(fun () -> metric 0)

                for metric in [ AtK.precision 1; AtK.macroF1 1; Ranking.rankingLoss; Curves.microAuc ] do
                    let unordered = Evidence.ofScores (Scores nan) (LabelSets truth)

                    Require.contains
                        "row 1, label 0"
                        (Require.refusal<ArgumentException>(fun () -> Metric.value metric unordered)))
        ]
