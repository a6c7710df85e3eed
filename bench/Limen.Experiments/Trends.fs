namespace Limen.Experiments

open Limen.Core

/// A measure of the gain against a measure of imbalance over data sets: the least-squares slope, Spearman's rank correlation,
/// and how often it is as far from 0 when the gains are shuffled.
type Trend =
    {
        Gain: string
        Against: string
        Points: (string * float * float) list
        Slope: float
        Spearman: float
        ShuffledAsFar: float
    }

[<RequireQualifiedAccess>]
module Trend =

    let private shuffles = 10_000

    let private centred (values: float[]) =
        let mean = Array.average values
        values |> Array.map (fun v -> v - mean)

    let private dot a b = Array.map2 (*) a b |> Array.sum

    let private slope x y =
        let x = centred x
        dot x (centred y) / dot x x

    /// Ranks from 1; equals share their mean rank.
    let private ranks (values: float[]) =
        values
        |> Array.map (fun v ->
            let below = values |> Array.filter (fun o -> o < v) |> Array.length
            let equal = values |> Array.filter ((=) v) |> Array.length
            float below + float (equal + 1) / 2.0)

    let private correlation x y =
        let x, y = centred x, centred y
        dot x y / sqrt (dot x x * dot y y)

    /// The share of seeded shuffles of y whose rank correlation with x is as large in magnitude.
    let private shuffledAsFar (x: float[]) (y: float[]) =
        let reached = abs (correlation x y)

        let asFar i =
            let order = Seed.permutation y.Length (Seed.derive "shuffle" i (Seed.ofInt 1))
            abs (correlation x (order |> Array.map (fun at -> y[at]))) >= reached - 1e-12

        float (Seq.init shuffles asFar |> Seq.filter id |> Seq.length) / float shuffles

    let private ofPoints gain against (points: (string * float * float) list) : Trend =
        let x = points |> List.map (fun (_, x, _) -> x) |> List.toArray
        let y = points |> List.map (fun (_, _, y) -> y) |> List.toArray

        {
            Gain = gain
            Against = against
            Points = points
            Slope = slope x y
            Spearman = correlation (ranks x) (ranks y)
            ShuffledAsFar = shuffledAsFar (ranks x) (ranks y)
        }

    /// The gain of Fused's macro-F1 (mean over seeds) over other rules of the study of rules, against two measures of imbalance.
    /// statistics: of each data set. Nothing where fewer than four data sets were measured.
    let ofRules (statistics: (string * (string * float) list) list) (findings: Finding list) : Trend list =
        let rules = findings |> List.filter (fun f -> f.Study = "rules")

        let macroF1 task variant =
            match
                rules
                |> List.filter (fun f -> f.Task = task && f.Variant = variant)
                |> List.choose (Finding.value "macro_f1_a")
            with
            | [] -> None
            | values -> Some(List.average values)

        [
            for other in [ "fixed 0.5, unstacked"; "SCut"; "SmoothedF" ] do
                for against, read in [ "share_of_labels_below_ten_rows", id; "mean_imbalance_ratio", log ] do
                    let points =
                        statistics
                        |> List.choose (fun (task, values) ->
                            match macroF1 task "Fused", macroF1 task other with
                            | Some fused, Some rival ->
                                let x = values |> List.find (fst >> (=) against) |> snd |> read
                                Some(task, x, fused - rival)
                            | _ -> None)

                    if points.Length >= 4 then
                        let named =
                            if against = "mean_imbalance_ratio" then
                                $"ln {against}"
                            else
                                against

                        ofPoints $"Fused minus {other}" named points
        ]
