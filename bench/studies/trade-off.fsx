// Whether the weight of micro-F1 beside macro-F1 is better chosen from the data than constant: halves of a model's held-out rows decide each other under several weights,
// and under the weight that halves of the deciding rows choose for a limit on what macro-F1 may cost. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/trade-off.fsx NAME ...
#load "limen.fsx"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core

let weights = [ 0.0; 0.25; 0.5; 1.0 ]
let seed = Seed.ofInt 1

/// Two halves of rows as pairs of those that decide and those that are decided.
let halves purpose (scores, truth) =
    let n = (truth: Limen.Kernels.CsrMatrix).Rows
    let order = Seed.permutation n (Seed.derive purpose 1 seed)

    [
        for half in 0..1 do
            let inside, outside =
                order |> Array.indexed |> Array.partition (fun (at, _) -> at % 2 = half)

            let take =
                Array.map snd
                >> fun rows -> Csr.selectRows rows scores, Csr.selectRows rows truth

            take outside, take inside
    ]

/// Macro-F1 A and micro-F1 under each weight.
let reached rarity ((scores, truth), (newScores, newTruth)) =
    weights
    |> List.map (fun weight ->
        let rule =
            Fused.fit (Objective.MacroPlusMicro weight) seed 1 rarity None (Scores scores) (LabelSets truth)

        let predicted = Thresholds.decide (Fused.thresholds rule) (Scores newScores)
        let evidence = Evidence.ofSets predicted (LabelSets newTruth)
        Metric.number (F1.macro (AllLabels AsZero)) evidence, Metric.number F1.micro evidence)

let mean (rows: (float * float) list) =
    List.averageBy fst rows, List.averageBy snd rows

let columns (rows: (float * float) list list) = rows |> List.transpose |> List.map mean

/// From macro-F1 alone to heavier weights as long as a unit of macro-F1 buys at least so many of micro-F1.
let stepwise units (values: (float * float) list) =
    let rec go k =
        let (macroF1, microF1), rest =
            values[k], values |> List.indexed |> List.skip (k + 1)

        match
            rest
            |> List.tryFind (fun (_, (a, i)) -> i - microF1 > 0.0 && i - microF1 >= units * (macroF1 - a))
        with
        | Some(next, _) -> go next
        | None -> k

    go 0

let cell (a: float, i: float) = $"{a:F4} / {i:F4}"
let limits = [ 4.0; 2.0; 1.0 ]

let heads =
    [ for w in weights -> $"{w}" ] @ [ for u in limits -> $"at least {u} for 1" ]

printfn $"""| data | {String.Join(" | ", heads)} | chosen |"""
printfn $"""|---|{String.replicate (heads.Length + 1) "---|"}"""

for name in List.tail (List.ofArray fsi.CommandLineArgs) do
    let folder =
        Folder.read Folder.defaults (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", name))

    let _, input, parts =
        Pipeline.prepare (Presets.vectorisers ()) FeatureKind.Automatic folder.Rows

    let options =
        { Presets.strong Objective.standard with
            DecisionRows =
                parts.Validation
                |> Option.map _.Rows
                |> Option.defaultValue 0
                |> decidingOnce parts.Train.Labels.Columns parts.Train.Rows
                |> Some
            Seed = seed
        }

    let evidence =
        Fitting.evidence options input parts.Train parts.Validation ignore Checkpoint.none CancellationToken.None

    let rarity = evidence.Ranker.Rarity
    let stack = Stacking.fit evidence.Weights evidence.Lists evidence.Labels

    let (Scores held) =
        Stacking.apply stack (CandidateScores.withRarity rarity evidence.Lists)

    let results =
        halves "outer" (held, evidence.Labels.Matrix)
        |> List.map (fun (outside, inside) ->
            let inner = halves "inner" outside |> List.map (reached rarity) |> columns
            let there = reached rarity (outside, inside)
            let chosen = limits |> List.map (fun units -> stepwise units inner)
            there @ (chosen |> List.map (fun k -> there[k])), chosen |> List.map (fun k -> weights[k]))

    let cells = results |> List.map fst |> columns |> List.map cell
    printfn $"""| {name} | {String.Join(" | ", cells)} | %A{results |> List.map snd} |"""
    Ranker.dispose evidence.Ranker
