module Limen.Properties.SignalProperties

open Expecto
open Limen.Core

/// Few neighbours, terms and labels, so that every cut is met on small data.
let private narrow =
    let agreement =
        {
            Floor = 0.3f
            TopPerLabel = 2
            LabelsPerRow = 3
            MassFloor = 0.2f
        }

    [
        FeatureKnn.signal { K = 3; Power = 1.0; Floor = 0.2 }
        MlKnn.signal { K = 3; Smoothing = 0.5 }
        ClusterNeighbours.signal
            {
                K = 3
                Nearest = 2
                Temperature = 0.5
                Floor = 0f
                Iterations = 3
            }
        TfIdf.signal
            {
                Terms = 2
                LabelsPerRow = 2
                Floor = 0.2f
            }
        LabelAgreement.signal agreement
        LabelNeighbours.signal { K = 3; Power = 1.0; Floor = 0.2 }
        LearnedGraph.signal
            { LearnedGraph.defaults with
                Start = agreement
                Folds = 2
            }
    ]

let private seed = Seed.ofInt 7

let private fit spec (case: SignalCase) train =
    LocalSignalSpec.fit spec seed (Some(OutOfFold case.Predicted)) train

let private input (case: SignalCase) =
    {
        Features = case.Training.Features
        Predicted = Some case.Predicted
    }

let private small =
    Dataset.create (Csr.ofSets 2 [| [| 0 |]; [| 1 |] |]) (Csr.ofSets 2 [| [| 0 |]; [| 1 |] |])

let private cases = Cases.from [ typeof<SignalArbitraries> ] |> Cases.times 20

[<Tests>]
let tests =
    testList
        "Signal"
        [
            property
                cases
                "changing a row's own labels does not move its own training signal"
                (fun (case: SignalCase) ->
                    LocalSignals.examples @ narrow
                    |> List.forall (fun spec ->
                        let before = snd (fit spec case case.Training)
                        let after = snd (fit spec case (SignalCase.changed case))
                        Csr.row case.Row before.Values = Csr.row case.Row after.Values))

            property cases "a row's signal does not depend on the rows beside it" (fun (case: SignalCase) ->
                LocalSignals.examples @ narrow
                |> List.forall (fun spec ->
                    let fitted, _ = fit spec case case.Training
                    let together = FittedSignal.apply (input case) fitted

                    let alone =
                        FittedSignal.apply
                            {
                                Features = Csr.selectRows [| case.Row |] case.Training.Features
                                Predicted = Some(Csr.selectRows [| case.Row |] case.Predicted)
                            }
                            fitted

                    Csr.row case.Row together.Values = Csr.row 0 alone.Values))

            property
                cases
                "renumbered labels have a renumbered signal, in training and after"
                (fun (case: SignalCase) ->
                    let renumber = SignalCase.renumber case.Order

                    let renumbered =
                        { case with
                            Training =
                                { case.Training with
                                    Labels = renumber case.Training.Labels
                                }
                            Predicted = renumber case.Predicted
                        }

                    let close = SignalCase.close { Absolute = 1e-5; Relative = 1e-4 }

                    LocalSignals.examples
                    |> List.forall (fun spec ->
                        let fitted, training = fit spec case case.Training
                        let fitted', training' = fit spec renumbered renumbered.Training

                        close (renumber training.Values) training'.Values
                        && close
                            (renumber (FittedSignal.apply (input case) fitted).Values)
                            (FittedSignal.apply (input renumbered) fitted').Values))

            property
                cases
                "signals are in 0 to 1 with a row for each row, and fallback rows are empty"
                (fun (case: SignalCase) ->
                    LocalSignals.examples @ narrow
                    |> List.forall (fun spec ->
                        let fitted, training = fit spec case case.Training

                        [ training; FittedSignal.apply (input case) fitted ]
                        |> List.forall (fun signal ->
                            let empty =
                                Seq.length (
                                    Seq.filter
                                        (fun i -> (Csr.row i signal.Values).Length = 0)
                                        (seq { 0 .. signal.Values.Rows - 1 })
                                )

                            signal.Values.Rows = case.Training.Rows
                            && signal.Values.Columns = case.Training.Labels.Columns
                            && signal.Fallbacks <= empty
                            && SignalCase.entries signal.Values
                               |> List.forall (fun (_, _, v) -> v >= 0f && v <= 1.000001f))))

            property
                cases
                "leave-one-out is exact with weights too: a row's own labels leave no trace in its own signal"
                (fun (case: SignalCase) ->
                    let weigh (train: Dataset) =
                        { train with
                            Weights = Some(Array.init train.Rows (fun r -> 0.1f + float32 (r % 4) / 3f))
                        }

                    LocalSignals.examples @ narrow
                    |> List.forall (fun spec ->
                        let before = snd (fit spec case (weigh case.Training))
                        let after = snd (fit spec case (weigh (SignalCase.changed case)))
                        Csr.row case.Row before.Values = Csr.row case.Row after.Values))

            property
                cases
                "what rows with labels say after training counts a row of weight 2 as the row twice, where neighbours are not limited"
                (fun (case: SignalCase) ->
                    let agreement =
                        {
                            Floor = 0f
                            TopPerLabel = 100
                            LabelsPerRow = 100
                            MassFloor = 0f
                        }

                    let everything =
                        [
                            FeatureKnn.signal { K = 100; Power = 1.0; Floor = 0.0 }
                            LabelNeighbours.signal { K = 100; Power = 1.0; Floor = 0.0 }
                            LabelAgreement.signal agreement
                            TfIdf.signal
                                {
                                    Terms = 100
                                    LabelsPerRow = 100
                                    Floor = 0f
                                }
                        ]

                    let rows =
                        [|
                            for r in 0 .. case.Training.Rows - 1 do
                                yield! Array.replicate (1 + r % 2) r
                        |]

                    let twice =
                        { case with
                            Training = Dataset.selectRows rows case.Training
                            Predicted = Csr.selectRows rows case.Predicted
                        }

                    let weighted =
                        { case.Training with
                            Weights = Some(Array.init case.Training.Rows (fun r -> float32 (1 + r % 2)))
                        }

                    everything
                    |> List.forall (fun spec ->
                        let ours, _ = fit spec case weighted
                        let theirs, _ = fit spec twice twice.Training

                        SignalCase.close
                            { Absolute = 1e-5; Relative = 1e-4 }
                            (FittedSignal.apply (input case) ours).Values
                            (FittedSignal.apply (input case) theirs).Values))

            property cases "a weighted combination is the weighted sum of its parts" (fun (case: SignalCase) ->
                let parts = narrow |> List.mapi (fun k spec -> float32 k / 4f, spec)
                let combined = snd (fit (WeightedSignal.signal parts) case case.Training)

                let singles =
                    parts
                    |> List.map (fun (w, spec) -> w, (snd (fit spec case case.Training)).Values)

                Seq.allPairs (seq { 0 .. case.Training.Rows - 1 }) (seq { 0 .. case.Training.Labels.Columns - 1 })
                |> Seq.forall (fun (i, l) ->
                    let expected =
                        singles |> List.sumBy (fun (w, m) -> float w * float (Csr.item i l m))

                    Tolerance.close Tolerance.float32 expected (float (Csr.item i l combined.Values))))

            property cases "label neighbours of a row are those among the other rows" (fun (case: SignalCase) ->
                let options = { K = 3; Power = 1.0; Floor = 1e-3 }

                let ours =
                    LabelNeighbours.fit options case.Training
                    |> LabelNeighbours.leaveOneOut (OutOfFold case.Predicted)

                let theirs =
                    LabelNeighbours.fit
                        options
                        (Dataset.create case.Training.Features case.Training.Labels
                         |> Dataset.selectRows
                             [|
                                 for i in 0 .. case.Training.Rows - 1 do
                                     if i <> case.Row then
                                         i
                             |])
                    |> LabelNeighbours.apply (Csr.selectRows [| case.Row |] case.Predicted)

                Csr.row case.Row ours.Values = Csr.row 0 theirs.Values)

            testCase "a signal that reads predictions says so when there are none" (fun () ->
                for spec in LocalSignals.examples |> List.filter LocalSignalSpec.needsPredictions do
                    let error =
                        Require.thrown<System.ArgumentException>(fun () -> LocalSignalSpec.fit spec seed None small)

                    Require.contains "learns from out-of-fold predictions" error.Message)

            testCase "every number out of range is reported at once" (fun () ->
                let spec =
                    WeightedSignal.signal
                        [
                            -1f, FeatureKnn.signal { K = 0; Power = -1.0; Floor = 0.0 }
                            1f,
                            TfIdf.signal
                                {
                                    Terms = 0
                                    LabelsPerRow = 1
                                    Floor = 2f
                                }
                        ]

                let error =
                    Require.thrown<ConfigurationException>(fun () -> LocalSignalSpec.fit spec seed None small)

                Require.equal 5 (Seq.length error.Faults))
        ]
