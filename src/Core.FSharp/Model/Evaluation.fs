namespace Limen.Core

open Limen

/// What a model comes to on rows with known labels; macro-F1 under the conventions A to E (see MacroConvention).
type Measures =
    {
        MacroF1A: float
        MacroF1B: float
        MacroF1C: float
        MacroF1D: float
        MacroF1E: float
        MicroF1: float
        PrecisionAt1: float
        PrecisionAt5: float
        NdcgAt5: float
        /// The share of all L labels that are predicted for at least one row.
        EverPredicted: float
    }

[<RequireQualifiedAccess>]
module Evaluation =

    /// Measures of predicted label sets and ranking scores against the truth, all [N, L].
    let measure (Scores scores) (predicted: LabelSets) (truth: LabelSets) : Measures =
        let truth, predicted = truth.Matrix, predicted.Matrix
        let counts = Counts.ofSets truth predicted
        let macro convention = F1.macro convention counts
        let at5 = AtK.ofScores 5 truth scores

        let everPredicted =
            Csr.columnCounts predicted |> Seq.filter (fun n -> n > 0) |> Seq.length

        {
            MacroF1A = macro (AllLabels AsZero)
            MacroF1B = macro (AllLabels AsOne)
            MacroF1C = macro PresentInTest
            MacroF1D = macro Active
            MacroF1E = macro Harmonic
            MicroF1 = F1.micro counts
            PrecisionAt1 = AtK.ofScores 1 truth scores |> AtK.precision
            PrecisionAt5 = AtK.precision at5
            NdcgAt5 = AtK.ndcg at5
            EverPredicted = float everPredicted / float (max 1 truth.Columns)
        }

    /// The rows predicted together: scores as always, thresholds by the plug-in rule on these rows' own scores (PlugIn.onBatch;
    /// no label is used, but a row's set depends on the other rows).
    let asBatch (objective: Objective) (rows: Dataset) (model: Model) : Measures =
        let scores = Model.scores rows.Features model
        measure scores (PlugIn.onBatch objective 2e-3 scores) rows.Truth

    /// Predicts the rows and measures against their labels: the one place where a model meets test labels.
    let model (rows: Dataset) (model: Model) : Measures =
        let scores = Model.scores rows.Features model
        measure scores (FittedDecision.decide model.Decision scores) rows.Truth
