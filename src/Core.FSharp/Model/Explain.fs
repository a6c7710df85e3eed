namespace Limen.Core

open Limen.Kernels

/// Why a pair was decided as it was, in log-odds: predicted where Score > Threshold, and
/// Threshold = Global + Local + Bias + Correction.
type PairExplanation =
    {
        Label: int
        /// What the scorers say of the label, before any threshold.
        Score: float
        Threshold: float
        /// The global signal's share: the label's rarity.
        Global: float
        /// The local signal's share: the labels of the row's neighbours. Negative: they lower the threshold.
        Local: float
        /// What the threshold starts from, without any signal.
        Bias: float
        /// The label's own correction, learned on held-out rows and shrunk.
        Correction: float
        /// In [0, 1], calibrated where the decision is.
        Probability: float
        Predicted: bool
    }

    /// The smallest change of the score that flips the decision: negative where the label is predicted.
    member p.ToFlip = p.Threshold - p.Score

/// A neighbour that voted: its row in the training data, its share of the vote, and its labels among those asked about.
type Voter =
    {
        Row: int
        Weight: float
        Labels: int[]
    }

[<RequireQualifiedAccess>]
module Explanation =

    let private logLocal (a: float) = log (a + 0.02)

    /// The decision's slopes for a label, of each scorer's margin; what the local signal adds; what rarity and the intercept add
    /// where there is none.
    let private stackTerms (stack: Stack option) (scorers: int) (rarity: float) (local: float) =
        match stack with
        | None -> Array.create scorers (1.0 / float scorers), 0.0, 0.0, 0.0
        | Some s ->
            let silent rarity =
                RaritySlope.at rarity s.Intercept
                + RaritySlope.at rarity s.LogLocal * logLocal 0.0

            let localGain =
                RaritySlope.at rarity s.Local * local
                + RaritySlope.at rarity s.LogLocal * (logLocal local - logLocal 0.0)

            s.Margins |> Array.map (RaritySlope.at rarity), localGain, silent rarity - silent 0.0, silent 0.0

    let private ruleTerms (rule: FittedRule) (label: int) =
        match rule with
        | FittedRule.Shared fused -> fused.A * float fused.Rarity[label], fused.C, float fused.Correction[label]
        | other ->
            match FittedRule.thresholds other with
            | Some t -> 0.0, float t[label], 0.0
            | None -> 0.0, 0.0, 0.0

    /// What one scorer's own threshold gives for a label, part by part; nothing for a scorer that learned none.
    let private scorerTerms (model: Model) (label: int) (local: float) (scorer: FittedScorer) =
        match scorer with
        | FittedPerceptron(_, fusion, _, _) -> Fusion.parts model.Idf label (float32 local) fusion
        | FittedLinear _ -> ThresholdParts.none

    /// The parts of one candidate pair (entry `at` of the lists).
    let private pair
        (model: Model)
        (lists: ScoreLists)
        (predicted: Set<int>)
        (probability: float)
        (at: int)
        : PairExplanation =
        let label = lists.Local.Indices[at]
        let local = float lists.Local.Values[at]
        let rarity = float model.Idf[label]

        let slopes, localGain, rarityGain, intercept =
            stackTerms model.Decision.Stack lists.Margins.Length rarity local

        let ruleGlobal, ruleConstant, correction = ruleTerms model.Decision.Rule label

        // the scores of another model come without thresholds of their own
        let parts =
            match model.Scorers with
            | [] -> Array.create lists.Margins.Length ThresholdParts.none
            | scorers -> scorers |> List.map (scorerTerms model label local) |> List.toArray

        let weighted (f: ThresholdParts -> float32) =
            Array.map2 (fun slope part -> slope * float (f part)) slopes parts |> Array.sum

        let ofGlobal = ruleGlobal - rarityGain + weighted _.Global
        let ofLocal = -localGain + weighted _.Local
        let ofBias = ruleConstant - intercept + weighted _.Bias

        let margins =
            Array.mapi (fun s slope -> slope * float lists.Margins[s].Values[at]) slopes
            |> Array.sum

        {
            Label = label
            Score = margins + weighted _.Threshold
            Threshold = ofGlobal + ofLocal + ofBias + correction
            Global = ofGlobal
            Local = ofLocal
            Bias = ofBias
            Correction = correction
            Probability = probability
            Predicted = predicted.Contains label
        }

    /// Every candidate label of each row of score lists, the farthest above (or closest to) its threshold first.
    let ofLists (lists: ScoreLists) (model: Model) : PairExplanation list[] =
        let scores = lists |> Decision.scores model.Idf model.Decision
        let predicted = scores |> Decision.decide model.Decision
        let probabilities = scores |> Decision.probabilities model.Decision

        Array.Parallel.init lists.Local.Rows (fun row ->
            let chosen = Csr.set row predicted |> Set.ofArray

            [ lists.Local.RowStart[row] .. lists.Local.RowStart[row + 1] - 1 ]
            |> List.map (fun at -> pair model lists chosen (float probabilities.Values[at]) at)
            |> List.sortByDescending (fun p -> p.Score - p.Threshold))

    /// Every candidate label of each row of features [N, D].
    let rows (x: CsrMatrix) (model: Model) : PairExplanation list[] =
        ofLists (Model.scoreLists x model) model

    /// Every candidate label of one row of features, the farthest above (or closest to) its threshold first.
    let row (i: int) (x: CsrMatrix) (model: Model) : PairExplanation list =
        (rows (Csr.selectRows [| i |] x) model)[0]

    /// The training rows that voted on a row of features, the heaviest first, each with its labels among the given ones.
    /// None where the model's local signal is not FeatureKnn.
    let voters (i: int) (x: CsrMatrix) (labels: int[]) (model: Model) : Voter[] =
        match model.Local with
        | Some { Signal = FittedSignal.FeatureKnn knn } ->
            let wanted = Set.ofArray labels

            (FeatureKnn.neighbours (Csr.selectRows [| i |] x) knn)[0]
            |> Array.map (fun neighbour ->
                {
                    Row = neighbour.Row
                    Weight = neighbour.Weight
                    Labels = Csr.set neighbour.Row knn.Labels |> Array.filter wanted.Contains
                })
        | _ -> [||]
