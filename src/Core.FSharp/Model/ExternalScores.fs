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

    /// Rows count from 1, labels from 0 as ids do.
    let private refuse row label expected (received: float32) =
        invalidArg "scores" $"row {row + 1}, label {label}: expected {expected}, received {received}"

    let private isScore scale (score: float32) =
        match scale with
        | ScoreScale.Probabilities -> score >= 0f && score <= 1f
        | _ -> abs score <= Limits.score

    let private required scale row label (score: float32) =
        if not (isScore scale score) then
            match scale with
            | ScoreScale.Probabilities -> refuse row label "a probability in [0, 1]" score
            | _ -> refuse row label $"a score from {-Limits.score} to {Limits.score}" score

    /// Scores [N, L] in log-odds, on the same pairs. Throws ArgumentException at the first score beyond Limits.score, not a number, or of
    /// probabilities outside [0, 1]. Its message counts rows from 1 and labels, by their ids, from 0.
    let toLogits (scale: ScoreScale) (scores: CsrMatrix) : Scores =
        scores
        |> Csr.mapValues (fun row label score ->
            required scale row label score

            match scale with
            | ScoreScale.Probabilities -> logit score
            | _ -> score)
        |> Scores

    /// The best `keep` labels of each row of a dense matrix [N, L] as score lists, before any change of scale; of equal
    /// scores the lower label stays. Throws ArgumentException as toLogits does, for scores that would not be kept too.
    let ofMatrix (scale: ScoreScale) (keep: int) (values: float32[,]) : CsrMatrix =
        Limits.require (nameof keep) (1, Int32.MaxValue) keep
        let labels = values.GetLength 1
        values |> Array2D.iteri (required scale)

        Cancellation.init (values.GetLength 0) (fun row ->
            let ids = Array.zeroCreate (min keep labels)
            let best = Array.zeroCreate ids.Length
            let scores = Array.init labels (fun l -> values[row, l])

            TopK.Row(ReadOnlySpan scores, ids.AsSpan(), best.AsSpan(), TopKOrder.ByLabel)
            |> ignore

            Array.map2 (fun l v -> struct (l, v)) ids best)
        |> Csr.ofRows labels
