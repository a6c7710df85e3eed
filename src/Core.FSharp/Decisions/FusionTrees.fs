namespace Limen.Core

/// T trees of at most four splits in a row over the evidence of one pair: the margins of S scorers (features 0 .. S-1), the local signal (S) and the label's rarity
/// (S + 1). A tree has 15 inner nodes, node n with its children 2n + 1 (evidence at most the cut) and 2n + 2, and a value at each of its 31 nodes, in log-odds; a path
/// ends at the first node without a split. Raising a margin never lowers the sum.
type FusionTrees =
    {
        /// What each inner node asks [T · 15]; -1: no split.
        Feature: int[]
        /// [T · 15].
        Cut: float32[]
        /// [T · 31].
        Value: float32[]
    }

[<RequireQualifiedAccess>]
module FusionTrees =

    /// Splits of a path.
    let depth = 4

    /// Nodes that may split.
    let inner = (1 <<< depth) - 1

    let nodes = 2 * inner + 1

    /// No tree: nothing is added.
    let none: FusionTrees =
        {
            Feature = [||]
            Cut = [||]
            Value = [||]
        }

    let count (trees: FusionTrees) : int = trees.Feature.Length / inner

    /// What is wrong with trees that ask for so many features, nothing for good ones.
    let internal faults (features: int) (trees: FusionTrees) : string list =
        [
            yield! Unfit.unless (trees.Feature.Length % inner = 0) $"fusion trees: expected {inner} nodes a tree"
            yield! Unfit.length "cuts of fusion trees" (int64 trees.Feature.Length) trees.Cut
            yield! Unfit.finite "cuts of fusion trees" trees.Feature.Length trees.Cut
            yield! Unfit.finite "values of fusion trees" (count trees * nodes) trees.Value

            yield!
                trees.Feature
                |> Unfit.firstOf "features of fusion trees" $"-1 to {features - 1}" (fun f -> f >= -1 && f < features)
        ]

    /// One after the other.
    let concat (trees: FusionTrees seq) : FusionTrees =
        let join f =
            trees |> Seq.map f |> Seq.toArray |> Array.concat

        {
            Feature = join _.Feature
            Cut = join _.Cut
            Value = join _.Value
        }

    /// Adds what the trees say of a pair's evidence [S + 2] to parts [S + 3]: each change of value along a path to the part of the feature that was asked, the values of
    /// the roots to the last part.
    let addParts (trees: FusionTrees) (evidence: float[]) (parts: float[]) : unit =
        for tree in 0 .. count trees - 1 do
            let value node = float trees.Value[tree * nodes + node]

            parts[evidence.Length] <- parts[evidence.Length] + value 0
            let mutable node = 0
            let mutable feature = trees.Feature[tree * inner]

            while feature >= 0 do
                let child =
                    if evidence[feature] <= float trees.Cut[tree * inner + node] then
                        2 * node + 1
                    else
                        2 * node + 2

                parts[feature] <- parts[feature] + (value child - value node)
                node <- child

                feature <-
                    if node < inner then
                        trees.Feature[tree * inner + node]
                    else
                        -1
