module Limen.Properties.FittingProperties

open System
open System.Threading
open Expecto
open Limen
open Limen.Core
open Limen.Kernels

let private train = SmallProblem.dataset 90 1

let private options =
    { SmallProblem.options with
        Scorers = SmallProblem.options.Scorers @ [ Linear.scorer LinearOptions.standard ]
        DecisionRows = Some(DecisionRows.CrossFit(3, 1))
    }

let private input = Features train.Features.Columns

let private foldOf = Folds.stratified 3 (Seed.ofInt 4) train.Truth

let private crossFitBy partitions options train =
    Fitting.crossFit partitions options input train ignore Checkpoint.none CancellationToken.None

let private crossFit options train = crossFitBy [ foldOf ] options train

let private entries (rows: int[]) (lists: CandidateScores) =
    let chosen = CandidateScores.selectRows rows lists

    chosen.Local :: chosen.Rarity :: List.ofArray chosen.Margins
    |> List.map SmallProblem.entries

/// The same rows, those chosen with the label sets of their neighbours in the list.
let private relabelled (chosen: int[]) (d: Dataset) : Dataset =
    let source = Array.init d.Rows id

    chosen
    |> Array.iteri (fun i row -> source[row] <- chosen[(i + 1) % chosen.Length])

    Dataset.create d.Features (Csr.selectRows source d.Labels)

let private signals =
    [
        SmallProblem.options.Local
        Some(LabelAgreement.signal LabelAgreement.defaults)
        Some(TfIdf.signal TfIdf.defaults)
    ]

/// A network of so many epochs, with a patience that folds run out of.
let private stopping (epochs: int) =
    options
    |> SmallProblem.withPerceptron (fun p ->
        p.Epochs <- Nullable epochs
        p.Patience <- 1)

let private historyOf (evidence: DecisionEvidence) =
    evidence.Ranker.Scorers.Head.Log.Value.Epochs

[<Tests>]
let tests =
    testList
        "Fitting"
        [
            testTheory "no label of a fold reaches the fold's own scores" [ 0..2 ] (fun (which: int) ->
                let options = { options with Local = signals[which] }
                let inside, outside = Folds.split 1 foldOf
                let changed = relabelled inside train
                let before, after = (crossFit options train).Lists, (crossFit options changed).Lists

                // the labels did change, and the other folds hear of it
                Require.notEqual (SmallProblem.entries changed.Labels) (SmallProblem.entries train.Labels)
                Require.notEqual (entries outside after) (entries outside before)
                Require.equal (entries inside before) (entries inside after))

            testCase "a row's own labels do not reach its scores, whatever the row" (fun () ->
                let before = (crossFit options train).Lists

                for row in [ 0; 44; 89 ] do
                    let other = (row + 7) % train.Rows
                    let source = Array.init train.Rows (fun r -> if r = row then other else r)
                    let changed = Dataset.create train.Features (Csr.selectRows source train.Labels)
                    Require.equal (entries [| row |] before) (entries [| row |] (crossFit options changed).Lists))

            testCase
                "a pair of a cross-fitted list has the label's rarity among the rows outside its row's fold"
                (fun () ->
                    let lists = (crossFit options train).Lists

                    for fold in 0 .. Array.max foldOf do
                        let inside, outside = Folds.split fold foldOf

                        let rarity =
                            Dataset.selectRows outside train
                            |> LabelCounts.ofRows
                            |> GlobalSignals.rarity options.Global

                        Require.notEqual (GlobalSignals.rarity options.Global (LabelCounts.ofRows train)) rarity
                        let own = CandidateScores.selectRows inside lists

                        CandidateScores.withRarity rarity own
                        |> entries [| 0 .. inside.Length - 1 |]
                        |> Require.equal (entries [| 0 .. inside.Length - 1 |] own))

            testCase
                "cross-fitted again, every scoring of the rows is that of its own partition and seed, of a share of their weight"
                (fun () ->
                    let other = Folds.stratified 3 (Seed.ofInt 5) train.Truth
                    Require.notEqual foldOf other
                    let weights = Array.init train.Rows (fun row -> float32 (1 + row % 3))
                    let train = { train with Weights = Some weights }
                    let both = crossFitBy [ foldOf; other ] options train

                    let again =
                        crossFitBy
                            [ other ]
                            { options with
                                Seed = Seed.derive "repeat" 1 options.Seed
                            }
                            train

                    Require.equal 2 both.Scorings
                    Require.equal 1 again.Scorings
                    let all = [| 0 .. train.Rows - 1 |]
                    Require.equal (entries all (crossFit options train).Lists) (entries all both.Lists)
                    Require.equal (entries all again.Lists) (entries (all |> Array.map ((+) train.Rows)) both.Lists)
                    let (LabelSets truth) = both.Labels

                    Require.equal
                        (SmallProblem.entries (Csr.append train.Labels train.Labels))
                        (SmallProblem.entries truth)

                    let halves = weights |> Array.map (fun w -> w / 2f)
                    Require.equal (Some(Array.append halves halves)) both.Weights)

            testCase "a row's own labels do not reach its scores, however often it is scored" (fun () ->
                let partitions = [ foldOf; Folds.stratified 3 (Seed.ofInt 5) train.Truth ]
                let before = (crossFitBy partitions options train).Lists

                for row in [ 3; 44 ] do
                    let source =
                        Array.init train.Rows (fun r -> if r = row then (row + 7) % train.Rows else r)

                    let changed = Dataset.create train.Features (Csr.selectRows source train.Labels)
                    let after = (crossFitBy partitions options changed).Lists
                    let scorings = [| row; row + train.Rows |]
                    Require.equal (entries scorings before) (entries scorings after)

                    Require.notEqual
                        (entries [| 0 .. before.Local.Rows - 1 |] before)
                        (entries [| 0 .. after.Local.Rows - 1 |] after))

            testCase "the decision of a repeated cross-fit knows which scores are of one row" (fun () ->
                let options =
                    { options with
                        DecisionRows = Some(DecisionRows.CrossFit(3, 2))
                    }

                let evidence =
                    Fitting.evidence options input train None ignore Checkpoint.none CancellationToken.None

                let decided scorings =
                    FittedDecision.fit
                        options.Decision
                        {
                            Labels = SmallProblem.space
                            Counts = LabelCounts.ofRows train
                            Rarity = evidence.Ranker.Rarity
                            Scorings = scorings
                            Seed = options.Seed
                        }
                        evidence.Weights
                        evidence.Lists
                        evidence.Labels
                    |> Registries.text

                Require.equal (decided 2) (Registries.text (SmallProblem.fit options train None).Decision)
                Require.notEqual (decided 1) (decided 2))

            testCase "a cross-fitted model is fitted on all rows, and the same seed gives the same model" (fun () ->
                let fit () = SmallProblem.fit options train None
                let test = SmallProblem.dataset 60 7

                let scores model =
                    SmallProblem.entries (Model.scores test.Features model).Matrix

                let first, again = fit (), fit ()
                Require.equal (float train.Rows) first.Counts.Rows
                Require.equal (Csr.columnCounts train.Labels |> Array.map float) first.Counts.Positives
                Require.equal (Registries.text again.Decision) (Registries.text first.Decision)
                Require.equal (scores first) (scores again)

                match first.Ranker.Scorers |> List.map _.Log with
                | [ Some { Epochs = history; End = AllEpochs }; None ] ->
                    Require.between (1, SmallProblem.training.Epochs) history.Length
                    Require.isTrue (history |> List.forall _.Validation.IsNone)
                | other -> failtest $"expected a perceptron and linear models, received %A{other}")

            testCase
                "the network of all rows trains until the mean of the folds' best epochs, on the folds' schedule"
                (fun () ->
                    let options = stopping 30
                    let scores = Collections.Generic.List<struct (int * int * float)>()

                    let hear (p: TrainingProgress) =
                        if p.ValidationNdcg.HasValue then
                            scores.Add(struct (p.Scorer, p.Epoch, p.ValidationNdcg.Value))

                    let history =
                        historyOf (
                            Fitting.crossFit [ foldOf ] options input train hear Checkpoint.none CancellationToken.None
                        )

                    let best =
                        scores
                        |> Seq.groupBy (fun struct (number, _, _) -> number)
                        |> Seq.map (fun (_, fold) ->
                            let struct (_, epoch, _) = fold |> Seq.maxBy (fun struct (_, _, score) -> score)
                            float epoch)
                        |> Seq.toList

                    Require.equal 3 best.Length
                    Require.equal (int (Math.Round(List.average best))) history.Length
                    Require.below 30 history.Length

                    // the same losses as the first epochs of a whole training on all rows, not those of a shorter schedule
                    let whole epochs =
                        Fitting.heldOut
                            (stopping epochs)
                            train
                            (Dataset.selectRows [||] train)
                            ignore
                            Checkpoint.none
                            CancellationToken.None
                        |> historyOf
                        |> List.map _.Loss

                    let losses = history |> List.map _.Loss
                    Require.equal (whole 30 |> List.truncate history.Length) losses
                    Require.notEqual losses (whole history.Length))

            testCase "validation rows are cross-fitted with the training rows, in one" (fun () ->
                let kept, held =
                    Dataset.selectRows [| 0..59 |] train, Dataset.selectRows [| 60..89 |] train

                let together = SmallProblem.fit options train None
                let apart = SmallProblem.fit options kept (Some held)
                Require.equal (Registries.text together.Decision) (Registries.text apart.Decision)
                Require.equal together.Counts.Positives apart.Counts.Positives)

            testCase
                "decided on validation rows and fitted again on all, the decision stays and scorers train as long"
                (fun () ->
                    let validation = SmallProblem.dataset 40 2

                    let fit rule =
                        SmallProblem.fit
                            { stopping 30 with
                                DecisionRows = Some rule
                            }
                            train
                            (Some validation)

                    let only, again =
                        fit DecisionRows.ValidationOnly, fit DecisionRows.ValidationThenAll

                    Require.equal 130.0 again.Counts.Rows
                    Require.equal 90.0 only.Counts.Rows

                    let epochs (model: Model) =
                        model.Ranker.Scorers.Head.Log.Value.Epochs

                    let best = (epochs only |> List.maxBy (fun e -> e.Validation.Value)).Epoch

                    Require.equal best (epochs again).Length
                    Require.isTrue (epochs again |> List.forall _.Validation.IsNone)

                    // what the decision learned comes from the same scores: with rarity the only thing that differs, without it nothing does
                    let withoutRarity rule =
                        (SmallProblem.fit
                            { stopping 30 with
                                Global = None
                                DecisionRows = Some rule
                            }
                            train
                            (Some validation))
                            .Decision.Stack

                    Require.equal
                        (withoutRarity DecisionRows.ValidationOnly)
                        (withoutRarity DecisionRows.ValidationThenAll))

            testCase
                "which rows decide by default: all by folds, validation rows where they are enough, a tenth"
                (fun () ->
                    for labels, training, validation, rule in
                        [
                            0, 0, 0, DecisionRows.CrossFit(5, 20)
                            6, 90, 0, DecisionRows.CrossFit(5, 20)
                            6, 900, 100, DecisionRows.CrossFit(5, 10)
                            14, 1_500, 501, DecisionRows.CrossFit(5, 4)
                            174, 400, 0, DecisionRows.CrossFit(5, 14)
                            2_500, 500, 250, DecisionRows.CrossFit(5, 1)
                            100_000, 10_000, 0, DecisionRows.CrossFit(5, 1)
                            100, 5_000, 0, DecisionRows.CrossFit(5, 2)
                            100, 5_001, 0, DecisionRows.CrossFit(5, 1)
                            6, 8_000, 2_000, DecisionRows.CrossFit(5, 1)
                            6, 8_001, 2_000, DecisionRows.ValidationThenAll
                            6, 45_000, 1_000, DecisionRows.ValidationThenAll
                            6, 45_000, 999, DecisionRows.HoldOut 0.1
                            6, 45_000, 0, DecisionRows.HoldOut 0.1
                        ] do
                        Require.equal rule (DecisionRows.forRows labels training validation))

            testTheory
                "rows that are not there cannot decide"
                [ DecisionRows.ValidationOnly; DecisionRows.ValidationThenAll ]
                (fun (rule: DecisionRows) ->
                    let without =
                        { options with
                            DecisionRows = Some rule
                        }

                    Require.contains
                        "expected validation rows"
                        (Require.refusal<ConfigurationException>(fun () -> SmallProblem.fit without train None)))

            testCase "a cross-fitted model decides as well as one with validation rows" (fun () ->
                let train = SmallProblem.dataset 300 1
                let test = SmallProblem.dataset 200 7
                let measured = Evaluation.model test (SmallProblem.fit options train None)
                Require.above 0.9 (Metric.number F1.micro measured)
                Require.above 0.9 (Metric.number (F1.macro (AllLabels AsZero)) measured))

            testCase "of two rows each is a fold, of one nothing is held out" (fun () ->
                let fit rows =
                    SmallProblem.fit
                        { options with
                            DecisionRows = None
                            Scorers = SmallProblem.options.Scorers
                        }
                        (SmallProblem.dataset rows 3)
                        None

                Require.equal 2.0 ((fit 2).Counts.Rows)
                Require.equal 1.0 ((fit 1).Counts.Rows))

            testCase "progress counts the scorers of the folds and those of the model" (fun () ->
                let phases = Collections.Generic.List<string>()

                Model.fit
                    options
                    SmallProblem.space
                    (Features SmallProblem.features)
                    train
                    None
                    (fun p -> phases.Add p.Stage)
                    CancellationToken.None
                |> ignore

                Require.equal
                    [
                        yield "signals"
                        for i in 1..8 do
                            yield $"scorer {i} of 8"
                        yield "decision"
                    ]
                    (phases |> Seq.distinct |> List.ofSeq))

            testTheory
                "cross-fitting no times and more than a hundred times is refused"
                [ 0; 101 ]
                (fun (repeats: int) ->
                    let faulty =
                        { options with
                            DecisionRows = Some(DecisionRows.CrossFit(3, repeats))
                        }

                    let message =
                        Require.refusal<ConfigurationException>(fun () -> SmallProblem.fit faulty train None)

                    Require.contains $"decision rows, repeats: expected 1 to 100, received {repeats}" message)

            testTheory "fewer than two folds are refused" [ 1; 0 ] (fun (folds: int) ->
                let faulty =
                    { options with
                        DecisionRows = Some(DecisionRows.CrossFit(folds, 1))
                    }

                let message =
                    Require.refusal<ConfigurationException>(fun () -> SmallProblem.fit faulty train None)

                Require.contains $"decision rows, folds: expected 2 to 10000, received {folds}" message)
        ]
