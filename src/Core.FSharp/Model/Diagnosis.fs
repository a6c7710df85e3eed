namespace Limen

/// A sign that a model fails, with its cause.
type ModelWarning =
    /// Hardly a label is predicted: fewer than a tenth of what the training rows carry. part: the largest part of the thresholds on average, where to look.
    | ThresholdsTooHigh of perRow: float * expected: float * part: string
    /// The neighbours say nothing for most rows, so the global signal decides there.
    | NeighboursSilent of share: float
    /// Labels with ten or more training rows that no row was given.
    | NeverPredicted of labels: string[]
    /// Labels given to most rows though few training rows carry them.
    | PredictedEverywhere of labels: string[]
    /// The best epoch of a scorer, counted from 1, was its first: it stopped learning at once.
    | StoppedAtOnce of scorer: int

    static member private Some(names: string[]) =
        let listed = names |> Seq.truncate 3 |> String.concat ", "

        if names.Length > 3 then
            $"{listed} and {names.Length - 3} more"
        else
            listed

    /// One plain sentence with the cause.
    member w.Message =
        match w with
        | ThresholdsTooHigh(perRow, expected, part) ->
            $"thresholds are too high: {perRow:F2} labels a row are predicted where the training rows carry {expected:F2}; the largest part of the thresholds is {part}"
        | NeighboursSilent share ->
            $"the neighbours of {100.0 * share:F0} %% of the rows carry no vote, and the global signal decides there"
        | NeverPredicted labels ->
            $"{labels.Length} labels with ten or more training rows are never predicted: {ModelWarning.Some labels}"
        | PredictedEverywhere labels ->
            $"{labels.Length} labels are predicted for most rows: {ModelWarning.Some labels}"
        | StoppedAtOnce scorer ->
            $"scorer {scorer} was best after its first epoch: its signals may say too little, or the learning rate is too high"

    /// What may help.
    member w.Remedy =
        match w with
        | ThresholdsTooHigh _ ->
            "fit the decision on rows like these, or for an objective that asks for more labels (macro-F1, F-beta with beta above 1)"
        | NeighboursSilent _ ->
            "see whether the rows share features with the training rows; a larger K helps where neighbours have no labels"
        | NeverPredicted _ ->
            "an objective with more weight on macro-F1 lowers the thresholds of rare labels; more candidates a row may let them in"
        | PredictedEverywhere _ ->
            "their scores do not tell rows apart: look at their training rows, or block them by a constraint"
        | StoppedAtOnce _ -> "a lower learning rate, or more patience"

    /// The cause, and what may help.
    override w.ToString() = $"{w.Message} ({w.Remedy})"

namespace Limen.Core

open Limen
open Limen.Kernels

[<RequireQualifiedAccess>]
module Diagnosis =

    /// The largest part of the thresholds on average: where to look when too little is predicted.
    let private largestPart (candidates: Candidate seq) =
        [
            "the global part (lambda * alpha * IDF)", Seq.averageBy (fun c -> c.Global)
            "the local part ((1 - lambda) * beta * KNN)", Seq.averageBy _.Local
            "the bias b", Seq.averageBy _.Bias
            "the labels' own corrections", Seq.averageBy _.Correction
        ]
        |> List.maxBy (fun (_, mean: Candidate seq -> float) -> mean candidates)
        |> fst

    let private tooFew (x: CsrMatrix) (perRow: float) (model: Model) =
        let expected = model.Counts.Cardinality

        if x.Rows > 0 && perRow < 0.1 * expected then
            let first = (Explanation.row 0 x model).Prediction.Candidates

            [
                if first.Count > 0 then
                    ThresholdsTooHigh(perRow, expected, largestPart first)
            ]
        else
            []

    let private silent (x: CsrMatrix) (model: Model) =
        let share =
            if model.Ranker.Local.IsSome then
                float (Model.localSignal x model).Fallbacks / float (max 1 x.Rows)
            else
                0.0

        [
            if share > 0.5 then
                NeighboursSilent share
        ]

    let private byLabel (predicted: CsrMatrix) (model: Model) =
        let rows = float predicted.Rows
        let counts = Csr.columnCounts predicted |> Array.map float
        let positives, trained = model.Counts.Positives, max 1.0 model.Counts.Rows

        let where f =
            [|
                for l in 0 .. positives.Length - 1 do
                    if f counts[l] positives[l] then
                        model.Labels.Name l
            |]

        let never =
            where (fun n support -> n = 0.0 && support >= 10.0 && support / trained * rows >= 3.0)

        let everywhere = where (fun n support -> n > 0.5 * rows && support < 0.1 * trained)

        [
            if never.Length > 0 then
                NeverPredicted never
            if everywhere.Length > 0 && predicted.Rows >= 10 then
                PredictedEverywhere everywhere
        ]

    let private stoppedAtOnce (i: int) (scorer: FittedScorer) =
        match scorer.Log with
        | Some { Epochs = epochs; End = EarlyStop 1 } when epochs.Length > 1 -> [ StoppedAtOnce(i + 1) ]
        | _ -> []

    /// What can be said of a model from its predictions for rows of features, without their labels.
    let ofPredictions (x: CsrMatrix) (LabelSets predicted) (model: Model) : ModelWarning list =
        [
            yield! tooFew x (float predicted.NonZeros / float (max 1 x.Rows)) model
            yield! silent x model
            yield! byLabel predicted model
            yield! model.Ranker.Scorers |> List.mapi stoppedAtOnce |> List.concat
        ]
