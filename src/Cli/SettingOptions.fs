namespace Limen.Cli

open System
open System.CommandLine
open System.IO
open System.Text.Json
open Limen
open Limen.Core

/// What `train` and `search` may be told of the model: an option for each setting of a settings file (ModelSettings), short ones for those that are changed most.
[<RequireQualifiedAccess>]
module SettingOptions =

    let private ways (all: seq<string>) = String.Join("; ", all)

    /// Sets the setting of that name.
    let private written (setting: string) (value: string) (settings: ModelSettings) : ModelSettings =
        settings.With(setting, value)

    let private asText setting (option: Option<string>) = option |> Change.text (written setting)

    let private asNumber setting (option: Option<Nullable<int>>) =
        option |> Change.number (string >> written setting)

    let private asList setting (option: Option<string[]>) =
        option
        |> Change.texts (fun several -> JsonSerializer.Serialize several |> written setting)

    let private asFlag setting (option: Option<bool>) (value: string) =
        option |> Change.flag (written setting value)

    let private objective =
        Given.text
            "--objective"
            "WHAT"
            $"what the decision is fitted for: macro, micro, macro+micro, or {ways (Doors.Ways<Objective>())} (default: macroPlusMicro(weight=0.25))"

    /// The short names beside those of the functions.
    let private longObjective (name: string) =
        match name with
        | "macro" -> "macroF1"
        | "micro" -> "microF1"
        | "macro+micro" -> "macroPlusMicro(weight=1)"
        | other -> other

    /// What the decision is made of: for `train`, and for `decide` on a saved model.
    let decision: Change<ModelSettings> list =
        let thresholds =
            Given.texts
                "--threshold"
                "LABEL=NUMBER"
                "the threshold of a label in log-odds, known beforehand; may be repeated"

        let exclusive =
            Given.texts
                "--exclusive"
                "[LABEL,...]"
                "a JSON list of labels of which a row has at most one; may be repeated"

        let pair (written: string) =
            match written.LastIndexOf '=' with
            | -1 -> raise (Usage $"--threshold: expected LABEL=NUMBER, received \"{written}\"")
            | at ->
                match Double.TryParse(written[at + 1 ..], Globalization.CultureInfo.InvariantCulture) with
                | true, number when Double.IsFinite number -> written[.. at - 1], number
                | _ -> raise (Usage $"--threshold: expected a number after \"=\", received \"{written}\"")

        let set (written: string) =
            try
                JsonSerializer.Deserialize<string[]> written
            with :? JsonException ->
                raise (Usage $"--exclusive: expected a JSON list such as '[\"a\", \"b\"]', received \"{written}\"")

        [
            objective |> Change.text (longObjective >> written "objective")
            Given.text
                "--decision"
                "RULE"
                $"how scores become label sets: {ways (Doors.Ways<Decision>())} (default: fused)"
            |> asText "decision"
            Given.whole "--at-least" "N" "at least so many labels for each row"
            |> asNumber "atLeast"
            Given.whole "--at-most" "N" "at most so many labels for each row"
            |> asNumber "atMost"
            Given.texts "--only" "LABEL" "no label but this one and others so named"
            |> asList "only"
            Given.texts "--without" "LABEL" "never this label; may be repeated"
            |> asList "without"
            exclusive
            |> Change.texts (fun sets -> sets |> List.map set |> JsonSerializer.Serialize |> written "exclusive")
            thresholds
            |> Change.texts (fun pairs ->
                pairs
                |> List.map pair
                |> dict
                |> JsonSerializer.Serialize
                |> written "thresholds")
        ]

    /// "256,128" as a list; brackets are special to some shells.
    let private inBrackets (widths: string) =
        if widths.TrimStart().StartsWith '[' then
            widths
        else
            $"[{widths}]"

    /// What else a model is made of.
    let model: Change<ModelSettings> list =
        let network name value setting about =
            Given.text name value $"{about}; of the networks" |> asText $"network.{setting}"

        let vectoriser name value setting about =
            Given.text name value $"{about}; of texts" |> asText $"vectoriser.{setting}"

        [
            Given.text
                "--calibration"
                "HOW"
                $"how scores become probabilities: {ways (Doors.Ways<Limen.Calibration>())} (default: the sigmoid of the score)"
            |> asText "calibration"
            Given.text
                "--decide-on"
                "ROWS"
                $"the rows that decide: {ways (Doors.Ways<DecisionRows>())} (default: by the number of rows and labels)"
            |> asText "decisionRows"
            asFlag
                "decisionRows"
                (Given.flag
                    "--dev-only"
                    "decide on the dev rows and learn nothing else from them, as published comparisons do: --decide-on validationOnly")
                "validationOnly"
            Given.texts
                "--signal"
                "SIGNAL"
                $"what thresholds are fused from, one global and one local: {ways (Doors.Ways<Limen.Signal>())} (default: both idf and featureKnn)"
            |> asList "signals"
            Given.texts "--scorer" "SCORER" $"what gives scores; may be repeated: {ways (Doors.Ways<Scorer>())}"
            |> asList "scorers"
            Given.texts "--view-scorer" "SCORER" "what reads each view of the texts after the first (default: linear)"
            |> asList "viewScorers"
            Given.text
                "--loss"
                "LOSS"
                $"what networks are trained with: {ways (Doors.Ways<Loss>())}, and sums of them, as in \"bceWithThreshold + 0.1 margin\""
            |> asText "network.loss"
            network "--epochs" "N" "epochs" "passes over the training rows, at most"
            Given.text "--hidden" "N,N" "widths of the hidden layers, one to three; of the networks"
            |> Change.text (inBrackets >> written "network.hiddenLayers")
            network "--learning-rate" "NUMBER" "learningRate" "the learning rate"
            network "--batch-size" "N" "batchSize" "rows of a step"
            network "--dropout" "SHARE" "dropout" "the share of hidden units that training drops"
            network "--patience" "N" "patience" "epochs without a better validation score before training ends"
            Given.text "--network" "VALUES" $"all values of the networks: {Doors.Values<PerceptronOptions>()}"
            |> asText "network"
            Given.whole "--candidates" "N" "labels that each scorer proposes for a row (default: 60)"
            |> asNumber "candidates"
            vectoriser
                "--min-df"
                "N"
                "minDocumentFrequency"
                "training texts that a term must be in (default: 1, 2 or 5, by their number)"
            vectoriser "--max-features" "N" "maxFeatures" "the most frequent terms, up to so many"
            vectoriser "--longest-term" "N" "longestTerm" "tokens of the longest term"
            vectoriser "--tokens" "WHAT" "tokens" $"what terms are made of: {ways (Doors.Ways<Tokens>())}"
            Given.texts "--view" "VALUES" $"a view of the texts; may be repeated: {Doors.Values<VectoriserOptions>()}"
            |> asList "views"
            Given.text
                "--features"
                "KIND"
                "what the numbers of feature rows are: automatic, values, termCounts, measurements, robust or quantiles"
            |> asText "features"
            asFlag
                "averagedScores"
                (Given.flag "--averaged-scores" "one score by the mean of the scorers, in the place of a model of them")
                "true"
            asFlag
                "boostedScores"
                (Given.flag
                    "--boosted-scores"
                    "one score by a model of the scorers and trees on top, for several thousand held-out rows")
                "true"
            asFlag
                "labelNames"
                (Given.flag
                    "--label-names"
                    "labels are names: scorers learn from their words and look for them, for labels of few texts or none")
                "true"
            Given.whole "--seed" "N" "seed of weights, order and dropout (default: 1)"
            |> asNumber "seed"
        ]

    let settings =
        Given.text "--settings" "FILE" "a settings file, as train writes it beside a model; other options change it"

    /// What was given of these options, on top of other settings. Throws Usage.
    let over (options: Change<ModelSettings> list) (given: ParseResult) (settings: ModelSettings) : ModelSettings =
        WrongValues.ofSettings (fun () -> Change.apply options given settings)

    /// The settings of the file, where one is named. Throws IOException and ConfigurationException, for the file is at fault.
    let private ofFile (given: ParseResult) : ModelSettings =
        match Given.tryText settings given with
        | None -> ModelSettings()
        | Some path ->
            Places.requireExists path

            let settings = ModelSettings.Load path
            settings.Builder() |> ignore
            settings

    /// What the core fits with. Throws ConfigurationException.
    let options (settings: ModelSettings) : ModelOptions * VectoriserOptions list * FeatureKind =
        let struct (options, vectorisers, kind) = settings.Builder().Chosen()
        options, List.ofSeq vectorisers, kind

    /// Throws Usage for all numbers of the settings that are out of their range.
    let requireRanges (settings: ModelSettings) : unit =
        WrongValues.ofSettings (fun () ->
            let options, vectorisers, _ = options settings

            ModelOptions.faults options @ List.collect Vectoriser.faults vectorisers
            |> WrongValues.require)

    /// File and options together, all faults of the options found. Throws Usage for them.
    let read (given: ParseResult) : ModelSettings =
        let settings = ofFile given |> over (decision @ model) given
        requireRanges settings
        settings
