namespace Limen.Cli

open System
open System.CommandLine
open System.IO
open Limen
open Limen.Core

/// `limen decide`: another decision on a saved model, without training.
[<RequireQualifiedAccess>]
module DecideCommand =

    let private model = Given.argument "MODEL" "folder of a saved model"

    let private out =
        Given.text "--out" "DIR" "folder for the model, which is written to DIR/model"

    let private risk =
        Given.number
            "--risk"
            "LEVEL"
            "one threshold at which at most this share of a row's labels is missed on average (conformal risk control)"
        |> Given.share

    let private sets =
        Given.flag "--possible-sets" "lets the model say which label sets are possible (conformal prediction)"

    let private onLearned =
        Given.flag
            "--on-learned-rows"
            "also on rows that the model learned from, whose scores are better than those of new rows"

    let private calibration =
        Given.text "--calibration" "HOW" "probabilities calibrated on these rows"

    let private seed = Given.whole "--seed" "N" "of rules that draw (default: 1)"

    let private given' (o: Option<string>) (given: ParseResult) = (Given.tryText o given).IsSome

    /// What is asked for, one step after another; the steps that need rows come with what needs them.
    let private steps
        (settings: ModelSettings)
        (given: ParseResult)
        : (Dataset -> Model -> Model) list * (Model -> Model) list =
        let asks = not (isNull settings.Decision) || not (isNull settings.Objective)
        let rule = settings.DecisionRule()

        let objective = settings.ObjectiveOr Objective.standard

        [
            if given' calibration given then
                let options =
                    ModelSettings().With("calibration", (Given.tryText calibration given).Value)

                SettingOptions.requireRanges options
                let fitted, _, _ = SettingOptions.options options
                Model.withCalibration fitted.Decision.Calibration.Value
            if asks then
                Model.withDecision rule objective (Given.tryNumber seed given |> Option.defaultValue 1 |> Seed.ofInt)
            match Given.tryNumber risk given with
            | Some level -> Model.withRisk level
            | None -> ()
            if Given.is sets given then
                Model.withSets ConformalNorm.L1
        ],
        [
            if not asks && not (isNull settings.Constrained) then
                Model.withConstraints rule
        ]

    let private labelled (given: ParseResult) (fitted: Model) : Dataset =
        let place =
            Source.onePlace "expected labelled rows that the model did not learn from" given

        let dataset = ModelRows.known place (Source.rows "dev" given place) fitted

        if Origin.learnedFrom dataset fitted.Origin && not (Given.is onLearned given) then
            raise (
                ArgumentException
                    $"{place}: expected rows that the model did not learn from, found just those that it did, by its record: a decision on these promises too much; give other rows by --data, train with --dev-only and decide on dev, or say --on-learned-rows"
            )

        // rows of a part of those, or of models of before the record, are known by their features alone
        EvaluateCommand.tellSeen
            "a decision on these promises too much; take rows that no training saw, or train with --dev-only and decide on dev"
            dataset.Features
            fitted

        Terminal.note $"Decided on {dataset.Rows} rows of {place}, which must be none that the model learned from."

        dataset

    let private run (given: ParseResult) : int =
        let output =
            match Given.tryText out given with
            | Some folder -> folder
            | None -> raise (Usage "expected a folder for the new model: --out DIR")

        let settings = SettingOptions.over SettingOptions.decision given (ModelSettings())
        SettingOptions.requireRanges settings
        let withRows, alone = steps settings given

        if withRows.IsEmpty && alone.IsEmpty then
            raise (
                Usage
                    "expected something to decide anew: --objective, --decision, --risk, --calibration, --possible-sets or a constraint"
            )

        let saved = Path.Combine(output, "model")
        let source = Places.model (given.GetValue model)

        if Path.GetFullPath saved = Path.GetFullPath source then
            raise (
                Usage
                    $"--out: expected another folder than that of the model, received \"{output}\", whose model would be lost; give a new one"
            )

        Places.writableFolder output
        ModelFolder.requireFree saved
        let fitted = Places.load source

        let decided =
            if withRows.IsEmpty then
                fitted
            else
                let rows = labelled given fitted
                Progress.during "deciding" (fun () -> withRows |> List.fold (fun model step -> step rows model) fitted)

        alone |> List.fold (fun model step -> step model) decided |> Store.save saved
        Terminal.note $"Written: {saved}."
        0

    let command =
        ExampleCommand(
            "decide",
            "Gives a saved model another rule, objective, constraints, risk or calibration, from labelled rows that it did not learn from, without training.",
            [
                "limen decide out/model --data data --objective micro --out micro"
                "limen decide out/model --data dev.jsonl --decision \"rCut(k=3)\" --out three"
                "limen decide out/model --data dev.jsonl --risk 0.1 --out careful"
                "limen decide out/model --at-most 5 --without obsolete --out few"
            ]
        )
            .With(
                [ model ],
                [
                    Source.data :> Option
                    Source.part
                    out
                    risk
                    calibration
                    sets
                    seed
                    onLearned
                ]
                @ Source.columns
                @ Change.options SettingOptions.decision,
                run
            )
