namespace Limen

open System.Collections.Generic
open Limen.Core

/// A label that was weighed for a row, in log-odds: Threshold = Global + Local + Bias + Correction, and where the decision has thresholds the label is predicted
/// exactly where Score > Threshold. Where it takes the best few labels of a row (Taken is above 0) it is predicted where Rank is at most Taken.
/// A constraint may turn either (Turned).
[<NoComparison>]
type Candidate =
    {
        /// The label's name.
        Label: string
        /// What the scorers say of it before any threshold: Threshold plus the distance by which the decision's score is above its own threshold.
        Score: float
        /// What the score must exceed.
        Threshold: float
        /// The global signal's share: the label's rarity.
        Global: float
        /// The local signal's share: the labels of the row's neighbours. Negative: they lower the threshold.
        Local: float
        /// What the threshold starts from, without any signal.
        Bias: float
        /// The label's own correction, learned on held-out rows.
        Correction: float
        /// In [0, 1]: calibrated where the model is, else the sigmoid of the score that the decision reads.
        Probability: float
        /// Whether the label is predicted.
        IsPredicted: bool
        /// The place of its score among the row's candidates, counted from 1; of equal scores the label that comes first has the lower rank.
        Rank: int
        /// As many of the row's best labels are predicted; 0 where a threshold decides.
        Taken: int
        /// The constraint that turned the decision, in words; null where none did.
        Turned: string
    }

    /// Score - Threshold. Its negative is the smallest change of the score that flips the decision, where a threshold decides.
    member c.Margin = c.Score - c.Threshold

    /// The label, its score and its threshold, and whether it is predicted.
    override c.ToString() =
        let decided = if c.IsPredicted then "predicted" else "not predicted"
        System.FormattableString.Invariant $"{c.Label}: score {c.Score:F2}, threshold {c.Threshold:F2}, {decided}"

/// What is predicted for a row, with the reasons.
[<NoComparison>]
type Prediction =
    {
        /// The predicted labels, the surest first.
        Labels: IReadOnlyList<string>
        /// Every label that was weighed, the farthest above its threshold first; all others are far below.
        Candidates: IReadOnlyList<Candidate>
    }

    /// The k best labels that were weighed, predicted or not, by the decision's score: fewer where fewer were weighed (WithCandidates). Throws ArgumentException for k
    /// below 1.
    member p.Top(k: int) : IReadOnlyList<Candidate> =
        Limits.require (nameof k) (1, System.Int32.MaxValue) k
        p.Candidates |> Seq.sortBy _.Rank |> Seq.truncate k |> Seq.toArray :> _

    /// The predicted labels.
    override p.ToString() = System.String.Join(", ", p.Labels)

/// A training row that voted on a row.
[<NoComparison>]
type Neighbour =
    {
        /// Its number in the rows that the signal was fitted on, counted from 0: the training rows, then the validation rows where these are learned from (in what was kept
        /// of them, where a share was held out).
        Row: int
        /// Its share of the vote; the shares of all neighbours sum to 1.
        Weight: float
        /// Its labels among the predicted ones.
        Labels: IReadOnlyList<string>
    }

/// A prediction with the training rows behind its local signal.
[<NoComparison>]
type Explanation =
    {
        /// What is predicted, each threshold part by part.
        Prediction: Prediction
        /// The training rows that voted, the heaviest first; none where the local signal has no such rows.
        Neighbours: IReadOnlyList<Neighbour>
    }

    /// The predicted labels, and how many training rows voted.
    override e.ToString() =
        $"{e.Prediction} ({e.Neighbours.Count} neighbours)"

/// Why a label is predicted for a row, or why it is not.
[<NoComparison>]
type LabelReason =
    {
        /// The label's name.
        Label: string
        /// The label as it was weighed; null where it was not among the candidates.
        Candidate: Candidate
        /// The best place, counted from 1, that any scorer gives it among all labels.
        Rank: int
        /// One plain sentence.
        Message: string
    }

    /// The sentence.
    override r.ToString() = r.Message
