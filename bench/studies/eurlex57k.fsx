// The figures of EURLEX57K in README: one fit of the strong preset with a third and a fourth view, words and pairs and characters of the beginnings of the texts, labels read by their names, and trees on top of the stack; decided on dev rows for
// each objective, then fitted again on train and dev rows or, with --dev-only, as published models are: dev rows decide only. The test file is measured once for each line. With --checkpoint
// the fit leaves checkpoints in a folder. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/eurlex57k.fsx [--dev-only] [--checkpoint FOLDER]
#load "limen.fsx"

open System
open System.Diagnostics
open System.IO
open System.Threading
open Limen
open Limen.Core

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"

let devOnly, checkpoints =
    match List.tail (List.ofArray fsi.CommandLineArgs) with
    | [] -> false, None
    | [ "--dev-only" ] -> true, None
    | [ "--checkpoint"; folder ] -> false, Some folder
    | [ "--dev-only"; "--checkpoint"; folder ] -> true, Some folder
    | _ ->
        eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/eurlex57k.fsx [--dev-only] [--checkpoint FOLDER]"
        exit 2

let objectives =
    [
        "micro", Objective.MicroF1
        "macro+micro", Objective.MacroPlusMicro 1.0
        "macro + 0.25 micro", Objective.standard
        "macro", Objective.MacroF1
    ]

let clock = Stopwatch.StartNew()
let rows = (Folder.read Folder.defaults (Path.Combine(data, "eurlex57k"))).Rows

let labels, input, parts =
    Pipeline.prepare
        (Presets.vectorisers ()
         @ [
             VectoriserOptions(FirstWords = Nullable 120, LongestTerm = Nullable 2)
             VectoriserOptions(FirstWords = Nullable 120, Tokens = Tokens.Characters(3, 5))
         ])
        FeatureKind.Automatic
        rows

/// Fused for each objective, fitted on the held-out scores that the model's own rule is fitted on.
let mutable rules: (string * Objective * FittedRule) list = []

let every =
    Rule.create "fused" [] (fun context scores truth ->
        rules <-
            objectives
            |> List.map (fun (name, objective) ->
                name,
                objective,
                Rule.fit
                    FusedRule.rule
                    { context with
                        Objective = Objective.resolve labels objective
                    }
                    scores
                    truth)

        let _, _, standard =
            rules |> List.find (fun (_, objective, _) -> objective = Objective.standard)

        standard)

let model =
    Model.fit
        { Presets.strong Objective.standard with
            DecisionRows = if devOnly then Some DecisionRows.ValidationOnly else None
            Labels = LabelReading.Name
            Checkpoints = checkpoints |> Option.map CheckpointFolder.defaults
            Decision =
                { DecisionOptions.defaults with
                    Combination = ScoreCombination.Boosted
                    Rule = every
                }
        }
        labels
        input
        parts.Train
        parts.Validation
        ignore
        CancellationToken.None

printfn $"fitted after {clock.Elapsed.TotalSeconds:F0} s"
let test = Option.get parts.Test
let (Scores known) = Model.scores test.Features model
let scores = Scores(Csr.widen test.Labels.Columns known)
printfn $"scored after {clock.Elapsed.TotalSeconds:F0} s"

let say name way (LabelSets sets) =
    let evidence =
        { Evidence.ofSets (LabelSets(Csr.widen test.Labels.Columns sets)) test.Truth with
            Scores = Some scores
        }

    let number metric = Metric.number metric evidence

    printfn
        $"| `{name}` | {way} | {number (F1.macro (AllLabels AsZero)):F4} | {number F1.micro:F4} | {number (AtK.precision 1):F4} | {number (AtK.precision 5):F4} |"

for name, objective, rule in rules do
    FittedRule.decide (Scores known) rule |> say name "row by row"

    if name <> "micro" then
        PlugIn.onBatch objective 2e-3 (Scores known)
        |> say name "plug-in on the test rows as one batch"
