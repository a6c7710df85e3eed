module Limen.Properties.TrainingWeightsProperties

open System.Threading
open Expecto
open Limen.Core
open Limen.Properties.TrainingCases

[<Tests>]
let tests =
    testList
        "Training weights"
        [
            testCase "training rows that all have weight 1 are rows without weights, bit for bit" (fun () ->
                let data = rows (SmallProblem.dataset 120 1)
                let ones = Array.create 120 1f
                Require.equal (outcome data) (outcome { data with Weights = Some ones }))

            testCase "training rows of weight 0 are as absent, bit for bit" (fun () ->
                let data = SmallProblem.dataset 120 1
                let counts row = row % 3 <> 1

                let kept =
                    data
                    |> Dataset.selectRows
                        [|
                            for row in 0..119 do
                                if counts row then
                                    row
                        |]

                let weights = Array.init 120 (fun row -> if counts row then 1f else 0f)

                Require.equal
                    (outcome (rows kept))
                    (outcome
                        { rows data with
                            Weights = Some weights
                        }))

            testCase "rows with weights and a loss of the whole batch are refused" (fun () ->
                let data =
                    { rows (SmallProblem.dataset 120 1) with
                        Weights = Some(Array.create 120 1f)
                    }

                let options =
                    { SmallProblem.training with
                        Loss = Dice.loss Dice.defaults
                    }

                let error =
                    Require.thrown<ConfigurationException>(fun () ->
                        trainOn data options ignore CancellationToken.None)

                Require.contains
                    "loss: expected one that is defined pair by pair, since rows have weights"
                    error.Message)
        ]
