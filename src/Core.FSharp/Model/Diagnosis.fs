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
    /// Not a label is predicted, and none was weighed.
    | NothingPredicted of expected: float
    /// Nearly all that can be predicted is: the scores do not tell labels apart.
    | EverythingPredicted of perRow: float * expected: float
    /// Rows have more labels than candidates: share of the rows are predicted as many labels as a scorer proposes, or more, or the training rows carry more on average.
    | CutAtCandidates of share: float * candidates: int * expected: float
    /// A scorer met a number that is not finite after so many epochs, and has the best state before it. reason says step and quantity.
    | DivergedAfter of scorer: int * epoch: int * reason: string
    /// A scorer was cancelled and has the state of its best epoch.
    | CancelledAfter of scorer: int * epoch: int

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
        | NothingPredicted expected ->
            $"no label is predicted and none was weighed, where the training rows carry {expected:F2} a row: the rows share nothing with them"
        | EverythingPredicted(perRow, expected) ->
            $"nearly everything is predicted: {perRow:F2} labels a row where the training rows carry {expected:F2}, so the scores do not tell labels apart"
        | CutAtCandidates(share, candidates, expected) ->
            $"a scorer proposes {candidates} labels a row, and {100.0 * share:F0} %% of the rows are predicted as many or more; the training rows carry {expected:F2}"
        | DivergedAfter(scorer, epoch, reason) -> $"scorer {scorer} has the state of epoch {epoch}: {reason}"
        | CancelledAfter(scorer, epoch) -> $"scorer {scorer} was cancelled and has the state of epoch {epoch}"

    /// What may help.
    member w.Remedy =
        match w with
        | ThresholdsTooHigh _ ->
            "fit the decision on rows like these (limen decide, WithDecision), or for an objective that asks for more labels (--objective macro or \"fBeta(beta=2)\" on the command line, WithObjective in C#)"
        | NeighboursSilent _ ->
            "see whether the rows share features with the training rows; where neighbours have no labels, a larger K helps (--signal \"featureKnn(k=100)\" on the command line, WithSignals in C#)"
        | NeverPredicted _ ->
            "an objective with more weight on macro-F1 lowers the thresholds of rare labels (--objective macro on the command line, WithObjective in C#); more candidates a row may let them in (--candidates, WithCandidates)"
        | PredictedEverywhere _ ->
            "their scores do not tell rows apart: look at their training rows, or block them by a constraint (--without LABEL on the command line, Without in C#)"
        | StoppedAtOnce _ ->
            "a lower learning rate, or more patience (--learning-rate, --patience on the command line, PerceptronOptions in C#)"
        | NothingPredicted _ ->
            "see whether the rows are of the kind that the model was fitted on: the same language, the same features"
        | EverythingPredicted _ ->
            "a lower learning rate or C (--learning-rate, --scorer \"linear(c=0.1)\" on the command line, WithScorers in C#), features on one scale (--features measurements, FeatureKind.Measurements), or a decision fitted on more rows"
        | CutAtCandidates _ ->
            "more candidates a row (--candidates on the command line, WithCandidates in C#, ModelOptions.Candidates in F#)"
        | DivergedAfter _ ->
            "a lower learning rate, or features on one scale (--learning-rate, --features measurements on the command line, PerceptronOptions and FeatureKind.Measurements in C#)"
        | CancelledAfter _ ->
            "fit again, with a folder of checkpoints to go on from (--checkpoint on the command line, WithCheckpoints in C#)"

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
                elif perRow = 0.0 then
                    NothingPredicted expected
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

    /// So much of what can be predicted is everything.
    let private everything = 0.9

    /// So many rows at the number of candidates are too many.
    let private cutRows = 0.05

    let private tooMany (predicted: CsrMatrix) (perRow: float) (model: Model) =
        let candidates, expected = model.Ranker.Candidates, model.Counts.Cardinality
        let most = float (min candidates predicted.Columns)

        let cut =
            Seq.init predicted.Rows (fun row -> predicted.RowIndices(row).Length >= candidates)
            |> Seq.filter id
            |> Seq.length

        let share = float cut / float (max 1 predicted.Rows)

        [
            if predicted.Rows > 0 && perRow >= everything * most && perRow > 2.0 * expected then
                EverythingPredicted(perRow, expected)
            elif
                candidates < predicted.Columns
                && (share > cutRows || expected > float candidates)
            then
                CutAtCandidates(share, candidates, expected)
        ]

    let private ended (i: int) (scorer: FittedScorer) =
        match scorer.Log with
        | Some { Epochs = epochs; End = EarlyStop 1 } when epochs.Length > 1 -> [ StoppedAtOnce(i + 1) ]
        | Some { End = Diverged(epoch, reason) } -> [ DivergedAfter(i + 1, epoch, reason) ]
        | Some { End = Cancelled epoch } -> [ CancelledAfter(i + 1, epoch) ]
        | _ -> []

    /// What can be said of a model from its predictions for rows of features, without their labels.
    let ofPredictions (x: CsrMatrix) (LabelSets predicted) (model: Model) : ModelWarning list =
        let perRow = float predicted.NonZeros / float (max 1 x.Rows)

        [
            yield! tooFew x perRow model
            yield! tooMany predicted perRow model
            yield! silent x model
            yield! byLabel predicted model
            yield! model.Ranker.Scorers |> List.mapi ended |> List.concat
        ]
