// How much the thresholds of the default rule add to the spread of macro-F1 over seeds, beside the rules that it was chosen among, all on the same scores: a model a seed and
// data set, whose held-out rows decide the test rows (test) or, cut in halves, each other (choose). After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/steady-thresholds.fsx choose|test SEEDS NAME ...
#load "limen.fsx"
#load "spread.fsx"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core
open Limen.Kernels
open Spread

let objective = Objective.standard

/// Rows that decide, rows that are decided.
type Problem =
    {
        Rarity: float32[]
        Scores: CsrMatrix
        Truth: CsrMatrix
        NewScores: CsrMatrix
        NewTruth: CsrMatrix
    }

let select rows (p: Problem) =
    Csr.selectRows rows p.Scores, Csr.selectRows rows p.Truth

let measures (p: Problem) (theta: float32[]) =
    let evidence =
        Evidence.ofSets (Thresholds.decide theta (Scores p.NewScores)) (LabelSets p.NewTruth)

    Metric.number (F1.macro (AllLabels AsZero)) evidence, Metric.number F1.micro evidence

let withBasis (p: Problem) weights (scores, truth) basis =
    Fused.withBasis objective basis p.Rarity weights (Scores scores) (LabelSets truth)
    |> Fused.thresholds

let mean (thetas: float32[][]) =
    Array.init thetas[0].Length (fun l ->
        thetas |> Array.averageBy (fun (theta: float32[]) -> float theta[l]) |> float32)

let mixed (shares: float[]) (thetas: float32[][]) =
    Array.init thetas[0].Length (fun l ->
        Array.map2 (fun share (theta: float32[]) -> share * float theta[l]) shares thetas
        |> Array.sum
        |> float32)

/// Of each half of the rows the thresholds that it teaches on every basis, and what they reach on the other half.
let halves cuts seed (p: Problem) =
    [|
        for cut in 1..cuts do
            let halfOf = Folds.ofScores 1 2 (Seed.derive "halves" cut seed) (Scores p.Scores)

            for half in 0..1 do
                let inside, outside = Folds.split half halfOf
                let thetas = Fused.bases |> Array.map (withBasis p None (select outside p))
                let scores, truth = select inside p

                let there =
                    { p with
                        NewScores = scores
                        NewTruth = truth
                    }

                let values =
                    thetas
                    |> Array.map (fun theta ->
                        let macroF1, microF1 = measures there theta
                        macroF1 + 0.25 * microF1)

                thetas, values
    |]

let firstBest (values: float[]) =
    values |> Array.findIndex (fun v -> v >= Array.max values - 1e-12)

let alone k =
    Array.init Fused.bases.Length (fun at -> if at = k then 1.0 else 0.0)

/// How far each basis falls behind the one of the best mean, and the deviation of that over halves.
let behind (values: float[][]) =
    let byBasis = Array.transpose values
    let best = byBasis |> Array.map Array.average |> firstBest

    best,
    byBasis
    |> Array.map (fun own ->
        let apart = Array.map2 (-) byBasis[best] own
        let m = Array.average apart
        m, sqrt ((apart |> Array.sumBy (fun d -> (d - m) * (d - m))) / float (apart.Length - 1)))

/// The simplest basis that is behind the best by at most half a standard error: the rule before this study.
let oneBasis (values: float[][]) =
    let best, apart = behind values

    let near k (m, deviation) =
        k = best || m <= 0.5 * deviation / sqrt (float values.Length)

    alone (Seq.findIndex id (apart |> Array.mapi near))

let softmax (values: float[][]) =
    let best, apart = behind values

    let raw =
        apart
        |> Array.mapi (fun k (m, d) -> if k = best then 1.0 else exp (-2.83 * m / max 1e-12 d))

    raw |> Array.map (fun w -> w / Array.sum raw)

let votes (values: float[][]) =
    let best = values |> Array.map firstBest
    Array.init Fused.bases.Length (fun k -> float (best |> Array.filter ((=) k) |> Array.length) / float best.Length)

let oldRule seed (p: Problem) =
    let shares = halves 4 seed p |> Array.map snd |> oneBasis
    withBasis p None (p.Scores, p.Truth) Fused.bases[Array.findIndex ((=) 1.0) shares]

let newRule seed (p: Problem) =
    Fused.fit objective seed 1 p.Rarity None (Scores p.Scores) (LabelSets p.Truth)
    |> Fused.thresholds

/// The rules among which the default was chosen.
let candidates seed (p: Problem) =
    let found = halves 8 seed p
    let values = found |> Array.map snd
    let ofAll = lazy (Fused.bases |> Array.map (withBasis p None (p.Scores, p.Truth)))

    let meanOf shares =
        found |> Array.map (fst >> mixed shares) |> mean

    let bagged shares =
        [|
            for bag in 1..8 do
                let stream = Seed.derive "bag" bag seed

                let weights =
                    Array.init p.Scores.Rows (fun row -> float32 -(log (1.0 - Seed.uniform (int64 row) stream)))

                Array.zip Fused.bases shares
                |> Array.filter (fun (_, share) -> share > 0.0)
                |> Array.unzip
                |> fun (bases, shares) ->
                    bases
                    |> Array.map (withBasis p (Some weights) (p.Scores, p.Truth))
                    |> mixed shares
        |]
        |> mean

    [
        "one basis (4 cuts)",
        withBasis p None (p.Scores, p.Truth) Fused.bases[values[..7] |> oneBasis |> Array.findIndex ((=) 1.0)]
        "no correction", ofAll.Value[0]
        "softmax", mixed (softmax values) ofAll.Value
        "votes", mixed (votes values) ofAll.Value
        "votes, mean of bags", bagged (votes values)
        "one basis, mean of halves", meanOf (oneBasis values)
        "softmax, mean of halves", meanOf (softmax values)
        "votes, mean of halves", meanOf (votes values)
        "the library's", newRule seed p
    ]

let problem (labels: LabelSpace, input, parts: Split<Dataset>) seed =
    let options =
        { Presets.strong objective with
            DecisionRows =
                parts.Validation
                |> Option.map _.Rows
                |> Option.defaultValue 0
                |> decidingOnce parts.Train.Labels.Columns parts.Train.Rows
                |> Some
            Seed = Seed.ofInt seed
        }

    let evidence =
        Fitting.evidence options input parts.Train parts.Validation ignore Checkpoint.none CancellationToken.None

    let rarity = evidence.Ranker.Rarity
    let stack = Stacking.fit evidence.Weights evidence.Lists evidence.Labels
    let test = parts.Test.Value

    let (Scores held) =
        Stacking.apply stack (CandidateScores.withRarity rarity evidence.Lists)

    let (Scores fresh) =
        Ranker.candidates test.Features evidence.Ranker |> Stacking.apply stack

    Ranker.dispose evidence.Ranker

    {
        Rarity = rarity
        Scores = held
        Truth = evidence.Labels.Matrix
        NewScores = fresh
        NewTruth = test.Labels
    }

/// The held-out rows' halves, each of which decides the other; the same for every seed.
let withinHeldOut (p: Problem) =
    [|
        for cut in 1..2 do
            let order = Seed.permutation p.Truth.Rows (Seed.derive "cut" cut (Seed.ofInt 5))

            for half in 0..1 do
                let inside, outside =
                    order |> Array.indexed |> Array.partition (fun (at, _) -> at % 2 = half)

                let scores, truth = select (Array.map snd outside) p
                let newScores, newTruth = select (Array.map snd inside) p

                { p with
                    Scores = scores
                    Truth = truth
                    NewScores = newScores
                    NewTruth = newTruth
                }
    |]

let choose name (problems: Problem[]) =
    let found =
        problems
        |> Array.mapi (fun at p ->
            withinHeldOut p
            |> Array.map (fun inner ->
                candidates (Seed.ofInt (at + 1)) inner
                |> List.map (fun (rule, theta) -> rule, measures inner theta)))

    for k, (rule, _) in List.indexed found[0].[0] do
        let values part =
            found
            |> Array.map (Array.map (fun rules -> rules |> List.item k |> snd |> part))

        let average (v: float[][]) = v |> Array.averageBy Array.average

        let spread =
            if problems.Length = 1 then
                nan
            else
                values fst |> Array.transpose |> Array.averageBy deviation

        printfn $"| {name} | {rule} | {average (values fst):F4} | {average (values snd):F4} | {spread:F4} |"

let test name (problems: Problem[]) =
    let seedOf at = Seed.ofInt (at + 1)

    let of' rule =
        let thetas = problems |> Array.mapi (fun at p -> rule (seedOf at) p)
        let values = Array.map2 measures problems thetas
        // the same thresholds for every seed: what is left is the scores' own spread
        let floor = problems |> Array.map (fun p -> measures p (mean thetas) |> fst)
        Array.map fst values, Array.map snd values, floor

    // seeds of the rule alone, on the scores of the first seeds
    let own rule =
        problems
        |> Array.truncate 4
        |> Array.map (fun p ->
            [| for s in 101..108 -> rule (Seed.ofInt s) p |> measures p |> fst |]
            |> deviation)
        |> Array.averageBy (fun d -> d * d)
        |> sqrt

    let a, aMicro, aFloor = of' oldRule
    let b, bMicro, bFloor = of' newRule

    let row rule (x: float[]) (micro: float[]) =
        $"| {name} | {rule} | {Array.average x:F4} | {Array.average micro:F4} |"

    let old, steady = row "one basis" a aMicro, row "the library's" b bMicro

    if problems.Length < 4 then
        printfn $"{old}\n{steady}"
    else
        let at (x: float[]) = Array.map (Array.get x)

        let ratio draw =
            deviation (at b draw) / deviation (at a draw)

        let gain draw =
            Array.average (at b draw) - Array.average (at a draw)

        let all = [| 0 .. a.Length - 1 |]
        let low, high = interval a.Length ratio
        let least, most = interval a.Length gain
        printfn $"{old} {deviation a:F4} | {deviation aFloor:F4} | {own oldRule:F4} | |"
        printfn $"{steady} {deviation b:F4} | {deviation bFloor:F4} | {own newRule:F4} |"

        printfn
            $"| {name} | spread x {ratio all:F2} ({low:F2} to {high:F2}), macro-F1 {gain all:F4} ({least:F4} to {most:F4}) |"

match List.tail (List.ofArray fsi.CommandLineArgs) with
| way :: seeds :: names when way = "choose" || way = "test" ->
    for name in names do
        let folder =
            Folder.read Folder.defaults (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", name))

        let prepared =
            Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic folder.Rows

        let problems = [| for seed in 1 .. int seeds -> problem prepared seed |]

        if way = "choose" then
            choose name problems
        else
            test name problems
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/steady-thresholds.fsx choose|test SEEDS NAME ..."
    exit 2
