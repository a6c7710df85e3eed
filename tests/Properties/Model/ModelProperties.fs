namespace Limen.Properties

open System
open NUnit.Framework
open Limen.Core

module ModelProperties =

    let private test = SmallProblem.dataset 60 7

    [<Test>]
    let ``a row's scores do not depend on its batch mates`` () =
        let model = SmallProblem.model.Value
        let together = Model.scores test.Features model

        for i in [ 0; 17; 59 ] do
            let alone = Model.scores (Csr.selectRows [| i |] test.Features) model
            Assert.That(Csr.set 0 alone, Is.EqualTo<int[]>(Csr.set i together))

            Tolerance.require
                { Absolute = 1e-4; Relative = 1e-4 }
                $"row {i}"
                (together.RowValues(i).ToArray() |> Seq.map float)
                (alone.RowValues(0).ToArray() |> Seq.map float)

    [<Test>]
    let ``an explanation's parts add up to its threshold, and its score decides`` () =
        let model = SmallProblem.model.Value

        for i in 0..9 do
            let predicted =
                Model.predict (Csr.selectRows [| i |] test.Features) model
                |> Csr.set 0
                |> Set.ofArray

            for pair in Explanation.row i test.Features model do
                Assert.That(
                    pair.Global + pair.Local + pair.Bias + pair.Correction,
                    Is.EqualTo(pair.Threshold).Within 1e-9
                )

                Assert.That(pair.Predicted, Is.EqualTo(predicted.Contains pair.Label))

                if abs (pair.Score - pair.Threshold) > 1e-4 then
                    Assert.That(pair.Score > pair.Threshold, Is.EqualTo pair.Predicted)

    [<Test>]
    let ``every fault of the options is named at once`` () =
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
            Assert.Throws<ConfigurationException>(Action(fun () -> SmallProblem.fit faulty test None |> ignore))

        Assert.That(error.Faults.Length, Is.EqualTo 5)

    [<Test>]
    let ``features that are not finite are refused with their place`` () =
        let data = SmallProblem.dataset 60 1
        data.Features.Values[0] <- nanf

        let error =
            Assert.Throws<ArgumentException>(
                Action(fun () -> SmallProblem.fit SmallProblem.options data None |> ignore)
            )

        Assert.That(error.Message, Does.Contain "row 0, column")

    [<Test>]
    let ``without validation rows a share of the training rows is held out`` () =
        let options =
            { SmallProblem.options with
                DecisionRows = Some(DecisionRows.HoldOut 0.1)
            }

        let model = SmallProblem.fit options (SmallProblem.dataset 200 1) None
        Assert.That(model.Rows, Is.EqualTo 180)

    [<Test>]
    let ``a model without signals keeps no training rows and no rarity`` () =
        let model =
            SmallProblem.fit
                { SmallProblem.options with
                    Global = None
                    Local = None
                }
                (SmallProblem.dataset 120 1)
                (Some(SmallProblem.dataset 40 2))

        Assert.That(model.Local.IsNone)
        Assert.That(model.Idf, Is.All.EqualTo 0f)

    [<Test>]
    let ``no tensor handle is left after predicting`` () =
        let model = SmallProblem.model.Value
        Model.predict test.Features model |> ignore
        let before = TensorRuntime.liveHandles ()
        Model.predict test.Features model |> ignore
        Assert.That(TensorRuntime.liveHandles (), Is.EqualTo before)

    [<Test>]
    let ``predicting from many threads at once gives what one thread gives`` () =
        let model = SmallProblem.model.Value
        let expected = SmallProblem.entries (Model.scores test.Features model)

        let all =
            Array.Parallel.init 8 (fun _ -> SmallProblem.entries (Model.scores test.Features model))

        Assert.That(all |> Array.forall ((=) expected))
