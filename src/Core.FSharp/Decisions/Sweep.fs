namespace Limen.Core

open System
open System.Threading.Tasks
open Limen.Kernels

/// The listed pairs of held-out rows, label by label, best score first. Label l holds the places Start[l] .. Start[l
/// + 1] - 1 of Scores (descending), Row and Hit (is the pair a positive); Positives [L] counts the positives outside
/// the list as well. Memory in the number of listed pairs.
[<ReferenceEquality>]
type Sweep =
    {
        Truth: CsrMatrix
        Start: int[]
        Scores: float32[]
        Row: int[]
        Hit: bool[]
        Positives: int[]
    }

    /// L, the number of labels.
    member s.Count = s.Positives.Length

/// A place to cut a list of scores: what is above the threshold is predicted.
[<Struct>]
type Cut =
    {
        Threshold: float32
        Hits: int
        Predicted: int
        Value: float
    }

[<RequireQualifiedAccess>]
module Sweep =

    /// A threshold t with below <= t < above: their midpoint where float32 has one, so that exactly the upper score
    /// passes score > t.
    let between (above: float32) (below: float32) : float32 =
        let middle = float32 ((float above + float below) / 2.0)
        if middle < above then middle else below

    /// Sorts the listed pairs of scores [N, L] by label and marks those that labels [N, L] holds.
    let build (scores: CsrMatrix) (labels: CsrMatrix) : Sweep =
        if scores.Rows <> labels.Rows || scores.Columns <> labels.Columns then
            invalidArg
                (nameof labels)
                $"expected label sets [{scores.Rows}, {scores.Columns}] as the scores, received [{labels.Rows}, {labels.Columns}]"

        let byLabel = Csr.transpose scores
        let truth = Csr.transpose labels
        let order = Array.copy byLabel.Values
        let row = Array.sub byLabel.Indices 0 byLabel.NonZeros
        let hit = Array.zeroCreate byLabel.NonZeros

        Parallel.For(
            0,
            scores.Columns,
            fun l ->
                let start, count =
                    byLabel.RowStart[l], byLabel.RowStart[l + 1] - byLabel.RowStart[l]

                for at in start .. start + count - 1 do
                    order[at] <- -order[at]

                Array.Sort(order, row, start, count)

                for at in start .. start + count - 1 do
                    order[at] <- -order[at]

                    hit[at] <- truth.Find(l, row[at]) >= 0
        )
        |> ignore

        {
            Truth = labels
            Start = byLabel.RowStart
            Scores = order
            Row = row
            Hit = hit
            Positives = Csr.columnCounts labels
        }

    /// The same of the rows kept only; the order by score stays.
    let restrict (keep: int -> bool) (s: Sweep) : Sweep =
        let kept =
            [|
                for at in 0 .. s.Row.Length - 1 do
                    if keep s.Row[at] then
                        at
            |]

        let start = Array.zeroCreate s.Start.Length
        let positives = Array.zeroCreate s.Count
        let mutable label = 0

        for at in kept do
            while at >= s.Start[label + 1] do
                label <- label + 1

            start[label + 1] <- start[label + 1] + 1

        for l in 0 .. s.Count - 1 do
            start[l + 1] <- start[l + 1] + start[l]

        for r in 0 .. s.Truth.Rows - 1 do
            if keep r then
                for at in s.Truth.RowStart[r] .. s.Truth.RowStart[r + 1] - 1 do
                    positives[s.Truth.Indices[at]] <- positives[s.Truth.Indices[at]] + 1

        { s with
            Start = start
            Scores = kept |> Array.map (fun at -> s.Scores[at])
            Row = kept |> Array.map (fun at -> s.Row[at])
            Hit = kept |> Array.map (fun at -> s.Hit[at])
            Positives = positives
        }

    /// The labels by descending positives; equals by the sum of their scores, so that the numbering of the labels
    /// does not matter.
    let byFrequency (s: Sweep) : int[] =
        let sum l =
            let mutable t = 0.0

            for at in s.Start[l] .. s.Start[l + 1] - 1 do
                t <- t + float s.Scores[at]

            t

        Array.init s.Count id |> Array.sortBy (fun l -> struct (-s.Positives[l], sum l))

    /// How many positives of a label are listed.
    let listedHits (label: int) (s: Sweep) : int =
        let mutable n = 0

        for at in s.Start[label] .. s.Start[label + 1] - 1 do
            if s.Hit[at] then
                n <- n + 1

        n

    /// The best cut of a label by value hits predicted: from no prediction (threshold: the highest score) down to all
    /// (just below the lowest), ties grouped; among equal values the largest threshold. None where nothing is listed.
    let best (value: int -> int -> float) (label: int) (s: Sweep) : Cut voption =
        let first, last = s.Start[label], s.Start[label + 1]

        if first = last then
            ValueNone
        else
            let mutable found =
                {
                    Threshold = s.Scores[first]
                    Hits = 0
                    Predicted = 0
                    Value = value 0 0
                }

            let mutable hits = 0

            for at in first .. last - 1 do
                if s.Hit[at] then
                    hits <- hits + 1

                let above = s.Scores[at]

                if at + 1 = last || s.Scores[at + 1] < above then
                    let v = value hits (at + 1 - first)

                    if v > found.Value then
                        found <-
                            {
                                Threshold =
                                    if at + 1 = last then
                                        MathF.BitDecrement above
                                    else
                                        between above s.Scores[at + 1]
                                Hits = hits
                                Predicted = at + 1 - first
                                Value = v
                            }

            ValueSome found

    /// The best common cut of score - shift_l over all labels for an objective, by one walk down all pairs in order:
    /// O(m log m). The same ends, ties and preference as best; the threshold is one of the shifted scores' space.
    /// With nothing listed: 0.
    let bestCommon (objective: Objective) (shift: float[]) (s: Sweep) : struct (float * float) =
        let m = s.Scores.Length
        let keys = Array.zeroCreate<float> m
        let place = Array.init m id
        let label = Array.zeroCreate<int> m

        for l in 0 .. s.Count - 1 do
            for at in s.Start[l] .. s.Start[l + 1] - 1 do
                keys[at] <- shift[l] - float s.Scores[at]
                label[at] <- l

        Array.Sort(keys, place)
        let tally = Tally(objective, s.Positives)
        let mutable best = tally.Value
        let mutable threshold = if m = 0 then 0.0 else -keys[0]

        for i in 0 .. m - 1 do
            tally.Add(label[place[i]], s.Hit[place[i]])

            if (i + 1 = m || keys[i + 1] > keys[i]) && tally.Value > best + 1e-12 then
                best <- tally.Value

                threshold <-
                    if i + 1 = m then
                        Math.BitDecrement -keys[i]
                    else
                        -(keys[i] + keys[i + 1]) / 2.0

        struct (threshold, best)
