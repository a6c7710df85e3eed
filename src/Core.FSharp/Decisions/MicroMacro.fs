namespace Limen.Core

open Limen

/// The micro-macro rule of LibMultiLabel: labels by descending frequency; each chooses, fold by
/// fold, the cut that is best for the mean of the macro-F1 so far and the micro-F1 with all labels before it. No
/// hyper-parameter.
[<RequireQualifiedAccess>]
module MicroMacro =

    let private folds = 3

    /// Thresholds [L]: the mean over three folds of the cut that maximises F_l(cut) / q + F(counts of the label plus
    /// those of the q - 1 labels before it); the largest threshold among equals. A label without listed pairs takes
    /// the default.
    let thresholds
        (seed: Seed)
        (scorings: int)
        (otherwise: float32)
        (weights: float32[] option)
        (scores: Scores)
        (labels: LabelSets)
        : float32[] =
        let whole = SortedPairs.build weights scores labels
        let foldOf = Folds.ofScores scorings folds seed scores

        let parts =
            Array.init folds (fun k -> SortedPairs.restrict (fun row -> foldOf[row] = k) whole)

        let fitted = Array.create whole.Count otherwise
        let mutable allHits = 0.0
        let mutable allPredicted = 0.0
        let mutable allPositives = 0.0

        let order = SortedPairs.byFrequency whole

        for before in 0 .. order.Length - 1 do
            Cancellation.check ()
            let l = order[before]

            let hitsBefore, predictedBefore, positivesBefore =
                allHits, allPredicted, allPositives

            let best (part: SortedPairs) =
                let value hits predicted =
                    Objective.f1 hits predicted part.Positives[l] / float (before + 1)
                    + Objective.f1
                        (hits + hitsBefore)
                        (predicted + predictedBefore)
                        (part.Positives[l] + positivesBefore)

                struct (SortedPairs.best value l part, part.Positives[l])

            let cuts = parts |> Array.map best

            let listed =
                cuts
                |> Array.choose (fun (struct (cut, _)) ->
                    match cut with
                    | ValueSome c -> Some c
                    | ValueNone -> None)

            if listed.Length > 0 then
                fitted[l] <- listed |> Array.averageBy (fun c -> float c.Threshold) |> float32

            allHits <- allHits + (listed |> Array.sumBy _.Hits)
            allPredicted <- allPredicted + (listed |> Array.sumBy _.Predicted)
            allPositives <- allPositives + (cuts |> Array.sumBy (fun (struct (_, p)) -> p))

        fitted
