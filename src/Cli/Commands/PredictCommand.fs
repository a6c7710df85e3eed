namespace Limen.Cli

open System
open System.CommandLine
open System.IO
open Limen
open Limen.Core

/// `limen predict`: the labels of rows.
[<RequireQualifiedAccess>]
module PredictCommand =

    let private words =
        Given.words "TEXT" "the text to label; several words are one text, and - is standard input"

    let private model =
        Given.text "--model" "DIR" "folder of a saved model (default: artifacts/demo/model)"

    let private asJson =
        Given.flag "--json" "a JSON object for each row, one a line: labels, and scores as --top or --all-scores says"

    let private top =
        Given.whole "--top" "K" "the K labels nearest to being predicted, predicted or not"
        |> Given.atLeast 1

    let private allScores =
        Given.flag "--all-scores" "every label that was weighed, with its score, threshold and probability"

    /// Where `limen demo` writes its model. Throws Usage where there is none.
    let private demo () : string =
        let folder = Path.Combine("artifacts", "demo", "model")

        if not (Directory.Exists folder) then
            raise (
                Usage
                    $"expected the folder of a saved model, --model DIR: there is none in {folder}, where limen demo writes one"
            )

        folder

    /// The candidates that are asked for; those predicted where nothing is.
    let private shown (given: ParseResult) : Prediction -> Candidate list =
        match Given.tryNumber top given with
        | _ when Given.is allScores given -> fun p -> List.ofSeq p.Candidates
        | Some k -> fun p -> p.Candidates |> Seq.truncate k |> List.ofSeq
        | None -> fun p -> p.Candidates |> Seq.filter _.IsPredicted |> List.ofSeq

    /// Labels with their probabilities where scores are asked for; else the labels alone. Tabs between them: what has tabs itself is better read from --json.
    let private line (scores: bool) (shown: Candidate list) =
        shown
        |> List.map (fun c -> if scores then $"{c.Label}\t{c.Probability:F4}" else c.Label)
        |> String.concat "\t"

    let private single (rows: Rows) (given: ParseResult) (model: Model) =
        let explanation = Explanation.row 0 (Model.features rows model) model
        let asked = (Given.tryNumber top given).IsSome || Given.is allScores given

        (if asked then
             shown given explanation.Prediction
         else
             Shown.usual explanation.Prediction)
        |> Shown.candidates (Shown.title 1 rows)

        Shown.neighbours explanation

    let private run (given: ParseResult) : int =
        let folder = Given.tryText model given |> Option.defaultWith demo
        let words = given.GetValue words |> List.ofArray
        let shown = shown given
        let scores = (Given.tryNumber top given).IsSome || Given.is allScores given
        let model = Places.load folder
        let rows = Queries.read words given model

        if words <> [] && words <> [ "-" ] && not (Given.is asJson given) then
            single (Seq.exactlyOne rows) given model
        else
            let mutable read = 0

            for block in rows do
                read <- read + block.Count

                for p in Explanation.rows (Model.features block model) model do
                    (if Given.is asJson given then
                         Shown.json (Shown.prediction (shown p) p)
                     else
                         line scores (shown p))
                    |> Terminal.print

            if read = 0 then
                Terminal.warn "there is no row to predict"

        0

    let command =
        ExampleCommand(
            "predict",
            "Labels texts or rows of features with a saved model: one text with reasons, many rows with a line each.",
            [
                "limen predict --model out/model \"Throws when the stream is closed\""
                "limen predict --model out/model --data new.jsonl --json > labels.jsonl"
                "cat texts.txt | limen predict --model out/model --top 5"
                "limen predict --model out/model --data rows.svm --all-scores --json"
                "limen predict --model out/model \"0:0.25 8:1.5\"        # a model of features"
            ]
        )
            .With(
                [ words ],
                ([ model :> Option; Source.data; Source.part; asJson; top; allScores ]
                 @ Source.columns),
                run
            )
