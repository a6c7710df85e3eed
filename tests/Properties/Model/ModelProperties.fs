module Limen.Properties.ModelProperties

open System
open Expecto
open Limen.Core
open Limen.Kernels
open TorchSharp

let private test = SmallProblem.dataset 60 7

[<Tests>]
let tests =
    testList
        "Model"
        [
            testCase "a row's scores do not depend on its batch mates" (fun () ->
                let model = SmallProblem.model.Value
                let together = Model.scores test.Features model

                for i in [ 0; 17; 59 ] do
                    let alone = Model.scores (Csr.selectRows [| i |] test.Features) model
                    Require.equal (Csr.set i together) (Csr.set 0 alone)

                    Tolerance.require
                        { Absolute = 1e-4; Relative = 1e-4 }
                        $"row {i}"
                        (together.RowValues(i).ToArray() |> Seq.map float)
                        (alone.RowValues(0).ToArray() |> Seq.map float))

            testCase "an explanation's parts add up to its threshold, and its score decides" (fun () ->
                let model = SmallProblem.model.Value

                for i in 0..9 do
                    let predicted =
                        Model.predict (Csr.selectRows [| i |] test.Features) model
                        |> Csr.set 0
                        |> Set.ofArray

                    for pair in Explanation.row i test.Features model do
                        Require.near 1e-9 pair.Threshold (pair.Global + pair.Local + pair.Bias + pair.Correction)

                        Require.equal (predicted.Contains pair.Label) pair.Predicted

                        if abs (pair.Score - pair.Threshold) > 1e-4 then
                            Require.equal pair.Predicted (pair.Score > pair.Threshold))

            testCase "every fault of the options is named at once" (fun () ->
                let faulty =
                    { SmallProblem.options with
                        Candidates = 0
                        DecisionRows = Some(DecisionRows.HoldOut 1.0)
                        Scorers =
                            [
                                Perceptron(
                                    { Hidden = []; Dropout = 1.0 },
                                    { SmallProblem.training with
                                        Epochs = 0
                                    }
                                )
                            ]
                    }

                let error =
                    Require.thrown<ConfigurationException>(fun () -> SmallProblem.fit faulty test None)

                Require.equal 5 error.Faults.Length)

            testCase "features that are not finite are refused with their place" (fun () ->
                let data = SmallProblem.dataset 60 1
                data.Features.Values[0] <- nanf

                let error =
                    Require.thrown<ArgumentException>(fun () -> SmallProblem.fit SmallProblem.options data None)

                Require.contains "row 0, column" error.Message)

            testCase "without validation rows a share of the training rows is held out" (fun () ->
                let options =
                    { SmallProblem.options with
                        DecisionRows = Some(DecisionRows.HoldOut 0.1)
                    }

                let model = SmallProblem.fit options (SmallProblem.dataset 200 1) None
                Require.equal 180 model.Rows)

            testCase "a model without signals keeps no training rows and no rarity" (fun () ->
                let model =
                    SmallProblem.fit
                        { SmallProblem.options with
                            Global = None
                            Local = None
                        }
                        (SmallProblem.dataset 120 1)
                        (Some(SmallProblem.dataset 40 2))

                Require.isTrue model.Local.IsNone
                Require.all 0f model.Idf)

            testCase "predicting makes no tensor and asks for no more matrix memory" (fun () ->
                let model = SmallProblem.model.Value
                Model.predict test.Features model |> ignore
                let before = torch.Tensor.TotalCount, MatrixMemory.Asked
                Model.predict test.Features model |> ignore
                Require.equal before (torch.Tensor.TotalCount, MatrixMemory.Asked))

            testCase "predicting from many threads at once gives what one thread gives" (fun () ->
                let model = SmallProblem.model.Value
                let expected = SmallProblem.entries (Model.scores test.Features model)

                let all =
                    Array.Parallel.init 8 (fun _ -> SmallProblem.entries (Model.scores test.Features model))

                Require.isTrue (all |> Array.forall ((=) expected)))
        ]
