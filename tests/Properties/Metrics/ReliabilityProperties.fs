module Limen.Properties.ReliabilityProperties

open System
open Expecto
open FsCheck
open Limen.Core

let private close = Tolerance.close Tolerance.float64

let private pairs (c: MetricCase) =
    let truth = Dense.flags c.Truth

    Dense.values 0.0 c.Probabilities
    |> Array.mapi (fun r row -> Array.zip row truth[r])
    |> Array.concat

let private asFloat isTrue = if isTrue then 1.0 else 0.0

let private cases = Cases.from [ typeof<MetricArbitraries> ]

[<Tests>]
let tests =
    testList
        "Reliability"
        [
            property cases "the Brier score is the mean squared error of all pairs" (fun (c: MetricCase) ->
                let plain =
                    pairs c |> Array.map (fun (p, y) -> (p - asFloat y) ** 2.0) |> Dense.mean

                close
                    plain
                    (Reliability.brier (
                        Reliability.ofProbabilities 10 None (PairProbabilities c.Probabilities) (LabelSets c.Truth)
                    )))

            property
                cases
                "ECE is the mean gap between probability and frequency over the bins"
                (fun (c: MetricCase) (PositiveInt bins) ->
                    let all = pairs c

                    let plain =
                        all
                        |> Array.groupBy (fun (p, _) -> if p = 1.0 then bins - 1 else int (p * float bins))
                        |> Array.sumBy (fun (_, held) ->
                            let gap = Array.averageBy fst held - Array.averageBy (snd >> asFloat) held
                            abs gap * float held.Length / float all.Length)

                    close
                        plain
                        (Reliability.ece (
                            Reliability.ofProbabilities
                                bins
                                None
                                (PairProbabilities c.Probabilities)
                                (LabelSets c.Truth)
                        )))

            property
                cases
                "the table holds every pair once, in the bin of its probability"
                (fun (c: MetricCase) (PositiveInt bins) ->
                    let r =
                        Reliability.ofProbabilities bins None (PairProbabilities c.Probabilities) (LabelSets c.Truth)

                    Reliability.pairs r = float (pairs c).Length
                    && (r.Bins |> Array.sumBy _.Positives) = float c.Truth.NonZeros
                    && r.Bins.Length = bins
                    && r.Bins
                       |> Array.forall (fun b ->
                           b.Count = 0.0
                           || (b.MeanProbability >= b.Lower - 1e-9 && b.MeanProbability <= b.Upper + 1e-9)))

            property cases "at k of the full lists nothing is left out" (fun (c: MetricCase) ->
                let c = MetricCases.full c

                let all =
                    Reliability.ofProbabilities 10 None (PairProbabilities c.Probabilities) (LabelSets c.Truth)

                let atL =
                    Reliability.atK 10 c.Labels None (PairProbabilities c.Probabilities) (LabelSets c.Truth)

                close (Reliability.ece all) (Reliability.ece atL)
                && close (Reliability.brier all) (Reliability.brier atL))

            property cases "at 1 only the most probable label of each row counts" (fun (c: MetricCase) ->
                let r =
                    Reliability.atK 10 1 None (PairProbabilities c.Probabilities) (LabelSets c.Truth)

                let tops = [ for i in 0 .. c.Rows - 1 -> i, Ranked.row 1 c.Probabilities i ]

                let hits =
                    tops |> List.filter (fun (i, top) -> Array.exists (Ranked.isTrue c.Truth i) top)

                Reliability.pairs r = float (tops |> List.sumBy (fun (_, top) -> top.Length))
                && (r.Bins |> Array.sumBy _.Positives) = float hits.Length)

            testCase "probabilities that are frequencies have no calibration error" (fun () ->
                let pairs =
                    [ for i in 0..99 -> struct (0.25, i % 4 = 0, 1.0) ]
                    @ [ for i in 0..9 -> struct (0.8, i % 5 <> 0, 1.0) ]

                let r = Reliability.ofPairs 10 pairs
                Require.near 1e-12 0.0 (Reliability.ece r)
                Require.equal 0.8 (r.Bins[8].Frequency)
                Require.equal 0.0 (r.Bins[0].Frequency))

            testTheory "what is not a probability is refused" [ -0.1; 1.5; Double.NaN ] (fun (p: float) ->
                Require.throws<ArgumentException>(fun () -> Reliability.ofPairs 10 [ struct (p, true, 1.0) ]))

            testCase "fewer than one bin is refused" (fun () ->
                Require.throws<ArgumentException>(fun () -> Reliability.ofPairs 0 []))
        ]
