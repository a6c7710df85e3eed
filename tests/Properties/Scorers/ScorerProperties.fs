/// Every scorer of the registry with the laws of all scorers.
module Limen.Properties.ScorerProperties

open System.Threading
open Expecto
open Limen
open Limen.Core

let private train = SmallProblem.dataset 200 1

let private test = SmallProblem.dataset 60 2

let private signals options =
    Ranker.ofSignals options Checkpoint.none CancellationToken.None train

let private fit weights (scorer: Scorer) : Ranker * FittedScorer =
    let ranker, rows = signals SmallProblem.options

    ranker,
    scorer
    |> Scorer.fit
        {
            Rows = { rows with Weights = weights }
            Stop = None
            Until = Some 5
            Rarity = ranker.Rarity
            HasLocal = true
            Seed = Seed.ofInt 1
            Progress = ignore
            Cancellation = CancellationToken.None
            WhenCancelled = WhenCancelled.Throw
            Repeats = 1
            Checkpoint = Checkpoint.none
        }

/// Margins [N][L] of the rows of a data set.
let private margins (d: Dataset) (ranker: Ranker, scorer: FittedScorer) =
    let input: ScorerInput =
        {
            Rarity = ranker.Rarity
            Features = d.Features
            Local = (Ranker.localSignal d.Features ranker).Values
        }

    use z = Scorer.margins input scorer [| 0 .. d.Rows - 1 |]
    [| for row in 0 .. d.Rows - 1 -> (z.Row row).ToArray() |]

let private laws =
    [
        "a row's margins are its own, alone as in a batch, to the bit",
        fun scorer ->
            let fitted = fit None scorer
            let together = margins test fitted

            for row in [ 0; 17; 59 ] do
                let alone = margins (Dataset.selectRows [| row |] test) fitted
                Require.equal together[row] alone[0]
        "fitted twice it is the same, to the bit",
        fun scorer -> Require.equal (fit None scorer |> margins test) (fit None scorer |> margins test)
        "stored under its tag and read back it is the same, to the bit",
        fun scorer ->
            let ranker, fitted = fit None scorer
            Require.equal (margins test (ranker, fitted)) (margins test (ranker, Registries.throughJson fitted))
        "weights of 1 are as none",
        fun scorer ->
            Require.equal
                (fit None scorer |> margins test)
                (fit (Some(Array.create train.Rows 1f)) scorer |> margins test)
        "rows that weigh nothing teach nothing: a label that only they have is above its threshold nowhere",
        fun scorer ->
            let last = SmallProblem.labels - 1
            let isOfLast row = Csr.item row last train.Labels > 0f
            let weights = Array.init train.Rows (fun row -> if isOfLast row then 0f else 1f)

            let before, after =
                fit None scorer |> margins train, fit (Some weights) scorer |> margins train

            Expect.exists before (fun z -> z[last] > 0f) "with them it is"
            Expect.all after (fun z -> z[last] < 0f) "without them it is not"
        "it ranks a true label first in most rows that it has not seen",
        fun scorer ->
            let z = fit None scorer |> margins test

            let right =
                z
                |> Array.indexed
                |> Array.filter (fun (row, z) ->
                    let best = Array.findIndex ((=) (Array.max z)) z
                    Csr.item row best test.Labels > 0f)

            Require.above (0.7 * float test.Rows) (float right.Length)
        "every margin is finite",
        fun scorer ->
            for row in fit None scorer |> margins test do
                Expect.all row System.Single.IsFinite $"{row}"
    ]

/// The registries' scorers, perceptrons small enough for small data.
let private scorers =
    [
        for entry in Scorers.all @ Trees.all do
            for scorer in entry.Examples do
                if entry.Door = "Perceptron" then
                    Perceptron.scorer (SmallProblem.perceptron ())
                else
                    scorer
    ]

[<Tests>]
let tests =
    testList
        "Scorer"
        [
            for law, holds in laws do
                testCase law (fun () ->
                    for scorer in scorers do
                        holds scorer)
        ]
