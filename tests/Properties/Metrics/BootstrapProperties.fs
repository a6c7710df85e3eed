module Limen.Properties.BootstrapProperties

open Expecto
open FsCheck
open Limen.Core

let private close = Tolerance.close Tolerance.float64

let private few = { Resamples = 40; Level = 0.9 }

let private difference (c: MetricCase) =
    Bootstrap.difference few c.Seed F1.micro c.OfSets c.OfOthers

let private cases = Cases.from [ typeof<MetricArbitraries> ] |> Cases.times 50

[<Tests>]
let tests =
    testList
        "Bootstrap"
        [
            property cases "every row keeps some weight" (fun (NonNegativeInt n) (NonNegativeInt b) (seed: int) ->
                let weights = Bootstrap.weights (Seed.ofInt seed) n b
                weights.Length = n && Array.forall (fun w -> w >= 1f) weights)

            testCase "weights are exponential" (fun () ->
                // mean 64, and a share of exp(-k) above 64 k
                let n = 20_000
                let weights = Bootstrap.weights (Seed.ofInt 5) n 0

                let above k =
                    float (weights |> Array.filter (fun w -> float w > 64.0 * k) |> Array.length)
                    / float n

                Require.near 1.5 64.0 (Array.averageBy float weights)

                for k in [ 0.5; 1.0; 2.0 ] do
                    Require.near 0.012 (exp -k) (above k))

            testCase "labels of one row do not shrink a difference in macro-F1" (fun () ->
                let diagonal keep =
                    Array.init 60 (fun row -> if keep row then [| struct (row, 1f) |] else [||])
                    |> Csr.ofRows 60
                    |> LabelSets

                let all, even = diagonal (fun _ -> true), diagonal (fun row -> row % 2 = 0)

                let interval =
                    Bootstrap.difference
                        few
                        (Seed.ofInt 1)
                        (F1.macro (AllLabels AsZero))
                        (Evidence.ofSets all all)
                        (Evidence.ofSets even all)

                Require.near 1e-12 0.5 interval.Difference
                Require.near 1e-12 0.5 interval.Lower
                Require.near 1e-12 0.5 interval.Upper)

            property cases "resampled counts are those of rows repeated by their weights" (fun (c: MetricCase) ->
                // the plain way: write the rows out, count them, sort the differences
                let resample b =
                    let weights = Bootstrap.weights c.Seed c.Rows b

                    let rows =
                        [|
                            for r in 0 .. c.Rows - 1 do
                                yield! Array.create (int weights[r]) r
                        |]

                    let f evidence =
                        Evidence.selectRows rows evidence |> Metric.number (F1.macro Active)

                    f c.OfSets - f c.OfOthers

                let plain = Array.init 21 resample |> Array.sort

                let received =
                    Bootstrap.difference { Resamples = 21; Level = 0.8 } c.Seed (F1.macro Active) c.OfSets c.OfOthers

                close plain[2] received.Lower
                && close plain[18] received.Upper
                && close
                    (float (plain |> Array.filter (fun d -> d <= 0.0) |> Array.length) / 21.0)
                    received.ShareNotAbove)

            property cases "the difference is that of the two models on the rows themselves" (fun (c: MetricCase) ->
                let f = Metric.number F1.micro
                close (difference c).Difference (f c.OfSets - f c.OfOthers))

            property
                cases
                "the same seed gives the same interval and exchanged models the mirrored one"
                (fun (c: MetricCase) ->
                    let forth = difference c
                    let back = Bootstrap.difference few c.Seed F1.micro c.OfOthers c.OfSets

                    forth = difference c
                    && close forth.Lower -back.Upper
                    && close forth.Upper -back.Lower
                    && forth.Lower <= forth.Upper)

            property
                cases
                "the interval of a model is that of its difference to one that predicts nothing"
                (fun (c: MetricCase) ->
                    let nothing =
                        { c.OfSets with
                            Predicted =
                                Some(LabelSets(Csr.empty c.OfSets.Truth.Matrix.Rows c.OfSets.Truth.Matrix.Columns))
                        }

                    let difference = Bootstrap.difference few c.Seed F1.micro c.OfSets nothing

                    match Bootstrap.intervals few c.Seed [ F1.micro; Calibrated.brier ] c.OfSets with
                    | [ metric, (lower, upper) ] ->
                        metric.Name = F1.micro.Name
                        && close difference.Lower lower
                        && close difference.Upper upper
                    | _ -> false) // without probabilities there is no Brier score

            property cases "a model does not differ from itself" (fun (c: MetricCase) ->
                Bootstrap.difference few c.Seed F1.micro c.OfSets c.OfSets =
                    {
                        Difference = 0.0
                        Lower = 0.0
                        Upper = 0.0
                        ShareNotAbove = 1.0
                    })

            property cases "rows that weigh twice are rows given twice, when none is resampled" (fun (c: MetricCase) ->
                let twice =
                    Evidence.selectRows
                        [|
                            for r in 0 .. c.Rows - 1 do
                                yield! [ r; r ]
                        |]

                let weighed (e: Evidence) =
                    { e with
                        Weights = Some(Array.create c.Rows 2f)
                    }

                let of' change =
                    Bootstrap.difference few c.Seed Agreement.subsetAccuracy (change c.OfSets) (change c.OfOthers)

                close (of' twice).Difference (of' weighed).Difference
                && close (of' weighed).Lower (of' id).Lower
                && close (of' weighed).Upper (of' id).Upper)

            testCase "the interval of a mean has the width that theory gives" (fun () ->
                // N = 2,000 rows of variance 1/4: standard error 0.01118, so 95 % spans 2 x 1.96 x 0.01118
                let n = 2000

                let hit i =
                    Seed.uniform (int64 i) (Seed.ofInt 3) < 0.5

                let truth = LabelSets(Csr.ofSets 1 (Array.create n [| 0 |]))

                let first =
                    LabelSets(Csr.ofSets 1 (Array.init n (fun i -> if hit i then [| 0 |] else [||])))

                let second = LabelSets(Csr.empty n 1)

                let interval =
                    Bootstrap.difference
                        Bootstrap.standard
                        (Seed.ofInt 1)
                        Agreement.subsetAccuracy
                        (Evidence.ofSets first truth)
                        (Evidence.ofSets second truth)

                Require.near 0.004 0.0438 (interval.Upper - interval.Lower)
                Require.equal 0.0 interval.ShareNotAbove)

            testCase "every fault of the options is named" (fun () ->
                let error =
                    Require.thrown<ConfigurationException>(fun () ->

                        let none = LabelSets(Csr.empty 1 1)
                        let evidence = Evidence.ofSets none none
                        Bootstrap.difference { Resamples = 0; Level = 1.0 } (Seed.ofInt 1) F1.micro evidence evidence)

                Require.equal 2 error.Faults.Count)
        ]
