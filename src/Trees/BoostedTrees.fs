namespace Limen

/// The settings of boosted trees. They are read when the scorer is made of them, and changes after that have no effect.
[<Sealed>]
type BoostedTreesOptions() =

    /// Trees of each label, at least 1; fewer grow where no split helps any more. Default: 100.
    member val Trees = 100 with get, set

    /// The most leaves of a tree, at least 2. Default: 15.
    member val Leaves = 15 with get, set

    /// What each tree's values are multiplied by, in (0, 1]. Default: 0.1.
    member val LearningRate = 0.1 with get, set

    /// The fewest rows of a leaf, as LightGBM estimates them from their second derivatives; at least 1. Default: 10.
    member val MinimumRows = 10 with get, set

namespace Limen.Core

open Limen

/// One-vs-rest gradient-boosted trees on the logistic loss, by LightGBM (Ke et al. 2017): each tree is fitted to the gradients of those before it, and the sum of
/// their leaves is the log-odds z. For dense rows of up to some hundred features. NaN is a value of its own: it goes where training rows with NaN at
/// that feature wanted to go, and counts as 0 where none had it.
[<RequireQualifiedAccess>]
module BoostedTrees =

    let private faults (o: BoostedTreesOptions) : string list =
        [
            yield! Limits.whole "BoostedTrees.Trees" (1, Limits.passes) o.Trees
            yield! Limits.whole "BoostedTrees.Leaves" (2, Limits.units) o.Leaves
            if not (o.LearningRate > 0.0 && o.LearningRate <= 1.0) then
                $"BoostedTrees.LearningRate: expected a number in (0, 1], received {o.LearningRate}"
            yield! Limits.whole "BoostedTrees.MinimumRows" (1, System.Int32.MaxValue) o.MinimumRows
        ]

    let internal parameters (o: BoostedTreesOptions) : LightGbmParameters =
        [
            "objective", "binary"
            "num_leaves", string o.Leaves
            "learning_rate", LabelByLabel.number o.LearningRate
            "min_data_in_leaf", string o.MinimumRows
        ]

    /// The scorer of these settings.
    let scorer (options: BoostedTreesOptions) : Scorer =
        let trees, parameters = options.Trees, parameters options

        Scorer.create "boosted-trees" (faults options) (fun training ->
            TreeEnsemble.boosted.Load(LabelByLabel.fit trees parameters training))

    /// In the registry.
    let entry: ScorerEntry =
        {
            Codec = TreeEnsemble.boosted
            Door = "BoostedTrees"
            Source = "https://papers.nips.cc/paper/6907-lightgbm-a-highly-efficient-gradient-boosting-decision-tree"
            Examples = [ scorer (BoostedTreesOptions(Trees = 20)) ]
            Faulty =
                [
                    scorer (BoostedTreesOptions(Trees = 0))
                    scorer (BoostedTreesOptions(Leaves = 1))
                    scorer (BoostedTreesOptions(LearningRate = 0.0))
                    scorer (BoostedTreesOptions(LearningRate = nan))
                    scorer (BoostedTreesOptions(MinimumRows = 0))
                ]
        }
