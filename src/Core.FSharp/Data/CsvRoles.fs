namespace Limen.Core

open System
open System.Collections.Generic
open Limen

/// What each column of a table is, by its place.
[<RequireQualifiedAccess>]
type internal CsvRoles =
    {
        Text: int[]
        /// Lists of labels, or 0 and 1 where all are.
        Labels: int[]
        /// 0 and 1 each, with their names.
        Flags: (int * string)[]
        /// Columns that are labels if they hold nothing but 0 and 1, features if they hold numbers.
        Open: int[]
        Numbers: int[]
        Id: int option
        Group: int option
        Time: int option
        Weight: int option
        Part: int option
    }

    /// Whether no column is known to hold labels.
    member roles.LacksLabels = roles.Labels.Length + roles.Flags.Length = 0

    /// Whether no column is known to hold what labels are predicted from.
    member roles.LacksFeatures = roles.Text.Length + roles.Numbers.Length = 0

    /// Columns whose values are kept as they are written.
    member roles.Kept =
        [ roles.Id; roles.Group; roles.Time; roles.Weight; roles.Part ]
        |> List.choose id
        |> List.distinct

    /// Columns that are read at all, in order.
    member roles.Read =
        [|
            yield! roles.Text
            yield! roles.Labels
            yield! Array.map fst roles.Flags
            yield! roles.Open
            yield! roles.Numbers
            yield! roles.Kept
        |]
        |> Array.distinct
        |> Array.sort

/// What the columns of a table are, as asked for or by their usual names. Throws DataFormatException for a column that is not there.
[<RequireQualifiedAccess>]
module internal CsvRoles =

    let private requireDistinct path (names: string[]) =
        names
        |> Array.filter ((<>) "")
        |> Array.countBy id
        |> Array.tryFind (fun (_, count) -> count > 1)
        |> Option.iter (fun (name, _) ->
            Lines.fail path 1 (Array.LastIndexOf(names, name) + 1) "each column's name once" $"\"{name}\"")

    let private refuse path (names: string[]) expected =
        Lines.fail path 1 1 expected $"the columns {FieldNames.listed names}"

    let private place path (names: string[]) (what: string) (name: string) : int =
        match FieldNames.tryFind [ name ] names with
        | Some at -> at
        | None -> refuse path names $"a column \"{name}\", as asked for {what}"

    /// Columns whose names are a prefix and a label.
    let private prefixed path (names: string[]) (prefix: string) : (int * string)[] =
        let found =
            [|
                for at in 0 .. names.Length - 1 do
                    if
                        names[at].StartsWith(prefix, StringComparison.Ordinal)
                        && names[at].Length > prefix.Length
                    then
                        at, names[at].Substring prefix.Length
            |]

        if found.Length = 0 then
            refuse path names $"columns whose names begin with \"{prefix}\", as asked for labels"

        found

    /// The columns that are asked for or have a usual name; none is open yet.
    let private known (fields: Fields) (path: string) (names: string[]) : CsvRoles =
        let optional what name =
            name |> Option.ofObj |> Option.map (place path names what)

        let chosen what (columns: IReadOnlyList<string>) =
            columns |> Seq.map (place path names what) |> Seq.toArray

        let flags =
            match fields.LabelPrefix with
            | null -> Array.empty
            | prefix -> prefixed path names prefix

        let labels =
            match chosen "labels" fields.Labels with
            | [||] when flags.Length = 0 -> FieldNames.tryFind FieldNames.labels names |> Option.toArray
            | found -> found

        let numbers = chosen "features" fields.Features

        let text =
            match chosen "text" fields.Text with
            | [||] when numbers.Length = 0 ->
                FieldNames.tryFind FieldNames.texts names
                |> Option.filter (fun at -> not (Array.contains at labels))
                |> Option.toArray
            | found -> found

        {
            CsvRoles.Text = text
            Labels = labels
            Flags = flags
            Open = Array.empty
            Numbers = numbers
            Id = optional "ids" fields.Id
            Group = optional "groups" fields.Group
            Time = optional "times" fields.Time
            Weight =
                // a weight beside numbers may well be in kilograms
                match optional "weights" fields.Weight with
                | None when text.Length > 0 -> FieldNames.tryFind [ "weight" ] names
                | named -> named
            Part = optional "parts" fields.Part
        }

    /// What each column is. Where no column is known to hold labels, or none to hold features, all that nothing is known of are open, but for one that numbers the rows.
    let ofHeader (fields: Fields) (path: string) (names: string[]) : CsvRoles =
        requireDistinct path names
        let roles = known fields path names

        let meaningless =
            FieldNames.tryFind FieldNames.ids names
            |> Option.filter (fun _ -> fields.Header)

        if roles.LacksLabels || roles.LacksFeatures then
            let taken = [| yield! roles.Read; yield! Option.toArray meaningless |]

            { roles with
                CsvRoles.Open = Array.except taken [| 0 .. names.Length - 1 |]
            }
        else
            roles
