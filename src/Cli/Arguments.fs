namespace Limen.Cli

open System
open Argu
open Limen.Core

type DemoArguments =
    | Out of path: string
    | Corpus of path: string
    | Seed of int

    interface IArgParserTemplate with
        member a.Usage =
            match a with
            | Out _ -> "folder for report.json and the model (default: artifacts/demo)"
            | Corpus _ -> "write the texts and labels as train.jsonl, dev.jsonl and test.jsonl of this folder, and stop"
            | Seed _ -> "seed of weights, order and dropout (default: 1)"

type PredictArguments =
    | [<MainCommand; Mandatory>] Words of text: string
    | Model of path: string

    interface IArgParserTemplate with
        member a.Usage =
            match a with
            | Words _ -> "the text to label"
            | Model _ -> "folder of a saved model (default: artifacts/demo/model)"

type TrainArguments =
    | [<Mandatory>] Data of path: string
    | [<Mandatory>] Out of path: string
    | Input of format: string
    | Objective of name: string
    | Dev_Only
    | Seed of int

    interface IArgParserTemplate with
        member a.Usage =
            match a with
            | Data _ ->
                $"""folder with train, optional dev, and test files ({String.Join(", ", InputFormats.endings)}; .gz and .bz2 too), weights of rows in FILE.weight"""
            | Out _ -> "folder for report.json and the model"
            | Input _ ->
                let formats = InputFormats.all |> List.map (fun f -> $"{f.Format.Name}, {f.About}")

                $"""which files to read (default: the first of these that the training file looks like): {String.Join("; ", formats)}"""
            | Objective _ ->
                "what the decision is fitted for: macro, micro or macro+micro (default: macro + 0.25 micro)"
            | Dev_Only ->
                "decide on the dev rows and learn nothing else from them, as published comparisons do (default: they decide, and are learned from too)"
            | Seed _ -> "seed of weights, order and dropout (default: 1)"

[<RequireSubcommand>]
type Arguments =
    | [<CliPrefix(CliPrefix.None)>] Demo of ParseResults<DemoArguments>
    | [<CliPrefix(CliPrefix.None)>] Predict of ParseResults<PredictArguments>
    | [<CliPrefix(CliPrefix.None)>] Train of ParseResults<TrainArguments>

    interface IArgParserTemplate with
        member a.Usage =
            match a with
            | Demo _ -> "train four ways on the API documentation of the installed .NET SDK and compare"
            | Predict _ -> "label a text with a saved model and explain its thresholds"
            | Train _ -> "train the full model on files, and measure it on the test file"
