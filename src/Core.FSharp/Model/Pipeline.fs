namespace Limen.Core

open System.Threading
open Limen

/// From labelled rows to a model in one call: input space, signals, scorers and decision, each fitted on its own rows only.
[<RequireQualifiedAccess>]
module Pipeline =

    /// The input space of the training rows, and all parts as data sets in one label space: the training rows' labels, then those that only
    /// other parts have. Throws ArgumentException where some parts are texts and others features.
    let prepare
        (vectoriser: VectoriserOptions)
        (kind: FeatureKind)
        (split: Split<LabelledRows>)
        : LabelSpace * InputSpace * Split<Dataset> =
        let parts = Split.parts split
        parts |> List.iter (fun part -> Rows.requireAlike split.Train.Rows part.Rows)
        let space = parts |> List.map _.Space |> List.reduce LabelSpace.union

        let train =
            match parts |> List.map _.Rows |> Rows.dimension with
            | Some most -> Rows.widen most split.Train.Rows
            | None -> split.Train.Rows

        let input = InputSpace.fit vectoriser kind train

        space, input, split |> Split.map (LabelledRows.relabel space >> LabelledRows.dataset input)

    /// Fits the input space on the training rows and the model on the features. Throws ConfigurationException with every fault of all options before anything is
    /// fitted.
    let fit
        (options: ModelOptions)
        (vectoriser: VectoriserOptions)
        (kind: FeatureKind)
        (train: LabelledRows)
        (validation: LabelledRows option)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        : Model =
        if train.Count = 0 then
            invalidArg (nameof train) "expected at least one training row, received none"

        let labels =
            train :: Option.toList validation
            |> List.map _.Space
            |> List.reduce LabelSpace.union

        match
            Vectoriser.faults vectoriser
            @ InputSpace.faults kind train.Rows
            @ ModelOptions.faultsFor labels options
        with
        | [] -> ()
        | faults -> raise (ConfigurationException faults)

        let space, input, rows =
            prepare
                vectoriser
                kind
                {
                    Train = train
                    Validation = validation
                    Test = None
                }

        Model.fit options space input rows.Train rows.Validation progress cancellation
