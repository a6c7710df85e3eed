module Limen.Properties.TrainingProperties

open System
open System.Threading
open Expecto
open Limen
open Limen.Core
open Limen.Kernels
open Limen.Properties.TrainingCases

let private scores (m: Model) =
    SmallProblem.entries (Model.scores (SmallProblem.dataset 40 3).Features m).Matrix

let private fitted options =
    SmallProblem.fit options (SmallProblem.dataset 120 1) (Some(SmallProblem.dataset 40 2))

[<Tests>]
let tests =
    testList
        "Training"
        [
            testCase "the same seed gives the same model, bit for bit" (fun () ->
                Require.equal (scores (fitted SmallProblem.options)) (scores (fitted SmallProblem.options)))

            testCase "another seed gives another model" (fun () ->
                let other =
                    SmallProblem.options
                    |> SmallProblem.withPerceptron (fun p -> p.Seed <- Nullable 2)

                Require.notEqual (scores (fitted other)) (scores (fitted SmallProblem.options)))

            testCase "a composed loss trains the model of its fused form, within rounding" (fun () ->
                let bce = Bce.loss

                let composed =
                    SmallProblem.options
                    |> SmallProblem.withPerceptron (fun p ->
                        p.Loss <-
                            Loss.ofBatch "composed bce" [] (fun targets margins -> Loss.value bce targets margins))

                let fused =
                    SmallProblem.options |> SmallProblem.withPerceptron (fun p -> p.Loss <- bce)

                let value (_, _, v: float32) = float v

                Tolerance.require
                    { Absolute = 2e-2; Relative = 2e-2 }
                    "scores"
                    (scores (fitted fused) |> List.map value)
                    (scores (fitted composed) |> List.map value))

            testTheory "one to three hidden layers learn the small problem" [ 1; 2; 3 ] (fun (layers: int) ->
                let options =
                    SmallProblem.options
                    |> SmallProblem.withPerceptron (fun p ->
                        p.HiddenLayers <- Array.create layers 16
                        p.Dropout <- 0.0
                        p.Epochs <- Nullable 30)

                let model =
                    SmallProblem.fit options (SmallProblem.dataset 300 1) (Some(SmallProblem.dataset 80 2))

                let measured = Evaluation.model (SmallProblem.dataset 100 3) model
                Require.above 0.85 (Metric.number F1.micro measured))

            testCase "alpha is shared as the options say" (fun () ->
                let alphaOf sharing =
                    let model =
                        fitted (
                            SmallProblem.options
                            |> SmallProblem.withPerceptron (fun p -> p.Alpha <- sharing)
                        )

                    Alpha.values (SmallProblem.stored model.Ranker.Scorers.Head).Fusion.Alpha

                let spread (values: float32[]) = Array.max values - Array.min values
                Require.equal 1 ((alphaOf (AlphaSharing.OneForAll())).Length)
                Require.equal 3 ((alphaOf (AlphaSharing.ByFrequency 3)).Length)
                Require.equal 8 ((alphaOf (AlphaSharing.EachLabel 0.0)).Length)

                Require.below
                    (spread (alphaOf (AlphaSharing.EachLabel 0.0)))
                    (spread (alphaOf (AlphaSharing.EachLabel 100.0))))

            testCase "training lowers the loss" (fun () ->
                let result = train SmallProblem.training ignore CancellationToken.None
                Require.below (0.8 * result.History.Head.Loss) ((List.last result.History).Loss))

            testCase "cancelled, it throws, and keeps the best epoch so far where that is asked for" (fun () ->
                let cancelledIn epoch whenCancelled =
                    use source = new CancellationTokenSource()

                    trainUntil
                        whenCancelled
                        (rows (SmallProblem.dataset 120 1))
                        { SmallProblem.training with
                            Epochs = 50
                        }
                        (fun p ->
                            if p.Validation.IsSome = (epoch > 0) && p.Epoch >= epoch then
                                source.Cancel())
                        source.Token

                Require.throws<OperationCanceledException>(fun () -> cancelledIn 2 WhenCancelled.Throw)
                Require.throws<OperationCanceledException>(fun () -> cancelledIn 0 WhenCancelled.BestSoFar)
                let result = cancelledIn 2 WhenCancelled.BestSoFar
                Require.equal 2 result.History.Length

                match result.End with
                | Cancelled best -> Require.between (1, 2) best
                | other -> failtest $"expected Cancelled, received {other}")

            testCase "early stopping returns the best epoch's state, which later steps do not touch" (fun () ->
                let long =
                    { SmallProblem.training with
                        Epochs = 40
                        Patience = 2
                        Optimiser =
                            { SmallProblem.training.Optimiser with
                                LearningRate = 0.5
                                Schedule = Constant
                            }
                    }

                let result = train long ignore CancellationToken.None
                let best = result.History |> List.maxBy (fun e -> e.Validation.Value)

                match result.End with
                | EarlyStop epoch -> Require.equal best.Epoch epoch
                | other -> failtest $"expected EarlyStop, received {other}"

                let again = train { long with Epochs = 40 } ignore CancellationToken.None
                let held = rows (SmallProblem.dataset 40 2)

                let score (t: TrainedNetwork) : float =
                    ThresholdedNetwork.margins (Array.zeroCreate 8) t.Fusion t.Network held.Features held.Local
                    |> Candidates.top 5 8 held.Features.Rows
                    |> fun best -> Evidence.ofScores (Scores best) (LabelSets held.Labels)
                    |> Metric.number (AtK.ndcg 5)

                Require.near 1e-9 best.Validation.Value (score result)
                Require.near 1e-12 (score result) (score again))

            testCase "training until an epoch is the whole training cut short, its schedule unchanged" (fun () ->
                let options =
                    { SmallProblem.training with
                        Epochs = 8
                        Patience = 8
                    }

                let losses o =
                    (train o ignore CancellationToken.None).History |> List.map _.Loss

                Require.equal (List.truncate 3 (losses options)) (losses { options with Until = Some 3 })
                Require.notEqual (List.truncate 3 (losses options)) (losses { options with Epochs = 3 }))

            testCase "an epoch outside the training is refused" (fun () ->
                for epoch in [ 0; 9 ] do
                    let faults =
                        TrainingOptions.faults
                            { SmallProblem.training with
                                Epochs = 8
                                Until = Some epoch
                            }

                    Require.equal [ $"until: expected an epoch from 1 to 8, received {epoch}" ] faults)

            testCase "a loss that is not finite stops the training with the step named" (fun () ->
                let broken = Loss.ofBatch "broken" [] (fun _ (Margins m) -> (nan * m).sum())

                let options =
                    SmallProblem.options |> SmallProblem.withPerceptron (fun p -> p.Loss <- broken)

                let error = Require.thrown<TrainingDivergedException>(fun () -> fitted options)

                Require.contains "step 1 (batch 0 of its epoch): the loss is not finite" error.Message)

            testCase "after the first epoch the best state stays, and step and quantity are told" (fun () ->
                let calls = ref 0

                let later =
                    Loss.ofBatch "later" [] (fun _ (Margins m) ->
                        calls.Value <- calls.Value + 1
                        ((if calls.Value > 40 then nan else 0.01) * m).sum())

                let options =
                    SmallProblem.options |> SmallProblem.withPerceptron (fun p -> p.Loss <- later)

                let model =
                    SmallProblem.fit options (SmallProblem.dataset 300 1) (Some(SmallProblem.dataset 80 2))

                match model.Ranker.Scorers.Head.Log.Value.End with
                | Diverged(best, reason) ->
                    Require.between (1, 2) best
                    Require.contains "step 41 (batch 2 of its epoch): the loss is not finite" reason
                | other -> failtest $"expected to diverge, received {other}")

            testCase "what torch refuses in a loss of one's own is told with torch's words alone" (fun () ->
                let wrong = Loss.ofBatch "wrong" [] (fun _ (Margins m) -> m.mm(m).sum())

                let options =
                    SmallProblem.options |> SmallProblem.withPerceptron (fun p -> p.Loss <- wrong)

                let error = Require.thrown<TensorException>(fun () -> fitted options)
                Require.contains "mat1 and mat2 shapes cannot be multiplied" error.Message
                Expect.isFalse (error.Message.Contains "frame #0") error.Message)

            // 64 rows with half of the units dropped: products with the active units; 16 rows: dense products
            testTheory
                "the steady state of training asks for no matrix memory"
                [ 64, 0.5; 16, 0.1 ]
                (fun (size: int, dropped: float) ->
                    let data = rows (SmallProblem.dataset 256 1)

                    use state =
                        new TrainingState(
                            untrained dropped,
                            { TrainingOptions.defaults with
                                Loss = Bce.loss
                            }
                        )

                    let chosen = [| 0 .. size - 1 |]

                    let step i =
                        state.Step(data, chosen, 0, 1e-3, Drop(dropped, Seed.ofInt i)) |> ignore

                    [ 1..20 ] |> List.iter step
                    let before = MatrixMemory.Asked
                    [ 21..60 ] |> List.iter step
                    Require.equal before MatrixMemory.Asked)
        ]
