module Limen.Properties.TreeEnsembleProperties

open System
open Expecto
open Limen.Core
open Limen.Kernels

let private draw (seed: int) (purpose: string) (i: int) =
    Seed.uniform (int64 i) (Seed.derive purpose 0 (Seed.ofInt seed))

/// A random tree of so many nodes over D features: each new node takes the place of a random leaf, as trees are grown. Leaves are in [0, 1].
let private tree columns nodes seed : Tree =
    let left, right = Array.create nodes ~~~0, Array.create nodes ~~~0

    for n in 0 .. nodes - 1 do
        // its parent is a node with a free child; nodes grow from the left where the parent's left child is free
        if n > 0 then
            let free = [| 0 .. n - 1 |] |> Array.filter (fun p -> left[p] < 0 || right[p] < 0)
            let parent = free[int (draw seed "parent" n * float free.Length)]

            if left[parent] < 0 && (right[parent] >= 0 || draw seed "side" n < 0.5) then
                left[parent] <- n
            else
                right[parent] <- n

    let mutable leaves = 0

    for side in [ left; right ] do
        for n in 0 .. nodes - 1 do
            if side[n] < 0 then
                side[n] <- ~~~leaves
                leaves <- leaves + 1

    {
        Feature = Array.init nodes (fun n -> int (draw seed "feature" n * float columns))
        Threshold = Array.init nodes (fun n -> float32 (round (4.0 * draw seed "threshold" n) - 2.0))
        Left = left
        Right = right
        Missing = Array.init nodes (fun n -> if draw seed "missing" n < 0.5 then left[n] else right[n])
        Leaf = Array.init (max 1 leaves) (fun leaf -> float32 (draw seed "leaf" leaf))
    }

/// Rows [N, D] of few distinct numbers, thresholds among them, some absent, some NaN.
let private rows n columns seed : CsrMatrix =
    let cells =
        [|
            for i in 0 .. n - 1 ->
                [|
                    for d in 0 .. columns - 1 do
                        let u = draw seed "cell" (i * columns + d)

                        if u < 0.2 then
                            d, nan
                        elif u < 0.8 then
                            d, round (4.0 * draw seed "value" (i * columns + d)) - 2.0
                |]
        |]

    CsrMatrix(
        n,
        columns,
        cells |> Array.scan (fun at row -> at + row.Length) 0,
        cells |> Array.concat |> Array.map fst,
        cells |> Array.concat |> Array.map (snd >> float32)
    )

/// The leaf of a row, by the definition of a tree.
let rec private leafOf (x: int -> float32) (tree: Tree) (child: int) : float =
    if child < 0 then
        float tree.Leaf[~~~child]
    else
        let v = x tree.Feature[child]

        let next =
            if Single.IsNaN v then tree.Missing[child]
            elif v <= tree.Threshold[child] then tree.Left[child]
            else tree.Right[child]

        leafOf x tree next

let private plain (link: float list -> float) (x: int -> float32) (label: LabelTrees) : float =
    match label with
    | LabelTrees.Constant z -> float z
    | LabelTrees.Grown trees ->
        [
            for tree in trees -> leafOf x tree (if tree.Feature.Length = 0 then ~~~0 else 0)
        ]
        |> link

let private logOddsOfMean (leaves: float list) =
    let trees = float leaves.Length
    let mean = (List.sum leaves + 0.5) / (trees + 1.0)
    log (mean / (1.0 - mean))

let private margins (codec: Codec<FittedScorer>) (x: CsrMatrix) (e: TreeEnsemble) : float32[][] =
    codec.Load e |> ScorerCases.margins e.Constant.Length x

[<Tests>]
let tests =
    testList
        "TreeEnsemble"
        [
            property
                Cases.any
                "the flat arrays score as each tree does by itself, with absent values and NaN"
                (fun (seed: int) ->
                    let columns = 1 + int (4.0 * draw seed "columns" 0)
                    let x = rows 8 columns seed

                    let labels =
                        [|
                            LabelTrees.Grown [ for k in 0..4 -> tree columns (3 * k) (seed + k) ]
                            LabelTrees.Constant -2.5f
                            LabelTrees.Grown [ tree columns 7 (seed + 9) ]
                        |]

                    let flat = TreeEnsemble.ofLabels columns labels

                    for codec, link in [ TreeEnsemble.boosted, List.sum; TreeEnsemble.averaged, logOddsOfMean ] do
                        let received = margins codec x flat

                        for row in 0 .. x.Rows - 1 do
                            Tolerance.require
                                Tolerance.float32
                                $"{codec.Tag}, row {row}"
                                (labels |> Array.map (plain link (fun d -> Csr.item row d x)))
                                (received[row] |> Array.map float))

            testCase "means of 0 and of 1 have finite scores, far apart" (fun () ->
                let leaf (v: float32) =
                    LabelTrees.Grown(List.replicate 100 { tree 1 0 1 with Leaf = [| v |] })

                let z =
                    TreeEnsemble.ofLabels 1 [| leaf 0f; leaf 0.5f; leaf 1f |]
                    |> margins TreeEnsemble.averaged (Csr.empty 1 1)

                Tolerance.require Tolerance.float32 "z" [ -log 201.0; 0.0; log 201.0 ] (z[0] |> Array.map float))

            testCase "rows of another width are refused" (fun () ->
                let e = TreeEnsemble.ofLabels 3 [| LabelTrees.Constant 0f |]
                Require.throws<ArgumentException>(fun () -> margins TreeEnsemble.boosted (Csr.empty 1 2) e))
        ]
