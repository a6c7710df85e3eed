namespace Limen.Core.Reporting

open Giraffe.ViewEngine
open Limen
open Limen.Core

/// Where rows lose labels, and why.
[<RequireQualifiedAccess>]
module internal LostSection =

    let private lostLabel (l: LostLabel) =
        li
            []
            [
                span
                    [ _class (if l.IsFalsePositive then "tag" else "tag missed") ]
                    [ str (if l.IsFalsePositive then "wrong" else "missed") ]
                strong [] [ str l.Label ]
                str " "
                small [] [ str l.Reason ]
            ]

    /// Lost labels of a row that are shown: rows of hundreds would hide the others.
    let private most = 30

    let private lostRow (row: LostRow) =
        let missed = row.Lost |> List.filter (fun l -> not l.IsFalsePositive) |> List.length
        let hidden = row.Lost.Length - most

        article
            [ _class "lost" ]
            [
                h3
                    []
                    [
                        str
                            $"Row {row.Number}: {missed} missed, {row.Lost.Length - missed} wrong, {row.Found.Length} right"
                    ]
                match row.Text with
                | Some text -> blockquote [] [ str text ]
                | None -> ()
                ul [] (row.Lost |> List.truncate most |> List.map lostLabel)
                if hidden > 0 then
                    Page.note $"and {hidden} more"
                if not row.Found.IsEmpty then
                    let right = row.Found |> List.truncate most |> String.concat ", "
                    Page.note $"Right: {right}"
            ]

    /// Shares of rows with right and wrong label sets, and the rows on which most labels are lost.
    let nodes (o: ReportOptions) (rows: Rows) (m: Measured) : XmlNode list =
        let all = LostRows.outcomes m

        [
            Page.grid
                [ "rows"; "of all"; "share" ]
                [
                    for name, n in
                        [
                            "whose label set is exactly right", all.Exact
                            "with a label that was missed", all.Missing
                            "given a label that is wrong", all.Wrong
                            "given no label", all.Empty
                        ] -> [ name; Numerals.whole (float n); Numerals.percent n all.Rows ]
                ]
            if o.Examples > 0 then
                Page.note
                    "The rows on which most labels are lost. A threshold is the sum of its parts: rarity's, the neighbours', what it starts from and the label's own correction, in log-odds."

                yield! LostRows.worst o rows m |> List.map lostRow
        ]
