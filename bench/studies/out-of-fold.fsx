// Does a decision that is fitted on scores out of fold of all training rows know more than one fitted on dev rows? Linear models on words alone learn from the training rows; half of the dev rows decides,
// or three folds of the training rows do; the other half of the dev rows measures. Test rows are not read. After ./build.sh build:
//   LIMEN_DATA=DIR dotnet fsi bench/studies/out-of-fold.fsx eurlex57k
#load "limen.fsx"

open System
open System.IO
open System.Threading
open Limen
open Limen.Core

let data = Environment.GetEnvironmentVariable "LIMEN_DATA"

let objectives =
    [
        "micro", Objective.MicroF1
        "macro + micro", Objective.MacroPlusMicro 1.0
        "macro + 0.25 micro", Objective.standard
        "macro", Objective.MacroF1
    ]

let study name =
    let rows = (Folder.read Folder.defaults (Path.Combine(data, name))).Rows

    let labels, input, parts =
        Pipeline.prepare [ VectoriserOptions(LongestTerm = Nullable 1) ] FeatureKind.Automatic { rows with Test = None }

    let dev = parts.Validation.Value
    let order = Seed.permutation dev.Rows (Seed.ofInt 1)

    let part rows =
        dev |> Dataset.selectRows (Array.sort rows)

    let decides, measures = part order[.. dev.Rows / 2 - 1], part order[dev.Rows / 2 ..]

    /// Fused for each objective, on the scores that the model's own rule is fitted on.
    let mutable rules: (string * FittedRule) list = []

    let every =
        Rule.create "fused" [] (fun context scores truth ->
            rules <-
                [
                    for said, objective in objectives ->
                        said,
                        Rule.fit
                            FusedRule.rule
                            { context with
                                Objective = Objective.resolve labels objective
                            }
                            scores
                            truth
                ]

            snd rules[2])

    for said, decisionRows, validation in
        [
            "half of the dev rows", DecisionRows.ValidationOnly, Some decides
            "training rows out of fold", DecisionRows.CrossFit(3, 1), None
        ] do
        let model =
            Model.fit
                { Presets.strong Objective.standard with
                    Scorers = [ Linear.scorer LinearOptions.standard ]
                    DecisionRows = Some decisionRows
                    Decision =
                        { DecisionOptions.defaults with
                            Rule = every
                        }
                }
                labels
                input
                parts.Train
                validation
                ignore
                CancellationToken.None

        let scores = Model.scores measures.Features model

        for objective, rule in rules do
            let evidence = Evidence.ofSets (FittedRule.decide scores rule) measures.Truth

            printfn
                $"| {said} | {objective} | {Metric.number (F1.macro (AllLabels AsZero)) evidence:F4} | {Metric.number F1.micro evidence:F4} |"

match List.tail (List.ofArray fsi.CommandLineArgs) with
| [ name ] -> study name
| _ ->
    eprintfn "usage: LIMEN_DATA=DIR dotnet fsi bench/studies/out-of-fold.fsx NAME"
    exit 2
