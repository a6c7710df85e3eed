namespace Limen.Core

open Limen

/// What models say of rows with known labels, as metrics read it (see `Metric.value` and `Metrics.all`).
[<RequireQualifiedAccess>]
module Evaluation =

    /// What a decision makes of scores [N, L] of rows with weights [N] (None: 1 each), beside the truth [N, L].
    let decided (decision: FittedDecision) (weights: float32[] option) (scores: Scores) (truth: LabelSets) : Evidence =
        { Evidence.ofTruth truth with
            Predicted = Some(FittedDecision.decide decision scores)
            Scores = Some scores
            Probabilities = Some(FittedDecision.probabilities decision scores)
            Weights = weights
        }

    /// Predicts the rows, each of which counts by its weight: the one place where a model meets test labels.
    let model (rows: Dataset) (model: Model) : Evidence =
        { decided model.Decision rows.Weights (Model.scores rows.Features model) rows.Truth with
            InversePropensities = Some(Propensity.inverse Propensity.standard model.Counts)
        }

    /// The rows predicted together: scores as always, thresholds by the plug-in rule on these rows' own scores (PlugIn.onBatch;
    /// no label is used, but a row's set depends on the other rows).
    let asBatch (objective: Objective) (rows: Dataset) (fitted: Model) : Evidence =
        let evidence = model rows fitted

        { evidence with
            Predicted = evidence.Scores |> Option.map (PlugIn.onBatch objective 2e-3)
        }
