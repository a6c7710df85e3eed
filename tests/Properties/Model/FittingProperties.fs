namespace Limen.Properties

open System
open System.Threading
open NUnit.Framework
open Limen.Core
open Limen.Kernels

module FittingProperties =

    let private train = SmallProblem.dataset 90 1

    let private options =
        { SmallProblem.options with
            Scorers = SmallProblem.options.Scorers @ [ Linear LinearOptions.standard ]
            DecisionRows = Some(DecisionRows.CrossFit 3)
        }

    let private foldOf = Folds.stratified 3 (Seed.ofInt 4) train.Labels

    let private crossFit options train =
        Fitting.crossFit foldOf options train ignore CancellationToken.None

    let private entries (rows: int[]) (lists: ScoreLists) =
        let chosen = ScoreLists.selectRows rows lists
        chosen.Local :: List.ofArray chosen.Margins |> List.map SmallProblem.entries

    /// The same rows, those chosen with the label sets of their neighbours in the list.
    let private relabelled (chosen: int[]) (d: Dataset) : Dataset =
        let source = Array.init d.Rows id

        chosen
        |> Array.iteri (fun i row -> source[row] <- chosen[(i + 1) % chosen.Length])

        Dataset.create d.Features (Csr.selectRows source d.Labels)

    let private signals =
        [
            SmallProblem.options.Local
            Some(LocalSignalSpec.LabelAgreement LabelAgreement.defaults)
            Some(LocalSignalSpec.TfIdf TfIdf.defaults)
        ]

    [<TestCaseSource(nameof signals)>]
    let ``no label of a fold reaches the fold's own scores`` (local: LocalSignalSpec option) =
        let options = { options with Local = local }
        let inside, outside = Folds.split 1 foldOf
        let changed = relabelled inside train
        let before, after = (crossFit options train).Lists, (crossFit options changed).Lists

        // the labels did change, and the other folds hear of it
        Assert.That((SmallProblem.entries train.Labels <> SmallProblem.entries changed.Labels))
        Assert.That((entries outside before <> entries outside after))
        Require.equal (entries inside before) (entries inside after)

    [<Test>]
    let ``a row's own labels do not reach its scores, whatever the row`` () =
        let before = (crossFit options train).Lists

        for row in [ 0; 44; 89 ] do
            let other = (row + 7) % train.Rows
            let source = Array.init train.Rows (fun r -> if r = row then other else r)
            let changed = Dataset.create train.Features (Csr.selectRows source train.Labels)
            Require.equal (entries [| row |] before) (entries [| row |] (crossFit options changed).Lists)

    [<Test>]
    let ``a cross-fitted model is fitted on all rows, and the same seed gives the same model`` () =
        let fit () = SmallProblem.fit options train None
        let test = SmallProblem.dataset 60 7

        let scores model =
            SmallProblem.entries (Model.scores test.Features model)

        let first, again = fit (), fit ()
        Assert.That(first.Rows, Is.EqualTo train.Rows)
        Require.equal (Csr.columnCounts train.Labels) first.Support
        Assert.That((first.Decision = again.Decision))
        Require.equal (scores first) (scores again)

        match first.Scorers with
        | [ FittedPerceptron(_, _, history, AllEpochs); FittedLinear _ ] ->
            Assert.That(history.Length, Is.InRange(1, SmallProblem.training.Epochs))
            Assert.That(history |> List.forall _.Validation.IsNone)
        | other -> Assert.Fail $"expected a perceptron and linear models, received %A{other}"

    /// The networks' options, with so many epochs and a patience that folds run out of.
    let private stopping epochs =
        let impatient =
            function
            | Perceptron(network, training) ->
                Perceptron(
                    network,
                    { training with
                        Epochs = epochs
                        Patience = 1
                    }
                )
            | other -> other

        { options with
            Scorers = SmallProblem.options.Scorers |> List.map impatient
        }

    let private historyOf (evidence: DecisionEvidence) =
        match evidence.Ranker.Scorers with
        | FittedPerceptron(_, _, history, _) :: _ -> history
        | other -> failwith $"expected a perceptron first, received %A{other}"

    [<Test>]
    let ``the network of all rows trains until the mean of the folds' best epochs, on the folds' schedule`` () =
        let options = stopping 30
        let scores = Collections.Generic.List<struct (int * int * float)>()

        let hear (p: FitProgress) =
            match p.Phase, p.Training with
            | FittingScorer(number, _), Some({ Validation = Some score } as t) ->
                scores.Add(struct (number, t.Epoch, score))
            | _ -> ()

        let history =
            historyOf (Fitting.crossFit foldOf options train hear CancellationToken.None)

        let best =
            scores
            |> Seq.groupBy (fun struct (number, _, _) -> number)
            |> Seq.map (fun (_, fold) ->
                let struct (_, epoch, _) = fold |> Seq.maxBy (fun struct (_, _, score) -> score)
                float epoch)
            |> Seq.toList

        Assert.That(best.Length, Is.EqualTo 3)
        Assert.That(history.Length, Is.EqualTo(int (Math.Round(List.average best))))
        Assert.That(history.Length, Is.LessThan 30)

        // the same losses as the first epochs of a whole training on all rows, not those of a shorter schedule
        let whole epochs =
            Fitting.heldOut (stopping epochs) train (Dataset.selectRows [||] train) ignore CancellationToken.None
            |> historyOf
            |> List.map _.Loss

        let losses = history |> List.map _.Loss
        Require.equal (whole 30 |> List.truncate history.Length) losses
        Assert.That((whole history.Length <> losses))

    [<Test>]
    let ``a cross-fitted model decides as well as one with validation rows`` () =
        let train = SmallProblem.dataset 300 1
        let test = SmallProblem.dataset 200 7
        let measured = Evaluation.model test (SmallProblem.fit options train None)
        Assert.That(measured.MicroF1, Is.GreaterThan 0.9)
        Assert.That(measured.MacroF1A, Is.GreaterThan 0.9)

    /// A fit that is cancelled at its n-th report of a scorer.
    let private cancelledAt (n: int) =
        use source = new CancellationTokenSource()
        let mutable reports = 0

        let progress (p: FitProgress) =
            if p.Training.IsSome then
                reports <- reports + 1

                if reports = n then
                    source.Cancel()

        Model.fit options SmallProblem.space (Features SmallProblem.features) train None progress source.Token

    [<Test>]
    let ``cancelled after its first fold, a cross-fit gives the model of that fold`` () =
        let mutable reports = 0

        // a fit that is not cancelled tells how many reports there are
        Model.fit
            options
            SmallProblem.space
            (Features SmallProblem.features)
            train
            None
            (fun p ->
                if p.Training.IsSome then
                    reports <- reports + 1)
            CancellationToken.None
        |> ignore

        for n in [ reports / 2; reports ] do
            let model = cancelledAt n
            Assert.That(model.Rows, Is.InRange(50, 70))
            Assert.That(model.Scorers.Length, Is.EqualTo 2)

    [<Test>]
    let ``of two rows each is a fold, of one nothing is held out`` () =
        let fit rows =
            SmallProblem.fit
                { options with
                    DecisionRows = None
                    Scorers = SmallProblem.options.Scorers
                }
                (SmallProblem.dataset rows 3)
                None

        Assert.That((fit 2).Rows, Is.EqualTo 2)
        Assert.That((fit 1).Rows, Is.EqualTo 1)

    [<Test>]
    let ``progress counts the scorers of the folds and those of the model`` () =
        let phases = Collections.Generic.List<FitPhase>()

        Model.fit
            options
            SmallProblem.space
            (Features SmallProblem.features)
            train
            None
            (fun p -> phases.Add p.Phase)
            CancellationToken.None
        |> ignore

        Require.equal
            [
                yield FittingSignals
                for i in 1..8 do
                    yield FittingScorer(i, 8)
                yield FittingDecision
            ]
            (phases |> Seq.distinct |> List.ofSeq)

    [<TestCase(1)>]
    [<TestCase(0)>]
    let ``fewer than two folds are refused`` (folds: int) =
        let faulty =
            { options with
                DecisionRows = Some(DecisionRows.CrossFit folds)
            }

        let message =
            Require.refusal<ConfigurationException>(fun () -> SmallProblem.fit faulty train None)

        Assert.That(message, Does.Contain $"decision rows: expected at least 2 folds, received {folds}")
