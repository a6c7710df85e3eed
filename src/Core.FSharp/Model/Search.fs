namespace Limen.Core

open System
open System.Diagnostics
open System.Security.Cryptography
open System.Text
open System.Threading
open Limen

/// Searching settings: draws from ranges, judged by cross-validation on the training rows alone.
[<RequireQualifiedAccess>]
module Search =

    /// Rows of the share, spread over the labels as evenly as may be; all rows for a share of 1.
    let private sample (share: float) (seed: Seed) (rows: LabelledRows) : LabelledRows =
        if share >= 1.0 then
            rows
        else
            let shares = [| share; 1.0 - share |]

            let parts =
                Splitting.stratified shares seed (Array.init rows.Count Array.singleton) rows.Truth

            let chosen =
                [|
                    for row in 0 .. rows.Count - 1 do
                        if parts[row] = 0 then
                            row
                |]

            LabelledRows.selectRows chosen rows

    let private measure (held: LabelledRows) (model: Model) : float * float =
        let _, _, evidence = Evaluation.ofRows held model
        Metric.number (F1.macro PresentInTest) evidence, Metric.number F1.micro evidence

    /// One trial: a fit without each fold, measured on it. A fit that diverges is worth nothing, and ends no search.
    let private crossValidate
        fit
        (foldOf: int[])
        folds
        (rows: LabelledRows)
        (cancellation: CancellationToken)
        finished
        =
        let clock = Stopwatch.StartNew()

        let scores =
            [
                for fold in 0 .. folds - 1 do
                    cancellation.ThrowIfCancellationRequested()

                    let inside, outside =
                        Array.init rows.Count id |> Array.partition (fun row -> foldOf[row] = fold)

                    let measured =
                        try
                            let model = fit (LabelledRows.selectRows outside rows)
                            let measured = measure (LabelledRows.selectRows inside rows) model
                            Ranker.dispose model.Ranker
                            measured
                        with :? TrainingDivergedException ->
                            0.0, 0.0

                    finished ()
                    measured
            ]

        List.averageBy fst scores, List.averageBy snd scores, clock.Elapsed.TotalSeconds

    /// The trials that no other of the same share beats in both macro- and micro-F1, ascending in macro-F1: the trade-off between them.
    let front (trials: Trial list) : Trial list =
        let most = trials |> List.map _.Share |> List.fold max 0.0
        let whole = trials |> List.filter (fun t -> t.Share = most)

        let beats (a: Trial) (b: Trial) =
            a.MacroF1 >= b.MacroF1
            && a.MicroF1 >= b.MicroF1
            && (a.MacroF1 > b.MacroF1 || a.MicroF1 > b.MicroF1)

        whole
        |> List.filter (fun t -> whole |> List.exists (fun other -> beats other t) |> not)
        |> List.distinctBy (fun t -> t.MacroF1, t.MicroF1)
        |> List.sortBy (fun t -> t.MacroF1, t.Number)

    /// The trial with the best mean of macro- and micro-F1 among those on the most rows. Throws ArgumentException where there is none.
    let best (trials: Trial list) : Trial =
        trials |> List.sortBy (fun t -> -t.Share, -t.Mean, t.Number) |> List.head

    let private fits (options: SearchOptions) (drawn: int) =
        options.Folds
        * (SearchOptions.rungs options |> List.sumBy (fun (count, _) -> min drawn count))

    /// Of texts, features, labels and weights: a journal of other rows is another one.
    let private hash (rows: LabelledRows) : string =
        let blocks = Rows.blocks rows.Rows
        let texts = blocks |> List.choose Rows.tryTexts |> Seq.concat

        use words = IncrementalHash.CreateHash HashAlgorithmName.SHA256

        for word in Seq.append texts rows.Space.Names do
            words.AppendData(Encoding.UTF8.GetBytes(word + "\000"))

        let numbers =
            {
                Features =
                    match blocks |> List.choose Rows.tryFeatures with
                    | [] -> Csr.empty rows.Count 1
                    | features -> Columns.join features
                Labels = rows.Truth.Matrix
                Weights = rows.Weights
            }

        Convert.ToHexStringLower(words.GetCurrentHash()) + Origin.hash numbers

    /// Runs the search: every trial of every rung, in the order in which they were finished. `fit` fits the drawn values on rows; `identity` says what it does besides, so that
    /// a journal of other settings is refused. With a journal, each finished trial is added to it, and those in it are not run again. Throws ConfigurationException
    /// for faulty options, and OperationCanceledException where it is cancelled: the journal then has what was finished.
    let run
        (options: SearchOptions)
        (ranges: SearchRange list)
        (identity: string)
        (journal: string option)
        (progress: TrainingProgress -> unit)
        (cancellation: CancellationToken)
        (fit: (string * string) list -> LabelledRows -> Model)
        (rows: LabelledRows)
        : Trial list =
        SearchOptions.faults ranges options |> Configuration.require

        if rows.Count < 2 * options.Folds then
            invalidArg
                (nameof rows)
                $"expected at least {2 * options.Folds} rows for {options.Folds} folds, received {rows.Count}"

        // neither plan nor ranges: trials of other plans over the same rows are as good
        let identity =
            $"{identity} {options.Folds} folds, %A{options.Seed}, rows {hash rows}"

        let earlier =
            journal |> Option.map (SearchJournal.start identity) |> Option.defaultValue []

        let known = SearchJournal.byValues earlier
        let draws = SearchOptions.draws ranges options |> List.toArray

        let all = fits options draws.Length
        let finished = ref 0

        let step number count =
            finished.Value <- finished.Value + count
            progress (TrainingProgress.trial number draws.Length (float finished.Value / float all))

        let trial (sampled: LabelledRows) (foldOf: int[]) share (number: int) : Trial =
            let values = draws[number - 1]

            match SearchJournal.tryFind values share known with
            | Some found ->
                step number options.Folds
                { found with Number = number }
            | None ->
                let macro', micro, seconds =
                    crossValidate (fit values) foldOf options.Folds sampled cancellation (fun () -> step number 1)

                let trial =
                    {
                        Number = number
                        Values = [| for name, value in values -> struct (name, value) |]
                        Share = share
                        MacroF1 = macro'
                        MicroF1 = micro
                        Seconds = seconds
                    }

                journal |> Option.iter (fun path -> SearchJournal.add path trial)
                trial

        let rung (numbers: int list, finished: Trial list) (count: int, share: float) =
            let sampled = sample share (Seed.derive "search rows" 0 options.Seed) rows

            let foldOf =
                Folds.stratified options.Folds (Seed.derive "search folds" 0 options.Seed) sampled.Truth

            let trials = numbers |> List.truncate count |> List.map (trial sampled foldOf share)
            let ranked = trials |> List.sortBy (fun t -> -t.Mean, t.Number) |> List.map _.Number
            ranked, finished @ trials

        SearchOptions.rungs options |> List.fold rung ([ 1 .. draws.Length ], []) |> snd
