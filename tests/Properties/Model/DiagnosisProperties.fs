/// A model that fails says so, with the cause and what may help.
module Limen.Properties.DiagnosisProperties

open System
open System.Threading
open Expecto
open Limen
open Limen.Core

let private test = SmallProblem.dataset 30 5

let private warnings (sets: int[][]) (model: Model) =
    Diagnosis.ofPredictions test.Features (LabelSets(Csr.ofSets SmallProblem.labels sets)) model

/// Rows of so many labels each, of twice as many, which their features tell.
let private manyLabels (perRow: int) (rows: int) =
    let labels = 2 * perRow

    let sets =
        Array.init rows (fun row -> Array.init perRow (fun k -> (2 * k + (row + k) % 2) % labels))

    let features =
        sets
        |> Array.map (Array.distinct >> Array.sort >> Array.map (fun l -> struct (l, 1f)))
        |> Csr.ofRows labels
        |> Csr.normaliseRows

    Dataset.create features (Csr.ofSets labels sets)

let private fitMany candidates =
    let train = manyLabels 100 60

    let options =
        { ModelOptions.defaults with
            Scorers = [ Linear.scorer LinearOptions.standard ]
            Local = None
            Candidates = candidates
            DecisionRows = Some(DecisionRows.HoldOut 0.3)
        }

    let labels = LabelSpace(Array.init 200 string)

    let model =
        Model.fit options labels (Features 200) train None ignore CancellationToken.None

    let rows = manyLabels 100 20
    let predicted = Model.predict rows.Features model
    Diagnosis.ofPredictions rows.Features predicted model, Evaluation.model rows model

[<Tests>]
let tests =
    testList
        "Diagnosis"
        [
            testCase "a model whose rows have more labels than candidates says so" (fun () ->
                let cut, measured = fitMany 60

                match cut |> List.filter _.IsCutAtCandidates with
                | [ CutAtCandidates(share, candidates, expected) as warning ] ->
                    Require.between (0.05, 1.0) share
                    Require.equal 60 candidates
                    Require.equal 100.0 expected
                    Require.contains "--candidates on the command line, WithCandidates in C#" warning.Remedy
                | other -> failtest $"expected one warning, received %A{other}"

                Require.below 0.8 (Metric.number F1.micro measured)
                let enough, measured = fitMany 200
                Require.isEmpty (enough |> List.filter _.IsCutAtCandidates)
                Require.above 0.8 (Metric.number F1.micro measured))

            testCase "a model that predicts every candidate says so" (fun () ->
                let everything = Array.init test.Rows (fun _ -> [| 0..4 |])

                match warnings everything SmallProblem.model.Value with
                | EverythingPredicted(perRow, expected) :: _ ->
                    Require.equal 5.0 perRow
                    Require.below 2.5 expected
                | other -> failtest $"expected the warning first, received %A{other}")

            testCase "a model that predicts nothing says so" (fun () ->
                let nothing = Array.create test.Rows [||]
                let found = warnings nothing SmallProblem.model.Value
                Require.isTrue (found |> List.exists _.IsThresholdsTooHigh))

            testCase "predictions that are right warn of none of this" (fun () ->
                let sets = Array.init test.Rows (fun row -> Csr.set row test.Labels)

                Require.isEmpty (
                    warnings sets SmallProblem.model.Value
                    |> List.filter (fun w -> w.IsEverythingPredicted || w.IsCutAtCandidates || w.IsThresholdsTooHigh)
                ))

            testCase "a model that was cancelled, or diverged, says where" (fun () ->
                let model = SmallProblem.model.Value

                let ended ending =
                    let scorer = model.Ranker.Scorers.Head

                    { model with
                        Ranker =
                            { model.Ranker with
                                Scorers =
                                    [
                                        { scorer with
                                            Log = Some { scorer.Log.Value with End = ending }
                                        }
                                    ]
                            }
                    }

                let sets = Array.init test.Rows (fun row -> Csr.set row test.Labels)

                for ending, words in
                    [
                        Cancelled 3, "scorer 1 was cancelled and has the state of epoch 3"
                        Diverged(2, "step 7: the loss"), "scorer 1 has the state of epoch 2: step 7: the loss"
                    ] do
                    Require.isTrue (warnings sets (ended ending) |> List.exists (fun w -> w.Message = words)))
        ]
