module Limen.Properties.TrainingShortlistProperties

open System
open Expecto
open Limen
open Limen.Core

let private withShortlist (others: int) loss =
    SmallProblem.options
    |> SmallProblem.withPerceptron (fun p ->
        p.Epochs <- Nullable 30
        p.Loss <- loss
        p.Shortlist <- Nullable others)

[<Tests>]
let tests =
    testList
        "Training from shortlists"
        [
            testCase "a network learns the small problem from shortlists, and reports their recall" (fun () ->
                let model =
                    SmallProblem.fit
                        (withShortlist 2 (Losses.paper 0.1 0.1 MarginForm.Symmetric))
                        (SmallProblem.dataset 300 1)
                        (Some(SmallProblem.dataset 80 2))

                Require.above 0.85 (Metric.number F1.micro (Evaluation.model (SmallProblem.dataset 100 3) model))

                for epoch in model.Ranker.Scorers.Head.Log.Value.Epochs do
                    Require.between (0.0, 1.0) epoch.ShortlistRecall.Value)

            testCase "a shortlist needs a loss that the fused pass knows" (fun () ->
                let error =
                    Require.thrown<ConfigurationException>(fun () ->
                        SmallProblem.fit (withShortlist 2 (Focal.loss 2.0)) (SmallProblem.dataset 30 1) None)

                Require.contains "shortlist: expected a loss of BCE and a margin term" error.Message)
        ]
