namespace Limen.Core

open System
open System.Collections.Generic
open Limen

/// How columns hold labels.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal ParquetLabels =
    /// 0 and 1 each, a label a column.
    | Flags of ParquetColumn[]
    /// Lists or single values.
    | Lists of ParquetColumn[]

    member labels.Columns =
        match labels with
        | Flags columns
        | Lists columns -> columns

/// What the columns of a file are.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal ParquetRoles =
    {
        Labels: ParquetLabels
        Text: ParquetColumn[]
        /// Vectors, or columns of numbers, where there is no text, or they are asked for.
        Features: ParquetColumn[]
        Id: ParquetColumn option
        Group: ParquetColumn option
        Time: ParquetColumn option
        Part: ParquetColumn option
        Weight: ParquetColumn option
    }

/// What the columns of a file are, as asked for, else by their usual names and by what they hold. Throws DataFormatException for a column that is not there.
[<RequireQualifiedAccess>]
module internal ParquetRoles =

    let private place path (columns: ParquetColumn[]) (what: string) (name: string) : ParquetColumn =
        let names = columns |> Array.map _.Name

        match FieldNames.tryFind [ name ] names with
        | Some at -> columns[at]
        | None ->
            FileFault.ofFile path $"a column \"{name}\", as asked for {what}" $"the columns {FieldNames.listed names}"

    let private chosen path (columns: ParquetColumn[]) what (asked: IReadOnlyList<string>) : ParquetColumn[] =
        asked |> Seq.map (place path columns what) |> Seq.toArray

    /// The best of these by its name, or none.
    let private usual (wanted: string list) (among: ParquetColumn[]) : ParquetColumn[] =
        among
        |> Array.map ParquetColumn.field
        |> FieldNames.tryFind wanted
        |> Option.map (Array.get among)
        |> Option.toArray

    let private hasMeaning (column: ParquetColumn) : bool =
        not (List.contains (column.Name.ToLowerInvariant()) FieldNames.ids)

    let private prefixed (columns: ParquetColumn[]) (prefix: string) : ParquetColumn[] =
        columns |> Array.filter _.Name.StartsWith(prefix, StringComparison.Ordinal)

    /// Labels that nobody named: a column of a usual name, a struct of such a name, whose fields are 0 and 1, or all columns of 0 and 1.
    let private usualLabels (columns: ParquetColumn[]) : ParquetLabels =
        let structs =
            FieldNames.labels
            |> Seq.map (fun name -> prefixed columns (name + "."))
            |> Seq.tryFind (Array.isEmpty >> not)

        match usual FieldNames.labels columns, structs with
        | [||], Some fields -> ParquetLabels.Flags fields
        | [||], None ->
            columns
            |> Array.filter (fun c -> ParquetColumn.isFlag c && hasMeaning c)
            |> ParquetLabels.Flags
        | found, _ -> ParquetLabels.Lists found

    let private labels (fields: Fields) path (columns: ParquetColumn[]) : ParquetLabels =
        match chosen path columns "labels" fields.Labels, fields.LabelPrefix with
        | [||], null -> usualLabels columns
        | [||], prefix -> prefixed columns prefix |> ParquetLabels.Flags
        | found, _ when found.Length > 1 && Array.forall ParquetColumn.isFlag found -> ParquetLabels.Flags found
        | found, _ -> ParquetLabels.Lists found

    let private text (fields: Fields) path (columns: ParquetColumn[]) : ParquetColumn[] =
        match chosen path columns "text" fields.Text with
        | [||] when fields.Features.Count > 0 -> [||]
        | [||] -> columns |> Array.filter _.IsText |> usual FieldNames.texts
        | found -> found

    /// The first column of vectors that nothing else names, else all such columns of numbers.
    let private features (fields: Fields) path (taken: ParquetColumn seq) (columns: ParquetColumn[]) : ParquetColumn[] =
        let names = taken |> Seq.map _.Name |> set
        let free = columns |> Array.filter (fun c -> not (names.Contains c.Name))

        match chosen path columns "features" fields.Features with
        | [||] ->
            match free |> Array.tryFind ParquetColumn.isVector with
            | Some vectors -> [| vectors |]
            | None -> free |> Array.filter (fun c -> ParquetColumn.isNumber c && hasMeaning c)
        | found -> found

    let find (fields: Fields) (path: string) (columns: ParquetColumn[]) : ParquetRoles =
        let optional what name =
            name |> Option.ofObj |> Option.map (place path columns what)

        let known: ParquetRoles =
            {
                Labels = labels fields path columns
                Text = text fields path columns
                Features = Array.empty
                Id = optional "ids" fields.Id
                Group = optional "groups" fields.Group
                Time = optional "times" fields.Time
                Part = optional "parts" fields.Part
                Weight = optional "weights" fields.Weight
            }

        if known.Text.Length > 0 && fields.Features.Count = 0 then
            known
        else
            let taken =
                [
                    yield! known.Labels.Columns
                    yield! List.choose id [ known.Id; known.Group; known.Time; known.Part; known.Weight ]
                ]

            { known with
                ParquetRoles.Features = features fields path taken columns
            }
