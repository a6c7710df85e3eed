namespace Limen.Core

open System

/// Hits and predictions among the first k listed pairs of all labels: what makes the counts at any threshold one binary search.
[<Struct>]
type internal RunningCounts = { Hits: float[]; Predicted: float[] }

[<RequireQualifiedAccess>]
module internal RunningCounts =

    let ofPairs (s: SortedPairs) : RunningCounts =
        let hits = Array.zeroCreate (s.Hit.Length + 1)
        let predicted = Array.zeroCreate (s.Hit.Length + 1)

        for at in 0 .. s.Hit.Length - 1 do
            predicted[at + 1] <- predicted[at] + s.Weight at
            hits[at + 1] <- hits[at] + (if s.Hit[at] then s.Weight at else 0.0)

        { Hits = hits; Predicted = predicted }

    let private counts (through: RunningCounts) (theta: float32[]) (s: SortedPairs) =
        let hits = Array.zeroCreate s.Count
        let predicted = Array.zeroCreate s.Count

        for l in 0 .. s.Count - 1 do
            let cut =
                Bisection.firstPlace s.Start[l] s.Start[l + 1] (fun at -> not (s.Scores[at] > theta[l]))

            predicted[l] <- through.Predicted[cut] - through.Predicted[s.Start[l]]
            hits[l] <- through.Hits[cut] - through.Hits[s.Start[l]]

        struct (hits, predicted)

    /// The objective that thresholds reach on pairs, by their running counts.
    let value objective through s theta =
        let struct (hits, predicted) = counts through theta s
        Objective.evaluate objective hits predicted s.Positives

/// theta_l = A rarity_l + C: two parameters that all labels share.
[<RequireQualifiedAccess>]
module internal SharedThresholds =

    /// theta [L].
    let at (rarity: float32[]) a c =
        rarity |> Array.map (fun r -> float32 (a * float r + c))

    /// The first of the best, whatever the order in which their sums were rounded.
    let firstBest (values: float[]) =
        let top = Array.max values
        values |> Array.findIndex (fun v -> v >= top - 1e-12)

    /// The score at a share q of all hits, ascending, in their weights.
    let private quantile q (sorted: struct (float32 * float)[]) =
        let total = sorted |> Array.sumBy (fun (struct (_, w)) -> w)
        let wanted = floor (q * (max 1.0 total - 1.0))
        let mutable through = 0.0
        let mutable at = 0

        while at < sorted.Length - 1
              && (let struct (_, w) = sorted[at] in through + w <= wanted) do
            let struct (_, w) = sorted[at]
            through <- through + w
            at <- at + 1

        let struct (score, _) = sorted[at]
        float score

    /// A and C: a grid over both in the units of the scores, halved around its best four times, then the exact C for
    /// that A and for A = 0.
    let fit objective (rarity: float32[]) (s: SortedPairs) =
        let through = RunningCounts.ofPairs s

        let evaluate (struct (a, c)) =
            RunningCounts.value objective through s (at rarity a c)

        let hitScores =
            [|
                for at in 0 .. s.Scores.Length - 1 do
                    if s.Hit[at] && s.Weight at > 0.0 then
                        struct (s.Scores[at], s.Weight at)
            |]
            |> Array.sort

        if hitScores.Length = 0 then
            struct (0.0, 0.0)
        else
            let low, high = quantile 0.02 hitScores, quantile 0.9 hitScores
            let span = max (high - low) 1e-3

            let best (candidates: struct (float * float)[]) =
                candidates[candidates |> Cancellation.map evaluate |> firstBest]

            let around (struct (a, c)) width steps =
                [|
                    for i in -steps .. steps do
                        for j in -steps .. steps do
                            struct (a + float i * width, c + float j * width)
                |]

            // the centre comes first, so that equal values keep it
            let refine centre width =
                best (Array.append [| centre |] (around centre width 2))

            let coarse = around (struct (0.0, (low + high) / 2.0)) (span / 8.0) 8

            let struct (a, c) =
                [ 16.0; 32.0; 64.0; 128.0 ]
                |> List.fold (fun centre part -> refine centre (span / part)) (best coarse)

            let exact a =
                let struct (c, _) =
                    SortedPairs.bestCommon objective (rarity |> Array.map (fun r -> a * float r)) s

                struct (a, c)

            best
                [|
                    struct (0.0, float (Thresholds.common objective s))
                    exact a
                    struct (a, c)
                |]
