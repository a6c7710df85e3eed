namespace Limen.Core

open System

/// Probabilities at ascending scores, linear between them.
[<ReferenceEquality>]
type StepCurve =
    {
        Scores: float32[]
        Probabilities: float[]
    }

/// The non-decreasing step function of least squared error, linear between steps; beyond the fitted scores the last value holds (pool adjacent violators;
/// Zadrozny and Elkan 2002).
[<RequireQualifiedAccess>]
module Isotonic =

    let private tag = "isotonic"

    let private probability (curve: StepCurve) (score: float32) : float =
        let x, p = curve.Scores, curve.Probabilities
        let found = Array.BinarySearch(x, score)

        if found >= 0 then
            p[found]
        else
            let right = ~~~found

            if right = 0 then
                p[0]
            elif right = x.Length then
                p[right - 1]
            else
                let part =
                    (float score - float x[right - 1]) / (float x[right] - float x[right - 1])

                p[right - 1] + part * (p[right] - p[right - 1])

    let private unfit (curve: StepCurve) : string list =
        [
            yield!
                Unfit.unless (curve.Scores.Length > 0) "steps of a calibration curve: expected one or more, found none"
            yield! Unfit.finite "scores of a calibration curve" curve.Probabilities.Length curve.Scores
            yield! Unfit.ascending "scores of a calibration curve" curve.Scores
            yield!
                Unfit.firstOf
                    "probabilities of a calibration curve"
                    "values from 0 to 1"
                    (fun p -> p >= 0.0 && p <= 1.0)
                    curve.Probabilities
        ]

    let private curve (steps: StepCurve) : Curve =
        {
            Probability = probability steps
            Stored = Stored.create tag (fun _ -> unfit) steps
        }

    /// Pool adjacent violators: blocks (lowest score, highest score, positives, size), merged while their means do
    /// not ascend.
    let private steps (pairs: ScoredPairs) : StepCurve =
        let tied =
            Array.zip3 pairs.Scores pairs.Hits pairs.Weights
            |> Array.groupBy (fun (score, _, _) -> score)
            |> Array.sortBy fst
            |> Array.map (fun (score, members) ->
                struct (score,
                        score,
                        members |> Array.sumBy (fun (_, h, w) -> if h then w else 0.0),
                        members |> Array.sumBy (fun (_, _, w) -> w)))
            |> Array.filter (fun (struct (_, _, _, n)) -> n > 0.0)

        let blocks = Collections.Generic.Stack<struct (float32 * float32 * float * float)>()

        for group in tied do
            let mutable block = group

            let violates (struct (_, _, p, n)) =
                let struct (_, _, p', n') = blocks.Peek()
                p' * n >= p * n'

            while blocks.Count > 0 && violates block do
                let struct (low, _, p', n') = blocks.Pop()
                let struct (_, high, p, n) = block
                block <- struct (low, high, p + p', n + n')

            blocks.Push block

        let ends =
            blocks.ToArray()
            |> Array.rev
            |> Array.collect (fun (struct (low, high, p, n)) ->
                let mean = p / n

                if low = high then
                    [| low, mean |]
                else
                    [| low, mean; high, mean |])

        {
            Scores = Array.map fst ends
            Probabilities = Array.map snd ends
        }

    /// The calibrator, which has no numbers of its own.
    let calibrator: Calibrator = Calibrator.create tag (steps >> curve)

    /// In the registry.
    let entry: CalibratorEntry =
        {
            Codec = Codec.create tag curve
            Door = "Isotonic"
            Source = "https://doi.org/10.1145/775047.775151"
            Example = calibrator
        }
