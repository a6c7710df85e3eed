namespace Limen.Properties

open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

/// Score lists [N, L] of held-out rows and their labels; some positives stand outside the list, some scores tie.
[<ReferenceEquality>]
type ScoredCase =
    {
        Scores: CsrMatrix
        Labels: CsrMatrix
    }

    /// The scores as what they are.
    member case.Z = Limen.Core.Scores case.Scores

    /// The truth as what it is.
    member case.Y = LabelSets case.Labels

/// The same with scores that are all different.
[<ReferenceEquality>]
type DistinctCase = { Distinct: ScoredCase }

type ScoreArbitraries =
    static member private Case(score: Gen<float32>) =
        gen {
            let! rows = Gen.choose (1, 20)
            let! labels = Gen.choose (1, 6)
            let! listed = Gen.elements [ 30; 80; 100 ]
            let! scores = Generators.csr rows labels listed score
            let! truth = Generators.csr rows labels 35 (Gen.constant 1f)
            return { Scores = scores; Labels = truth }
        }

    static member Scored() =
        Gen.oneof
            [
                ScoreArbitraries.Case Generators.value
                ScoreArbitraries.Case(Gen.choose (-3, 3) |> Gen.map float32)
            ]
        |> Arb.fromGen

    static member Distinct() =
        gen {
            let! case = ScoreArbitraries.Case Generators.value
            let! seed = Gen.choose (0, 1000000)
            let stream = Seed.ofInt seed

            let scores =
                case.Scores
                |> Csr.mapValues (fun r c _ ->
                    float32 (6.0 * Seed.uniform (int64 (r * case.Scores.Columns + c)) stream - 3.0))

            return
                {
                    Distinct = { case with Scores = scores }
                }
        }
        |> Arb.fromGen

/// Plain tools that the oracles of the decision rules share: everything dense, everything tried.
[<RequireQualifiedAccess>]
module Plain =

    let labels (m: CsrMatrix) = [ 0 .. m.Columns - 1 ]
    let rows (m: CsrMatrix) = [ 0 .. m.Rows - 1 ]

    let entries (m: CsrMatrix) =
        [
            for r in rows m do
                for struct (c, v) in Csr.row r m -> r, c, v
        ]

    let pairs (m: CsrMatrix) =
        set [ for r, c, _ in entries m -> r, c ]

    let ofMatrix (m: float[][]) =
        m
        |> Array.map (Array.mapi (fun c v -> struct (c, float32 v)))
        |> Csr.ofRows m[0].Length

    let setsOf (y: float[][]) =
        y
        |> Array.map (fun row ->
            [|
                for c in 0 .. row.Length - 1 do
                    if row[c] > 0.0 then
                        c
            |])
        |> Csr.ofSets y[0].Length

    /// The objective of predicted label sets, from counts made by looking at every pair.
    let objective o (truth: CsrMatrix) (predicted: CsrMatrix) =
        let t, p = pairs truth, pairs predicted

        let count s =
            [|
                for l in labels truth -> s |> Seq.filter (fun (_, c) -> c = l) |> Seq.length |> float
            |]

        Objective.evaluate o (count (Set.intersect t p)) (count p) (count t)

    /// Label sets as a matrix.
    let sets (LabelSets m) = m

    /// Probabilities as a matrix.
    let probabilities (PairProbabilities m) = m

    /// Every place where a cut of these scores can lie, and both ends.
    let cuts (scores: float32 seq) =
        match scores |> Seq.distinct |> Seq.sort |> Seq.toList with
        | [] -> [ 0f ]
        | sorted ->
            [
                sorted.Head - 1f
                for a, b in List.pairwise sorted do
                    (a + b) / 2f
                List.last sorted + 1f
            ]

    let column l m =
        [
            for _, c, v in entries m do
                if c = l then
                    v
        ]

    let fixture () =
        [
            for case in Fixtures.cases "decisions" ->
                let read (name: string) = case.GetProperty name

                read "expected",
                {
                    Scores = ofMatrix (Fixtures.matrix (read "scores"))
                    Labels = setsOf (Fixtures.matrix (read "y"))
                }
        ]

    let counts (case: ScoredCase) =
        LabelCounts.create case.Labels.Rows (Csr.columnCounts case.Labels)

    let context (case: ScoredCase) : RuleContext =
        {
            Counts = counts case
            Rarity = Rarity.ofSupport case.Labels.Rows (Csr.columnCounts case.Labels)
            Objective = Objective.MacroF1
            Weights = None
            Scorings = 1
            Seed = Seed.ofInt 7
        }

/// Exchangeable draws: rows of probabilities over few labels and label sets drawn from other, related probabilities.
[<RequireQualifiedAccess>]
module Draws =

    let rows (labels: int) (count: int) (seed: Seed) : CsrMatrix * CsrMatrix =
        let u i = Seed.uniform (int64 i) seed

        let scores =
            Array.init count (fun r ->
                Array.init labels (fun l -> struct (l, float32 (6.0 * u (2 * (r * labels + l)) - 4.0))))

        let sets =
            scores
            |> Array.mapi (fun r row ->
                [|
                    for struct (l, z) in row do
                        // not calibrated on purpose: guarantees need no calibration
                        if u (2 * (r * labels + l) + 1) < 1.0 / (1.0 + exp (-0.7 * float z + 0.5)) then
                            l
                |])

        Csr.ofRows labels scores, Csr.ofSets labels sets
