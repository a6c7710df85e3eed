namespace Limen.Properties

open System
open FsCheck
open NUnit.Framework
open FsCheck.NUnit
open Limen.Core

[<Properties(Arbitrary = [| typeof<MetricArbitraries> |])>]
module ReliabilityProperties =

    let private close = Tolerance.close Tolerance.float64

    let private pairs (c: MetricCase) =
        let truth = Dense.flags c.Truth

        Dense.values 0.0 c.Probabilities
        |> Array.mapi (fun r row -> Array.zip row truth[r])
        |> Array.concat

    let private asFloat isTrue = if isTrue then 1.0 else 0.0

    [<Property>]
    let ``the Brier score is the mean squared error of all pairs`` (c: MetricCase) =
        let plain =
            pairs c |> Array.map (fun (p, y) -> (p - asFloat y) ** 2.0) |> Dense.mean

        close plain (Reliability.brier (Reliability.ofProbabilities 10 c.Truth c.Probabilities))

    [<Property>]
    let ``ECE is the mean gap between probability and frequency over the bins`` (c: MetricCase) (PositiveInt bins) =
        let all = pairs c

        let plain =
            all
            |> Array.groupBy (fun (p, _) -> if p = 1.0 then bins - 1 else int (p * float bins))
            |> Array.sumBy (fun (_, held) ->
                let gap = Array.averageBy fst held - Array.averageBy (snd >> asFloat) held
                abs gap * float held.Length / float all.Length)

        close plain (Reliability.ece (Reliability.ofProbabilities bins c.Truth c.Probabilities))

    [<Property>]
    let ``the table holds every pair once, in the bin of its probability`` (c: MetricCase) (PositiveInt bins) =
        let r = Reliability.ofProbabilities bins c.Truth c.Probabilities

        Reliability.pairs r = int64 (pairs c).Length
        && (r.Bins |> Array.sumBy _.Positives) = int64 c.Truth.NonZeros
        && r.Bins.Length = bins
        && r.Bins
           |> Array.forall (fun b ->
               b.Count = 0L
               || (b.MeanProbability >= b.Lower - 1e-9 && b.MeanProbability <= b.Upper + 1e-9))

    [<Property>]
    let ``at k of the full lists nothing is left out`` (c: MetricCase) =
        let c = MetricCases.full c
        let all = Reliability.ofProbabilities 10 c.Truth c.Probabilities
        let atL = Reliability.atK 10 c.Labels c.Truth c.Probabilities

        close (Reliability.ece all) (Reliability.ece atL)
        && close (Reliability.brier all) (Reliability.brier atL)

    [<Property>]
    let ``at 1 only the most probable label of each row counts`` (c: MetricCase) =
        let r = Reliability.atK 10 1 c.Truth c.Probabilities
        let tops = [ for i in 0 .. c.Rows - 1 -> i, Ranked.row 1 c.Probabilities i ]

        let hits =
            tops |> List.filter (fun (i, top) -> Array.exists (Ranked.isTrue c.Truth i) top)

        Reliability.pairs r = int64 (tops |> List.sumBy (fun (_, top) -> top.Length))
        && (r.Bins |> Array.sumBy _.Positives) = int64 hits.Length

    [<Test>]
    let ``probabilities that are frequencies have no calibration error`` () =
        let pairs =
            [ for i in 0..99 -> struct (0.25, i % 4 = 0) ]
            @ [ for i in 0..9 -> struct (0.8, i % 5 <> 0) ]

        let r = Reliability.ofPairs 10 pairs
        Assert.That(Reliability.ece r, Is.EqualTo(0.0).Within 1e-12)
        Assert.That(r.Bins[8].Frequency, Is.EqualTo 0.8)
        Assert.That(r.Bins[0].Frequency, Is.EqualTo 0.0)

    [<TestCase(-0.1)>]
    [<TestCase(1.5)>]
    [<TestCase(Double.NaN)>]
    let ``what is not a probability is refused`` (p: float) =
        Refusal.of'<ArgumentException, _>(fun () -> Reliability.ofPairs 10 [ struct (p, true) ])
        |> ignore

    [<Test>]
    let ``fewer than one bin is refused`` () =
        Refusal.of'<ArgumentException, _>(fun () -> Reliability.ofPairs 0 []) |> ignore
