namespace Limen.Core.Reporting

open System
open Limen
open Limen.Core

/// A pair on which the model is wrong.
[<NoComparison>]
type internal LostLabel =
    {
        Label: string
        /// Predicted though the row does not have it; else not predicted though it has.
        IsFalsePositive: bool
        /// Why, in words.
        Reason: string
    }

/// A row with what the model lost on it.
[<NoComparison>]
type internal LostRow =
    {
        /// Counted from 1, as the rows came.
        Number: int
        Text: string option
        /// Labels that it has and was given.
        Found: string list
        Lost: LostLabel list
    }

/// Rows of a report by what is lost on them.
type internal RowOutcomes =
    {
        Rows: int
        /// With exactly their labels.
        Exact: int
        /// With a label that they were not given.
        Missing: int
        /// Given a label that they do not have.
        Wrong: int
        /// Given no label at all.
        Empty: int
    }

[<RequireQualifiedAccess>]
module internal LostRows =

    let private sets (m: Measured) row =
        Csr.set row m.Evidence.Truth.Matrix, Csr.set row m.Evidence.Predicted.Value.Matrix

    /// Rows of weight 0 count nowhere.
    let private counted (m: Measured) : int[] =
        [| 0 .. m.Evidence.Rows - 1 |]
        |> Array.filter (fun row -> RowWeights.at row m.Evidence.Weights > 0.0)

    let outcomes (m: Measured) : RowOutcomes =
        let rows = counted m |> Array.map (sets m)

        let count (f: int[] -> int[] -> bool) =
            rows |> Array.filter (fun (t, p) -> f t p) |> Array.length

        {
            Rows = rows.Length
            Exact = count (=)
            Missing = count (fun t p -> (Array.except p t).Length > 0)
            Wrong = count (fun t p -> (Array.except t p).Length > 0)
            Empty = count (fun _ p -> p.Length = 0)
        }

    /// The parts of a threshold that are not 0, as a sum.
    let private sum (c: Candidate) =
        [
            "rarity", c.Global
            "neighbours", c.Local
            "start", c.Bias
            "the label's own", c.Correction
        ]
        |> List.filter (fun (_, part) -> abs part >= 0.0005)
        |> List.mapi (fun i (name, part) ->
            let sign =
                if i = 0 then ""
                elif part < 0.0 then " - "
                else " + "

            $"{sign}{(if i = 0 then part else abs part):F3} {name}")
        |> String.concat ""

    let private ofCandidate (c: Candidate) =
        if not (isNull c.Turned) then
            $"turned by a constraint: {c.Turned}"
        elif c.Taken > 0 then
            $"its place is {c.Rank}, and the best {c.Taken} of the row are taken"
        else
            let where = if c.Margin > 0.0 then "above" else "below"
            let parts = sum c
            let made = if parts = "" then "" else $" = {parts}"
            $"score {c.Score:F3} is {where} its threshold {c.Threshold:F3}{made}; probability {c.Probability:F3}, place {c.Rank} of the row"

    /// Why a label is lost for a row, from the labels that were weighed for it.
    let reason (model: Model) (prediction: Prediction) (label: string) : string =
        match prediction.Candidates |> Seq.tryFind (fun c -> c.Label = label) with
        | Some c -> ofCandidate c
        | None when (model.Labels.TryId label).IsNone -> "the model does not know this label"
        | None -> "not weighed: no scorer proposes it, and no neighbour carries it"

    let private shortened (most: int) (text: string) =
        if text.Length <= most then
            text
        else
            // no half of a character that takes two
            let cut =
                if Char.IsHighSurrogate text[most - 1] then
                    most - 1
                else
                    most

            text[.. cut - 1] + " …"

    let private lostRow (o: ReportOptions) (rows: Rows) (m: Measured) (row: int) (prediction: Prediction) : LostRow =
        let truth, predicted = sets m row

        let lost isFalsePositive label =
            let name = m.Labels.Name label

            {
                Label = name
                IsFalsePositive = isFalsePositive
                Reason = reason m.Model prediction name
            }

        {
            Number = row + 1
            Text =
                Rows.tryTexts rows
                |> Option.map (fun texts -> shortened o.Characters texts[row])
            Found =
                [
                    for l in truth |> Array.filter (fun l -> Array.contains l predicted) -> m.Labels.Name l
                ]
            Lost =
                [
                    for l in Array.except predicted truth -> lost false l
                    for l in Array.except truth predicted -> lost true l
                ]
        }

    /// The rows on which most labels are lost; of as many, those that come first.
    let worst (o: ReportOptions) (rows: Rows) (m: Measured) : LostRow list =
        let lost row =
            let truth, predicted = sets m row
            (Array.except predicted truth).Length + (Array.except truth predicted).Length

        let chosen =
            counted m
            |> Array.map (fun row -> row, lost row)
            |> Array.filter (fun (_, n) -> n > 0)
            |> Array.sortBy (fun (row, n) -> struct (-n, row))
            |> Array.truncate o.Examples
            |> Array.map fst

        if chosen.Length = 0 then
            []
        else
            let predictions = Explanation.rows (Csr.selectRows chosen m.Features) m.Model
            Array.map2 (lostRow o rows m) chosen predictions |> List.ofArray
