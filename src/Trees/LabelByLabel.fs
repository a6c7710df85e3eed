namespace Limen.Core

open System
open System.Globalization
open System.Runtime.ExceptionServices
open System.Threading.Tasks
open Limen.Kernels

/// What LightGBM is told: names and values of its parameters.
type internal LightGbmParameters = (string * string) list

/// Fits the trees of one label after the other, on rows that are binned once.
[<RequireQualifiedAccess>]
module internal LabelByLabel =

    let number (value: float) =
        value.ToString("R", CultureInfo.InvariantCulture)

    let text (parameters: LightGbmParameters) =
        parameters
        |> List.map (fun (name, value) -> $"{name}={value}")
        |> String.concat " "

    /// The same trees on any number of threads, from bins of one number each where a feature has few.
    let always: LightGbmParameters =
        [
            "verbosity", "-1"
            // its own threads wait for each other at every split; labels need not
            "num_threads", "1"
            "deterministic", "true"
            "force_col_wise", "true"
            "feature_pre_filter", "false"
            "min_data_in_bin", "1"
            // megabytes; without a bound it grows with leaves x features
            "histogram_pool_size", "1024"
        ]

    /// Rows that weigh nothing would still count among the rows of a leaf and of a bin.
    let private counted (rows: TrainingRows) : Dataset =
        let all =
            {
                Features = rows.Features
                Labels = rows.Labels
                Weights = rows.Weights
            }

        match rows.Weights with
        | Some w when Array.contains 0f w ->
            Dataset.selectRows
                [|
                    for row in 0 .. w.Length - 1 do
                        if w[row] > 0f then
                            row
                |]
                all
        | _ -> all

    /// The same weights with a mean of 1: what LightGBM asks a leaf to have at least does not grow and shrink with their unit.
    let private ofMeanOne (weights: float32[]) : float32[] =
        let mean = Array.averageBy float weights
        weights |> Array.map (fun w -> float32 (float w / mean))

    /// 1 for rows with the label, 0 for others, [N].
    let private targets (label: int) (labels: CsrMatrix) : float32[] =
        Array.init labels.Rows (fun row -> Csr.item row label labels)

    let private alone (counts: LabelCounts) (label: int) : LabelTrees =
        let n, others = counts.Positives[label], counts.Rows - counts.Positives[label]
        LabelTrees.Constant(float32 (log ((n + 0.5) / (others + 0.5))))

    /// The trees of each label. A label that no row has, or every row, gets its log-odds alone (half a row added on each side). Cancellation is honoured between
    /// labels. Labels share the processors; each of these holds the binned rows once, N D bytes at most. The result does not depend on their number.
    let fit (trees: int) (parameters: LightGbmParameters) (training: ScorerTraining) : TreeEnsemble =
        let rows = counted training.Rows
        let counts = LabelCounts.ofRows rows
        let weights = rows.Weights |> Option.map ofMeanOne
        let parameters = always @ parameters
        let labels = rows.Labels.Columns
        let seeds = Seed.derive "trees" 0 training.Seed
        let learned = Array.create labels (LabelTrees.Constant 0f)
        let mutable finished = 0

        let grow (binned: BinnedRows) targets label =
            let seed = int (Seed.bits (int64 label) seeds >>> 33)
            use booster = binned.Booster(targets, text (("seed", string seed) :: parameters))
            booster.Grow trees
            LabelTrees.Grown(TreeText.trees booster.Text)

        let worker workers first =
            use binned = new BinnedRows(rows.Features, weights, text parameters)

            for label in first..workers .. labels - 1 do
                training.Cancellation.ThrowIfCancellationRequested()
                let targets = targets label rows.Labels

                learned[label] <-
                    if Array.contains 1f targets && Array.contains 0f targets then
                        grow binned targets label
                    else
                        alone counts label

                lock learned (fun () ->
                    finished <- finished + 1
                    training.Progress(EpochProgress.ofShare (float finished / float labels)))

        let workers = min labels Environment.ProcessorCount
        let cancellable = ParallelOptions(CancellationToken = training.Cancellation)

        try
            Parallel.For(0, workers, cancellable, worker workers) |> ignore
        with :? AggregateException as e ->
            ExceptionDispatchInfo.Throw e.InnerException

        TreeEnsemble.ofLabels rows.Features.Columns learned
