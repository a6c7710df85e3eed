namespace Limen.Core

open Limen

/// What a whole table says of its rows. What it is made of is said beside it, a sentence each.
[<RequireQualifiedAccess>]
module internal CsvContents =

    let private named (table: CsvTable) (columns: int seq) : string =
        columns |> Seq.map table.Name |> FieldNames.listed

    /// Open columns that hold nothing but 0 and 1, where no other columns are labels: with their places and values.
    let private flagColumns (table: CsvTable) : (int * ResizeArray<bool>)[] =
        if table.Roles.LacksLabels then
            Array.zip table.Roles.Open table.Open
            |> Array.choose (fun (column, values) -> values.Flags |> Option.map (fun flags -> column, flags))
        else
            Array.empty

    /// Open columns of numbers that are no labels: with their places and values.
    let private numberColumns (table: CsvTable) : (int * ResizeArray<float32>)[] =
        let labels = flagColumns table |> Array.map fst

        Array.zip table.Roles.Open table.Open
        |> Array.filter (fun (column, _) -> not (Array.contains column labels))
        |> Array.choose (fun (column, values) -> values.Numbers |> Option.map (fun numbers -> column, numbers))

    /// Label lists in columns; several columns of nothing but 0 and 1 are a label each.
    let private listed (fields: Fields) (table: CsvTable) : NameSets * string =
        let columns = table.Roles.Labels
        let values = table.Lists
        let rows = values |> Seq.chunkBySize columns.Length

        if
            columns.Length > 1
            && values |> Seq.forall (TableValues.flag >> ValueOption.isSome)
        then
            let ofRow (values: string[]) =
                Array.zip columns values
                |> Array.filter (fun (_, v) -> TableValues.flag v = ValueSome true)
                |> Array.map (fst >> table.Name)

            rows |> Seq.map ofRow |> NameSets.Of, $"labels are the columns {named table columns}, 0 or 1 each"
        else
            let form = LabelLists.form fields.Separator values
            let sets = rows |> Seq.map (Array.collect (LabelLists.split form)) |> NameSets.Of

            sets, RepeatedLabels.said $"labels from {named table columns}, {LabelLists.describe form}" sets.Dropped

    /// The label sets. Throws DataFormatException where no column holds labels.
    let labels (fields: Fields) (path: string) (table: CsvTable) : NameSets * string =
        let roles = table.Roles

        match flagColumns table with
        | _ when roles.Labels.Length > 0 -> listed fields table
        | _ when roles.Flags.Length > 0 ->
            table.Flagged, $"labels are the {roles.Flags.Length} columns {fields.LabelPrefix}..., 0 or 1 each"
        | [||] ->
            Lines.fail
                path
                1
                1
                $"a column of labels ({FieldNames.listed FieldNames.labels}), columns of 0 and 1, or the name of one"
                $"the columns {FieldNames.listed table.Names}"
        | columns ->
            let ofRow row =
                columns
                |> Array.filter (fun (_, flags) -> flags[row])
                |> Array.map (fst >> table.Name)

            Seq.init table.Lines.Count ofRow |> NameSets.Of,
            $"labels are the columns {columns |> Seq.map fst |> named table}, which hold nothing but 0 and 1"

    /// Texts and the numbers that are asked for, beside each other where there are both, else all columns of numbers.
    let rows (table: CsvTable) : Rows * string =
        let roles = table.Roles
        let count = table.Lines.Count

        let texts () =
            Rows.Texts table.Texts, $"texts from {named table roles.Text}"

        let numbers () =
            Rows.Dense(Array2D.init count roles.Numbers.Length (fun r c -> table.Numbers[r][c])),
            $"features from {named table roles.Numbers}"

        match numberColumns table with
        | _ when roles.Text.Length > 0 && roles.Numbers.Length > 0 ->
            let (texts, saidOfTexts), (numbers, saidOfNumbers) = texts (), numbers ()
            Rows.beside numbers texts, $"{saidOfTexts}, and {saidOfNumbers}"
        | _ when roles.Text.Length > 0 -> texts ()
        | _ when roles.Numbers.Length > 0 -> numbers ()
        | [||] -> Rows.Dense(Array2D.zeroCreate count 0), "labels alone"
        | columns ->
            Rows.Dense(Array2D.init count columns.Length (fun r c -> (snd columns[c])[r])),
            $"features are the {columns.Length} columns of numbers, {columns |> Seq.map fst |> named table}"

    /// How much each row counts, where a column says so. Throws DataFormatException for what is no weight.
    let weights (path: string) (table: CsvTable) : float32[] option =
        let weight column row value =
            match TableValues.number value with
            | ValueSome w when RowWeights.isWeight w -> w
            | _ ->
                Lines.fail path table.Lines[row] (column + 1) "a weight, a finite number of at least 0" $"\"{value}\""

        table.Roles.Weight
        |> Option.map (fun column -> table.Kept column |> Array.mapi (weight column))
