module Limen.Properties.EnsembleProperties

open Expecto
open Limen
open Limen.Core

let private train, test = SmallProblem.dataset 90 1, SmallProblem.dataset 30 2

let private perceptron () =
    Perceptron.scorer (SmallProblem.perceptron ())

let private model scorers =
    SmallProblem.fit
        { SmallProblem.options with
            Scorers = scorers
            DecisionRows = Some(DecisionRows.HoldOut 0.2)
        }
        train
        None

let private training = ScorerCases.training 1 train

let private margins (model: Model) =
    (Model.candidates test.Features model).Margins
    |> Array.head
    |> SmallProblem.entries

[<Tests>]
let tests =
    testList
        "Ensemble"
        [
            testCase "an ensemble of one is the scorer" (fun () ->
                Require.equal
                    (margins (model [ perceptron () ]))
                    (margins (model [ Ensemble.scorer (Some 1) (perceptron ()) ])))

            testCase "margins are the mean of the members', and explanations add up" (fun () ->
                let three = model [ Ensemble.scorer (Some 3) (perceptron ()) ]
                let ensemble = three.Ranker.Scorers.Head
                let members = (ensemble.Stored.Data :?> StoredEnsemble).Members
                Require.equal 3 members.Length

                let input: ScorerInput =
                    {
                        Rarity = three.Ranker.Rarity
                        Features = test.Features
                        Local = (Model.localSignal test.Features three).Values
                    }

                let z scorer =
                    use m = Scorer.margins input scorer [| 0 .. test.Rows - 1 |]
                    m.ToArray() |> Array.map float

                let each = members |> List.map z
                Require.notEqual each[0] each[1]

                let expected =
                    Array.init each.Head.Length (fun i -> each |> List.averageBy (fun m -> m[i]))

                Tolerance.require Tolerance.float32 "mean" expected (z ensemble)

                for l in 0 .. SmallProblem.labels - 1 do
                    let theta (scorer: FittedScorer) =
                        let parts = scorer.Threshold three.Ranker.Rarity l 0.3f
                        float parts.Threshold

                    Tolerance.require
                        Tolerance.float32
                        "threshold"
                        [ members |> List.averageBy theta ]
                        [ theta ensemble ])

            testTheory
                "fits whose scores count together share the members out, one or more for each"
                [ 1; 2; 3; 4; 9 ]
                (fun (repeats: int) ->
                    let fitted =
                        Ensemble.scorer (Some 4) (Linear.scorer LinearOptions.standard)
                        |> Scorer.fit { training with Repeats = repeats }

                    let members = (fitted.Stored.Data :?> StoredEnsemble).Members.Length
                    Require.isTrue (members * repeats >= 4)
                    Require.isTrue (members = 1 || (members - 1) * repeats < 4))
        ]
