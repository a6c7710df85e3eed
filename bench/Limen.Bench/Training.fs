namespace Limen.Bench

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core
open Limen.Kernels

/// Whole trainings on EURLEX57K: (seconds, P@5 on the test rows) after each epoch; the seconds leave the measuring out.
[<RequireQualifiedAccess>]
module WholeTraining =

    let private batch = 256

    let training =
        { TrainingOptions.defaults with
            Loss = Losses.paper 0.1 0.1 MarginForm.Symmetric
            FusionRate = 5.0
            Optimiser =
                {
                    LearningRate = 2e-3
                    WeightDecay = 0.0
                    Schedule = LinearDecay
                }
        }

    let private precisionAt5 idf (state: TrainingState) (test: TrainingRows) =
        let margins =
            ThresholdedNetwork.margins idf state.Fusion state.Weights test.Features test.Local

        let top = Candidates.top 5 test.Labels.Columns test.Labels.Rows margins

        Evidence.ofScores (Scores top) (LabelSets test.Labels)
        |> Metric.number (AtK.precision 5)

    let private train options hidden epochs (clock: Stopwatch) (data: TrainingRows) (test: TrainingRows) : Outcome =
        let seed = Seed.ofInt 1
        let idf = Jobs.idf data.Labels

        let shape =
            {
                Hidden = [ hidden ]
                Dropout = Steps.dropout
            }

        let network = Network.init shape data.Features.Columns data.Labels.Columns seed

        let start =
            {
                Network = network
                Dropout = shape.Dropout
                Fusion = Jobs.fusion data.Labels
                Idf = idf
            }

        use state = new TrainingState(start, options)

        let batches = (data.Features.Rows + batch - 1) / batch

        let trajectory =
            [
                for epoch in 0 .. epochs - 1 do
                    let order = Seed.permutation data.Features.Rows (Seed.derive "order" epoch seed)

                    for b in 0 .. batches - 1 do
                        let rows = order[b * batch .. min order.Length ((b + 1) * batch) - 1]
                        let step = epoch * batches + b
                        let rate = OptimiserOptions.rate step (epochs * batches) options.Optimiser
                        let drop = Drop(shape.Dropout, Seed.derive "dropout" step seed)
                        state.Step(data, rows, b, rate, drop) |> ignore

                    state.Flush()
                    clock.Stop()
                    clock.Elapsed.TotalSeconds, precisionAt5 idf state test
                    clock.Start()
            ]

        { Outcome.ofCheck (snd (List.last trajectory)) with
            Trajectory = trajectory
        }

    /// From rows in memory, the local signal given.
    let withSignal options folder hidden epochs : Job =
        let data, test = Inputs.read folder "eurlex.train", Inputs.read folder "eurlex.test"
        Job.once (fun () -> train options hidden epochs (Stopwatch.StartNew()) data test)

    /// From the text of the svmlight file, with reading, weighing and the neighbours' signal in the seconds.
    let fromFile folder hidden epochs : Job =
        let test = Inputs.read folder "eurlex.test"

        Job.once (fun () ->
            let clock = Stopwatch.StartNew()

            let counts =
                Svmlight.read
                    { Svmlight.defaults with
                        Features = Some test.Features.Columns
                        Labels = Some test.Labels.Columns
                    }
                    (Path.Combine(folder, "eurlex.svm"))

            let weighed =
                TfIdfWeights.apply (TfIdfWeights.fit Sublinear counts.Features) counts.Features

            let weighed = Dataset.create weighed counts.Labels

            let rows =
                {
                    Features = weighed.Features
                    Labels = weighed.Labels
                    Local = (FeatureKnn.fit FeatureKnnOptions.standard weighed |> FeatureKnn.leaveOneOut).Values
                    Weights = None
                }

            train training hidden epochs clock rows test)

/// Whole models, from the feature files of a data folder to F1 on its test rows.
[<RequireQualifiedAccess>]
module WholeModel =

    /// What `limen train` does with the folder: features, signals, scorers and decision are in the seconds, reading and measuring are not.
    /// Macro-F1 is over all labels with 0/0 = 0.
    let fit (folder: string) : Job =
        let options =
            { Folder.defaults with
                Format = Some(InputFormats.find "svmlight")
            }

        let rows = (Folder.read options folder).Rows

        Job.once (fun () ->
            let clock = Stopwatch.StartNew()

            let labels, input, parts =
                Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic rows

            let model =
                Model.fit
                    (Presets.strong Objective.standard)
                    labels
                    input
                    parts.Train
                    parts.Validation
                    ignore
                    CancellationToken.None

            let seconds = clock.Elapsed.TotalSeconds
            let evidence = Evaluation.model parts.Test.Value model
            let macroF1 = Metric.number (F1.macro (AllLabels AsZero)) evidence

            {
                Check = macroF1
                Trajectory = [ seconds, macroF1 ]
                Measures = [ "macro-F1", macroF1; "micro-F1", Metric.number F1.micro evidence ]
            })
