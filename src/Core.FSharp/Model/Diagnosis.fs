namespace Limen.Core

open Limen.Kernels

/// Which part of the thresholds is the largest on average: where to look when too little is predicted.
type ThresholdPart =
    | GlobalPart
    | LocalPart
    | BiasPart
    | CorrectionPart

/// Signs that a model fails, each with its cause.
type ModelWarning =
    /// Hardly a label is predicted: fewer than a tenth of what the training rows carry.
    | ThresholdsTooHigh of perRow: float * expected: float * cause: ThresholdPart
    /// The neighbours say nothing for most rows, so the global signal decides there.
    | NeighboursSilent of share: float
    /// Labels with ten or more training rows that no row was given.
    | NeverPredicted of labels: int[]
    /// Labels given to most rows though few training rows carry them.
    | PredictedEverywhere of labels: int[]
    /// The best epoch of a scorer was its first: it stopped learning at once.
    | StoppedAtOnce of scorer: int

[<RequireQualifiedAccess>]
module Diagnosis =

    let private partName =
        function
        | GlobalPart -> "the global part (lambda * alpha * IDF)"
        | LocalPart -> "the local part ((1 - lambda) * beta * KNN)"
        | BiasPart -> "the bias b"
        | CorrectionPart -> "the labels' own corrections"

    /// One plain sentence.
    let text (labels: LabelSpace) (warning: ModelWarning) : string =
        let some (ids: int[]) =
            let names = ids |> Seq.truncate 3 |> Seq.map labels.Name |> String.concat ", "

            if ids.Length > 3 then
                $"{names} and {ids.Length - 3} more"
            else
                names

        match warning with
        | ThresholdsTooHigh(perRow, expected, cause) ->
            $"thresholds are too high: {perRow:F2} labels a row are predicted where the training rows carry {expected:F2}; the largest part of the thresholds is {partName cause}"
        | NeighboursSilent share ->
            $"the neighbours of {100.0 * share:F0} %% of the rows carry no vote, and the global signal decides there"
        | NeverPredicted ids -> $"{ids.Length} labels with ten or more training rows are never predicted: {some ids}"
        | PredictedEverywhere ids -> $"{ids.Length} labels are predicted for most rows: {some ids}"
        | StoppedAtOnce scorer ->
            $"scorer {scorer} was best after its first epoch: its signals may say too little, or the learning rate is too high"

    let private largestPart (pairs: PairExplanation list) =
        let mean f = pairs |> List.averageBy f

        [
            GlobalPart, mean _.Global
            LocalPart, mean _.Local
            BiasPart, mean _.Bias
            CorrectionPart, mean _.Correction
        ]
        |> List.maxBy snd
        |> fst

    let private stoppedAtOnce (i: int) (scorer: FittedScorer) =
        match scorer with
        | FittedPerceptron(_, _, history, EarlyStop 1) when history.Length > 1 -> [ StoppedAtOnce(i + 1) ]
        | _ -> []

    /// What can be said of a model from its predictions for rows of features, without their labels.
    let ofPredictions (x: CsrMatrix) (predicted: CsrMatrix) (model: Model) : ModelWarning list =
        let rows = float (max 1 x.Rows)
        let perRow = float predicted.NonZeros / rows
        let expected = float (Array.sum model.Support) / float (max 1 model.Rows)
        let counts = Csr.columnCounts predicted

        let labelsWhere f =
            [|
                for l in 0 .. counts.Length - 1 do
                    if f counts[l] model.Support[l] then
                        l
            |]

        let never =
            labelsWhere (fun n support -> n = 0 && support >= 10 && float support / float model.Rows * rows >= 3.0)

        let everywhere =
            labelsWhere (fun n support -> float n > 0.5 * rows && float support < 0.1 * float model.Rows)

        let silent =
            if model.Local.IsSome then
                float (Model.localSignal x model).Fallbacks / rows
            else
                0.0

        [
            if x.Rows > 0 && perRow < 0.1 * expected then
                let pairs = Explanation.row 0 x model

                if not pairs.IsEmpty then
                    ThresholdsTooHigh(perRow, expected, largestPart pairs)
            if silent > 0.5 then
                NeighboursSilent silent
            if never.Length > 0 then
                NeverPredicted never
            if everywhere.Length > 0 && x.Rows >= 10 then
                PredictedEverywhere everywhere
            yield! model.Scorers |> List.mapi stoppedAtOnce |> List.concat
        ]
