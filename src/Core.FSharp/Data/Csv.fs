namespace Limen.Core

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open Limen
open nietras.SeparatedValues

/// Tables of rows: texts or numbers in columns, and labels as lists in a column or as columns of 0 and 1 (one-hot). Read by Sep, with quotes, line breaks
/// within quotes and a byte order mark; the first line names the columns and tells what stands between them.
[<RequireQualifiedAccess>]
module Csv =

    /// What each column is, by its place.
    type private Roles =
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

    let private rolesOf (fields: Fields) (path: string) (names: string[]) : Roles =
        let refuse expected =
            Lines.fail path 1 1 expected $"the columns {FieldNames.listed names}"

        names
        |> Array.filter ((<>) "")
        |> Array.countBy id
        |> Array.tryFind (fun (_, count) -> count > 1)
        |> Option.iter (fun (name, _) ->
            Lines.fail path 1 (Array.LastIndexOf(names, name) + 1) "each column's name once" $"\"{name}\"")

        let place (what: string) (name: string) =
            match FieldNames.tryFind [ name ] names with
            | Some at -> at
            | None -> refuse $"a column \"{name}\", as asked for {what}"

        let optional what name =
            name |> Option.ofObj |> Option.map (place what)

        let chosen what (columns: IReadOnlyList<string>) =
            columns |> Seq.map (place what) |> Seq.toArray

        let flags =
            match fields.LabelPrefix with
            | null -> Array.empty
            | prefix ->
                match
                    names
                    |> Array.indexed
                    |> Array.filter (fun (_, name) ->
                        name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length)
                with
                | [||] -> refuse $"columns whose names begin with \"{prefix}\", as asked for labels"
                | found -> found |> Array.map (fun (at, name) -> at, name.Substring prefix.Length)

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

        let id = optional "ids" fields.Id
        let group = optional "groups" fields.Group
        let time = optional "times" fields.Time

        // a weight beside numbers may well be in kilograms
        let weight =
            match optional "weights" fields.Weight with
            | None when text.Length > 0 -> FieldNames.tryFind [ "weight" ] names
            | named -> named

        let part = optional "parts" fields.Part

        let taken =
            set
                [
                    yield! text
                    yield! labels
                    yield! Array.map fst flags
                    yield! numbers
                    yield! List.choose Operators.id [ id; group; time; weight; part ]
                ]

        let meaningless =
            FieldNames.tryFind FieldNames.ids names
            |> Option.filter (fun _ -> fields.Header)

        {
            Text = text
            Labels = labels
            Flags = flags
            Open =
                [|
                    if labels.Length + flags.Length = 0 || text.Length + numbers.Length = 0 then
                        for at in 0 .. names.Length - 1 do
                            if not (taken.Contains at) && meaningless <> Some at then
                                at
                |]
            Numbers = numbers
            Id = id
            Group = group
            Time = time
            Weight = weight
            Part = part
        }

    let private flag (value: string) : bool voption =
        match value.Trim() with
        | "0"
        | "0.0"
        | ""
        | "False"
        | "false"
        | "FALSE" -> ValueSome false
        | "1"
        | "1.0"
        | "True"
        | "true"
        | "TRUE" -> ValueSome true
        | _ -> ValueNone

    /// An empty number is missing.
    let private number (value: string) : float32 voption =
        match value.Trim() with
        | ""
        | "NA"
        | "NaN"
        | "nan"
        | "?" -> ValueSome nanf
        | text ->
            match Single.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
            | true, v when Single.IsFinite v -> ValueSome v
            | _ -> ValueNone

    /// The values of one column as they come: the words and, as long as all are flags or numbers, these.
    type private OpenColumn() =
        let flags = List<bool>()
        let numbers = List<float32>()
        member val IsFlag = true with get, set
        member val IsNumber = true with get, set
        member _.Flags = flags
        member _.Numbers = numbers

        member column.Add(value: string) =
            if column.IsFlag then
                match flag value with
                | ValueSome f -> flags.Add f
                | ValueNone ->
                    column.IsFlag <- false
                    flags.Clear()

            if column.IsNumber then
                match number value with
                | ValueSome v -> numbers.Add v
                | ValueNone ->
                    column.IsNumber <- false
                    numbers.Clear()

    /// Everything that is kept of a table while it is read.
    type private Table() =
        member val Names = Array.empty<string> with get, set
        member val Roles = Unchecked.defaultof<Roles> with get, set
        member val Wanted = Array.empty<int> with get, set
        member val Lines = List<int>()
        member val Texts = List<string>()
        member val Lists = List<string[]>()
        member val Sets = List<string[]>()
        member val Open = Array.empty<OpenColumn> with get, set
        member val Numbers = List<float32[]>()
        member val Others = Dictionary<int, List<string>>()

    let private others (roles: Roles) =
        [ roles.Id; roles.Group; roles.Time; roles.Weight; roles.Part ]
        |> List.choose id
        |> List.distinct

    let private add (path: string) (table: Table) (line: int) (values: string[]) : unit =
        let roles = table.Roles

        let value column =
            values[Array.BinarySearch(table.Wanted, column)]

        table.Lines.Add line

        if roles.Text.Length > 0 then
            roles.Text |> Array.map value |> String.concat "\n" |> table.Texts.Add

        table.Lists.Add(roles.Labels |> Array.map value)

        if roles.Flags.Length > 0 then
            [|
                for column, name in roles.Flags do
                    match flag (value column) with
                    | ValueSome true -> name
                    | ValueSome false -> ()
                    | ValueNone ->
                        Lines.fail path line (column + 1) $"0 or 1 for the label \"{name}\"" $"\"{value column}\""
            |]
            |> table.Sets.Add

        if roles.Numbers.Length > 0 then
            [|
                for column in roles.Numbers do
                    match number (value column) with
                    | ValueSome v -> v
                    | ValueNone ->
                        Lines.fail
                            path
                            line
                            (column + 1)
                            $"a number for \"{table.Names[column]}\""
                            $"\"{value column}\""
            |]
            |> table.Numbers.Add

        roles.Open |> Array.iteri (fun i column -> table.Open[i].Add(value column))

        for column in others roles do
            table.Others[column].Add(value column)

    let private start (fields: Fields) (path: string) (table: Table) (names: string[]) : int[] =
        let roles = rolesOf fields path names
        table.Names <- names
        table.Roles <- roles
        table.Open <- roles.Open |> Array.map (fun _ -> OpenColumn())

        for column in others roles do
            table.Others[column] <- List()

        table.Wanted <-
            [|
                yield! roles.Text
                yield! roles.Labels
                yield! Array.map fst roles.Flags
                yield! roles.Open
                yield! roles.Numbers
                yield! others roles
            |]
            |> Array.distinct
            |> Array.sort

        table.Wanted

    let private named (table: Table) (columns: int[]) =
        columns |> Array.map (fun c -> table.Names[c]) |> FieldNames.listed

    /// The label sets and what is said of them.
    let private labelsOf (fields: Fields) (path: string) (table: Table) (flagged: int[]) : string[][] * string =
        let roles = table.Roles
        let rows = table.Lines.Count

        let isFlags =
            roles.Labels.Length > 1
            && (table.Lists |> Seq.forall (Array.forall (flag >> ValueOption.isSome)))

        if isFlags then
            let names = roles.Labels |> Array.map (fun c -> table.Names[c])

            Array.init rows (fun row ->
                Array.zip names table.Lists[row]
                |> Array.filter (fun (_, v) -> flag v = ValueSome true)
                |> Array.map fst),
            $"labels are the columns {named table roles.Labels}, 0 or 1 each"
        elif roles.Labels.Length > 0 then
            let form = table.Lists |> Seq.concat |> LabelLists.form fields.Separator

            Array.init rows (fun row -> table.Lists[row] |> Array.collect (LabelLists.split form) |> Array.distinct),
            $"labels from {named table roles.Labels}, {LabelLists.describe form}"
        elif roles.Flags.Length > 0 then
            table.Sets.ToArray(), $"labels are the {roles.Flags.Length} columns {fields.LabelPrefix}..., 0 or 1 each"
        elif flagged.Length > 0 then
            Array.init rows (fun row ->
                flagged
                |> Array.filter (fun i -> table.Open[i].Flags[row])
                |> Array.map (fun i -> table.Names[roles.Open[i]])),
            $"labels are the columns {named table (flagged |> Array.map (Array.get roles.Open))}, which hold nothing but 0 and 1"
        else
            Lines.fail
                path
                1
                1
                $"a column of labels ({FieldNames.listed FieldNames.labels}), columns of 0 and 1, or the name of one"
                $"the columns {FieldNames.listed table.Names}"

    let private rowsOf (table: Table) (numeric: int[]) : Rows * string =
        let roles = table.Roles
        let rows = table.Lines.Count

        if roles.Text.Length > 0 then
            Rows.Texts(table.Texts.ToArray()), $"texts from {named table roles.Text}"
        elif roles.Numbers.Length > 0 then
            Rows.Dense(Array2D.init rows roles.Numbers.Length (fun r c -> table.Numbers[r][c])),
            $"{roles.Numbers.Length} features"
        elif numeric.Length > 0 then
            Rows.Dense(Array2D.init rows numeric.Length (fun r c -> table.Open[numeric[c]].Numbers[r])),
            $"features are the {numeric.Length} columns of numbers, {named table (numeric |> Array.map (Array.get roles.Open))}"
        else
            Rows.Dense(Array2D.zeroCreate rows 0), "labels alone"

    let private weightsOf (path: string) (table: Table) : float32[] option =
        table.Roles.Weight
        |> Option.map (fun column ->
            Array.init table.Lines.Count (fun row ->
                let text = table.Others[column][row]

                match number text with
                | ValueSome w when RowWeights.isWeight w -> w
                | _ ->
                    Lines.fail
                        path
                        table.Lines[row]
                        (column + 1)
                        "a weight, a finite number of at least 0"
                        $"\"{text}\""))

    let private delimiter (fields: Fields) (path: string) : char option =
        match fields.Delimiter with
        | null when
            (Lines.unpacked path).EndsWith(".tsv", StringComparison.OrdinalIgnoreCase)
            && (Lines.first path).Contains '\t'
            ->
            Some '\t'
        | null -> None
        | "\\t" -> Some '\t'
        | text when text.Length = 1 && text <> "\"" -> Some text[0]
        | text -> invalidArg (nameof fields) $"Delimiter: expected one character, received \"{text}\""

    /// The rows of a table. Throws DataFormatException (columns are those of the table, from 1) for a column that is not there, a row of another number of columns, a
    /// value that is not what its column holds, and a table without rows.
    let read (fields: Fields) (path: string) : FileRows =
        let table = Table()

        let options =
            {
                Delimiter = delimiter fields path
                Quotes = true
                Header = fields.Header
            }

        Delimited.read options (start fields path table) (add path table) path

        if table.Lines.Count = 0 then
            Lines.fail path 1 1 "at least one row after the names of the columns" "none"

        let roles = table.Roles

        let among test =
            [|
                for i in 0 .. roles.Open.Length - 1 do
                    if test i then
                        i
            |]

        let needsLabels = roles.Labels.Length + roles.Flags.Length = 0

        let flagged =
            if needsLabels then
                among (fun i -> table.Open[i].IsFlag)
            else
                Array.empty

        let numeric =
            among (fun i -> table.Open[i].IsNumber && not (Array.contains i flagged))

        let labels, saidOfLabels = labelsOf fields path table flagged
        let rows, saidOfRows = rowsOf table numeric

        let column place =
            place |> Option.map (fun c -> table.Others[c].ToArray())

        {
            Rows = rows
            Labels = FileLabels.Names(LabelSpace.share labels)
            Sized = false
            Weights = weightsOf path table |> RowWeights.ofFile path table.Lines.Count
            Columns =
                {
                    Ids = column roles.Id
                    Groups = column roles.Group
                    Times = column roles.Time
                    Parts = column roles.Part
                    Lines = Some(table.Lines.ToArray())
                    Notes =
                        [
                            saidOfRows
                            saidOfLabels

                            match roles.Weight with
                            | Some at -> $"weights of rows from {table.Names[at]}"
                            | None -> ()
                        ]
                }
        }

    /// Writes texts with their labels, comma between columns, and weights where there are any. Throws ArgumentException for other rows, and for a label that
    /// begins or ends with a blank.
    let write (path: string) (rows: FileRows) : unit =
        let rows = FileRows.texts rows

        let blank =
            rows.LabelNames
            |> Seq.concat
            |> Seq.tryFind (fun name -> name.Trim() <> name || name = "")

        blank
        |> Option.iter (fun name ->
            invalidArg (nameof rows) $"expected labels without blanks at their ends, received \"{name}\"")

        let labels = LabelLists.write rows.LabelNames
        RowWeights.write path None

        Lines.writing path (fun text ->
            use writer = SepWriterOptions(Sep ',', Escape = true).To(text)

            for i in 0 .. rows.Rows - 1 do
                use row = writer.NewRow()
                let text = row["text"]
                text.Set rows.Texts[i]
                let list = row["labels"]
                list.Set labels[i]

                match rows.Weights with
                | Some weights ->
                    let weight = row["weight"]
                    weight.Set(weights[i].ToString("R", CultureInfo.InvariantCulture))
                | None -> ())

    /// Files *.csv and *.tsv, and others whose first line names a usual column.
    let format (fields: Fields) : InputFormat =
        let usual = set (FieldNames.texts @ FieldNames.labels)

        {
            Name = "csv"
            Endings = [ ".csv"; ".tsv" ]
            Looks =
                fun first ->
                    let names =
                        first.Split([| ','; ';'; '\t'; '|' |])
                        |> Array.map (fun n -> n.Trim([| ' '; '"' |]).ToLowerInvariant())

                    names.Length > 1 && names |> Array.exists usual.Contains
            Read = fun _ path -> read fields path
            Write = Some write
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format (Fields())
            With = format
            About = "text,labels with labels as a list or as columns of 0 and 1"
            Source = "https://www.rfc-editor.org/rfc/rfc4180"
            Examples =
                [
                    {
                        Lines = [ "text,labels"; "\"one, two\",b;a"; "three," ]
                        Labels = [ [ "a"; "b" ]; [] ]
                        Beside = []
                    }
                    {
                        Lines = [ "id\tcomment_text\ttoxic\tinsult"; "7\tone\t1\t1"; "8\ttwo\t0\t1" ]
                        Labels = [ [ "insult"; "toxic" ]; [ "insult" ] ]
                        Beside = []
                    }
                ]
            Faulty =
                [
                    {
                        Lines = [ "text,labels"; "one,a"; "two" ]
                        Line = 3
                        Column = 2
                    }
                ]
        }
