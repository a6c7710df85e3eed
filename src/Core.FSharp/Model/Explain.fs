namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// What an explanation reads: signals, scorers' own thresholds and the decision.
[<NoEquality; NoComparison>]
type internal Decider =
    {
        Labels: LabelSpace
        Rarity: float32[]
        /// The threshold that each scorer has taken off its margins, part by part.
        Thresholds: (float32[] -> int -> float32 -> ThresholdParts)[]
        Decision: FittedDecision
    }

/// Explanations are made of what the decision compares, and of nothing else: its score with the threshold of its rule, and the parts that the score is the sum of.
[<RequireQualifiedAccess>]
module Explanation =

    let private decider (model: Model) : Decider =
        {
            Labels = model.Labels
            Rarity = model.Ranker.Rarity
            Thresholds = [| for scorer in model.Ranker.Scorers -> scorer.Threshold |]
            Decision = model.Decision
        }

    /// What the rule's threshold is made of: rarity's part, the same for all, and the label's own.
    let private ruleParts (rule: FittedRule) (label: int) (threshold: float32) =
        match rule.Criterion with
        | AboveThreshold t when t.Thresholds[label] = threshold ->
            let theirs, own = t.Global[label], t.Correction[label]
            theirs, float threshold - theirs - own, own
        | _ when Single.IsNaN threshold -> 0.0, 0.0, 0.0
        | _ -> 0.0, float threshold, 0.0

    /// threshold + margin, rounded away from the threshold: it is above it exactly where the margin is above 0.
    let private beyond (threshold: float) (margin: float) =
        let score = threshold + margin

        if margin > 0.0 && not (score > threshold) then
            Math.BitIncrement threshold
        elif margin <= 0.0 && score > threshold then
            threshold
        else
            score

    /// The parts that the decision's score has of the pair, beside the scorers' own thresholds.
    let private stackParts (d: Decider) (rarity: float) (margins: float[]) (local: float) =
        match d.Decision.Stack with
        | Some stack -> Stacking.parts stack (float rarity) margins local
        | None ->
            let share = 1.0 / float margins.Length

            {
                Slopes = Array.create margins.Length share
                Margins = margins |> Array.map (fun m -> share * m)
                Local = 0.0
                Rarity = 0.0
                Rest = 0.0
            }

    /// One candidate pair (entry `at` of the lists), with the decision's score and its verdict.
    let private pair
        (d: Decider)
        (lists: CandidateScores)
        (at: int)
        (score: float32)
        (probability: float32)
        (v: Verdict)
        =
        let label = lists.Local.Indices[at]
        let local = lists.Local.Values[at]
        let margins = lists.Margins |> Array.map (fun m -> float m.Values[at])
        let stack = stackParts d (float lists.Rarity.Values[at]) margins (float local)

        let own =
            if d.Thresholds.Length = 0 then
                margins |> Array.map (fun _ -> ThresholdParts.none)
            else
                d.Thresholds |> Array.map (fun parts -> parts d.Rarity label local)

        let ofScorers (part: ThresholdParts -> float32) =
            Array.map2 (fun slope p -> slope * float (part p)) stack.Slopes own |> Array.sum

        let ruleGlobal, ruleBias, correction = ruleParts d.Decision.Rule label v.Threshold
        let ofGlobal = ruleGlobal - stack.Rarity + ofScorers _.Global
        let ofLocal = -stack.Local + ofScorers _.Local
        let ofBias = ruleBias - stack.Rest + ofScorers _.Bias
        let threshold = ofGlobal + ofLocal + ofBias + correction
        let compared = if Single.IsNaN v.Threshold then 0.0 else float v.Threshold

        {
            Label = d.Labels.Name label
            Score = beyond threshold (float score - compared)
            Threshold = threshold
            Global = ofGlobal
            Local = ofLocal
            Bias = ofBias
            Correction = correction
            Probability = float probability
            IsPredicted = v.Predicted
            Rank = v.Rank
            Taken = v.Taken
            Turned = v.Turned
        }

    let private prediction (candidates: Candidate[]) : Prediction =
        {
            Labels = candidates |> Array.filter _.IsPredicted |> Array.map _.Label
            Candidates = candidates
        }

    /// Every candidate label of each row, the farthest above (or closest to) its threshold first.
    let internal ofCandidates (d: Decider) (lists: CandidateScores) : Prediction[] =
        let scores = lists |> FittedDecision.scores d.Decision

        let (PairProbabilities probabilities) =
            scores |> FittedDecision.probabilities d.Decision

        let (Scores z) = scores

        Cancellation.init z.Rows (fun row ->
            let first, count = z.RowStart[row], z.RowStart[row + 1] - z.RowStart[row]

            let verdicts =
                Verdicts.ofRow d.Decision.Constraints d.Decision.Rule (Csr.set row z) (z.RowValues(row).ToArray())

            Array.init count (fun k ->
                let at = first + k
                pair d lists at z.Values[at] probabilities.Values[at] verdicts[k])
            |> Array.sortBy (fun c -> struct (-c.Margin, c.Rank))
            |> prediction)

    /// Every candidate label of each row of features [N, D], the farthest above (or closest to) its threshold first.
    let rows (x: CsrMatrix) (model: Model) : Prediction[] =
        ofCandidates (decider model) (Model.candidates x model)

    /// The prediction of one row of features, with the training rows that voted on it, the heaviest first, each with its labels among the predicted ones.
    let row (i: int) (x: CsrMatrix) (model: Model) : Explanation =
        let x = Csr.selectRows [| i |] x
        let prediction = (rows x model)[0]
        let predicted = Collections.Generic.HashSet prediction.Labels

        let neighbour (votes: Votes) (n: RowNeighbour) : Neighbour =
            {
                Row = n.Row
                Weight = n.Weight
                Labels =
                    Csr.set n.Row votes.Labels
                    |> Array.map model.Labels.Name
                    |> Array.filter predicted.Contains
            }

        {
            Prediction = prediction
            Neighbours =
                match model.Ranker.Local with
                | Some { Signal = { Voters = Some votes } } -> (votes.Of x)[0] |> Array.map (neighbour votes)
                | _ -> [||]
        }

    /// The best place of a label among all labels by any scorer, for a single row of features.
    let private bestRank (x: CsrMatrix) (label: int) (model: Model) =
        let local = (Model.localSignal x model).Values

        [
            for scorer in Ranker.margins local x model.Ranker do
                use m = scorer [| 0 |]
                let ofRow = (m.Row 0).ToArray()

                1
                + (ofRow
                   |> Seq.indexed
                   |> Seq.filter (fun (l, z) -> z > ofRow[label] || (z = ofRow[label] && l < label))
                   |> Seq.length)
        ]
        |> List.min

    let private words (rank: int) (labels: int) (c: Candidate option) =
        match c with
        | None ->
            $"not weighed: no scorer proposes it and no neighbour carries it; the best place that a scorer gives it is {rank} of {labels}"
        | Some c when not (isNull c.Turned) ->
            let what = if c.IsPredicted then "predicted" else "not predicted"
            $"{what} by a constraint: {c.Turned}"
        | Some c when c.Taken > 0 && c.IsPredicted ->
            $"predicted: its place {c.Rank} is among the best {c.Taken} of the row"
        | Some c when c.Taken > 0 ->
            $"not predicted: its place is {c.Rank}, and the best {c.Taken} of the row are taken"
        | Some c when c.IsPredicted ->
            $"predicted: its score {c.Score:F3} is above its threshold {c.Threshold:F3}, by {c.Margin:F3}"
        | Some c when c.Rank > 0 && c.Taken = 0 && c.Margin <= 0.0 ->
            $"not predicted: its score {c.Score:F3} is below its threshold {c.Threshold:F3}, by {-c.Margin:F3}"
        | Some c -> $"not predicted: the rule takes no label of the row, and its place is {c.Rank}"

    /// Why a label is predicted for a row of features, or why it is not. Throws ArgumentException for a label that the model does not know.
    let label (name: string) (i: int) (x: CsrMatrix) (model: Model) : LabelReason =
        match model.Labels.TryId name with
        | None -> invalidArg (nameof name) $"\"{name}\" is not one of the model's {model.Labels.Count} labels"
        | Some id ->
            let x = Csr.selectRows [| i |] x
            let prediction = rows x model |> Array.head

            let found =
                prediction.Candidates |> Seq.tryFind (fun (c: Candidate) -> c.Label = name)

            let rank = bestRank x id model

            {
                Label = name
                Candidate = found |> Option.defaultValue Unchecked.defaultof<Candidate>
                Rank = rank
                Message = $"\"{name}\" is {words rank model.Labels.Count found}"
            }
