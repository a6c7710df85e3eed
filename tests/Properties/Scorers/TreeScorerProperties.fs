/// What Limen.Trees fits, beside the laws of every scorer (ScorerProperties).
module Limen.Properties.TreeScorerProperties

open System
open System.Threading
open Expecto
open Limen
open Limen.Core
open Limen.Kernels

let private draw (seed: int) (purpose: string) (i: int) =
    Seed.uniform (int64 i) (Seed.derive purpose 0 (Seed.ofInt seed))

let private columns, private labels = 5, 3

/// Numbers [N, D] of which a share is absent and a share NaN, NaN at odd features alone.
let private features n missing seed : CsrMatrix =
    let cells =
        [|
            for i in 0 .. n - 1 ->
                [|
                    for d in 0 .. columns - 1 do
                        let at = i * columns + d

                        if draw seed "nan" at < missing && d % 2 = 1 then
                            d, nanf
                        elif draw seed "present" at < 0.8 then
                            d, float32 (2.0 * draw seed "value" at - 1.0)
                |]
        |]

    CsrMatrix(
        n,
        columns,
        cells |> Array.scan (fun at row -> at + row.Length) 0,
        cells |> Array.concat |> Array.map fst,
        cells |> Array.concat |> Array.map snd
    )

/// Labels that features move, with noise.
let private learnable n missing seed : Dataset =
    let x = features n missing seed

    let sets =
        [|
            for i in 0 .. n - 1 ->
                [|
                    for l in 0 .. labels - 1 do
                        let v = Csr.item i l x
                        let shown = if Single.IsNaN v then 0.7 else float v

                        if shown + draw seed "noise" (i * labels + l) - 0.5 > 0.2 then
                            l
                |]
        |]

    {
        Features = x
        Labels = Csr.ofSets labels sets
        Weights = None
    }

let private training = ScorerCases.training

let private marginsOf = ScorerCases.margins labels

let private margins (x: CsrMatrix) (training: ScorerTraining) (scorer: Scorer) : float32[][] =
    Scorer.fit training scorer |> marginsOf x

let private boosted =
    TreeScorers.BoostedTrees(BoostedTreesOptions(Trees = 15, MinimumRows = 2))

let private extra =
    TreeScorers.ExtraTrees(ExtraTreesOptions(Trees = 15, MinimumRows = 1))

let private both = [ boosted; extra ]
let private few = Cases.any |> Cases.times 20

let private isOf label (labels: CsrMatrix) =
    Array.init labels.Rows (fun row -> Csr.item row label labels)

/// LightGBM's own scores of the first label, and the library's, of the same trees: how the two are compared is the kind's own.
let private native (codec: Codec<FittedScorer>) (parameters: LightGbmParameters) seed x =
    let rows = learnable 80 0.2 seed
    let text = LabelByLabel.text (LabelByLabel.always @ parameters)
    use binned = new BinnedRows(rows.Features, None, text)
    use booster = binned.Booster(isOf 0 rows.Labels, text)
    booster.Grow 15
    let trees = TreeText.trees booster.Text
    let ours = codec.Load(TreeEnsemble.ofLabels columns [| LabelTrees.Grown trees |])
    trees.Length, booster.RawScores x, marginsOf x ours |> Array.map (Array.head >> float)

let private within = { Absolute = 1e-5; Relative = 1e-5 }

[<Tests>]
let tests =
    testList
        "TreeScorer"
        [
            property few "boosted trees score as LightGBM scores them, with absent values and NaN" (fun (seed: int) ->
                let parameters = BoostedTrees.parameters (BoostedTreesOptions(MinimumRows = 2))
                let x = features 60 0.3 (seed + 1)
                let _, theirs, ours = native TreeEnsemble.boosted parameters seed x
                Tolerance.require within "z" theirs ours)

            property
                few
                "extra trees have the sum that LightGBM gives them, with absent values and NaN"
                (fun (seed: int) ->
                    let x = features 60 0.3 (seed + 1)

                    let trees, theirs, ours =
                        native TreeEnsemble.averaged (ExtraTrees.parameters 1 0.5) seed x

                    let n = float trees
                    let logOdds = theirs |> Array.map (fun sum -> log ((sum + 0.5) / (n - sum + 0.5)))
                    Tolerance.require within "z" logOdds ours)

            // of coarse numbers, which leave leaves more rows than they must have: LightGBM estimates these by second derivatives, which weights distort
            property few "a row of weight 2 is that row twice to boosted trees" (fun (seed: int) ->
                let fine = learnable 200 0.0 seed
                let x = fine.Features

                let rows =
                    { fine with
                        Features =
                            CsrMatrix(x.Rows, x.Columns, x.RowStart, x.Indices, x.Values |> Array.map MathF.Round)
                    }

                let weights =
                    Array.init rows.Rows (fun i -> if draw seed "twice" i < 0.3 then 2f else 1f)

                let repeated =
                    [|
                        for i in 0 .. rows.Rows - 1 do
                            i

                            if weights[i] = 2f then
                                i
                    |]

                let scorer =
                    TreeScorers.BoostedTrees(BoostedTreesOptions(Trees = 5, MinimumRows = 1, Leaves = 3))

                let z rows =
                    margins rows.Features (training 1 rows) scorer

                let weighted = z { rows with Weights = Some weights }
                let twice = Dataset.selectRows repeated rows |> z

                repeated
                |> Array.iteri (fun at row ->
                    Tolerance.require
                        { Absolute = 1e-4; Relative = 1e-4 }
                        $"row {row}"
                        (twice[at] |> Array.map float)
                        (weighted[row] |> Array.map float)))

            property few "rows that weigh nothing are absent, to the bit" (fun (seed: int) ->
                let rows = learnable 60 0.1 seed

                let weights =
                    Array.init rows.Rows (fun i -> if draw seed "out" i < 0.3 then 0f else 1.5f)

                let kept = [| 0 .. rows.Rows - 1 |] |> Array.filter (fun i -> weights[i] > 0f)
                let weighted = { rows with Weights = Some weights }

                for scorer in both do
                    Require.equal
                        (margins rows.Features (training 1 (Dataset.selectRows kept weighted)) scorer)
                        (margins rows.Features (training 1 weighted) scorer))

            property few "the unit of weights does not matter" (fun (seed: int) ->
                let rows = learnable 60 0.1 seed

                let z (unit: float32) scorer =
                    let weights = Array.init rows.Rows (fun i -> unit * float32 (1 + i % 2))
                    margins rows.Features (training 1 { rows with Weights = Some weights }) scorer

                // powers of two: their quotients are exact
                for scorer in both do
                    Require.equal (z 1f scorer) (z 0.0009765625f scorer))

            property few "a label's trees are its own, whatever labels stand beside it" (fun (seed: int) ->
                let rows = learnable 60 0.1 seed

                let first =
                    { rows with
                        Labels =
                            Csr.ofSets
                                labels
                                [|
                                    for i in 0 .. rows.Rows - 1 -> Csr.set i rows.Labels |> Array.filter ((=) 0)
                                |]
                    }

                for scorer in both do
                    let z rows =
                        margins rows.Features (training 1 rows) scorer |> Array.map Array.head

                    Require.equal (z first) (z rows))

            testCase "the seed draws extra trees: another one gives others" (fun () ->
                let rows = learnable 80 0.1 1

                let z seed =
                    margins rows.Features (training seed rows) extra

                Require.notEqual (z 1) (z 2))

            testCase "a label of no row, and of every row, has its log-odds everywhere" (fun () ->
                let rows =
                    { learnable 40 0.0 3 with
                        Labels = Csr.ofSets labels [| for i in 0..39 -> if i % 2 = 0 then [| 0; 2 |] else [| 2 |] |]
                    }

                for scorer in both do
                    for z in margins rows.Features (training 1 rows) scorer do
                        Require.near 1e-5 (log (0.5 / 40.5)) (float z[1])
                        Require.near 1e-5 (log (40.5 / 0.5)) (float z[2]))

            testCase "NaN can be what tells a label" (fun () ->
                let x =
                    CsrMatrix(
                        60,
                        1,
                        [| 0..60 |],
                        Array.zeroCreate 60,
                        Array.init 60 (fun i -> if i % 3 = 0 then nanf else float32 (i % 5) - 2f)
                    )

                let rows =
                    {
                        Features = x
                        Labels = Csr.ofSets 1 [| for i in 0..59 -> if i % 3 = 0 then [| 0 |] else [||] |]
                        Weights = None
                    }

                for scorer in both do
                    margins x (training 1 rows) scorer
                    |> Array.iteri (fun i z -> Expect.equal (z[0] > 0f) (i % 3 = 0) $"{scorer}, row {i}"))

            testCase "cancelled, it ends between labels" (fun () ->
                for scorer in both do
                    use source = new CancellationTokenSource()

                    let training =
                        { training 1 (learnable 40 0.0 1) with
                            Progress = fun _ -> source.Cancel()
                            Cancellation = source.Token
                        }

                    Expect.throwsT<OperationCanceledException>
                        (fun () -> Scorer.fit training scorer |> ignore)
                        $"{scorer}")

            testCase "progress ascends to one" (fun () ->
                for scorer in both do
                    let reported = Collections.Generic.List<float>()

                    let training =
                        { training 1 (learnable 40 0.0 1) with
                            Progress = fun p -> reported.Add p.Done
                        }

                    Scorer.fit training scorer |> ignore
                    Require.equal [ for l in 1..labels -> float l / float labels ] (List.ofSeq reported))

            testCase "a saved model with trees predicts as it did" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let options =
                        { SmallProblem.options with
                            Scorers = both
                        }

                    let test = SmallProblem.dataset 30 7

                    let model =
                        SmallProblem.fit options (SmallProblem.dataset 120 1) (Some(SmallProblem.dataset 60 2))

                    Store.save folder model

                    Require.equal
                        (SmallProblem.entries (Model.scores test.Features model).Matrix)
                        (SmallProblem.entries (Model.scores test.Features (Store.load folder)).Matrix)))

            testCase "what LightGBM refuses is said in its words" (fun () ->
                let rows = learnable 40 0.0 1

                Require.contains
                    "num_leaves"
                    (Require.refusal<InvalidOperationException>(fun () ->
                        new BinnedRows(rows.Features, None, "num_leaves=1") |> box)))
        ]
