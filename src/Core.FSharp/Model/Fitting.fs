namespace Limen.Core

open System
open System.Threading
open Limen

/// Score lists for the decision without a row that its own labels reach.
[<RequireQualifiedAccess>]
module Fitting =

    /// The context of one of several fits, of which so many scorers come after those of `done'` fits.
    let private context (options: ModelOptions) repeats progress checkpoint cancellation fits done' : FittingContext =
        let scorers = options.Scorers.Length

        {
            Report =
                fun i (e: EpochProgress) ->
                    progress (TrainingProgress.scorer (done' * scorers + i + 1) (fits * scorers) e)
            Repeats = repeats
            Checkpoint = checkpoint
            Cancellation = cancellation
        }

    /// What the work gives or, where it is cancelled and the best so far is asked for, the first fit.
    let private orFirst
        (options: ModelOptions)
        (cancellation: CancellationToken)
        first
        (work: unit -> DecisionEvidence)
        =
        try
            work ()
        with :? OperationCanceledException when
            cancellation.IsCancellationRequested
            && options.WhenCancelled = WhenCancelled.BestSoFar ->
            first

    /// Fits on training rows; networks stop early, and the lists are, on validation rows.
    let heldOut
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset)
        (progress: TrainingProgress -> unit)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        RankerFitting.heldOut options (context options 1 progress checkpoint cancellation 1 0) train validation

    /// Where the model's own scorers end, which have no rows to stop on: at the mean of the folds' best epochs, on the folds' schedule, so that their
    /// scores are like the folds' scores.
    let private meanBest (best: int option list list) (scorer: int) : int option =
        match best |> List.choose (List.item scorer) with
        | [] -> None
        | epochs -> epochs |> List.averageBy float |> Math.Round |> int |> Some

    /// The options of one of several cross-fits: the first has the model's own seed.
    let private ofRepeat (repeat: int) (options: ModelOptions) : ModelOptions =
        if repeat = 0 then
            options
        else
            { options with
                Seed = Seed.derive "repeat" repeat options.Seed
            }

    /// The lists of the rows inside of each fold, in the order of all rows.
    let private inOrder (parts: (int[] * CandidateScores) list) : CandidateScores =
        let inside, lists = List.unzip parts

        lists
        |> List.reduce CandidateScores.append
        |> CandidateScores.selectRows (Folds.places inside)

    /// So many times the same rows, each time of a share of their weight.
    let private repeated (times: int) (train: Dataset) : LabelSets * float32[] option =
        let (LabelSets labels) = train.Truth

        if times = 1 then
            train.Truth, train.Weights
        else
            let share =
                train.Weights
                |> Option.defaultWith (fun () -> Array.create train.Rows 1f)
                |> Array.map (fun w -> w / float32 times)

            LabelSets(List.replicate times labels |> List.reduce Csr.append),
            Some(Array.replicate times share |> Array.concat)

    /// The lists of all training rows, each row read (UnseenFeatures.drop) and scored as a new one by a ranker that was fitted without its fold, once for each
    /// partition (partitions: the fold of each row, by one or more; input: what made their features), and a ranker of all rows. The best so far of a cancelled one is the first
    /// fold's ranker and lists, whose rows were held out.
    let crossFit
        (partitions: int[] list)
        (options: ModelOptions)
        (input: InputSpace)
        (train: Dataset)
        (progress: TrainingProgress -> unit)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let fits =
            [
                for repeat, foldOf in List.indexed partitions do
                    for fold in 0 .. Array.max foldOf -> repeat, Folds.split fold foldOf
            ]

        let context = context options partitions.Length progress

        let fit options k checkpoint =
            let repeat, split = fits[k]

            RankerFitting.ofFold
                (ofRepeat repeat options)
                (context checkpoint cancellation (fits.Length + 1) k)
                input
                train
                split

        let summary (part: DecisionEvidence) =
            part.Lists, RankerFitting.bestEpochs part.Ranker

        let first = fit options 0 (checkpoint |> Checkpoint.within "fold-1")

        let rest () =
            [
                for k in 1 .. fits.Length - 1 do
                    cancellation.ThrowIfCancellationRequested()

                    checkpoint
                    |> Checkpoint.once $"fold-{k + 1}" (fun checkpoint ->
                        let part = fit (RankerFitting.throwing options) k checkpoint
                        Ranker.dispose part.Ranker
                        summary part)
            ]

        orFirst options cancellation first (fun () ->
            let parts = summary first :: rest ()
            cancellation.ThrowIfCancellationRequested()
            let until = parts |> List.map snd |> meanBest

            let last =
                { context checkpoint cancellation (fits.Length + 1) fits.Length with
                    Repeats = 1
                }

            let ranker = RankerFitting.ofAll options last until train
            cancellation.ThrowIfCancellationRequested()
            Ranker.dispose first.Ranker
            let labels, weights = repeated partitions.Length train

            {
                Ranker = ranker
                Train = train
                Lists =
                    (fits, parts)
                    ||> List.map2 (fun (repeat, (inside, _)) (lists, _) -> repeat, (inside, lists))
                    |> List.groupBy fst
                    |> List.map (snd >> List.map snd >> inOrder)
                    |> List.reduce CandidateScores.append
                Labels = labels
                Weights = weights
                Scorings = partitions.Length
            })

    /// Decides on validation rows, and fits signals and scorers again on the training rows and these, scorers that train in passes as long as was best before. The lists
    /// are those of the first fit, whose rows were held out. The best so far of a cancelled one is the first fit.
    let heldOutThenAll
        (options: ModelOptions)
        (train: Dataset)
        (validation: Dataset)
        (progress: TrainingProgress -> unit)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let held = checkpoint |> Checkpoint.within "held-out"

        let first =
            RankerFitting.heldOut options (context options 1 progress held cancellation 2 0) train validation

        orFirst options cancellation first (fun () ->
            cancellation.ThrowIfCancellationRequested()
            let all = Dataset.append train validation
            let best = RankerFitting.bestEpochs first.Ranker
            let last = context options 1 progress checkpoint cancellation 2 1
            let ranker = RankerFitting.ofAll options last (fun i -> best[i]) all
            cancellation.ThrowIfCancellationRequested()
            Ranker.dispose first.Ranker

            { first with
                Ranker = ranker
                Train = all
            })

    /// The evidence of the rows that the options name or, by default, DecisionRows.forRows. Of a single row nothing can be held out: the decision is then fitted on no row
    /// at all. Throws ConfigurationException where validation rows are named and there are none.
    let evidence
        (options: ModelOptions)
        (input: InputSpace)
        (train: Dataset)
        (validation: Dataset option)
        (progress: TrainingProgress -> unit)
        (checkpoint: Checkpoint)
        (cancellation: CancellationToken)
        : DecisionEvidence =
        let held =
            validation |> Option.defaultWith (fun () -> Dataset.selectRows [||] train)

        let rule =
            options.DecisionRows
            |> Option.defaultWith (fun () -> DecisionRows.forRows train.Labels.Columns train.Rows held.Rows)

        DecisionRows.faultsFor held.Rows rule |> Configuration.require

        let all () =
            if held.Rows = 0 then train else Dataset.append train held

        let holdOut share =
            let kept, held =
                all () |> Dataset.holdOut share (Seed.derive "held out" 0 options.Seed)

            heldOut options kept (RankerFitting.asNew input kept held) progress checkpoint cancellation

        match rule with
        | DecisionRows.ValidationOnly -> heldOut options train held progress checkpoint cancellation
        | DecisionRows.ValidationThenAll -> heldOutThenAll options train held progress checkpoint cancellation
        | DecisionRows.HoldOut share -> holdOut share
        | DecisionRows.CrossFit(folds, _) when train.Rows + held.Rows < 2 -> holdOut (1.0 / float folds)
        | DecisionRows.CrossFit(folds, repeats) ->
            let all = all ()

            let partitions =
                [
                    for repeat in 0 .. repeats - 1 ->
                        Folds.stratified (min folds all.Rows) (Seed.derive "folds" repeat options.Seed) all.Truth
                ]

            crossFit partitions options input all progress checkpoint cancellation
