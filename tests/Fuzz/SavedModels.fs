namespace Limen.Fuzz

open System
open System.IO
open System.Threading
open Limen
open Limen.Core

/// Small fitted models that hold, together, every variant that can be saved.
[<RequireQualifiedAccess>]
module SavedModels =

    let private labels = 5
    let private features = 8
    let private rows = 40

    /// Rows of few features, of which each label has one to itself, and another that is missing at times.
    let private dataset: Dataset =
        let sets =
            Array.init rows (fun i -> [| i % labels; (i / 3) % labels |] |> Array.distinct |> Array.sort)

        let row i =
            [|
                for l in sets[i] do
                    struct (l, 1f + float32 (i % 3))

                // every feature is in some row: a model has no others
                struct (labels + i % (features - labels - 1), 0.25f)
                struct (features - 1, float32 (i % 4) + 0.5f)
            |]

        Dataset.create (Csr.ofRows features (Array.init rows row)) (Csr.ofSets labels sets)

    let private words = [| "red"; "round"; "small"; "soft"; "sweet"; "sour" |]

    let private texts: LabelledRows =
        LabelledRows.ofNames
            (Rows.Texts(Array.init rows (fun i -> $"{words[i % 6]} {words[i / 2 % 6]} {words[i / 5 % 6]}")))
            (Array.init rows (fun i -> [| $"label {i % labels}" |]))

    let private perceptron =
        PerceptronOptions(HiddenLayers = [| 3; 2 |], Epochs = Nullable 2)

    let private plain =
        { ModelOptions.defaults with
            Scorers = [ Linear.scorer LinearOptions.standard ]
            Candidates = 3
        }

    let private onBoth (options: ModelOptions) : Model =
        let rows = texts |> LabelledRows.beside (Rows.Features dataset.Features)
        Pipeline.fit options [ VectoriserOptions() ] FeatureKind.Robust rows None ignore CancellationToken.None

    let private onTexts (options: ModelOptions) (vectorisers: VectoriserOptions list) : Model =
        Pipeline.fit options vectorisers FeatureKind.Automatic texts None ignore CancellationToken.None

    let private on (kind: FeatureKind) (options: ModelOptions) : Model =
        let sets =
            LabelledRows.ofNames
                (Rows.Features dataset.Features)
                (Array.init rows (fun i -> Csr.set i dataset.Labels |> Array.map (sprintf "label %d")))

        Pipeline.fit options [ VectoriserOptions() ] kind sets None ignore CancellationToken.None

    let private withRule (rule: Decision) (options: ModelOptions) =
        { options with
            Decision = { options.Decision with Rule = rule }
        }

    /// Trees as the packages that grow them leave them behind.
    let private trees: FittedScorer =
        let tree: Tree =
            {
                Feature = [| 0; 1 |]
                Threshold = [| 0.5f; 0.5f |]
                Left = [| 1; ~~~0 |]
                Right = [| ~~~2; ~~~1 |]
                Missing = [| 1; ~~~0 |]
                Leaf = [| -1f; 0.5f; 1f |]
            }

        let one label =
            if label = 0 then
                LabelTrees.Constant -2f
            else
                LabelTrees.Grown [ tree; tree ]

        TreeEnsemble.ofLabels features (Array.init labels one)
        |> box
        |> TreeEnsemble.boosted.Load

    let private scoredBy (scorer: FittedScorer) (model: Model) : Model =
        { model with
            Ranker =
                { model.Ranker with
                    Scorers = [ scorer ]
                }
        }

    let private models: Lazy<Model list> =
        lazy
            [
                on FeatureKind.Values { plain with Local = None }
                on FeatureKind.Values plain |> scoredBy trees
                on
                    FeatureKind.Quantiles
                    { plain with
                        Local = Some(MlKnn.signal { K = 3; Smoothing = 1.0 })
                        Scorers =
                            [
                                GaussianNaiveBayes.scorer
                                Nystrom.scorer
                                    { NystromOptions.standard with
                                        Landmarks = 4
                                    }
                            ]
                    }
                on
                    FeatureKind.Measurements
                    { plain with
                        Local =
                            Some(
                                WeightedSignal.signal
                                    [
                                        0.5f, LabelAgreement.signal LabelAgreement.defaults
                                        0.3f,
                                        ClusterNeighbours.signal
                                            { ClusterNeighbours.defaults with
                                                K = 3
                                            }
                                        0.2f, LearnedGraph.signal LearnedGraph.defaults
                                    ]
                            )
                        Scorers = [ Ensemble.scorer (Some 2) (Perceptron.scorer perceptron) ]
                    }
                |> Model.withCalibration
                    {
                        Calibrator = Isotonic.calibrator
                        Scope = CalibrationScope.EachLabel 1
                    }
                    dataset
                |> Model.withSets ConformalNorm.L2 dataset
                on
                    FeatureKind.TermCounts
                    ({ plain with
                        Local = Some(TfIdf.signal TfIdf.defaults)
                        Scorers =
                            [
                                Perceptron.scorer (
                                    PerceptronOptions(
                                        HiddenLayers = [| 3 |],
                                        Epochs = Nullable 1,
                                        Alpha = AlphaSharing.ByFrequency 2
                                    )
                                )
                            ]
                     }
                     |> withRule MetaLabeler.rule)
                |> Model.withCalibration
                    {
                        Calibrator = Beta.calibrator
                        Scope = CalibrationScope.AllLabels
                    }
                    dataset
                onTexts
                    ({ plain with
                        Local = Some(LabelNeighbours.signal FeatureKnnOptions.standard)
                     }
                     |> withRule (SoftTopK.rule 1.0 2.0))
                    [ VectoriserOptions() ]
                onTexts
                    (plain |> withRule (RCut.rule 2))
                    [ VectoriserOptions(); VectoriserOptions(Tokens = Tokens.Characters(1, 2)) ]
                onBoth plain
            ]

    let private thresholds: Lazy<PostHocThresholds> =
        lazy
            (let scores =
                dataset.Labels |> Csr.mapValues (fun r l _ -> float32 ((r + l) % 5) - 2f)

             PostHocThresholds.fit
                 { PostHocOptions.defaults with
                     Local =
                         Some(
                             FeatureKnn.signal
                                 { FeatureKnnOptions.standard with
                                     K = 3
                                 }
                         )
                 }
                 (LabelSpace [| for l in 1..labels -> $"label {l}" |])
                 (Features features)
                 None
                 {
                     Scores = Scores scores
                     Features = Some dataset.Features
                     Weights = None
                 }
                 dataset.Truth)

    /// Rows that every model and all thresholds are tried on.
    let probe: Dataset = Dataset.selectRows [| 0; 7; 20 |] dataset

    let probeTexts = [| "red round"; ""; "sour sweet soft small unknown" |]

    let private saves () : (string -> unit) list =
        (models.Value |> List.map (fun model folder -> Store.save folder model))
        @ [ fun folder -> Store.saveThresholds folder thresholds.Value ]

    /// The folders of all of them, as archives.
    let archives: Lazy<byte[][]> =
        lazy
            Trial.inFolder (fun around ->
                [|
                    for save in saves () do
                        let folder = Path.Combine(around, Guid.NewGuid().ToString "N")
                        save folder
                        SavedFolder.read folder |> SavedFolder.pack
                |])
