namespace Limen.Core

open Limen

/// The scorers of this package: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module Trees =

    let all: ScorerEntry list = [ BoostedTrees.entry; ExtraTrees.entry ]

namespace Limen

open Limen.Core

/// The scorers of Limen.Trees, for dense rows of up to some hundred features. F# has them as `BoostedTrees.scorer` and `ExtraTrees.scorer`.
[<AbstractClass; Sealed>]
type TreeScorers private () =

    /// One-vs-rest gradient-boosted trees on the logistic loss.
    static member BoostedTrees(options: BoostedTreesOptions) : Scorer = BoostedTrees.scorer options

    /// One-vs-rest gradient-boosted trees on the logistic loss, with the default settings.
    static member BoostedTrees() : Scorer =
        BoostedTrees.scorer (BoostedTreesOptions())

    /// One-vs-rest extremely randomised trees.
    static member ExtraTrees(options: ExtraTreesOptions) : Scorer = ExtraTrees.scorer options

    /// One-vs-rest extremely randomised trees, with the default settings.
    static member ExtraTrees() : Scorer = ExtraTrees.scorer (ExtraTreesOptions())
