namespace Limen.Core

open System
open System.Globalization
open Limen
open Limen.Kernels

/// What columns say of the rows of a file. What it is made of is said beside it, a sentence each.
[<RequireQualifiedAccess>]
module internal ParquetContents =

    let private named (columns: ParquetColumn seq) : string =
        columns |> Seq.map _.Name |> FieldNames.listed

    /// The texts of each row, a line break between columns.
    let texts (columns: ParquetColumn[]) : Rows * string =
        let joined =
            columns
            |> Seq.map ParquetColumn.texts
            |> Seq.reduce (Seq.map2 (fun before text -> before + "\n" + text))

        Rows.Texts(TextList.Of joined), $"texts from {named columns}"

    /// The numbers of each row that a column gives, as many for each; a missing one is NaN.
    let private numbers path (column: ParquetColumn) : float[][] =
        match ParquetColumn.tryNumbers column with
        | None -> FileFault.ofFile path $"numbers in \"{column.Name}\"" "strings"
        | Some rows when column.IsList ->
            let width = rows[0].Length

            rows
            |> Array.tryFindIndex (fun v -> v.Length <> width)
            |> Option.iter (fun row ->
                FileFault.ofFile
                    path
                    $"{width} numbers in each row of \"{column.Name}\", as in the first"
                    $"{rows[row].Length} in row {row + 1}")

            rows
        | Some rows -> rows |> Array.map (fun v -> if v.Length = 0 then [| nan |] else v)

    /// The features of each row, those of the columns beside each other. Throws DataFormatException for strings, and vectors of different lengths.
    let features (path: string) (columns: ParquetColumn[]) : Rows * string =
        let parts = columns |> Array.map (numbers path)
        let width = parts |> Array.sumBy (fun part -> part[0].Length)
        let matrix = Array2D.zeroCreate<float32> parts[0].Length width

        for row in 0 .. parts[0].Length - 1 do
            parts
            |> Array.collect (Array.item row)
            |> Array.iteri (fun at v -> matrix[row, at] <- float32 v)

        Rows.Dense matrix, $"features from {named columns}"

    /// How much each row counts. Throws DataFormatException for what is no weight.
    let weights (path: string) (column: ParquetColumn) : float32[] =
        match ParquetColumn.tryNumbers column with
        | Some rows when
            not column.IsList
            && rows |> Array.forall (fun v -> v.Length = 1 && v[0] >= 0.0 && v[0] <= 3e38)
            ->
            rows |> Array.map (fun v -> float32 v[0])
        | _ -> FileFault.ofFile path $"finite numbers of at least 0 as weights in \"{column.Name}\"" "others"

    /// A label a column, whose name is what follows the prefix or the struct's name.
    let private flags (fields: Fields) path (columns: ParquetColumn[]) : string[][] =
        let own (column: ParquetColumn) =
            match fields.LabelPrefix with
            | null -> ParquetColumn.field column
            | prefix -> column.Name.Substring prefix.Length

        columns
        |> Array.tryFind (ParquetColumn.isFlag >> not)
        |> Option.iter (fun column -> FileFault.ofFile path $"0 or 1 for the label \"{own column}\"" "others")

        let values =
            columns
            |> Array.choose (fun column -> ParquetColumn.tryNumbers column |> Option.map (fun rows -> own column, rows))

        let ofRow row =
            values |> Array.filter (fun (_, rows) -> rows[row] = [| 1.0 |]) |> Array.map fst

        Array.init columns[0].Rows ofRow

    /// Lists of numbers: 0 and 1 for each label, or ids.
    let private ids (fields: Fields) path (column: ParquetColumn) (rows: float[][]) : FileLabels * string =
        let id (v: float) =
            if v <> Math.Truncate v || v < float fields.FirstLabel || v > 2e9 then
                FileFault.ofFile
                    path
                    $"whole numbers from {fields.FirstLabel} on as labels"
                    (v.ToString("R", CultureInfo.InvariantCulture))

            int v - fields.FirstLabel

        match IdLists.tryFlags 0.0 1.0 fields.FirstLabel rows with
        | Some labels when column.IsList ->
            labels, $"labels are lists of {rows[0].Length} numbers 0 and 1 in {column.Name}"
        | _ ->
            let sets, dropped = rows |> Array.map (Array.map id) |> RepeatedLabels.once

            IdLists.ofIds fields.FirstLabel sets, RepeatedLabels.said $"labels are ids in {column.Name}" dropped

    /// Lists of names, or names within strings.
    let private names (fields: Fields) (columns: ParquetColumn[]) : string[] seq =
        let form =
            columns
            |> Seq.filter (fun column -> not column.IsList)
            |> Seq.collect ParquetColumn.texts
            |> LabelLists.form fields.Separator

        let ofColumn (column: ParquetColumn) : string[] seq =
            if column.IsList && column.IsText then
                ParquetColumn.strings column
                |> Seq.map (Array.filter (String.IsNullOrEmpty >> not))
            else
                ParquetColumn.texts column |> Seq.map (LabelLists.split form)

        columns |> Seq.map ofColumn |> Seq.reduce (Seq.map2 Array.append)

    /// The label sets; without columns of labels no row has any. Throws DataFormatException for what is neither a list nor 0 and 1.
    let labels (fields: Fields) (path: string) (rows: int) (labels: ParquetLabels) : FileLabels * string =
        match labels with
        | ParquetLabels.Flags [||]
        | ParquetLabels.Lists [||] -> FileLabels.Names(NameSets.Of(Seq.replicate rows [||])), "no labels"
        | ParquetLabels.Flags columns ->
            FileLabels.Names(NameSets.Of(flags fields path columns)),
            $"labels are the columns {named columns}, 0 or 1 each"
        | ParquetLabels.Lists columns ->
            match columns, ParquetColumn.tryNumbers columns[0] with
            | [| column |], Some numbers -> ids fields path column numbers
            | _ ->
                let sets = names fields columns |> NameSets.Of
                FileLabels.Names sets, RepeatedLabels.said $"labels from {named columns}" sets.Dropped
