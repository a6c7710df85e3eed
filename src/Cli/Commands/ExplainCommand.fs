namespace Limen.Cli

open System.CommandLine
open System.Text.Json.Nodes
open Limen
open Limen.Core

/// `limen explain`: why labels are predicted for a row, and why one is not.
[<RequireQualifiedAccess>]
module ExplainCommand =

    let private model = Given.argument "MODEL" "folder of a saved model"
    let private words = Given.words "TEXT" "the text; several words are one text"

    let private label =
        Given.texts "--label" "LABEL" "why this label is predicted, or why not; may be repeated"

    let private row =
        Given.whole "--row" "N" "which row of --data, counted from 1 (default: 1)"
        |> Given.atLeast 1

    let private asJson = Given.flag "--json" "as a JSON object"

    let private chosen (given: ParseResult) (rows: Rows seq) : Rows =
        let wanted = Given.tryNumber row given |> Option.defaultValue 1

        let rec find left (blocks: Rows list) =
            match blocks with
            | block :: _ when left <= block.Count -> Rows.selectRows [| left - 1 |] block
            | block :: rest -> find (left - block.Count) rest
            | [] when left = wanted ->
                raise (Usage $"expected a text or rows to explain, received none: {Queries.ways}")
            | [] -> raise (Usage $"--row: expected one of the {wanted - left} rows, received {wanted}")

        find wanted (List.ofSeq rows)

    let private part (c: Candidate) : JsonNode =
        let o = JsonObject()
        o["score"] <- Shown.number c.Score
        o["threshold"] <- Shown.number c.Threshold
        o["rarity"] <- Shown.number c.Global
        o["neighbours"] <- Shown.number c.Local
        o["bias"] <- Shown.number c.Bias
        o["own"] <- Shown.number c.Correction
        o["probability"] <- Shown.number c.Probability
        o

    let private reasonNode (reason: LabelReason) : JsonNode =
        let o = JsonObject()
        o["label"] <- reason.Label
        o["reason"] <- reason.Message
        o["best_place"] <- reason.Rank

        if not (isNull (box reason.Candidate)) then
            o["parts"] <- part reason.Candidate

        o

    let private node (explanation: Explanation) (reasons: LabelReason list) : JsonNode =
        let o =
            (Shown.prediction explanation.Prediction.Candidates explanation.Prediction).AsObject()

        o["reasons"] <- JsonArray [| for reason in reasons -> reasonNode reason |]

        let neighbour (n: Neighbour) : JsonNode =
            let o = JsonObject()
            o["training_row"] <- n.Row
            o["share"] <- Shown.number n.Weight
            o["labels"] <- Shown.texts n.Labels
            o

        o["neighbours"] <- JsonArray [| for n in explanation.Neighbours -> neighbour n |]
        o

    let private run (given: ParseResult) : int =
        let model = Places.load (given.GetValue model)
        let words = given.GetValue words |> List.ofArray
        let rows = Queries.read words given model |> chosen given
        let x = Model.features rows model

        let reasons =
            Given.all label given |> List.map (fun name -> Explanation.label name 0 x model)

        let explanation = Explanation.row 0 x model

        if Given.is asJson given then
            node explanation reasons |> Shown.pretty |> Terminal.print
        else
            let title = Shown.title (Given.tryNumber row given |> Option.defaultValue 1) rows

            let asked =
                [
                    for reason in reasons do
                        if not (isNull (box reason.Candidate)) then
                            reason.Candidate
                ]

            Shown.candidates
                title
                (if reasons.IsEmpty then
                     Shown.usual explanation.Prediction
                 else
                     asked)

            reasons |> List.iter (fun reason -> Terminal.print reason.Message)
            Shown.neighbours explanation

        0

    let command =
        ExampleCommand(
            "explain",
            "Why labels are predicted for a row, and why a label is not: score, threshold and its parts, and the training rows that voted.",
            [
                "limen explain out/model \"Throws when the stream is closed\""
                "limen explain out/model \"Throws when the stream is closed\" --label System.IO.IOException"
                "limen explain out/model --data test.jsonl --row 7 --json"
            ]
        )
            .With([ model; words ], ([ Source.data :> Option; Source.part; row; label; asJson ] @ Source.columns), run)
