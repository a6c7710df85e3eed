namespace Limen.Core

open Limen

/// Coordinate ascent on thresholds (Pillai, Fumera and Roli 2013,
/// https://doi.org/10.1016/j.patcog.2012.12.012): from the common threshold on, each label in turn takes the cut that
/// is best for the whole objective with all others fixed, until none changes.
[<RequireQualifiedAccess>]
module CoordinateAscent =

    let private passes = 50

    /// Thresholds [L]; the objective on the fitting rows never falls from one step to the next. Labels go by
    /// descending positives; one without listed pairs keeps the common threshold.
    let thresholds (objective: Objective) (s: SortedPairs) : float32[] =
        let common = Thresholds.common objective s
        let thresholds = Array.create s.Count common
        let hits = Array.zeroCreate<float> s.Count
        let predicted = Array.zeroCreate<float> s.Count

        for l in 0 .. s.Count - 1 do
            for at in s.Start[l] .. s.Start[l + 1] - 1 do
                if s.Scores[at] > common then
                    predicted[l] <- predicted[l] + s.Weight at

                    if s.Hit[at] then
                        hits[l] <- hits[l] + s.Weight at

        let positives = Array.sum s.Positives
        let mutable allHits = Array.sum hits
        let mutable allPredicted = Array.sum predicted

        let ofLabel l h p =
            Objective.ofLabel objective l h p s.Positives[l]

        let mutable sum =
            Array.init s.Count (fun l -> ofLabel l hits[l] predicted[l]) |> Array.sum

        let order = SortedPairs.byFrequency s
        let mutable moved = true
        let mutable pass = 0

        while moved && pass < passes do
            moved <- false
            pass <- pass + 1

            for l in order do
                Cancellation.check ()
                let otherHits = allHits - hits[l]
                let otherPredicted = allPredicted - predicted[l]
                let otherSum = sum - ofLabel l hits[l] predicted[l]

                let whole h p =
                    Objective.ofSums
                        objective
                        s.Count
                        (otherSum + ofLabel l h p)
                        (otherHits + h)
                        (otherPredicted + p)
                        positives

                match SortedPairs.best whole l s with
                | ValueSome cut when cut.Value > whole hits[l] predicted[l] + 1e-12 ->
                    thresholds[l] <- cut.Threshold
                    hits[l] <- cut.Hits
                    predicted[l] <- cut.Predicted
                    allHits <- otherHits + cut.Hits
                    allPredicted <- otherPredicted + cut.Predicted
                    sum <- otherSum + ofLabel l cut.Hits cut.Predicted
                    moved <- true
                | _ -> ()

        thresholds
