module Limen.Properties.PostHocThresholdsProperties

open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Kernels

let private validation = SmallProblem.dataset 80 2

let private test = SmallProblem.dataset 60 7

/// The scores of the model's one scorer, without its decision.
let private scored (rows: Dataset) : ExternalRows =
    {
        Scores = Scores (Model.candidates rows.Features SmallProblem.model.Value).Margins[0]
        Features = Some rows.Features
        Weights = None
    }

let private options: PostHocOptions =
    {
        Global = SmallProblem.options.Global
        Local =
            Some(
                FeatureKnn.signal
                    { FeatureKnnOptions.standard with
                        K = 5
                    }
            )
        Decision = SmallProblem.options.Decision
        Seed = SmallProblem.options.Seed
    }

let private fit options training rows (truth: LabelSets) =
    PostHocThresholds.fit options SmallProblem.space (Features SmallProblem.features) training rows truth

let private row (values: float list) =
    Csr.ofRows values.Length [| values |> List.mapi (fun l v -> struct (l, float32 v)) |> List.toArray |]

/// Scores of other programs as lists of logits.
let private scores =
    testList
        "Scores"
        [
            property Cases.any "log-odds keep the order of probabilities, and 1/2 is 0" (fun (bytes: byte list) ->
                let p = bytes |> List.map (fun b -> float b / 255.0)

                let z =
                    (ExternalScores.toLogits ScoreScale.Probabilities (row (0.5 :: p))).Matrix.Values

                List.pairwise (List.sort (List.zip p (List.tail (List.ofArray z))))
                |> List.forall (fun ((p, z), (p', z')) -> z < z' || (p = p' && z = z'))
                && z[0] = 0f
                && Array.forall System.Single.IsFinite z)

            property
                Cases.any
                "of a matrix each row keeps its best labels"
                (fun (values: int16[,]) (PositiveInt keep) ->
                    let scores = values |> Array2D.map float32
                    let lists = ExternalScores.ofMatrix ScoreScale.Logits keep scores

                    Seq.forall
                        (fun r ->
                            let best =
                                Seq.init (scores.GetLength 1) (fun l -> l, scores[r, l])
                                |> Seq.sortBy (fun (l, v) -> -v, l)
                                |> Seq.truncate keep
                                |> Seq.sort
                                |> Seq.map (fun (l, v) -> struct (l, v))

                            Seq.toArray best = Csr.row r lists)
                        (seq { 0 .. lists.Rows - 1 }))

            testTheory "a probability outside 0 to 1 is refused" [ 1.5f; -0.1f; System.Single.NaN ] (fun p ->
                let scores = Csr.mapValues (fun _ _ _ -> p) (row [ 0.5 ])

                Require.throws<System.ArgumentException>(fun () ->
                    ExternalScores.toLogits ScoreScale.Probabilities scores))
        ]

[<Tests>]
let tests =
    testList
        "PostHocThresholds"
        [
            testCase "the scores of a model are decided as the model itself decides" (fun () ->
                let model = SmallProblem.model.Value

                let thresholds =
                    fit options (Some(SmallProblem.dataset 300 1)) (scored validation) validation.Truth

                Require.equal (Registries.text model.Decision) (Registries.text thresholds.Decision)

                Require.equal
                    (SmallProblem.entries (Plain.sets (Model.predict test.Features model)))
                    (SmallProblem.entries (Plain.sets (PostHocThresholds.decide (scored test) thresholds))))

            testCase "without training rows the scored rows vote, none on itself" (fun () ->
                let thresholds = fit options None (scored validation) validation.Truth
                Require.equal (float validation.Rows) thresholds.Counts.Rows

                match thresholds.Signal with
                | Some { Voters = Some votes } -> Require.same validation.Labels votes.Labels
                | other -> failtest $"expected neighbours, received %A{other}")

            testCase "a local signal without features is refused" (fun () ->
                let rows: ExternalRows =
                    { scored validation with
                        Features = None
                    }

                Require.throws<System.ArgumentException>(fun () -> fit options None rows validation.Truth))

            testCase "every fault is named at once" (fun () ->
                let faulty: PostHocOptions =
                    { options with
                        Local =
                            Some(
                                FeatureKnn.signal
                                    { FeatureKnnOptions.standard with
                                        K = 0
                                    }
                            )
                        Decision =
                            { DecisionOptions.defaults with
                                Rule = RCut.rule 0
                                Objective = Objective.FBeta 0.0
                            }
                    }

                let error =
                    Require.thrown<ConfigurationException>(fun () ->
                        fit faulty None (scored validation) validation.Truth)

                Require.equal 3 error.Faults.Count)

            scores
        ]
