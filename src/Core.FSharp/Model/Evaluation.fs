namespace Limen.Core

open Limen

/// What models say of rows with known labels, as metrics read it (see `Metric.value` and `Metrics.all`).
[<RequireQualifiedAccess>]
module Evaluation =

    /// What a decision makes of scores [N, L] of rows with weights [N] (None: 1 each), beside the truth [N, M], M >= L: labels from L on are not known to the decision,
    /// and metrics count them as missed.
    let decided (decision: FittedDecision) (weights: float32[] option) (scores: Scores) (truth: LabelSets) : Evidence =
        let among = Csr.widen truth.Matrix.Columns
        let (LabelSets predicted) = FittedDecision.decide decision scores
        let (PairProbabilities probabilities) = FittedDecision.probabilities decision scores

        { Evidence.ofTruth truth with
            Predicted = Some(LabelSets(among predicted))
            Scores = Some(Scores(among scores.Matrix))
            Probabilities = Some(PairProbabilities(among probabilities))
            Weights = weights
        }

    /// Predicts the rows, each of which counts by its weight: the one place where a model meets test labels. Label sets [N, M] may have labels that the model does not
    /// know, from its last one on.
    let model (rows: Dataset) (model: Model) : Evidence =
        let counts = LabelCounts.widen rows.Labels.Columns model.Counts

        { decided model.Decision rows.Weights (Model.scores rows.Features model) rows.Truth with
            InversePropensities = Some(Propensity.inverse Propensity.standard counts)
        }

    /// The same of labelled rows as they were read, and the labels among which they are measured: the model's, then those that it does not know. Throws ArgumentException
    /// for rows of another kind than the model's.
    let ofRows (rows: LabelledRows) (fitted: Model) : LabelSpace * Dataset * Evidence =
        let space = LabelSpace.union fitted.Labels rows.Space
        let data = LabelledRows.relabel space rows |> LabelledRows.dataset fitted.Input
        space, data, model data fitted

    /// The rows predicted together: scores as always, thresholds by the plug-in rule on these rows' own scores (PlugIn.onBatch;
    /// no label is used, but a row's set depends on the other rows).
    let asBatch (objective: Objective) (rows: Dataset) (fitted: Model) : Evidence =
        let evidence = model rows fitted

        { evidence with
            Predicted = evidence.Scores |> Option.map (PlugIn.onBatch objective 2e-3)
        }
