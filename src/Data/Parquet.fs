namespace Limen.Core

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open Limen

/// Rows of Parquet files: a text in a column of strings or in a field of a struct ("post.body"), labels as a list of strings or ids, as one string or id, as 0 and 1 in columns or in a struct, vectors
/// as a list of numbers (all of one length) or numbers in columns. A file NAME-00000-of-00003.parquet is read with the others of its set.
[<RequireQualifiedAccess>]
module Parquet =

    let private shard =
        Regex(@"^(.*)-(\d{5})-of-(\d{5})\.parquet$", RegexOptions.IgnoreCase)

    /// The files of a set that begins with this one.
    let private files (path: string) : string list =
        match shard.Match(Path.GetFileName path) with
        | m when m.Success && m.Groups[2].Value = "00000" ->
            let all = int m.Groups[3].Value

            [
                for i in 0 .. all - 1 do
                    let file =
                        Path.Combine(
                            Path.GetDirectoryName path,
                            $"{m.Groups[1].Value}-{i:D5}-of-{m.Groups[3].Value}.parquet"
                        )

                    if not (File.Exists file) then
                        raise (
                            DataFormatException(
                                { File = path; Line = 1; Column = 1 },
                                $"all {all} files of its set",
                                $"none of the name {Path.GetFileName file}"
                            )
                        )

                    file
            ]
        | _ -> [ path ]

    let private append (a: ParquetColumn) (b: ParquetColumn) : ParquetColumn =
        { a with
            Values =
                match a.Values, b.Values with
                | ParquetValues.Strings x, ParquetValues.Strings y -> ParquetValues.Strings(Array.append x y)
                | ParquetValues.Numbers x, ParquetValues.Numbers y -> ParquetValues.Numbers(Array.append x y)
                | _ -> a.Values
        }

    let private text (column: ParquetColumn) : string[] =
        match column.Values with
        | ParquetValues.Strings rows -> rows |> Array.map (fun v -> String.Join(" ", v))
        | ParquetValues.Numbers rows ->
            rows
            |> Array.map (fun v ->
                String.Join(" ", v |> Array.map (fun n -> n.ToString("R", CultureInfo.InvariantCulture))))

    let private numbers (column: ParquetColumn) : float[][] option =
        match column.Values with
        | ParquetValues.Numbers rows -> Some rows
        | ParquetValues.Strings _ -> None

    let private isFlag (column: ParquetColumn) =
        not column.IsList
        && (numbers column
            |> Option.exists (Array.forall (Array.forall (fun v -> v = 0.0 || v = 1.0))))

    /// One number a row: missing ones are NaN.
    let private isNumber (column: ParquetColumn) =
        not column.IsList && (numbers column).IsSome

    let private refuse path expected found =
        raise (DataFormatException({ File = path; Line = 1; Column = 1 }, expected, found))

    type private Table(path: string, fields: Fields, columns: ParquetColumn[]) =
        let names = columns |> Array.map _.Name

        let place what name =
            match FieldNames.tryFind [ name ] names with
            | Some at -> columns[at]
            | None -> refuse path $"a column \"{name}\", as asked for {what}" $"the columns {FieldNames.listed names}"

        let chosen what (asked: IReadOnlyList<string>) =
            asked |> Seq.map (place what) |> Seq.toArray

        let usual wanted test =
            let among = columns |> Array.filter test

            // of a field of a struct the last name counts
            among
            |> Array.map (fun c -> c.Name.Substring(c.Name.LastIndexOf '.' + 1))
            |> FieldNames.tryFind wanted
            |> Option.map (Array.get among)
            |> Option.toArray

        member _.Names = names

        member _.Rows =
            match columns[0].Values with
            | ParquetValues.Strings r -> r.Length
            | ParquetValues.Numbers r -> r.Length

        member _.Optional what (name: string) =
            if isNull name then None else Some(place what name)

        /// Columns of labels: lists or single values; or 0 and 1 each.
        member t.Labels: ParquetColumn[] * bool =
            let prefixed (prefix: string) =
                columns
                |> Array.filter (fun c -> c.Name.StartsWith(prefix, StringComparison.Ordinal))

            match chosen "labels" fields.Labels, fields.LabelPrefix with
            | [||], null ->
                match usual FieldNames.labels (fun _ -> true) with
                | [||] ->
                    // a struct of 0 and 1 under one of the usual names
                    match
                        FieldNames.labels
                        |> List.tryPick (fun l ->
                            match prefixed (l + ".") with
                            | [||] -> None
                            | some -> Some some)
                    with
                    | Some fields -> fields, true
                    | None ->
                        let meaningless = set FieldNames.ids

                        columns
                        |> Array.filter (fun c -> isFlag c && not (meaningless.Contains(c.Name.ToLowerInvariant()))),
                        true
                | found -> found, false
            | [||], prefix -> prefixed prefix, true
            | found, _ -> found, (found.Length > 1 && Array.forall isFlag found)

        member t.Text: ParquetColumn[] =
            match chosen "text" fields.Text with
            | [||] when fields.Features.Count > 0 -> [||]
            | [||] ->
                usual FieldNames.texts (fun c ->
                    match c.Values with
                    | ParquetValues.Strings _ -> true
                    | _ -> false)
            | found -> found

        /// A list of numbers, or the columns of numbers that nothing else names.
        member t.Vectors(taken: ParquetColumn[]) : ParquetColumn[] =
            let free (c: ParquetColumn) =
                not (taken |> Array.exists (fun t -> t.Name = c.Name))

            match chosen "features" fields.Features with
            | [||] ->
                match columns |> Array.filter (fun c -> c.IsList && (numbers c).IsSome && free c) with
                | [||] ->
                    columns
                    |> Array.filter (fun c ->
                        isNumber c
                        && free c
                        && not (List.contains (c.Name.ToLowerInvariant()) FieldNames.ids))
                | lists -> [| lists[0] |]
            | found -> found

    let private vectors path rows (columns: ParquetColumn[]) : float32[,] =
        let parts =
            columns
            |> Array.map (fun c ->
                match numbers c with
                | Some rows when c.IsList ->
                    let width = rows[0].Length

                    rows
                    |> Array.tryFindIndex (fun v -> v.Length <> width)
                    |> Option.iter (fun row ->
                        refuse
                            path
                            $"{width} numbers in each row of \"{c.Name}\", as in the first"
                            $"{rows[row].Length} in row {row + 1}")

                    rows
                | Some rows -> rows |> Array.map (fun v -> if v.Length = 0 then [| nan |] else v)
                | None -> refuse path $"numbers in \"{c.Name}\"" "strings")

        let width = parts |> Array.sumBy (fun p -> p[0].Length)
        let matrix = Array2D.zeroCreate<float32> rows width

        for r in 0 .. rows - 1 do
            let mutable c = 0

            for part in parts do
                for v in part[r] do
                    matrix[r, c] <- float32 v
                    c <- c + 1

        matrix

    let private labels (fields: Fields) path rows (columns: ParquetColumn[], areFlags: bool) : FileLabels * string =
        let named = columns |> Seq.map _.Name |> FieldNames.listed

        if columns.Length = 0 then
            FileLabels.Names(Array.init rows (fun _ -> [||])), "no labels"
        elif areFlags then
            let own (c: ParquetColumn) =
                if not (isNull fields.LabelPrefix) then
                    c.Name.Substring fields.LabelPrefix.Length
                else
                    c.Name.Substring(c.Name.LastIndexOf '.' + 1)

            columns
            |> Array.tryFind (fun c -> not (isFlag c))
            |> Option.iter (fun c -> refuse path $"0 or 1 for the label \"{own c}\"" "others")

            let sets =
                Array.init rows (fun row ->
                    columns
                    |> Array.filter (fun c -> (numbers c).Value[row] = [| 1.0 |])
                    |> Array.map own)

            FileLabels.Names(sets), $"labels are the columns {named}, 0 or 1 each"
        else
            match columns with
            | [| column |] when (numbers column).IsSome ->
                let ids = (numbers column).Value

                let id (v: float) =
                    if v <> Math.Truncate v || v < float fields.FirstLabel || v > 2e9 then
                        refuse
                            path
                            $"whole numbers from {fields.FirstLabel} on as labels"
                            (v.ToString("R", CultureInfo.InvariantCulture))

                    int v - fields.FirstLabel

                let first = ids |> Array.tryHead |> Option.map _.Length |> Option.defaultValue 0

                if
                    column.IsList
                    && first > 1
                    && ids
                       |> Array.forall (fun v -> v.Length = first && v |> Array.forall (fun x -> x = 0.0 || x = 1.0))
                    && ids |> Array.exists (fun v -> (Array.distinct v).Length < v.Length)
                then
                    let sets =
                        ids
                        |> Array.map (fun v ->
                            [|
                                for l in 0 .. first - 1 do
                                    if v[l] = 1.0 then
                                        l
                            |])

                    FileLabels.Ids(LabelSets(Csr.ofSets first sets), fields.FirstLabel),
                    $"labels are lists of {first} numbers 0 and 1 in {named}"
                else
                    let sets = ids |> Array.map (Array.map id >> Array.distinct)
                    let largest = sets |> Seq.concat |> Seq.fold max -1

                    FileLabels.Ids(LabelSets(Csr.ofSets (largest + 1) sets), fields.FirstLabel),
                    $"labels are ids in {named}"
            | _ ->
                let form =
                    columns
                    |> Seq.filter (fun c -> not c.IsList)
                    |> Seq.collect text
                    |> LabelLists.form fields.Separator

                let ofRow (c: ParquetColumn) : int -> string[] =
                    match c.Values with
                    | ParquetValues.Strings all when c.IsList ->
                        fun row -> all[row] |> Array.filter (String.IsNullOrEmpty >> not)
                    | _ ->
                        let values = text c
                        fun row -> LabelLists.split form values[row]

                let readers = columns |> Array.map ofRow

                let names row =
                    readers |> Array.collect (fun read -> read row) |> Array.distinct

                FileLabels.Names(Array.init rows names), $"labels from {named}"

    /// The rows of a file. Throws DataFormatException for a column that is not there or holds something else, and for damage.
    let read (fields: Fields) (path: string) : FileRows =
        let columns =
            files path
            |> List.map (ParquetColumns.read id >> List.toArray)
            |> List.reduce (Array.map2 append)

        if columns.Length = 0 then
            refuse path "columns of strings, numbers or lists of them" "none"

        let table = Table(path, fields, columns)
        let rows = table.Rows

        if rows = 0 then
            refuse path "at least one row" "none"

        let labelColumns, areFlags = table.Labels
        let texts = table.Text

        let others =
            [|
                table.Optional "ids" fields.Id
                table.Optional "groups" fields.Group
                table.Optional "times" fields.Time
                table.Optional "parts" fields.Part
                table.Optional "weights" fields.Weight
            |]

        let saidOfRows, content =
            if texts.Length > 0 then
                let columns = texts |> Array.map text

                $"texts from {texts |> Seq.map _.Name |> FieldNames.listed}",
                Rows.Texts(Array.init rows (fun row -> String.Join("\n", columns |> Array.map (Array.item row))))
            else
                match table.Vectors(Array.append labelColumns (Array.choose id others)) with
                | [||] ->
                    refuse
                        path
                        $"a column of texts ({FieldNames.listed FieldNames.texts}), vectors or numbers, or the name of one"
                        $"the columns {FieldNames.listed table.Names}"
                | found ->
                    $"features from {found |> Seq.map _.Name |> FieldNames.listed}", Rows.Dense(vectors path rows found)

        let labels, saidOfLabels = labels fields path rows (labelColumns, areFlags)

        {
            Rows = content
            Labels = labels
            Sized = false
            Weights =
                others[4]
                |> Option.map (fun c ->
                    match numbers c with
                    | Some values when
                        not c.IsList
                        && values |> Array.forall (fun v -> v.Length = 1 && v[0] >= 0.0 && v[0] <= 3e38)
                        ->
                        values |> Array.map (fun v -> float32 v[0])
                    | _ -> refuse path $"finite numbers of at least 0 as weights in \"{c.Name}\"" "others")
                |> RowWeights.ofFile path rows
            Columns =
                {
                    Ids = others[0] |> Option.map text
                    Groups = others[1] |> Option.map text
                    Times = others[2] |> Option.map text
                    Parts = others[3] |> Option.map text
                    Lines = None
                    Notes = [ saidOfRows; saidOfLabels ]
                }
        }

    /// Files *.parquet; of a set the first, NAME-00000-of-00003.parquet.
    let format (fields: Fields) : InputFormat =
        {
            Name = "parquet"
            Endings = ".parquet" :: [ for n in 1..99 -> $"-00000-of-{n:D5}.parquet" ]
            Looks = _.StartsWith("PAR1")
            Read = fun _ path -> read fields path
            Write = None
        }
