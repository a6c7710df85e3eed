/// One rule for every fit: cancelled, it throws; the best so far comes where it is asked for and there is one.
module Limen.Properties.CancellationProperties

open System
open System.Threading
open Expecto
open Limen
open Limen.Core

let private train = SmallProblem.dataset 90 1

let private training progress token whenCancelled : ScorerTraining =
    let ranker, rows =
        Ranker.ofSignals SmallProblem.options Checkpoint.none CancellationToken.None train

    {
        Rows = rows
        Stop = None
        Until = Some 5
        Rarity = ranker.Rarity
        HasLocal = true
        Seed = Seed.ofInt 1
        Progress = progress
        Cancellation = token
        WhenCancelled = whenCancelled
        Repeats = 1
        Checkpoint = Checkpoint.none
    }

let private options whenCancelled =
    { SmallProblem.options with
        Scorers = SmallProblem.options.Scorers @ [ Linear.scorer LinearOptions.standard ]
        DecisionRows = Some(DecisionRows.CrossFit(3, 1))
        WhenCancelled = whenCancelled
    }

let private fit options progress token =
    Model.fit options SmallProblem.space (Features SmallProblem.features) train None progress token

/// A fit that is cancelled at the first report of some kind.
let private cancelledWhen (isTime: TrainingProgress -> bool) whenCancelled =
    use source = new CancellationTokenSource()

    let progress p =
        if isTime p then
            source.Cancel()

    fit (options whenCancelled) progress source.Token

/// A fit that is cancelled when so much is done.
let private cancelledAt (share: float) =
    cancelledWhen (fun p -> p.Done >= share)

/// The share that is done when the scorers of the first of four fits are.
let private firstFold = 0.05 + 0.9 / 4.0

/// Texts that take every stage some time: words, signals, folds of networks and of linear models, halves of the decision.
let private texts =
    lazy
        (let s = Seed.ofInt 3
         let draw i n = int (Seed.bits (int64 i) s % uint64 n)

         let row i =
             let label k = draw (50 * i + k) 40

             let words =
                 [
                     for k in 0..2 do
                         for w in 0..2 -> $"own{3 * label k + w}"
                     for k in 3..30 -> $"word{draw (50 * i + k) 3_000}"
                 ]

             String.concat " " words, [| for k in 0..2 -> $"label {label k}" |]

         let rows = Array.init 1_500 row
         LabelledRows.ofNames (Rows.Texts(Array.map fst rows)) (Array.map snd rows))

/// How long a fit of texts goes on after it is cancelled, so many milliseconds after it began; None: it ended before.
let private latency (after: int) : TimeSpan option =
    use source = new CancellationTokenSource()
    let clock = Diagnostics.Stopwatch()
    use _ = source.Token.Register(fun () -> clock.Start())
    let training = texts.Value
    source.CancelAfter after

    try
        Pipeline.fit
            (Presets.strong Objective.standard)
            (Presets.vectorisers ())
            FeatureKind.Automatic
            training
            None
            ignore
            source.Token
        |> ignore

        None
    with :? OperationCanceledException ->
        Some clock.Elapsed

[<Tests>]
let tests =
    testList
        "Cancellation"
        [
            testTheory
                "every scorer throws when cancelled beforehand"
                (List.allPairs (List.indexed Scorers.examples) [ WhenCancelled.Throw; WhenCancelled.BestSoFar ])
                (fun ((_, scorer: Scorer), whenCancelled) ->
                    Require.throws<OperationCanceledException>(fun () ->
                        scorer
                        |> Scorer.fit (training ignore (CancellationToken true) whenCancelled)
                        |> box))

            testTheory
                "every scorer that reports how far it is throws when cancelled then"
                (List.indexed Scorers.examples)
                (fun (_, scorer: Scorer) ->
                    use source = new CancellationTokenSource()

                    let cancel (p: EpochProgress) =
                        if p.Done < 1.0 then
                            source.Cancel()

                    let outcome =
                        try
                            scorer |> Scorer.fit (training cancel source.Token WhenCancelled.Throw) |> Some
                        with :? OperationCanceledException ->
                            None

                    Require.equal source.IsCancellationRequested outcome.IsNone)

            testTheory "a fit throws when cancelled in any stage" [ 0.0; 0.2; 0.5; 0.9; 0.95 ] (fun (share: float) ->
                Require.throws<OperationCanceledException>(fun () -> cancelledAt share WhenCancelled.Throw))

            testTheory
                "the best so far is the model of the first fold, once it is whole"
                [ 0.3; 0.6; 0.94 ]
                (fun (share: float) ->
                    let model = cancelledAt (max share firstFold) WhenCancelled.BestSoFar
                    Require.between (50.0, 70.0) model.Counts.Rows
                    Require.equal 2 model.Ranker.Scorers.Length)

            testTheory "before that there is no best so far" [ 0.0; 0.1 ] (fun (share: float) ->
                Require.throws<OperationCanceledException>(fun () -> cancelledAt share WhenCancelled.BestSoFar))

            testCase "cancelled while it decides, the best so far is the model of all rows" (fun () ->
                let model = cancelledWhen (fun p -> p.Stage = "decision") WhenCancelled.BestSoFar
                Require.equal (float train.Rows) model.Counts.Rows)

            testCase "cancelled between two fits, the best so far is the first" (fun () ->
                use source = new CancellationTokenSource()

                let progress (p: TrainingProgress) =
                    if p.Scorer = 2 then
                        source.Cancel()

                let options =
                    { SmallProblem.options with
                        DecisionRows = Some DecisionRows.ValidationThenAll
                        WhenCancelled = WhenCancelled.BestSoFar
                    }

                let model =
                    Model.fit
                        options
                        SmallProblem.space
                        (Features SmallProblem.features)
                        train
                        (Some(SmallProblem.dataset 40 2))
                        progress
                        source.Token

                Require.equal (float train.Rows) model.Counts.Rows)

            // some seconds: a fit of every stage is cancelled again and again
            testCase "a fit of texts ends within three seconds of being cancelled, whatever it is at" (fun () ->
                let waits =
                    if Cases.isProof then
                        [ for i in 0..40 -> 50 + 10 * i * i ]
                    else
                        [ 20; 150; 400; 900; 2_000; 4_000 ]

                let latencies = waits |> List.choose latency
                Require.atLeast 3 latencies.Length
                Require.below (TimeSpan.FromSeconds 3.0) (List.max latencies))

            testCase "work in a cancelled scope ends, and goes on where it is shielded" (fun () ->
                use source = new CancellationTokenSource()
                let ran = ref 0

                let loop () =
                    Kernels.Workers.For(
                        1000,
                        fun i ->
                            Interlocked.Increment(&ran.contents) |> ignore

                            if i = 3 then
                                source.Cancel()
                    )

                Require.throws<OperationCanceledException>(fun () -> Cancellation.within source.Token (loop >> box))
                Require.below 1000 ran.Value

                Require.throws<OperationCanceledException>(fun () ->
                    Cancellation.within source.Token (fun () -> Cancellation.init 10 id))

                Require.equal [| 0; 1; 2 |] (Cancellation.shielded (fun () -> Cancellation.init 3 id)))

            testCase "an exception of a parallel element comes as it is" (fun () ->
                let message =
                    Require.refusal<InvalidOperationException>(fun () ->
                        Cancellation.init 100 (fun i -> if i = 50 then invalidOp "fifty" else i))

                Require.equal "fifty" message)
        ]
