namespace Limen.Core

open Limen
open System
open Limen.Kernels

/// The listed pairs of held-out rows, label by label, best score first. Label l holds the places Start[l] .. Start[l
/// + 1] - 1 of Scores (descending), Row and Hit (is the pair a positive); Positives [L] counts the positives outside
/// the list as well. Everything is counted in the rows' weights. Memory in the number of listed pairs.
[<ReferenceEquality>]
type SortedPairs =
    {
        Truth: CsrMatrix
        /// How much each row counts [N].
        Weights: float[]
        Start: int[]
        Scores: float32[]
        Row: int[]
        Hit: bool[]
        Positives: float[]
    }

    /// L, the number of labels.
    member s.Count = s.Positives.Length

    /// How much the pair at a place counts.
    member s.Weight(at: int) = s.Weights[s.Row[at]]

/// A place to cut a list of scores: what is above the threshold is predicted.
[<Struct>]
type Cut =
    {
        Threshold: float32
        Hits: float
        Predicted: float
        Value: float
    }

[<RequireQualifiedAccess>]
module SortedPairs =

    /// A threshold t with below <= t < above: their midpoint where float32 has one, so that exactly the upper score
    /// passes score > t.
    let between (above: float32) (below: float32) : float32 =
        let middle = float32 ((float above + float below) / 2.0)
        if middle < above then middle else below

    /// The positives [L] of the rows that are kept, in their weights.
    let private positives (weights: float[]) (keep: int -> bool) (truth: CsrMatrix) : float[] =
        let counts = Array.zeroCreate truth.Columns

        for row in 0 .. truth.Rows - 1 do
            if keep row then
                for l in truth.RowIndices row do
                    counts[l] <- counts[l] + weights[row]

        counts

    /// The same of the rows kept only; the order by score stays.
    let restrict (keep: int -> bool) (s: SortedPairs) : SortedPairs =
        let kept =
            [|
                for at in 0 .. s.Row.Length - 1 do
                    if keep s.Row[at] then
                        at
            |]

        let start = Array.zeroCreate s.Start.Length
        let mutable label = 0

        for at in kept do
            while at >= s.Start[label + 1] do
                label <- label + 1

            start[label + 1] <- start[label + 1] + 1

        for l in 0 .. s.Count - 1 do
            start[l + 1] <- start[l + 1] + start[l]

        { s with
            Start = start
            Scores = kept |> Array.map (fun at -> s.Scores[at])
            Row = kept |> Array.map (fun at -> s.Row[at])
            Hit = kept |> Array.map (fun at -> s.Hit[at])
            Positives = positives s.Weights keep s.Truth
        }

    /// Sorts the listed pairs of scores [N, L] by label and marks those that labels [N, L] holds. weights [N]: how much each row counts; None: 1 each. Rows of weight 0 are as absent.
    let build (weights: float32[] option) (Scores scores) (LabelSets labels) : SortedPairs =
        if scores.Rows <> labels.Rows || scores.Columns <> labels.Columns then
            invalidArg
                (nameof labels)
                $"expected label sets [{scores.Rows}, {scores.Columns}] as the scores, received [{labels.Rows}, {labels.Columns}]"

        let byLabel = Csr.transpose scores
        let truth = Csr.transpose labels
        let order = Array.copy byLabel.Values
        let row = Array.sub byLabel.Indices 0 byLabel.NonZeros
        let hit = Array.zeroCreate byLabel.NonZeros

        Cancellation.iter scores.Columns (fun l ->
            let start, count =
                byLabel.RowStart[l], byLabel.RowStart[l + 1] - byLabel.RowStart[l]

            for at in start .. start + count - 1 do
                order[at] <- -order[at]

            Array.Sort(order, row, start, count)

            for at in start .. start + count - 1 do
                order[at] <- -order[at]

                hit[at] <- truth.Find(l, row[at]) >= 0)

        let weights =
            match weights with
            | None -> Array.create labels.Rows 1.0
            | Some given ->
                Shape.require (nameof weights) "[N]" [ labels.Rows ] [ given.Length ]
                given |> Array.map float

        let all =
            {
                Truth = labels
                Weights = weights
                Start = byLabel.RowStart
                Scores = order
                Row = row
                Hit = hit
                Positives = positives weights (fun _ -> true) labels
            }

        if Array.contains 0.0 weights then
            all |> restrict (fun row -> weights[row] > 0.0)
        else
            all

    /// The labels by descending positives; equals by the sum of their scores, so that the numbering of the labels
    /// does not matter.
    let byFrequency (s: SortedPairs) : int[] =
        let sum l =
            let mutable t = 0.0

            for at in s.Start[l] .. s.Start[l + 1] - 1 do
                t <- t + s.Weight at * float s.Scores[at]

            t

        Array.init s.Count id |> Array.sortBy (fun l -> struct (-s.Positives[l], sum l))

    /// The positives of a label that are listed, in their weights.
    let listedHits (label: int) (s: SortedPairs) : float =
        let mutable n = 0.0

        for at in s.Start[label] .. s.Start[label + 1] - 1 do
            if s.Hit[at] then
                n <- n + s.Weight at

        n

    /// The best cut of a label by value hits predicted: from no prediction (threshold: the highest score) down to all
    /// (just below the lowest), ties grouped; among equal values the largest threshold. None where nothing is listed.
    let best (value: float -> float -> float) (label: int) (s: SortedPairs) : Cut voption =
        let first, last = s.Start[label], s.Start[label + 1]

        if first = last then
            ValueNone
        else
            let mutable found =
                {
                    Threshold = s.Scores[first]
                    Hits = 0.0
                    Predicted = 0.0
                    Value = value 0.0 0.0
                }

            let mutable hits = 0.0
            let mutable predicted = 0.0

            for at in first .. last - 1 do
                predicted <- predicted + s.Weight at

                if s.Hit[at] then
                    hits <- hits + s.Weight at

                let above = s.Scores[at]

                if at + 1 = last || s.Scores[at + 1] < above then
                    let v = value hits predicted

                    if v > found.Value then
                        found <-
                            {
                                Threshold =
                                    if at + 1 = last then
                                        MathF.BitDecrement above
                                    else
                                        between above s.Scores[at + 1]
                                Hits = hits
                                Predicted = predicted
                                Value = v
                            }

            ValueSome found

    /// The best common cut of score - shift_l over all labels for an objective, by one walk down all pairs in order:
    /// O(m log m). The same ends, ties and preference as best; the threshold is one of the shifted scores' space.
    /// With nothing listed: 0.
    let bestCommon (objective: Objective) (shift: float[]) (s: SortedPairs) : struct (float * float) =
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
            tally.Add(label[place[i]], s.Hit[place[i]], s.Weight place[i])

            if (i + 1 = m || keys[i + 1] > keys[i]) && tally.Value > best + 1e-12 then
                best <- tally.Value

                threshold <-
                    if i + 1 = m then
                        Math.BitDecrement -keys[i]
                    else
                        -(keys[i] + keys[i + 1]) / 2.0

        struct (threshold, best)
