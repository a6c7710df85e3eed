module Limen.Properties.ModelProperties

open System
open Expecto
open Limen
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
                let (Scores together) = Model.scores test.Features model

                for i in [ 0; 17; 59 ] do
                    let (Scores alone) = Model.scores (Csr.selectRows [| i |] test.Features) model
                    Require.equal (Csr.set i together) (Csr.set 0 alone)

                    Tolerance.require
                        { Absolute = 1e-4; Relative = 1e-4 }
                        $"row {i}"
                        (together.RowValues(i).ToArray() |> Seq.map float)
                        (alone.RowValues(0).ToArray() |> Seq.map float))

            testCase "every fault of the options is named at once" (fun () ->
                let faulty =
                    { SmallProblem.options with
                        Candidates = 0
                        DecisionRows = Some(DecisionRows.HoldOut 1.0)
                        Decision =
                            { DecisionOptions.defaults with
                                Rule = (RCut.rule 0).Without("no such label")
                                Objective = Objective.MacroPlusMicro nan
                            }
                    }
                    |> SmallProblem.withPerceptron (fun p ->
                        p.HiddenLayers <- [||]
                        p.Dropout <- 1.0
                        p.Epochs <- Nullable 0
                        p.Loss <- Margin.loss MarginForm.Symmetric -1.0)

                let error =
                    Require.thrown<ConfigurationException>(fun () -> SmallProblem.fit faulty test None)


                for words in
                    [
                        "candidates"
                        "held-out share"
                        "RCut"
                        "no such label"
                        "macro plus micro"
                        "hidden layers"
                        "dropout"
                        "epochs"
                        "loss: margin"
                    ] do
                    Expect.exists error.Faults _.Contains(words) words

                Require.equal 9 error.Faults.Count)

            testCase "features that are not finite are refused with their place" (fun () ->
                let data = SmallProblem.dataset 60 1
                data.Features.Values[0] <- nanf

                let error =
                    Require.thrown<ArgumentException>(fun () -> SmallProblem.fit SmallProblem.options data None)

                Require.contains "row 1, column" error.Message)

            testCase "without validation rows a share of the training rows is held out" (fun () ->
                let options =
                    { SmallProblem.options with
                        DecisionRows = Some(DecisionRows.HoldOut 0.1)
                    }

                let model = SmallProblem.fit options (SmallProblem.dataset 200 1) None
                Require.equal 180.0 model.Counts.Rows)

            testCase "a model without signals keeps no training rows and no rarity" (fun () ->
                let model =
                    SmallProblem.fit
                        { SmallProblem.options with
                            Global = None
                            Local = None
                        }
                        (SmallProblem.dataset 120 1)
                        (Some(SmallProblem.dataset 40 2))

                Require.isTrue model.Ranker.Local.IsNone
                Require.all 0f model.Ranker.Rarity)

            testCase "predicting makes no tensor and asks for no more matrix memory" (fun () ->
                let model = SmallProblem.model.Value
                Model.predict test.Features model |> ignore
                let before = torch.Tensor.TotalCount, MatrixMemory.Asked
                Model.predict test.Features model |> ignore
                Require.equal before (torch.Tensor.TotalCount, MatrixMemory.Asked))

            testCase "predicting from many threads at once gives what one thread gives" (fun () ->
                let model = SmallProblem.model.Value
                let expected = SmallProblem.entries (Model.scores test.Features model).Matrix

                let all =
                    Array.Parallel.init 8 (fun _ -> SmallProblem.entries (Model.scores test.Features model).Matrix)

                Require.isTrue (all |> Array.forall ((=) expected)))
        ]
