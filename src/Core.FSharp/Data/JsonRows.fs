namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// What JSON lines and JSON arrays have in common: what the fields of all rows together say.
[<RequireQualifiedAccess>]
module internal JsonRows =

    let private idsOf (fields: Fields) path (lines: int[]) (rows: int[][]) : FileLabels * string =
        let id row id =
            if id < fields.FirstLabel then
                Lines.fail path lines[row] 1 $"ids of labels from {fields.FirstLabel} on" $"{id}"

            id - fields.FirstLabel

        // lists of 0 and 1 alone are rather flags, of which some are missing
        let areFlags = rows |> Array.forall (Array.forall (fun id -> id = 0 || id = 1))

        let sets, dropped = RepeatedLabels.once rows

        rows
        |> Array.mapi (fun row ids ->
            if areFlags && sets[row].Length < ids.Length then
                Lines.fail
                    path
                    lines[row]
                    1
                    "each label of a row once, or 0 and 1 for each label in every row"
                    $"""[{String.Join(", ", ids |> Array.truncate 12)}]"""

            Array.map (id row) sets[row])
        |> IdLists.ofIds fields.FirstLabel,
        RepeatedLabels.said "labels are ids" dropped

    let private labelsOf
        (fields: Fields)
        path
        (lines: int[])
        (repeated: int)
        (rows: JsonLabels[])
        : FileLabels * string list =
        let lists = rows |> Array.choose (fun r -> Option.ofObj r.List)
        let ids = rows |> Array.map _.Ids

        if
            lists.Length = 0
            && rows |> Array.forall (fun r -> r.Names.Length = 0)
            && ids |> Array.exists (fun i -> i.Length > 0)
        then
            match IdLists.tryFlags 0 1 fields.FirstLabel ids with
            | Some labels -> labels, [ $"labels are lists of {ids[0].Length} numbers 0 and 1" ]
            | None ->
                let labels, said = idsOf fields path lines ids
                labels, [ said ]
        else
            let form = LabelLists.form fields.Separator lists

            let names (row: JsonLabels) =
                [|
                    yield! row.Names
                    yield! row.Ids |> Array.map string

                    match row.List with
                    | null -> ()
                    | list -> yield! list.Split '\n' |> Array.collect (LabelLists.split form)
                |]

            let sets = rows |> Seq.map names |> NameSets.Of

            FileLabels.Names sets,
            [
                if lists.Length > 0 then
                    $"lists of labels are {LabelLists.describe form}"
                yield! RepeatedLabels.note (repeated + sets.Dropped) |> Option.toList
            ]

    /// Numbers of fields that are asked for, from that place among the others on; one that is null or not there is missing (NaN).
    let private numbers (fields: Fields) path (lines: int[]) (first: int) (others: string[][]) : Rows =
        let number row column =
            match others[row][first + column] with
            | null -> nanf
            | value ->
                match TableValues.number value with
                | ValueSome v -> v
                | ValueNone -> Lines.fail path lines[row] 1 $"a number as \"{fields.Features[column]}\"" $"\"{value}\""

        for column in 0 .. fields.Features.Count - 1 do
            if others |> Array.forall (fun row -> isNull row[first + column]) then
                Lines.fail
                    path
                    lines[0]
                    1
                    $"a field \"{fields.Features[column]}\", as asked for features, in some row"
                    "none"

        Rows.Dense(Array2D.init others.Length fields.Features.Count number)

    /// The rows of all blocks, which begin on these lines (from 1).
    let assemble (fields: Fields) (notes: string list) (path: string) (lines: int[]) (blocks: JsonRows[]) : FileRows =
        let all (values: JsonRows -> 'a seq) =
            blocks |> Seq.collect values |> Seq.toArray

        let texts = blocks |> Seq.map _.Texts |> TextList.Concat

        if texts.Count = 0 then
            Lines.fail path 1 1 "at least one row" "none"

        let weights =
            if blocks |> Array.exists _.Weighted then
                Some(all _.Weights)
            else
                None

        let values = all _.Others
        let asked = JsonRoles.others fields

        let column place =
            if isNull asked[place] then
                None
            else
                let at = asked |> Array.take place |> Array.filter (isNull >> not) |> Array.length

                values
                |> Array.mapi (fun row v ->
                    match v[at] with
                    | null -> Lines.fail path lines[row] 1 $"a field \"{asked[place]}\"" "none"
                    | value -> value)
                |> Some

        let features () =
            let given = asked |> Array.filter (isNull >> not)
            numbers fields path lines (given.Length - fields.Features.Count) values

        let repeated = blocks |> Array.sumBy _.Repeated
        let labels, said = labelsOf fields path lines repeated (all _.Labels)
        let replaced = blocks |> Array.sumBy _.Replaced

        let rows =
            match fields.Features.Count, fields.Text.Count with
            | 0, _ -> Rows.Texts texts
            | _, 0 -> features ()
            | _ -> Rows.Texts texts |> Rows.beside (features ())

        {
            Rows = rows
            Labels = labels
            Sized = false
            Weights = RowWeights.ofFile path texts.Count weights
            Columns =
                {
                    Ids = column 0
                    Groups = column 1
                    Times = column 2
                    Parts = column 3
                    Lines = Some lines
                    Notes =
                        [
                            yield! notes
                            yield! said
                            if replaced > 0 then
                                $"{replaced} halves of surrogate pairs became U+FFFD"
                        ]
                }
        }
