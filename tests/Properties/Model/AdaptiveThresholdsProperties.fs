namespace Limen.Properties

open FsCheck.FSharp
open FsCheck.NUnit
open NUnit.Framework
open Limen.Core
open Limen.Kernels

module AdaptiveThresholdsProperties =

    let private validation = SmallProblem.dataset 80 2
    let private test = SmallProblem.dataset 60 7

    /// The scores of the model's one scorer, without its decision.
    let private scored (rows: Dataset) : ForeignRows =
        {
            Scores = (Model.scoreLists rows.Features SmallProblem.model.Value).Margins[0]
            Features = Some rows.Features
        }

    let private options: ThresholdOptions =
        {
            Global = SmallProblem.options.Global
            Local =
                Some(
                    LocalSignalSpec.FeatureKnn
                        { FeatureKnnOptions.standard with
                            K = 5
                        }
                )
            Decision = SmallProblem.options.Decision
            Seed = SmallProblem.options.Seed
        }

    let private fit options training rows (truth: CsrMatrix) =
        AdaptiveThresholds.fit options SmallProblem.space (Features SmallProblem.features) training rows truth

    [<Test>]
    let ``the scores of a model are decided as the model itself decides`` () =
        let model = SmallProblem.model.Value

        let thresholds =
            fit options (Some(SmallProblem.dataset 300 1)) (scored validation) validation.Labels

        Assert.That((thresholds.Model.Decision = model.Decision))

        Assert.That(
            (SmallProblem.entries (AdaptiveThresholds.decide (scored test) thresholds) =
                SmallProblem.entries (Model.predict test.Features model))
        )

    [<Test>]
    let ``without training rows the scored rows vote, none on itself`` () =
        let thresholds = fit options None (scored validation) validation.Labels
        Assert.That(thresholds.Model.Rows, Is.EqualTo validation.Rows)

        match thresholds.Model.Local with
        | Some { Signal = FittedSignal.FeatureKnn knn } -> Assert.That(knn.Labels, Is.SameAs validation.Labels)
        | other -> Assert.Fail $"expected neighbours, received %A{other}"

    [<Test>]
    let ``a local signal without features is refused`` () =
        let rows: ForeignRows =
            { scored validation with
                Features = None
            }

        Require.refusal<System.ArgumentException>(fun () -> fit options None rows validation.Labels)
        |> ignore

    [<Test>]
    let ``every fault is named at once`` () =
        let faulty: ThresholdOptions =
            { options with
                Local =
                    Some(
                        LocalSignalSpec.FeatureKnn
                            { FeatureKnnOptions.standard with
                                K = 0
                            }
                    )
                Decision =
                    { DecisionOptions.defaults with
                        Rule = Rule.RCut 0
                        Objective = Objective.FBeta 0.0
                    }
            }

        let error =
            Assert.Throws<ConfigurationException>(
                System.Action(fun () -> fit faulty None (scored validation) validation.Labels |> ignore)
            )

        Assert.That(error.Faults.Length, Is.EqualTo 3)

    [<FsCheck.NUnit.Properties(Arbitrary = [| typeof<Arbitraries> |])>]
    module Scores =

        let private row (values: float list) =
            Csr.ofRows values.Length [| values |> List.mapi (fun l v -> struct (l, float32 v)) |> List.toArray |]

        [<FsCheck.NUnit.Property>]
        let ``log-odds keep the order of probabilities, and 1/2 is 0`` (bytes: byte list) =
            let p = bytes |> List.map (fun b -> float b / 255.0)
            let z = (ForeignScores.toLogits ScoreScale.Probabilities (row (0.5 :: p))).Values

            List.pairwise (List.sort (List.zip p (List.tail (List.ofArray z))))
            |> List.forall (fun ((p, z), (p', z')) -> z < z' || (p = p' && z = z'))
            && z[0] = 0f
            && Array.forall System.Single.IsFinite z

        [<FsCheck.NUnit.Property>]
        let ``of a matrix each row keeps its best labels`` (values: int16[,]) (keep: FsCheck.PositiveInt) =
            let scores = values |> Array2D.map float32
            let lists = ForeignScores.ofMatrix keep.Get scores

            Seq.forall
                (fun r ->
                    let best =
                        Seq.init (scores.GetLength 1) (fun l -> l, scores[r, l])
                        |> Seq.sortBy (fun (l, v) -> -v, l)
                        |> Seq.truncate keep.Get
                        |> Seq.sort
                        |> Seq.map (fun (l, v) -> struct (l, v))

                    Seq.toArray best = Csr.row r lists)
                (seq { 0 .. lists.Rows - 1 })

        [<TestCase(1.5f)>]
        [<TestCase(-0.1f)>]
        [<TestCase(System.Single.NaN)>]
        let ``a probability outside 0 to 1 is refused`` (p: float32) =
            let scores = Csr.mapValues (fun _ _ _ -> p) (row [ 0.5 ])

            Require.refusal<System.ArgumentException>(fun () -> ForeignScores.toLogits ScoreScale.Probabilities scores)
            |> ignore
