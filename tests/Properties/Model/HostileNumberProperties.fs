/// Numbers that are far too large: a fault before work begins, or finite scores and probabilities in [0, 1]; never silence.
module Limen.Properties.HostileNumberProperties

open System
open System.Threading
open Expecto
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

/// A factor for each row of features, of any magnitude that a feature may have.
type Scales = { Train: float32[]; Test: float32[] }

type Arbitraries =
    static member Scales() =
        let scale =
            Gen.oneof
                [
                    Gen.constant 1f
                    Gen.choose (-30, 17) |> Gen.map (fun e -> 10f ** float32 e)
                    Gen.elements [ Limits.feature / 2f; -Limits.feature / 2f; Single.Epsilon; 0f ]
                ]

        let scales n = Gen.arrayOfLength n scale

        gen {
            let! train =
                Gen.oneof
                    [
                        Gen.constant (Array.create 40 1f)
                        scales 40
                        scale |> Gen.map (Array.create 40)
                    ]

            let! test = scales 12
            return { Train = train; Test = test }
        }
        |> Arb.fromGen

let private few = Cases.from [ typeof<Arbitraries> ] |> Cases.times 12

let private scaled (scales: float32[]) (d: Dataset) =
    { d with
        Features = d.Features |> Csr.mapValues (fun row _ v -> v * scales[row])
    }

let private train, test = SmallProblem.dataset 40 1, SmallProblem.dataset 12 2

/// Every number that a model says of rows.
let private requireNumbers (model: Model) (rows: Dataset) =
    for p in Explanation.rows rows.Features model do
        for c in p.Candidates do
            for number in [ c.Score; c.Threshold; c.Global; c.Local; c.Bias; c.Correction; c.Margin ] do
                Require.isTrue (Double.IsFinite number)

            Require.between (0.0, 1.0) c.Probability

    let (PairProbabilities probabilities) = Model.probabilities rows.Features model
    Require.isTrue (probabilities.Values |> Array.forall (fun p -> p >= 0f && p <= 1f))

/// Whether a model gives numbers; false where the library refuses by an exception of its own.
let private givesNumbers (options: ModelOptions) (train: Dataset) (test: Dataset) =
    try
        let model =
            SmallProblem.fit
                { options with
                    DecisionRows = Some(DecisionRows.HoldOut 0.3)
                }
                train
                None

        requireNumbers model test
        true
    with
    | :? TrainingDivergedException
    | :? ArgumentException -> false

let private isOrdinary (s: Scales) =
    Array.append s.Train s.Test
    |> Array.forall (fun v -> v = 0f || (abs v > 1e-9f && abs v < 1e9f))

/// Numbers of features of any magnitude, or a refusal; no refusal of ordinary ones.
let private numbersOrRefusal options (s: Scales) =
    Require.isTrue (
        givesNumbers options (scaled s.Train train) (scaled s.Test test)
        || not (isOrdinary s)
    )

let private plain =
    { SmallProblem.options with
        Scorers = [ Linear.scorer LinearOptions.standard ]
        Local = None
    }

/// Options at the ends of their ranges.
let private extremes: ModelOptions list =
    let perceptron change =
        SmallProblem.options |> SmallProblem.withPerceptron change

    [
        perceptron (fun p -> p.LearningRate <- 1.0)
        perceptron (fun p -> p.Loss <- Bce.loss.Times Limits.factor)
        perceptron (fun p -> p.Loss <- Losses.paper Limits.factor 0.1 MarginForm.Symmetric)
        perceptron (fun p ->
            p.Loss <- Bce.loss.Times Limits.factor
            p.LearningRate <- 1.0)
        for loss in [ LinearLoss.SquaredHinge; LinearLoss.Logistic ] do
            for c in [ 1e-30; 1e9 ] do
                { plain with
                    Scorers =
                        [
                            Linear.scorer
                                { LinearOptions.standard with
                                    C = c
                                    Loss = loss
                                }
                        ]
                }
    ]

let private refused words options =
    Require.contains words (Require.refusal<ConfigurationException>(fun () -> SmallProblem.fit options train None))

[<Tests>]
let tests =
    testList
        "Hostile numbers"
        [
            for i, scorer in List.indexed Scorers.examples do
                property
                    few
                    $"scorer {i + 1} ({scorer}) gives numbers of features of any magnitude, or a refusal"
                    (fun (s: Scales) -> numbersOrRefusal { plain with Scorers = [ scorer ] } s)

            for i, signal in List.indexed LocalSignals.examples do
                property
                    few
                    $"local signal {i + 1} ({signal.Name}) gives numbers of features of any magnitude, or a refusal"
                    (fun (s: Scales) -> numbersOrRefusal { plain with Local = Some signal } s)

            for calibrator in Calibrators.all do
                testTheory
                    $"every rule gives numbers of scores of any magnitude, calibrated by {calibrator.Example}"
                    (List.indexed Rules.examples)
                    (fun (_, rule: Rule) ->
                        let scale = [| 1f; 1e-30f; 1e6f; Limits.score / 2f |]

                        let scores =
                            train.Labels
                            |> Csr.mapValues (fun row l _ -> scale[row % 4] * float32 (l - 3))
                            |> Scores

                        let rows =
                            {
                                Scores = scores
                                Features = None
                                Weights = None
                            }

                        let thresholds =
                            PostHocThresholds.fit
                                { PostHocOptions.defaults with
                                    Decision =
                                        { DecisionOptions.defaults with
                                            Rule = rule
                                            Calibration =
                                                Some
                                                    {
                                                        Calibrator = calibrator.Example
                                                        Scope = CalibrationScope.AllLabels
                                                    }
                                        }
                                }
                                SmallProblem.space
                                (Features 0)
                                None
                                rows
                                train.Truth

                        for p in PostHocThresholds.explain rows thresholds do
                            for c in p.Candidates do
                                Require.isTrue (Double.IsFinite c.Score && Double.IsFinite c.Threshold)
                                Require.between (0.0, 1.0) c.Probability)

            for i, options in List.indexed extremes do
                testCase $"options {i + 1} at the ends of their ranges give numbers, or a refusal" (fun () ->
                    givesNumbers options train test |> ignore)

            testTheory
                "a feature of a magnitude that no float32 sum bears is refused with its place, in training and in prediction"
                [
                    Single.MaxValue
                    -Single.MaxValue
                    Limits.feature * 1.1f
                    Single.PositiveInfinity
                    nanf
                ]
                (fun (v: float32) ->
                    let far = SmallProblem.dataset 40 1
                    far.Features.Values[far.Features.RowStart[2]] <- v

                    let words =
                        $"row 3, column {far.Features.Indices[far.Features.RowStart[2]]}: expected a "

                    Require.refusal<ArgumentException>(fun () -> SmallProblem.fit plain far None)
                    |> Require.startsWith words

                    Require.refusal<ArgumentException>(fun () -> Model.predict far.Features SmallProblem.model.Value)
                    |> Require.startsWith words)

            testCase "rows of another number of features are refused" (fun () ->
                let model = SmallProblem.model.Value

                for columns in [ 1; 39; 41; 1000 ] do
                    let x = Csr.ofRows columns [| [| struct (columns - 1, 1f) |] |]

                    for ask in
                        [
                            fun () -> Model.predict x model |> box
                            fun () -> Model.localSignal x model |> box
                            fun () -> Explanation.rows x model |> box
                            fun () -> Explanation.label "label 1" 0 x model |> box
                        ] do
                        Require.refusal<ArgumentException> ask
                        |> Require.startsWith $"expected rows of 40 features, received {columns}")

            testCase "numbers of options beyond use and memory are faults that name their ranges" (fun () ->
                let perceptron change =
                    SmallProblem.options |> SmallProblem.withPerceptron change

                refused
                    "learning rate: expected above 0, at most 1, received 9.9"
                    (perceptron (fun p -> p.LearningRate <- 9.9))

                refused
                    "hidden layer width: expected 1 to 65536, received 3000000"
                    (perceptron (fun p -> p.HiddenLayers <- [| 3_000_000 |]))

                refused
                    "batch size: expected 1 to 1000000, received 2147483647"
                    (perceptron (fun p -> p.BatchSize <- Nullable Int32.MaxValue))

                refused
                    "epochs: expected 1 to 100000, received 2147483647"
                    (perceptron (fun p -> p.Epochs <- Nullable Int32.MaxValue))

                refused
                    "shortlist: expected 0 to 10000000, received 2147483647"
                    (perceptron (fun p -> p.Shortlist <- Nullable Int32.MaxValue))

                refused
                    "alpha, buckets: expected 1 to 10000, received 2147483647"
                    (perceptron (fun p -> p.Alpha <- AlphaSharing.ByFrequency Int32.MaxValue))

                refused
                    "scale: expected 0 to 1000000, received 1E+38"
                    (perceptron (fun p -> p.Loss <- Bce.loss.Times 1e38))

                refused
                    "candidates: expected 1 to 100000, received 2147483647"
                    { plain with
                        Candidates = Int32.MaxValue
                    }

                refused
                    "folds: expected 2 to 10000, received 2147483647"
                    { plain with
                        DecisionRows = Some(DecisionRows.CrossFit(Int32.MaxValue, 1))
                    }

                refused
                    "MlKnn.K: expected 1 to 10000, received 2147483647"
                    { plain with
                        Local =
                            Some(
                                MlKnn.signal
                                    { MlKnn.defaults with
                                        K = Int32.MaxValue
                                    }
                            )
                    }

                refused
                    "Linear.C: expected above 0, at most 1000000000, received 1E+30"
                    { plain with
                        Scorers = [ Linear.scorer { LinearOptions.standard with C = 1e30 } ]
                    }

                Require.refusal<ArgumentException>(fun () -> Reliability.ofPairs Int32.MaxValue [])
                |> Require.startsWith "expected 1 to 10000, received 2147483647")

            testCase "a batch of more rows than there are trains on all of them in one step" (fun () ->
                let result =
                    TrainingCases.train
                        { SmallProblem.training with
                            BatchSize = Some Limits.batch
                            Epochs = 20
                            Patience = 20
                        }
                        ignore
                        CancellationToken.None

                Require.below (0.9 * result.History.Head.Loss) (List.last result.History).Loss)

            testCase "every fault of every option is named from F# too, before work begins" (fun () ->
                let ignored (p: TrainingProgress) = failtest $"work began: {p.Stage}"

                let faulty =
                    { SmallProblem.options with
                        Scorers =
                            [
                                for entry in Scorers.all do
                                    yield! entry.Faulty
                            ]
                        Decision =
                            { DecisionOptions.defaults with
                                Rule = RCut.rule 0
                                Objective = Objective.FBeta 0.0
                            }
                    }

                let fits =
                    [
                        fun () ->
                            Model.fit faulty SmallProblem.space (Features 40) train None ignored CancellationToken.None
                            |> box
                        fun () ->
                            PostHocThresholds.fit
                                { PostHocOptions.defaults with
                                    Decision = faulty.Decision
                                }
                                SmallProblem.space
                                (Features 0)
                                None
                                {
                                    Scores = Scores train.Labels
                                    Features = None
                                    Weights = None
                                }
                                train.Truth
                            |> box
                    ]

                for fit in fits do
                    let faults =
                        (Require.thrown<ConfigurationException> fit).Faults |> String.concat "\n"

                    Require.contains "RCut" faults
                    Require.contains "F-beta" faults

                let faults =
                    (Require.thrown<ConfigurationException> fits.Head).Faults |> String.concat "\n"

                Require.contains "loss: focal" faults)

            testCase "the message of a single fault is the fault" (fun () ->
                let message = (ConfigurationException [ "risk level: expected more" ]).Message
                Require.equal "risk level: expected more" message)
        ]
