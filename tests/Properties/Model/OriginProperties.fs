/// What a saved model says of how it was made.
module Limen.Properties.OriginProperties

open System
open System.IO
open System.Threading
open Expecto
open Limen
open Limen.Core

let private train = SmallProblem.dataset 60 1
let private validation = SmallProblem.dataset 40 2

let private optionsOf (options: ModelOptions) =
    (Origin.ofModel options train None).Options

let private scoredBy (scorer: Scorer) (o: ModelOptions) = { o with Scorers = [ scorer ] }

let private decidedBy (change: DecisionOptions -> DecisionOptions) (o: ModelOptions) =
    { o with Decision = change o.Decision }

let private ruledBy rule =
    decidedBy (fun d -> { d with Rule = rule })

let private neighbours (change: FeatureKnnOptions -> FeatureKnnOptions) (o: ModelOptions) =
    { o with
        Local = Some(FeatureKnn.signal (change FeatureKnnOptions.standard))
    }

let private calibrated calibrator scope =
    decidedBy (fun d ->
        { d with
            Calibration =
                Some
                    {
                        Calibrator = calibrator
                        Scope = scope
                    }
        })

let private weighted k weight (o: ModelOptions) =
    let part =
        FeatureKnn.signal
            { FeatureKnnOptions.standard with
                K = k
            }

    { o with
        Local = Some(WeightedSignal.signal [ weight, part; 1f - weight, TfIdf.signal TfIdf.defaults ])
    }

/// Changes of one number or choice each, in groups of which no two are the same, nor the defaults.
let private groups: (string * (ModelOptions -> ModelOptions) list) list =
    let linear change =
        scoredBy (Linear.scorer (change LinearOptions.standard))

    let nystrom change =
        scoredBy (Nystrom.scorer (change NystromOptions.standard))

    let network change = SmallProblem.withPerceptron change

    [
        "linear models",
        [
            linear id
            linear (fun o -> { o with C = 2.0 })
            linear (fun o -> { o with Tolerance = 0.2 })
            linear (fun o -> { o with Passes = 7 })
            linear (fun o -> { o with Prune = 0.5 })
            scoredBy (Linear.scorer LinearOptions.standard |> Ensemble.scorer (Some 2))
            scoredBy (Linear.scorer LinearOptions.standard |> Ensemble.scorer (Some 3))
            nystrom id
            nystrom (fun o -> { o with Landmarks = 9 })
            nystrom (fun o -> { o with Sharpness = 1.0 })
            nystrom (fun o -> { o with C = 1.0 })
            scoredBy GaussianNaiveBayes.scorer
        ]
        "networks",
        [
            network ignore
            network (fun p -> p.HiddenLayers <- [| 12; 3 |])
            network (fun p -> p.Dropout <- 0.25)
            network (fun p -> p.Epochs <- Nullable 7)
            network (fun p -> p.BatchSize <- Nullable 17)
            network (fun p -> p.LearningRate <- 0.02)
            network (fun p -> p.WeightDecay <- 0.5)
            network (fun p -> p.Patience <- 4)
            network (fun p -> p.Shortlist <- Nullable 2)
            network (fun p -> p.Seed <- Nullable 9)
            network (fun p -> p.Alpha <- AlphaSharing.EachLabel 0.5)
            network (fun p -> p.Alpha <- AlphaSharing.EachLabel 0.25)
            network (fun p -> p.Alpha <- AlphaSharing.ByFrequency 3)
            network (fun p -> p.Loss <- Focal.loss 2.0)
            network (fun p -> p.Loss <- Focal.loss 3.0)
            network (fun p -> p.Loss <- Losses.paper 0.2 0.1 MarginForm.Symmetric)
            network (fun p -> p.Loss <- Losses.paper 0.1 0.2 MarginForm.Symmetric)
            network (fun p -> p.Loss <- Losses.paper 0.1 0.1 MarginForm.Ranking)
        ]
        "signals",
        [
            neighbours (fun o -> { o with K = 7 })
            neighbours (fun o -> { o with Power = 1.5 })
            neighbours (fun o -> { o with Floor = 0.25 })
            weighted 7 0.5f
            weighted 8 0.5f
            weighted 7 0.25f
            fun o -> { o with Local = None }
            fun o -> { o with Global = None }
            fun o ->
                { o with
                    Global = Some(Idf.signal IdfSmoothing.None)
                }
            fun o ->
                { o with
                    Global = Some(EffectiveNumber.signal 0.9)
                }
            fun o ->
                { o with
                    Global = Some(EffectiveNumber.signal 0.8)
                }
        ]
        "decisions",
        [
            ruledBy (RCut.rule 2)
            ruledBy (RCut.rule 4)
            ruledBy (FixedThreshold.rule 0.5f)
            ruledBy (FixedThreshold.rule 0.25f)
            ruledBy (SoftTopK.rule 2.0 2.0)
            ruledBy (SoftTopK.rule 2.0 3.0)
            ruledBy SCut.rule
            ruledBy (SCut.rule.AtMost 2)
            ruledBy (SCut.rule.AtMost 3)
            ruledBy (SCut.rule.Without "label 1")
            ruledBy (SCut.rule.WithThreshold("label 1", 0.5))
            ruledBy (SCut.rule.WithThreshold("label 1", 0.75))
            decidedBy (fun d -> { d with Objective = Objective.MicroF1 })
            decidedBy (fun d ->
                { d with
                    Objective = Objective.FBeta 2.0
                })
            decidedBy (fun d ->
                { d with
                    Objective = Objective.FBeta 3.0
                })
            decidedBy (fun d ->
                { d with
                    Combination = ScoreCombination.Average
                })
            calibrated Platt.calibrator CalibrationScope.AllLabels
            calibrated Platt.calibrator (CalibrationScope.EachLabel 5)
            calibrated Platt.calibrator (CalibrationScope.EachLabel 6)
            calibrated Isotonic.calibrator CalibrationScope.AllLabels
            fun o -> { o with Candidates = 4 }
            fun o ->
                { o with
                    DecisionRows = Some(DecisionRows.CrossFit(3, 1))
                }
            fun o ->
                { o with
                    DecisionRows = Some(DecisionRows.HoldOut 0.25)
                }
        ]
    ]

[<Tests>]
let tests =
    testList
        "Origin"
        [
            for name, changes in groups do
                testCase $"every number and choice of {name} is in it" (fun () ->
                    let told =
                        changes |> List.map (fun change -> optionsOf (change SmallProblem.options))

                    for (i, a), (j, b) in List.allPairs (List.indexed told) (List.indexed told) do
                        if i <> j && a = b then
                            failtest $"changes {i} and {j} give the same: %A{a}")

            testCase "options that are equal give equal words, and where checkpoints lie is none of them" (fun () ->
                let anew () =
                    { SmallProblem.options with
                        Scorers =
                            [
                                Perceptron.scorer (SmallProblem.perceptron ())
                                Linear.scorer LinearOptions.standard
                            ]
                    }

                Require.equal (optionsOf (anew ())) (optionsOf (anew ()))

                Require.equal
                    (optionsOf (anew ()))
                    (optionsOf
                        { anew () with
                            Checkpoints = Some(CheckpointFolder.defaults "/somewhere")
                            WhenCancelled = WhenCancelled.BestSoFar
                        }))

            testCase "validation rows are told by what they were for" (fun () ->
                let among rows =
                    (Origin.ofModel
                        { SmallProblem.options with
                            DecisionRows = rows
                        }
                        train
                        (Some validation))
                        .Options

                let hash = Origin.hash validation
                Require.equal (Some hash) (Map.tryFind "decided on" (among (Some DecisionRows.ValidationOnly)))
                Require.equal None (Map.tryFind "also learned from" (among (Some DecisionRows.ValidationOnly)))
                Require.equal (Some hash) (Map.tryFind "also learned from" (among None))
                Require.equal "CrossFit, folds 5, repeats 20" (among None |> Map.find "decision rows"))

            testCase "what is changed after the fit is in it, with its rows" (fun () ->
                let model = SmallProblem.model.Value
                let rows = SmallProblem.dataset 50 3

                let changed: (string * Model) list =
                    [
                        "decided again on", Model.withDecision SCut.rule Objective.MicroF1 (Seed.ofInt 1) rows model
                        "constraints of", Model.withConstraints (SCut.rule.AtMost 2) model
                        "risk on", Model.withRisk 0.3 rows model
                        "possible sets on", Model.withSets ConformalNorm.L2 rows model
                        "calibration on",
                        Model.withCalibration
                            {
                                Calibrator = Platt.calibrator
                                Scope = CalibrationScope.AllLabels
                            }
                            rows
                            model
                    ]

                for name, other in changed do
                    Require.isTrue (other.Origin.Options.ContainsKey name)
                    Require.isFalse (model.Origin.Options.ContainsKey name)

                    TemporaryFolder.using (fun folder ->
                        Store.save (Path.Combine(folder, "model")) other
                        Require.equal other.Origin (Store.load (Path.Combine(folder, "model"))).Origin))

            testCase "a model with fewer words, of an earlier version, is read" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let before =
                        { SmallProblem.model.Value.Origin with
                            Options = Map [ "scorers", "perceptron"; "decision", "fused" ]
                        }

                    Store.save
                        (Path.Combine(folder, "model"))
                        { SmallProblem.model.Value with
                            Origin = before
                        }

                    Require.equal before (Store.load (Path.Combine(folder, "model"))).Origin))
        ]
