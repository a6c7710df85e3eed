module Limen.Properties.TrainingShortlistProperties

open Expecto
open Limen.Core

let private withShortlist others loss =
    { SmallProblem.options with
        Scorers =
            [
                Perceptron(
                    SmallProblem.network,
                    { SmallProblem.training with
                        Epochs = 30
                        Loss = loss
                        Labels = LabelSampling.Shortlist others
                    }
                )
            ]
    }

[<Tests>]
let tests =
    testList
        "Training from shortlists"
        [
            testCase "a network learns the small problem from shortlists, and reports their recall" (fun () ->
                let model =
                    SmallProblem.fit
                        (withShortlist 2 (Losses.paper 0.1 0.1 Symmetric))
                        (SmallProblem.dataset 300 1)
                        (Some(SmallProblem.dataset 80 2))

                Require.above 0.85 ((Evaluation.model (SmallProblem.dataset 100 3) model).MicroF1)

                match model.Scorers with
                | [ FittedPerceptron(_, _, history, _) ] ->
                    for epoch in history do
                        Require.between (0.0, 1.0) epoch.ShortlistRecall.Value
                | other -> failtest $"expected one perceptron, received %A{other}")

            testCase "a shortlist needs a loss that the fused pass knows" (fun () ->
                let error =
                    Require.thrown<ConfigurationException>(fun () ->
                        SmallProblem.fit (withShortlist 2 (Focal.loss 2.0)) (SmallProblem.dataset 30 1) None)

                Require.contains "shortlist: expected a loss of BCE and a margin term" error.Message)
        ]
