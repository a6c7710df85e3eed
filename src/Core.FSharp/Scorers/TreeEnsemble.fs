namespace Limen.Core

open System
open System.Threading.Tasks
open Limen
open Limen.Kernels

/// One binary tree as flat arrays. A node n sends a row left where x[Feature n] <= Threshold n, right where it is larger, and to Missing n (one of the two) where
/// it is NaN. A child c >= 0 is a node, one below 0 the leaf ~c; node 0 is the root, and nodes come before their children. A tree without nodes is leaf 0 alone.
[<ReferenceEquality>]
type Tree =
    {
        Feature: int[]
        Threshold: float32[]
        Left: int[]
        Right: int[]
        Missing: int[]
        Leaf: float32[]
    }

/// What was learned of one label.
[<RequireQualifiedAccess; NoEquality; NoComparison>]
type LabelTrees =
    /// The score of every row, in logit space: of a label that nothing could be learned of.
    | Constant of float32
    /// One tree or more.
    | Grown of Tree list

/// The trees of all labels on rows of D features: the arrays of every Tree one after the other, with children counted over all of them.
[<ReferenceEquality>]
type TreeEnsemble =
    {
        /// D.
        Columns: int
        /// Where the trees of each label begin, [L + 1].
        FirstTree: int[]
        /// The first child, node or leaf, of each tree.
        Root: int[]
        /// The score of each label without trees, [L]; 0 for others.
        Constant: float32[]
        Nodes: Tree
    }

/// Trees in place of linear functions, fitted elsewhere (the package Limen.Trees) and evaluated here, by plain .NET code.
[<RequireQualifiedAccess>]
module TreeEnsemble =

    /// The labels' trees on rows of so many features.
    let ofLabels (columns: int) (labels: LabelTrees[]) : TreeEnsemble =
        let grown =
            labels
            |> Array.map (function
                | LabelTrees.Constant _ -> [||]
                | LabelTrees.Grown trees -> List.toArray trees)

        let trees = Array.concat grown

        let starts (length: Tree -> int) = trees |> Array.map length |> Csr.starts
        let nodes, leaves = starts _.Feature.Length, starts _.Leaf.Length

        let child tree c =
            if c >= 0 then c + nodes[tree] else ~~~(~~~c + leaves[tree])

        let children (pick: Tree -> int[]) =
            trees
            |> Array.mapi (fun i tree -> pick tree |> Array.map (child i))
            |> Array.concat

        {
            Columns = columns
            FirstTree = grown |> Array.map _.Length |> Csr.starts
            Root =
                trees
                |> Array.mapi (fun i tree -> child i (if tree.Feature.Length > 0 then 0 else ~~~0))
            Constant =
                labels
                |> Array.map (function
                    | LabelTrees.Constant z -> z
                    | LabelTrees.Grown _ -> 0f)
            Nodes =
                {
                    Feature = trees |> Array.collect _.Feature
                    Threshold = trees |> Array.collect _.Threshold
                    Left = children _.Left
                    Right = children _.Right
                    Missing = children _.Missing
                    Leaf = trees |> Array.collect _.Leaf
                }
        }

    /// The leaf value that a dense row [D] comes to, from a child on.
    let private leaf (nodes: Tree) (x: float32[]) (child: int) : float32 =
        let mutable c = child

        while c >= 0 do
            let v = x[nodes.Feature[c]]

            c <-
                if v <= nodes.Threshold[c] then nodes.Left[c]
                elif v > nodes.Threshold[c] then nodes.Right[c]
                else nodes.Missing[c]

        nodes.Leaf[~~~c]

    /// From the sum of leaf values and the number of trees to a score in logit space.
    type private Link = float -> int -> float

    let private scoreRow (link: Link) (e: TreeEnsemble) (x: float32[]) (z: Span<float32>) =
        for l in 0 .. z.Length - 1 do
            let first, next = e.FirstTree[l], e.FirstTree[l + 1]

            if first = next then
                z[l] <- e.Constant[l]
            else
                let mutable sum = 0.0

                for tree in first .. next - 1 do
                    sum <- sum + float (leaf e.Nodes x e.Root[tree])

                z[l] <- float32 (link sum (next - first))

    /// z [B, L] of the chosen rows of x [N, D]; what a row does not store is 0.
    let private scores (link: Link) (e: TreeEnsemble) (x: CsrMatrix) : BatchScorer =
        Shape.require (nameof x) "[D]" [ e.Columns ] [ x.Columns ]

        fun rows ->
            let z = new DenseMatrix(rows.Length, e.Constant.Length)

            // dense [D] is all zeros between rows
            let one i (dense: float32[]) =
                let first, next = x.RowStart[rows[i]], x.RowStart[rows[i] + 1]

                for at in first .. next - 1 do
                    dense[x.Indices[at]] <- x.Values[at]

                scoreRow link e dense (z.Row i)

                for at in first .. next - 1 do
                    dense[x.Indices[at]] <- 0f

                dense

            Parallel.For(0, rows.Length, (fun () -> Array.zeroCreate e.Columns), (fun i _ dense -> one i dense), ignore)
            |> ignore

            z

    /// Every child must lie beyond its node, so that a row comes to a leaf.
    let private unfitNodes (columns: int) (t: Tree) : string list =
        let nodes = t.Feature.Length
        let isLeaf c = c < 0 && ~~~c < t.Leaf.Length
        let leads n c = isLeaf c || c > n && c < nodes

        let children what (c: int[]) =
            Unfit.length what nodes c
            @ Unfit.firstOf what "leaves, or nodes beyond their own" (fun (n, c) -> leads n c) (Array.indexed c)

        [
            yield! Unfit.firstOf "features of nodes" $"0 to {columns - 1}" (fun f -> f >= 0 && f < columns) t.Feature
            yield! Unfit.length "thresholds of nodes" nodes t.Threshold
            yield! children "left children" t.Left
            yield! children "right children" t.Right
            yield! children "children of missing values" t.Missing
        ]

    let private unfit (low: float32, high: float32) (sizes: Sizes) (e: TreeEnsemble) : string list =
        let isRoot c =
            if c >= 0 then
                c < e.Nodes.Feature.Length
            else
                ~~~c < e.Nodes.Leaf.Length

        [
            yield!
                Unfit.unless
                    (e.Columns = sizes.FeatureCount)
                    $"trees: expected {sizes.FeatureCount} features, found {e.Columns}"
            yield! Unfit.finite "scores of labels without trees" sizes.LabelCount e.Constant
            yield! Unfit.length "first trees" (int64 sizes.LabelCount + 1L) e.FirstTree
            yield!
                Unfit.unless
                    (e.FirstTree.Length > 0
                     && e.FirstTree[0] = 0
                     && Array.last e.FirstTree = e.Root.Length
                     && e.FirstTree |> Seq.pairwise |> Seq.forall (fun (a, b) -> a <= b))
                    $"first trees: expected ascending numbers from 0 to {e.Root.Length}, found others"
            yield! Unfit.firstOf "roots" "nodes or leaves of the trees" isRoot e.Root
            yield! unfitNodes e.Columns e.Nodes
            yield! Unfit.within "leaves" (low, high) e.Nodes.Leaf.Length e.Nodes.Leaf
        ]

    let private codec (tag: string) (leaves: float32 * float32) (link: Link) : Codec<FittedScorer> =
        Codec.create tag (fun e -> Scorer.withoutThreshold (Stored.create tag (unfit leaves) e) (scores link e))

    /// Trees whose leaves are shares of a log-odds: z = their sum.
    let boosted: Codec<FittedScorer> =
        codec "boosted-trees" (Single.MinValue, Single.MaxValue) (fun sum _ -> sum)

    /// Trees whose leaves are probabilities, but for rounding: z is the log-odds of their mean, half a tree added on each side; finite with probabilities of 0 and 1, too.
    let averaged: Codec<FittedScorer> =
        codec "averaged-trees" (-1e-6f, 1f + 1e-6f) (fun sum trees -> log ((sum + 0.5) / (float trees - sum + 0.5)))

    /// How saved trees are read back, whatever fitted them.
    let codecs: Codec<FittedScorer> list = [ boosted; averaged ]
