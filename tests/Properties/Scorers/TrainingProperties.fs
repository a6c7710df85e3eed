namespace Limen.Properties

open System
open System.Threading
open NUnit.Framework
open FsCheck.NUnit
open Limen.Core

module TrainingProperties =

    let private scores (m: Model) =
        SmallProblem.entries (Model.scores (SmallProblem.dataset 40 3).Features m)

    let private fitted options =
        SmallProblem.fit options (SmallProblem.dataset 120 1) (Some(SmallProblem.dataset 40 2))

    let private withTraining change (o: ModelOptions) =
        { o with
            Scorers = [ Perceptron(SmallProblem.network, change SmallProblem.training) ]
        }

    let private rows (d: Dataset) : TrainingRows =
        {
            Features = d.Features
            Labels = d.Labels
            Local = Csr.ofRows d.Labels.Columns (Array.create d.Rows [||])
        }

    let private start labels : Fusion =
        {
            Lambda = 0.5f
            Alpha = Shared 0f
            Beta = Array.zeroCreate labels
            Bias = Array.zeroCreate labels
        }

    let private train options progress token =
        let data = rows (SmallProblem.dataset 120 1)
        let network = Network.init SmallProblem.network 40 8 (Seed.ofInt 5)

        Training.fit
            options
            0.1
            (Array.zeroCreate 8)
            network
            (start 8)
            data
            (Some(rows (SmallProblem.dataset 40 2)))
            progress
            token

    [<Test>]
    let ``the same seed gives the same model, bit for bit`` () =
        Assert.That((scores (fitted SmallProblem.options) = scores (fitted SmallProblem.options)))

    [<Test>]
    let ``another seed gives another model`` () =
        let other =
            SmallProblem.options |> withTraining (fun t -> { t with Seed = Seed.ofInt 2 })

        Assert.That((scores (fitted SmallProblem.options) <> scores (fitted other)))

    [<Test>]
    let ``a composed loss trains the model of its fused form, within rounding`` () =
        let bce = Loss.Bce None

        let composed =
            SmallProblem.options
            |> withTraining (fun t ->
                { t with
                    Loss = Loss.custom "composed bce" (fun targets margins -> Loss.value bce targets margins)
                })

        let fused = SmallProblem.options |> withTraining (fun t -> { t with Loss = bce })
        let value (_, _, v: float32) = float v

        Tolerance.require
            { Absolute = 2e-2; Relative = 2e-2 }
            "scores"
            (scores (fitted fused) |> List.map value)
            (scores (fitted composed) |> List.map value)

    [<TestCase(1)>]
    [<TestCase(2)>]
    [<TestCase(3)>]
    let ``one to three hidden layers learn the small problem`` (layers: int) =
        let shape =
            {
                Hidden = List.replicate layers 16
                Dropout = 0.0
            }

        let options =
            { SmallProblem.options with
                Scorers =
                    [
                        Perceptron(
                            shape,
                            { SmallProblem.training with
                                Epochs = 30
                            }
                        )
                    ]
            }

        let model =
            SmallProblem.fit options (SmallProblem.dataset 300 1) (Some(SmallProblem.dataset 80 2))

        let measured = Evaluation.model (SmallProblem.dataset 100 3) model
        Assert.That(measured.MicroF1, Is.GreaterThan 0.85)

    [<Test>]
    let ``alpha is shared as the options say`` () =
        let alphaOf sharing =
            match (fitted (SmallProblem.options |> withTraining (fun t -> { t with Alpha = sharing }))).Scorers with
            | [ FittedPerceptron(_, fusion, _, _) ] -> Alpha.values fusion.Alpha
            | other -> failwith $"expected one perceptron, received %A{other}"

        let spread (values: float32[]) = Array.max values - Array.min values
        Assert.That((alphaOf OneForAll).Length, Is.EqualTo 1)
        Assert.That((alphaOf (ByFrequency 3)).Length, Is.EqualTo 3)
        Assert.That((alphaOf (EachLabel 0.0)).Length, Is.EqualTo 8)
        Assert.That(spread (alphaOf (EachLabel 100.0)), Is.LessThan(spread (alphaOf (EachLabel 0.0))))

    [<Test>]
    let ``training lowers the loss`` () =
        let result = train SmallProblem.training ignore CancellationToken.None
        Assert.That((List.last result.History).Loss, Is.LessThan(0.8 * result.History.Head.Loss))

    [<Test>]
    let ``mixed products train to the loss of float32, within a few per cent`` () =
        let history precision =
            (train
                { SmallProblem.training with
                    Precision = precision
                }
                ignore
                CancellationToken.None)
                .History

        let single, mixed = history Precision.Single, history Precision.Mixed
        let loss (epochs: EpochReport list) = [ for e in epochs -> e.Loss ]

        Tolerance.require { Absolute = 0.0; Relative = 0.03 } "loss" (loss single) (loss mixed)
        Assert.That((loss single <> loss mixed), Is.EqualTo Products.hasBFloat16)

    [<Test>]
    let ``cancelling keeps the best state so far`` () =
        use source = new CancellationTokenSource()

        let result =
            train
                { SmallProblem.training with
                    Epochs = 50
                }
                (fun p ->
                    if p.Validation.IsSome && p.Epoch = 2 then
                        source.Cancel())
                source.Token

        Assert.That(result.History.Length, Is.EqualTo 2)

        match result.End with
        | Cancelled best -> Assert.That(best, Is.InRange(1, 2))
        | other -> Assert.Fail $"expected Cancelled, received {other}"

    [<Test>]
    let ``early stopping returns the best epoch's state, which later steps do not touch`` () =
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
        | EarlyStop epoch -> Assert.That(epoch, Is.EqualTo best.Epoch)
        | other -> Assert.Fail $"expected EarlyStop, received {other}"

        let again = train { long with Epochs = 40 } ignore CancellationToken.None
        let held = rows (SmallProblem.dataset 40 2)

        let score (t: TrainedNetwork) : float =
            NetworkScorer.margins (Array.zeroCreate 8) t.Fusion t.Network held.Features held.Local
            |> Candidates.top 5 8 held.Features.Rows
            |> AtK.ofScores 5 held.Labels
            |> AtK.ndcg

        Assert.That(score result, Is.EqualTo(best.Validation.Value).Within 1e-9)
        Assert.That(score again, Is.EqualTo(score result).Within 1e-12)

    [<Test>]
    let ``training until an epoch is the whole training cut short, its schedule unchanged`` () =
        let options =
            { SmallProblem.training with
                Epochs = 8
                Patience = 8
            }

        let losses o =
            (train o ignore CancellationToken.None).History |> List.map _.Loss

        Assert.That((losses { options with Until = Some 3 } = List.truncate 3 (losses options)))
        Assert.That((losses { options with Epochs = 3 } <> List.truncate 3 (losses options)))

    [<Test>]
    let ``an epoch outside the training is refused`` () =
        for epoch in [ 0; 9 ] do
            let faults =
                TrainingOptions.faults
                    { SmallProblem.training with
                        Epochs = 8
                        Until = Some epoch
                    }

            Assert.That((faults = [ $"until: expected an epoch from 1 to 8, received {epoch}" ]))

    [<Test>]
    let ``a loss that is not finite stops the training with the step named`` () =
        let broken =
            Loss.custom "broken" (fun _ (Margins m) -> m |> Tensor.scale nan |> Tensor.sum)

        let options =
            SmallProblem.options |> withTraining (fun t -> { t with Loss = broken })

        let error =
            Assert.Throws<TrainingDivergedException>(Action(fun () -> fitted options |> ignore))

        Assert.That(error.Message, Does.Contain "step 1 (batch 0 of its epoch): the loss is not finite")

    // 64 rows with half of the units dropped: products with the active units; 16 rows: dense products
    [<TestCase(64, 0.5); TestCase(16, 0.1)>]
    let ``the steady state of training asks no memory of the system`` (size: int, dropped: float) =
        let data = rows (SmallProblem.dataset 256 1)
        let network = Network.init SmallProblem.network 40 8 (Seed.ofInt 5)

        use state =
            new TrainingState(
                network,
                start 8,
                Array.zeroCreate 8,
                { TrainingOptions.defaults with
                    Loss = Loss.Bce None
                }
            )

        let chosen = [| 0 .. size - 1 |]

        let step i =
            state.Step(data, chosen, 0, 1e-3, Drop(dropped, Seed.ofInt i)) |> ignore

        [ 1..20 ] |> List.iter step
        let before = TensorRuntime.systemAllocations ()
        [ 21..60 ] |> List.iter step
        Assert.That(TensorRuntime.systemAllocations (), Is.EqualTo before)

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

    [<Test>]
    let ``a network learns the small problem from shortlists, and reports their recall`` () =
        let model =
            SmallProblem.fit
                (withShortlist 2 (Loss.paper 0.1 0.1 Symmetric))
                (SmallProblem.dataset 300 1)
                (Some(SmallProblem.dataset 80 2))

        Assert.That((Evaluation.model (SmallProblem.dataset 100 3) model).MicroF1, Is.GreaterThan 0.85)

        match model.Scorers with
        | [ FittedPerceptron(_, _, history, _) ] ->
            for epoch in history do
                Assert.That(epoch.ShortlistRecall.Value, Is.InRange(0.0, 1.0))
        | other -> Assert.Fail $"expected one perceptron, received %A{other}"

    [<Test>]
    let ``a shortlist needs a loss that the fused pass knows`` () =
        let error =
            Assert.Throws<ConfigurationException>(
                Action(fun () ->
                    SmallProblem.fit (withShortlist 2 (Loss.Focal 2.0)) (SmallProblem.dataset 30 1) None
                    |> ignore)
            )

        Assert.That(error.Message, Does.Contain "shortlist: expected a loss of BCE and a margin term")
