namespace Limen.Properties

open FsCheck
open NUnit.Framework
open FsCheck.NUnit
open Limen.Core

[<Properties(Arbitrary = [| typeof<MetricArbitraries> |], MaxTest = 50)>]
module BootstrapProperties =

    let private close = Tolerance.close Tolerance.float64
    let private few = { Resamples = 40; Level = 0.9 }

    let private difference (c: MetricCase) =
        Bootstrap.difference few c.Seed F1.micro c.Truth c.Sets c.Others

    [<Property>]
    let ``every row keeps some weight`` (NonNegativeInt n) (NonNegativeInt b) (seed: int) =
        let weights = Bootstrap.weights (Seed.ofInt seed) n b
        weights.Length = n && Array.forall (fun w -> w >= 1) weights

    [<Test>]
    let ``weights are exponential`` () =
        // mean 64, and a share of exp(-k) above 64 k
        let n = 20_000
        let weights = Bootstrap.weights (Seed.ofInt 5) n 0

        let above k =
            float (weights |> Array.filter (fun w -> float w > 64.0 * k) |> Array.length)
            / float n

        Assert.That(Array.averageBy float weights, Is.EqualTo(64.0).Within 1.5)

        for k in [ 0.5; 1.0; 2.0 ] do
            Assert.That(above k, Is.EqualTo(exp -k).Within 0.012)

    [<Test>]
    let ``labels of one row do not shrink a difference in macro-F1`` () =
        let diagonal keep =
            Array.init 60 (fun row -> if keep row then [| struct (row, 1f) |] else [||])
            |> Csr.ofRows 60

        let all, even = diagonal (fun _ -> true), diagonal (fun row -> row % 2 = 0)

        let interval =
            Bootstrap.difference few (Seed.ofInt 1) (F1.macro (AllLabels AsZero)) all all even

        Assert.That(interval.Difference, Is.EqualTo(0.5).Within 1e-12)
        Assert.That(interval.Lower, Is.EqualTo(0.5).Within 1e-12)
        Assert.That(interval.Upper, Is.EqualTo(0.5).Within 1e-12)

    [<Property>]
    let ``resampled counts are those of rows repeated by their weights`` (c: MetricCase) =
        // the plain way: write the rows out, count them, sort the differences
        let resample b =
            let weights = Bootstrap.weights c.Seed c.Rows b

            let rows =
                [|
                    for r in 0 .. c.Rows - 1 do
                        yield! Array.create weights[r] r
                |]

            let f sets =
                Counts.ofSets (Csr.selectRows rows c.Truth) (Csr.selectRows rows sets)
                |> F1.macro Active

            f c.Sets - f c.Others

        let plain = Array.init 21 resample |> Array.sort

        let received =
            Bootstrap.difference { Resamples = 21; Level = 0.8 } c.Seed (F1.macro Active) c.Truth c.Sets c.Others

        close plain[2] received.Lower
        && close plain[18] received.Upper
        && close (float (plain |> Array.filter (fun d -> d <= 0.0) |> Array.length) / 21.0) received.ShareNotAbove

    [<Property>]
    let ``the difference is that of the two models on the rows themselves`` (c: MetricCase) =
        let f sets = F1.micro (Counts.ofSets c.Truth sets)
        close (difference c).Difference (f c.Sets - f c.Others)

    [<Property>]
    let ``the same seed gives the same interval and exchanged models the mirrored one`` (c: MetricCase) =
        let forth = difference c
        let back = Bootstrap.difference few c.Seed F1.micro c.Truth c.Others c.Sets

        forth = difference c
        && close forth.Lower -back.Upper
        && close forth.Upper -back.Lower
        && forth.Lower <= forth.Upper

    [<Property>]
    let ``a model does not differ from itself`` (c: MetricCase) =
        Bootstrap.difference few c.Seed F1.micro c.Truth c.Sets c.Sets =
            {
                Difference = 0.0
                Lower = 0.0
                Upper = 0.0
                ShareNotAbove = 1.0
            }

    [<Property>]
    let ``a mean that is a metric of counts has the same interval both ways`` (c: MetricCase) =
        let accuracy sets =
            [|
                for r in 0 .. c.Rows - 1 ->
                    1.0
                    - Counts.hammingLoss (Counts.ofSets (Csr.selectRows [| r |] c.Truth) (Csr.selectRows [| r |] sets))
            |]

        let byRows =
            Bootstrap.meanDifference few c.Seed (accuracy c.Sets) (accuracy c.Others)

        let byCounts =
            Bootstrap.difference few c.Seed (fun k -> 1.0 - Counts.hammingLoss k) c.Truth c.Sets c.Others

        close byRows.Difference byCounts.Difference
        && close byRows.Lower byCounts.Lower
        && close byRows.Upper byCounts.Upper

    [<Test>]
    let ``the interval of a mean has the width that theory gives`` () =
        // N = 2,000 rows of variance 1/4: standard error 0.01118, so 95 % spans 2 x 1.96 x 0.01118
        let n = 2000

        let first =
            Array.init n (fun i ->
                if Seed.uniform (int64 i) (Seed.ofInt 3) < 0.5 then
                    1.0
                else
                    0.0)

        let interval =
            Bootstrap.meanDifference Bootstrap.standard (Seed.ofInt 1) first (Array.zeroCreate n)

        Assert.That(interval.Upper - interval.Lower, Is.EqualTo(0.0438).Within 0.004)
        Assert.That(interval.ShareNotAbove, Is.EqualTo 0.0)

    [<Test>]
    let ``every fault of the options is named`` () =
        let error =
            Refusal.of'<ConfigurationException, _>(fun () ->
                Bootstrap.meanDifference { Resamples = 0; Level = 1.0 } (Seed.ofInt 1) [| 1.0 |] [| 0.0 |])

        Assert.That(error.Faults.Length, Is.EqualTo 2)
