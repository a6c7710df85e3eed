// What dense features are brought to, and whether a kernel machine helps: the rule that whole numbers are term counts, the choice of held-out rows, and the choice with a Nystrom scorer,
// on data sets as svmlight files below the folder that LIMEN_DATA names. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/dense-features.fsx SEEDS NAME NAME ...
// NAME may end in ":whole" (features times 100, rounded), ":counts" (the same above the feature's least training value), ":few" (300 training rows), ":sparse" (what exceeds the 0.7-quantile of its feature) or ":skew" (the exponential of
// twice the standardised feature).
#load "limen.fsx"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core
open Limen.Kernels

/// The numbers of a form, f feature value, from the training vectors.
let form (name: string) (train: float32[,]) : int -> float32 -> float32 =
    let ofFeature f =
        Array.init (Array2D.length2 train) (fun c -> f (Array.sort train[*, c]))

    match name with
    | "whole" -> fun _ v -> MathF.Round(100f * v)
    | "counts" ->
        let least = ofFeature Array.min
        fun c v -> max 0f (MathF.Round(100f * (v - least[c])))
    | "sparse" ->
        let cut = ofFeature (fun column -> column[7 * column.Length / 10])
        fun c v -> max 0f (v - cut[c])
    | "skew" ->
        let mean = ofFeature Array.average

        let deviation =
            ofFeature (fun column ->
                let m = Array.average column
                sqrt (column |> Array.averageBy (fun v -> (v - m) * (v - m))))

        fun c v -> exp (2f * (v - mean[c]) / max 1e-6f deviation[c])
    | _ -> fun _ v -> v

let read (spec: string) : LabelledRows * LabelledRows =
    let name, shape =
        match spec.Split ':' with
        | [| name; shape |] -> name, shape
        | _ -> spec, ""

    let rows =
        (Folder.read
            { Folder.defaults with
                Format = Some(Svmlight.format Svmlight.defaults)
            }
            (Path.Combine(Environment.GetEnvironmentVariable "LIMEN_DATA", name)))
            .Rows

    let train =
        match shape with
        | "few" ->
            let order = Seed.permutation rows.Train.Count (Seed.ofInt 3)
            LabelledRows.selectRows order[..299] rows.Train
        | _ -> rows.Train

    let vectors (part: LabelledRows) =
        let x = (Rows.tryFeatures part.Rows).Value
        Array2D.init x.Rows x.Columns (fun r c -> Csr.item r c x)

    if shape = "" || shape = "few" then
        train, rows.Test.Value
    else
        let f = form shape (vectors train)

        let formed (part: LabelledRows) =
            { part with
                Rows = vectors part |> Array2D.mapi (fun _ c v -> f c v) |> Rows.Dense
            }

        formed train, formed rows.Test.Value

/// The rule without held-out rows: whole numbers are term counts, others measurements where they are dense.
let byRule (train: LabelledRows) =
    let x = (Rows.tryFeatures train.Rows).Value

    let whole =
        x.Values
        |> Seq.truncate x.NonZeros
        |> Seq.forall (fun v -> v >= 1f && v = round v)

    if whole then
        FeatureKind.TermCounts
    elif float x.NonZeros > 0.5 * float x.Rows * float x.Columns then
        FeatureKind.Measurements
    else
        FeatureKind.Values

let strong = Presets.strong Objective.standard

let withNystrom =
    { strong with
        Scorers = strong.Scorers @ [ Nystrom.scorer NystromOptions.standard ]
    }

let measure (train: LabelledRows, test: LabelledRows) input options seeds =
    let runs =
        [
            for seed in 1..seeds do
                let model =
                    Model.fit
                        { options with Seed = Seed.ofInt seed }
                        train.Space
                        input
                        (LabelledRows.dataset input train)
                        None
                        ignore
                        CancellationToken.None

                let m = Evaluation.model (LabelledRows.dataset input test) model
                [ Metric.number (F1.macro (AllLabels AsZero)) m; Metric.number F1.micro m ]
        ]

    runs
    |> List.transpose
    |> List.map (fun figures -> (List.average figures).ToString "F3")
    |> String.concat " / "

let seeds, names =
    match List.tail (List.ofArray fsi.CommandLineArgs) with
    | seeds :: names -> int seeds, names
    | [] ->
        eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/dense-features.fsx SEEDS NAME NAME ..."
        exit 2

printfn "| data | by rule | held-out figures | chosen | with Nystrom |"
printfn "|---|---|---|---|---|"

for name in names do
    let rows = read name
    let rule = byRule (fst rows)

    let choice =
        InputChoice.fit [ VectoriserOptions() ] FeatureKind.Automatic (fst rows)

    let ruled = InputSpace.fit [ VectoriserOptions() ] rule (fst rows).Rows

    let figures =
        choice.Figures
        |> List.map (fun (kind, figure) -> $"""{kind} {figure.ToString "F3"}""")
        |> String.concat ", "

    printfn
        $"| {name} | {rule}: {measure rows ruled strong seeds} | {figures} | {choice.Name}: {measure rows choice.Input strong seeds} | {measure rows choice.Input withNystrom seeds} |"
