namespace Limen.Core

open System.Threading
open Limen

/// From labelled rows to a model in one call: input space, signals, scorers and decision, each fitted on its own rows only.
[<RequireQualifiedAccess>]
module Pipeline =

    /// The labels that a model knows: the training rows', then those that only validation rows have.
    let private known (train: LabelledRows) (validation: LabelledRows option) : LabelSpace =
        train :: Option.toList validation
        |> List.map _.Space
        |> List.reduce LabelSpace.union

    /// Throws ArgumentException where there is nothing to learn from or to decide by.
    let private require argument what (rows: LabelledRows) =
        if rows.Count = 0 then
            invalidArg argument $"expected at least one {what} row, received none"

        if rows.Truth.Matrix.NonZeros = 0 then
            invalidArg argument $"expected a label in at least one {what} row, received {rows.Count} rows without any"

    /// The input space of the training rows, the labels of training and validation rows, and all parts as data sets among them; the label sets of the test rows have
    /// those labels that only test rows have besides, from the last one on, for metrics to count. Throws ArgumentException where some parts are texts
    /// and others features, say, and where training or validation rows, or their labels, are none.
    let prepare
        (vectorisers: VectoriserOptions list)
        (kind: FeatureKind)
        (split: Split<LabelledRows>)
        : LabelSpace * InputSpace * Split<Dataset> =
        require "train" "training" split.Train
        split.Validation |> Option.iter (require "validation" "validation")
        let parts = Split.parts split
        parts |> List.iter (fun part -> Rows.requireAlike split.Train.Rows part.Rows)
        let labels = known split.Train split.Validation

        let train = split.Train.Rows |> Rows.asWideAs (parts |> List.map _.Rows)

        let input =
            (InputChoice.fit vectorisers kind { split.Train with Rows = train }).Input

        let dataset space =
            LabelledRows.relabel space >> LabelledRows.dataset input

        labels,
        input,
        {
            Train = dataset labels split.Train
            Validation = split.Validation |> Option.map (dataset labels)
            Test =
                split.Test
                |> Option.map (fun test -> dataset (LabelSpace.union labels test.Space) test)
        }

    /// Fits the input space on the training rows and the model on the features. Throws ArgumentException where training or validation rows, or their labels, are none, and ConfigurationException with every fault of all options before anything is
    /// fitted; OperationCanceledException as Model.fit does.
    let fit
        (options: ModelOptions)
        (vectorisers: VectoriserOptions list)
        (kind: FeatureKind)
        (train: LabelledRows)
        (validation: LabelledRows option)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        : Model =
        require (nameof train) "training" train
        validation |> Option.iter (require (nameof validation) "validation")

        let labels = known train validation

        InputSpace.faults vectorisers kind train.Rows
        @ ModelOptions.faultsFor labels options
        |> Configuration.require

        let space, input, rows =
            Cancellation.within cancellation (fun () ->
                prepare
                    vectorisers
                    kind
                    {
                        Train = train
                        Validation = validation
                        Test = None
                    })

        Model.fit options space input rows.Train rows.Validation progress cancellation
