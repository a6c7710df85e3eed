namespace Limen

/// What the numbers of another model are.
type ScoreScale =
    /// Log-odds, or any other scores without bounds, margins of a support vector machine for one: taken as they are.
    | Logits = 0
    /// Probabilities in [0, 1]: taken to log-odds.
    | Probabilities = 1

namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// Scores of another model as score lists [N, L] in log-odds.
[<RequireQualifiedAccess>]
module ExternalScores =

    /// Probabilities are kept this far from 0 and 1, where log-odds are infinite.
    let private edge = 1e-9

    let private logit (p: float32) =
        let p = Math.Clamp(float p, edge, 1.0 - edge)
        float32 (log (p / (1.0 - p)))

    let private refuse row label expected (received: float32) =
        invalidArg "scores" $"row {row + 1}, label {label}: expected {expected}, received {received}"

    /// Scores [N, L] in log-odds, on the same pairs. Throws ArgumentException at the first score that is not finite, and
    /// at the first probability outside [0, 1].
    let toLogits (scale: ScoreScale) (scores: CsrMatrix) : Scores =
        scores
        |> Csr.mapValues (fun row label score ->
            match scale with
            | ScoreScale.Logits when not (Single.IsFinite score) -> refuse row label "a finite score" score
            | ScoreScale.Probabilities when not (score >= 0f && score <= 1f) ->
                refuse row label "a probability in [0, 1]" score
            | ScoreScale.Probabilities -> logit score
            | _ -> score)
        |> Scores

    /// The best `keep` labels of each row of a dense matrix [N, L] as score lists, before any change of scale; of equal
    /// scores the lower label stays. Throws ArgumentException at a NaN.
    let ofMatrix (keep: int) (values: float32[,]) : CsrMatrix =
        let labels = values.GetLength 1

        values
        |> Array2D.iteri (fun row l v ->
            if Single.IsNaN v then
                refuse row l "a score" v)

        Array.Parallel.init (values.GetLength 0) (fun row ->
            let ids = Array.zeroCreate (min keep labels)
            let best = Array.zeroCreate ids.Length
            let scores = Array.init labels (fun l -> values[row, l])

            TopK.Row(ReadOnlySpan scores, ids.AsSpan(), best.AsSpan(), TopKOrder.ByLabel)
            |> ignore

            Array.map2 (fun l v -> struct (l, v)) ids best)
        |> Csr.ofRows labels
