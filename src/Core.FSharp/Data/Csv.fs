namespace Limen.Core

open System
open System.Globalization
open Limen
open nietras.SeparatedValues

/// Tables of rows: texts or numbers in columns, and labels as lists in a column or as columns of 0 and 1 (one-hot). Read by Sep, with quotes, line breaks
/// within quotes and a byte order mark; the first line names the columns and tells what stands between them.
[<RequireQualifiedAccess>]
module Csv =

    /// Whether a character can stand between two columns: those that Sep takes.
    let isDelimiter (mark: char) : bool =
        mark = '\t' || (mark >= ' ' && mark <= '~' && mark <> '"' && mark <> '#')

    /// The same in words.
    let delimiters =
        "one character of ASCII that is neither a quote nor #, or \\t for a tab"

    let private delimiter (fields: Fields) (path: string) : char option =
        match fields.Delimiter with
        | null when
            (Lines.unpacked path).EndsWith(".tsv", StringComparison.OrdinalIgnoreCase)
            && (Lines.first path).Contains '\t'
            ->
            Some '\t'
        | null -> None
        | "\\t" -> Some '\t'
        | text when text.Length = 1 && isDelimiter text[0] -> Some text[0]
        | text -> invalidArg (nameof fields) $"Delimiter: expected {delimiters}, received \"{text}\""

    /// The rows of a table that was read to its end.
    let private whole (fields: Fields) (path: string) (table: CsvTable) : FileRows =
        let roles = table.Roles
        let labels, saidOfLabels = CsvContents.labels fields path table
        let rows, saidOfRows = CsvContents.rows table
        let column = Option.map table.Kept

        {
            Rows = rows
            Labels = FileLabels.Names labels
            Sized = false
            Weights = CsvContents.weights path table |> RowWeights.ofFile path table.Lines.Count
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
                            | Some at -> $"weights of rows from {table.Name at}"
                            | None -> ()
                        ]
                }
        }

    /// The rows of a table. Throws DataFormatException (columns are those of the table, from 1) for a column that is not there, a row of another number of columns, a
    /// value that is not what its column holds, and a table without rows.
    let read (fields: Fields) (path: string) : FileRows =
        let options =
            {
                Delimiter = delimiter fields path
                Quotes = true
                Header = fields.Header
            }

        let read = ref None

        let header names =
            let table = CsvTable(path, names, CsvRoles.ofHeader fields path names)
            read.Value <- Some table
            table.Roles.Read

        let row line values =
            read.Value |> Option.iter (fun table -> table.Add line values)

        Delimited.read options header row path

        match read.Value with
        | Some table when table.Lines.Count > 0 -> whole fields path table
        | _ -> Lines.fail path 1 1 "at least one row after the names of the columns" "none"

    /// Writes texts with their labels, comma between columns, and weights, ids, groups and times where there are any. Throws ArgumentException for other rows, and for a label that
    /// begins or ends with a blank.
    let write (path: string) (rows: FileRows) : unit =
        let columns = RowColumns.written rows.Columns
        let texts = FileRows.packed rows
        let names = FileRows.labelNames rows

        let blank =
            names
            |> Seq.concat
            |> Seq.tryFind (fun name -> name.Trim() <> name || name = "")

        blank
        |> Option.iter (fun name ->
            invalidArg (nameof rows) $"expected labels without blanks at their ends, received \"{name}\"")

        let labels = LabelLists.write names
        RowWeights.write path None

        Lines.writing path (fun text ->
            use writer = SepWriterOptions(Sep ',', Escape = true).To(text)

            for i in 0 .. texts.Count - 1 do
                use row = writer.NewRow()
                let text = row["text"]
                text.Set texts[i]
                let list = row["labels"]
                list.Set labels[i]

                match rows.Weights with
                | Some weights ->
                    let weight = row["weight"]
                    weight.Set(weights[i].ToString("R", CultureInfo.InvariantCulture))
                | None -> ()

                for name, values in columns do
                    let column = row[name]
                    column.Set values[i])

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
