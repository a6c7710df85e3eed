module Limen.Bench.Program

open System
open System.Diagnostics
open System.IO
open System.Text.Json.Nodes
open BenchmarkDotNet.Running
open Limen.Core
open Limen.Kernels

let private folder = Path.GetFullPath "artifacts/bench/data"
let private report = "artifacts/bench/report.json"

/// The folder of public data sets: LIMEN_DATA, else ../shared/data where there is one.
let private data =
    [
        Environment.GetEnvironmentVariable "LIMEN_DATA"
        "../shared/data"
        "../../shared/data"
    ]
    |> List.tryFind (fun d -> not (isNull d) && Directory.Exists d)

let private job (arguments: string list) : Job =
    let corpus rows features labels perRow =
        Corpus.make
            { CorpusShape.amazonCat with
                Rows = rows
                Features = features
                Labels = labels
                FeaturesPerRow = perRow
            }

    match arguments with
    | [ "loss"; folder; rows ] -> Jobs.loss folder (int rows)
    | [ "composed"; folder; rows ] -> Jobs.composed folder (int rows)
    | [ "loss-module"; folder; rows ] -> Jobs.lossModule folder (int rows)
    | [ "copy"; _; rows; labels ] -> Jobs.copy (int rows) (int labels)
    | [ "products"; _; rows; hidden; labels; share ] ->
        Steps.products (int rows) (int hidden) (int labels) (float share)
    | [ "active-share"; folder; size; hidden; dropout ] ->
        Steps.activeShare folder (int size) (int hidden) (float dropout)
    | [ "first-layer"; folder; rows; hidden ] -> Jobs.firstLayer folder (int rows) (int hidden)
    | [ "output-update"; _; hidden; labels ] -> Jobs.outputUpdate (int hidden) (int labels)
    | [ "step"; folder; size; hidden; dropout ] -> Steps.step folder (int size) (int hidden) (float dropout)
    | [ "corpus-step"; _; size; hidden; rows; features; labels; perRow ] ->
        Steps.stepOver
            LabelSampling.All
            (corpus (int rows) (int features) (int labels) (int perRow))
            (int size)
            (int hidden)
            Steps.dropout
    | [ "corpus-shortlist"; _; size; hidden; rows; features; labels; perRow; others ] ->
        Steps.stepOver
            (LabelSampling.Shortlist(int others))
            (corpus (int rows) (int features) (int labels) (int perRow))
            (int size)
            (int hidden)
            Steps.dropout
    | [ "corpus-predict"; _; size; hidden; labels ] ->
        Prediction.over (corpus 1024 203_882 (int labels) 71) (int size) (int hidden)
    | [ "corpus-predict-many"; _; hidden; labels; predictions ] ->
        Prediction.many (corpus 1024 203_882 (int labels) 71) (int hidden) (int predictions)
    | [ "knn"; folder; queries ] -> Jobs.knn folder (int queries)
    | [ "knn-of"; folder; rows ] -> Jobs.knnOf folder (int rows)
    | [ "read"; folder ] -> Jobs.readSvmlight (Path.Combine(folder, "eurlex.svm"))
    | [ "cached"; folder ] -> Jobs.readCached (Path.Combine(folder, "eurlex.svm"))
    | [ "decisions"; folder ] -> Jobs.decisions folder Int32.MaxValue
    | [ "decisions-of"; folder; rows ] -> Jobs.decisions folder (int rows)
    | [ "every-rule"; _; rows ] -> Jobs.everyRule (int rows)
    | [ "f1"; folder ] -> Jobs.macroF1 folder
    | [ "predict"; folder; size; hidden ] -> Prediction.first folder (int size) (int hidden)
    | [ "train"; folder; hidden; epochs ] ->
        WholeTraining.withSignal WholeTraining.training folder (int hidden) (int epochs)
    | [ "train-shortlist"; folder; hidden; epochs; others ] ->
        WholeTraining.withSignal
            { WholeTraining.training with
                Labels = LabelSampling.Shortlist(int others)
            }
            folder
            (int hidden)
            (int epochs)
    | [ "train-from-file"; folder; hidden; epochs ] -> WholeTraining.fromFile folder (int hidden) (int epochs)
    | [ "fit"; _; set ] -> WholeModel.fit (Path.Combine(data.Value, set))
    | unknown -> invalidArg (nameof arguments) $"""there is no job {String.Join(' ', unknown)}"""

let private work arguments = Worker.serve (job arguments)

let private hasData (set: DataSet) =
    data
    |> Option.exists (fun d -> Directory.Exists(Path.Combine(d, DataSet.folder set)))

/// Why a row cannot be measured here.
let private obstacle (row: Row) =
    row.Needs
    |> List.tryFind (hasData >> not)
    |> Option.map (fun set -> $"no {DataSet.folder set} in LIMEN_DATA")
    |> Option.orElseWith (fun () -> Peer.obstacle row.Peer)
    |> Option.map (fun what -> $"{row.Name}: {what}")

let private compare (row: Row) : Figure =
    Console.Error.WriteLine $"{row.Name}"
    use a = Contest.ours row.Threads (Rows.ours folder row)
    use b = Contest.peer row.Threads (Rows.peer folder row)

    let runs =
        match row.Goal with
        | Speed runs -> runs
        | EqualQuality
        | PeersBest
        | WholeFit -> 1

    let ours, peer = Contest.interleaved runs a b
    let best = Standing.best

    let until target side =
        Standing.reached target side |> Option.defaultValue nan

    let seconds, reached =
        match row.Goal with
        | Speed _ ->
            let check side =
                Report.number (Standing.outcome side).Check

            Standing.median, $"check value ours {check ours}, peer {check peer}"
        | EqualQuality ->
            let target = min (best ours) (best peer)
            until target, $"P@5 {target:F4}; best ours {best ours:F4}, peer {best peer:F4}"
        | PeersBest -> until (best peer), $"P@5 {best peer:F4}; best ours {best ours:F4}"
        | WholeFit ->
            let said side =
                (Standing.outcome side).Measures
                |> List.map (fun (name, value) -> $"{name} {Report.number value}")
                |> String.concat ", "

            Standing.trained, $"ours {said ours}; peer {said peer}"

    {
        Name = row.Name
        Ours = seconds ours
        Peer = seconds peer
        OursMb = ours.PeakMb
        PeerMb = peer.PeakMb
        Note = $"{row.Note}; {reached}"
    }

/// Peers that were not chosen for a row, because they are faster than what a user would write first, or not the same job.
let private alternatives () : (string * JsonNode) list =
    let scipy = "python3-scipy"

    let median script arguments =
        use peer = Contest.peer 2 (Script(script, scipy, arguments))
        Standing.median (Contest.alone 3 peer)

    [
        if hasData Eurlex57k && Peer.hasPackage scipy then
            "decisions_scipy_lists_seconds", JsonValue.Create(median "decisions.py" [ folder; "lists" ])
            "cached_scipy_load_npz_seconds", JsonValue.Create(median "load_npz.py" [ folder ])
    ]

/// What the machine allows: a copy of [512 x 13,330] floats, and the parts of a step one by one.
let private limits () : (string * JsonNode) list =
    let standing arguments =
        use worker = Contest.ours 2 arguments
        Contest.alone 5 worker

    let median = standing >> Standing.median

    let copy = median [ "copy"; folder; "512"; "13330" ]

    let parts rows : JsonNode =
        let dropout = string Steps.dropout

        let active =
            (List.last (standing [ "active-share"; folder; rows; "256"; dropout ]).Samples).Outcome.Check

        let products (share: float) =
            let seconds = median [ "products"; folder; rows; "256"; "13330"; string share ]
            seconds, 6.0 * float rows * 256.0 * 13_330.0 * share / seconds / 1e9

        let step = median [ "step"; folder; rows; "256"; dropout ]
        let o = JsonObject()
        o["step_seconds"] <- step
        o["active_share"] <- active
        let seconds, gigaflops = products active
        o["products_seconds"] <- seconds
        o["products_gflops"] <- gigaflops
        o["products_share"] <- seconds / step
        let seconds, gigaflops = products 1.0
        o["dense_products_seconds"] <- seconds
        o["dense_products_gflops"] <- gigaflops
        o["loss_seconds"] <- median [ "loss"; folder; rows ]
        o["first_layer_seconds"] <- median [ "first-layer"; folder; rows; "256" ]
        o["output_update_seconds"] <- median [ "output-update"; folder; "256"; "13330" ]
        o

    [
        "copy_512x13330_seconds", JsonValue.Create copy
        "copy_gb_per_second", JsonValue.Create(2.0 * 4.0 * 512.0 * 13_330.0 / copy / 1e9)
        "composed_512x13330_seconds", JsonValue.Create(median [ "composed"; folder; "512" ])
        "step_b128", parts "128"
        "step_b512", parts "512"
    ]

let private surroundings () = limits () @ alternatives ()

/// Makes the files of the synthetic rows, and of those of the data sets that are there.
let private prepare (sets: DataSet list) =
    Inputs.synthetic folder

    for set in sets |> List.filter hasData do
        Inputs.dataSet data.Value folder set

/// Makes the comparisons one by one; the report is written after each, so that an interrupted run leaves what it has.
let private contest (about: unit -> (string * JsonNode) list) (rows: Row list) =
    rows |> List.collect _.Needs |> List.distinct |> prepare
    let judged = rows |> List.map (fun row -> row, obstacle row)
    let skipped = judged |> List.choose snd
    let possible = judged |> List.filter (snd >> Option.isNone) |> List.map fst

    let figures =
        possible
        |> List.fold
            (fun figures row ->
                let figures = figures @ [ compare row ]
                Report.write report [] figures skipped
                figures)
            []

    Report.write report (about ()) figures skipped
    Report.print figures skipped
    printfn $"{report}"

let private chosen (names: string) (rows: Row list) =
    let wanted = names.Split ',' |> List.ofArray

    match
        wanted
        |> List.filter (fun name -> not (rows |> List.exists (fun r -> r.Name = name)))
    with
    | [] -> rows |> List.filter (fun r -> List.contains r.Name wanted)
    | unknown -> invalidArg (nameof names) $"""there is no row {String.Join(", ", unknown)}"""

let private help =
    $"""bench [--quick]           every comparison; --quick leaves out the whole trainings
bench --rows NAME,NAME [--limit SECONDS]
                          these comparisons, as --quick makes them; ML.NET starts no label after so many seconds ({Rows.limit} by default)
bench curves              how time and memory grow with L, N, D and the non-zeros
bench micro [ARGS]        kernels one by one (arguments of BenchmarkDotNet)"""

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | "worker" :: rest ->
        work rest
        0
    | [] ->
        contest surroundings Rows.whole
        0
    | [ "--quick" ] ->
        contest surroundings Rows.quick
        0
    | "--rows" :: names :: ([] | [ "--limit"; _ ] as rest) ->
        let limit = List.tryLast rest |> Option.map int |> Option.defaultValue Rows.limit
        contest (fun () -> []) (Rows.named limit |> chosen names)
        0
    | [ "curves" ] ->
        prepare [ Eurlex57k ]
        Curves.run folder (hasData Eurlex57k) "artifacts/bench/curves.json"
        0
    | "micro" :: rest ->
        BenchmarkSwitcher
            .FromTypes([| typeof<Kernels> |])
            .Run(
                if rest.IsEmpty then
                    [| "--filter"; "*" |]
                else
                    List.toArray rest
            )
        |> ignore

        0
    | _ ->
        eprintfn $"{help}"
        1
