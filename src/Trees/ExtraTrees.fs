namespace Limen

open System

/// The settings of extremely randomised trees. They are read when the scorer is made of them, and changes after that have no effect.
[<Sealed>]
type ExtraTreesOptions() =

    /// Trees of each label, at least 1. Default: 100.
    member val Trees = 100 with get, set

    /// The fewest rows of a leaf, as LightGBM estimates them from their second derivatives; at least 1. Default: 2.
    member val MinimumRows = 2 with get, set

    /// The share of features that each split chooses from, in (0, 1]. Default: null, sqrt(D) of D.
    member val FeatureShare = Nullable<float>() with get, set

namespace Limen.Core

open System
open Limen

/// One-vs-rest extremely randomised trees (Geurts et al. 2006), by LightGBM: each split takes the best of some features drawn at random, at one threshold for each
/// that is drawn at random too. Each tree grows on 0.8 of the rows, drawn anew, to leaves of few rows, without a bound on its depth; the value of a leaf is the
/// label's share of its rows, and z the log-odds of the mean over trees, half a tree added on each side. For dense rows of up to some hundred features. NaN is a value of its own: it
/// goes where training rows with NaN at that feature wanted to go, and counts as 0 where none had it.
[<RequireQualifiedAccess>]
module ExtraTrees =

    let private faults (o: ExtraTreesOptions) : string list =
        [
            yield! Limits.whole "ExtraTrees.Trees" (1, Limits.passes) o.Trees
            yield! Limits.whole "ExtraTrees.MinimumRows" (1, System.Int32.MaxValue) o.MinimumRows
            if
                o.FeatureShare.HasValue
                && not (o.FeatureShare.Value > 0.0 && o.FeatureShare.Value <= 1.0)
            then
                $"ExtraTrees.FeatureShare: expected a number in (0, 1], received {o.FeatureShare}"
        ]

    let internal parameters (minimum: int) (share: float) : LightGbmParameters =
        [
            // the squared error's leaves are means, and its best split is Gini's
            "objective", "regression"
            "boosting", "rf"
            "extra_trees", "true"
            "bagging_freq", "1"
            "bagging_fraction", "0.8"
            "feature_fraction_bynode", LabelByLabel.number share
            "min_data_in_leaf", string minimum
            "num_leaves", "4096"
            // thresholds are drawn among bins: 63 are as many as random ones need, and cost a quarter of 255
            "max_bin", "63"
        ]

    /// The scorer of these settings.
    let scorer (options: ExtraTreesOptions) : Scorer =
        let trees, minimum, share = options.Trees, options.MinimumRows, options.FeatureShare

        Scorer.create "extra-trees" (faults options) (fun training ->
            let share =
                share
                |> Option.ofNullable
                |> Option.defaultValue (1.0 / sqrt (float training.Rows.Features.Columns))

            TreeEnsemble.averaged.Load(LabelByLabel.fit trees (parameters minimum share) training))

    /// In the registry.
    let entry: ScorerEntry =
        {
            Codec = TreeEnsemble.averaged
            Door = "ExtraTrees"
            Source = "https://doi.org/10.1007/s10994-006-6226-1"
            Examples = [ scorer (ExtraTreesOptions(Trees = 30)) ]
            Faulty =
                [
                    scorer (ExtraTreesOptions(Trees = 0))
                    scorer (ExtraTreesOptions(MinimumRows = 0))
                    scorer (ExtraTreesOptions(FeatureShare = Nullable 0.0))
                    scorer (ExtraTreesOptions(FeatureShare = Nullable 1.5))
                ]
        }
