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

                let a = AtK.ofScores k c.Truth c.Tied

                close (AtK.precision a) (mean (fun hits _ -> number hits / float k))
                && close (AtK.recall a) (mean (fun hits n -> number hits / float n))
                && close (AtK.rPrecision a) (mean (fun hits n -> number hits / float (min k n)))
                && close (AtK.ndcg a) (mean (fun hits n -> gain hits / gain (List.replicate (min k n) true))))

            property cases "recall at k grows with k and reaches 1 on full lists" (fun (c: MetricCase) ->
                let c = MetricCases.full c

                let at k =
                    AtK.recall (AtK.ofScores k c.Truth c.Distinct)

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
                    let p = Propensity.ofScores k ones c.Truth c.Tied

                    let precision scores =
                        AtK.precision (AtK.ofScores k c.Truth scores)

                    let best = precision c.Truth

                    close (Propensity.precision p) (precision c.Tied)
                    && close (Propensity.normalised p) (if best = 0.0 then 0.0 else precision c.Tied / best))

            property
                cases
                "rarer labels have larger inverse propensities, none below 1"
                (fun (support: NonNegativeInt[]) (NonNegativeInt rows) ->
                    let support = support |> Array.map _.Get |> Array.sort
                    let inverse = Propensity.inverse Propensity.standard rows support

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
                    (Propensity.inverse Propensity.standard 1000 [| 0; 100 |]))

            testCase "a worked example of PSP at 2" (fun () ->
                let truth = Csr.ofSets 4 [| [| 0; 1; 3 |]; [| 2 |] |]

                let lists =
                    Csr.ofRows 4 [| [| struct (0, 3f); struct (2, 2f); struct (3, 1f) |]; [| struct (2, 1f) |] |]

                let p = Propensity.ofScores 2 [| 1.0; 2.0; 4.0; 8.0 |] truth lists
                // hits: label 0 (1), label 2 (4); attainable: labels 3 and 1 (10), label 2 (4)
                Tolerance.require
                    Tolerance.float64
                    "PSP@2"
                    [ 5.0 / 14.0; 5.0 / 4.0 ]
                    [ Propensity.normalised p; Propensity.precision p ])

            property
                cases
                "macro-F1 at k is macro-F1 of the first k places as sets"
                (fun (c: MetricCase) (PositiveInt k) ->
                    let sets = plainTop k c.Tied |> Array.map List.toArray |> Csr.ofSets c.Labels
                    AtK.macroF1 k c.Truth c.Tied = F1.macro (AllLabels AsZero) (Counts.ofSets c.Truth sets))

            testCase "no places and scores that are NaN are refused" (fun () ->
                let truth = Csr.ofSets 1 [| [| 0 |] |]
                let nan = Limen.Kernels.CsrMatrix(1, 1, [| 0; 1 |], [| 0 |], [| Single.NaN |])

                Require.throws<ArgumentException>(fun () -> AtK.ofScores 0 truth truth)

                Require.throws<ArgumentException>(fun () -> Propensity.ofScores 0 [| 1.0 |] truth truth)

                Require.throws<ArgumentException>(fun () -> AtK.macroF1 0 truth truth)
                let error = Require.thrown<ArgumentException>(fun () -> AtK.ofScores 1 truth nan)
                Require.contains "row 0, label 0" error.Message

                Require.throws<ArgumentException>(fun () -> Ranking.ofScores truth nan)

                Require.throws<ArgumentException>(fun () -> ScoredRows.create truth nan))
        ]
