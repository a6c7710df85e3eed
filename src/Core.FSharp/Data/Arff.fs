namespace Limen.Core

open System
open System.Collections.Generic
open System.IO
open Limen
open Limen.Kernels

/// Attributes and rows as Weka's ARFF has them (https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/), dense or sparse ({index value, ...}). Which attributes are labels is said
/// by Mulan's XML beside the file (same name, .xml), by MEKA's "-C n" in the relation's name (the first n attributes, the last where n is negative), or by Fields. Numbers are
/// features; a nominal attribute of two values is 0 or 1, of more a feature for each value; a string attribute is the text. No
/// library that reads ARFF is served.
[<RequireQualifiedAccess>]
module Arff =

    /// What stands before the rows.
    type private Header =
        {
            Attributes: ArffAttribute[]
            IsLabel: bool[]
            /// The place of each attribute's first feature; one more, how many features there are.
            Starts: int[]
            /// Who says which attributes are labels.
            LabelledBy: string
        }

    type private Row =
        {
            Line: int
            Text: string
            Features: struct (int * float32)[]
            Labels: string[]
        }

    let private headerOf (fields: Fields) path (relation: string) (attributes: ArffAttribute[]) : Header =
        let labels, by =
            attributes |> Array.map _.Name |> ArffLabels.find fields path relation

        let isLabel = Array.init attributes.Length (fun a -> Array.contains a labels)

        {
            Attributes = attributes
            IsLabel = isLabel
            Starts =
                Array.zip attributes isLabel
                |> Array.map (fun (attribute, isLabel) -> if isLabel then 0 else ArffAttribute.width attribute)
                |> Array.scan (+) 0
            LabelledBy = by
        }

    let private rowOf (header: Header) path line (text: string) : Row =
        let cells = ArffValues.row path line header.Attributes.Length text
        let labels, others = cells |> Array.partition (fun (a, _) -> header.IsLabel[a])

        let isMine (a, value) =
            match ArffAttribute.isTrue header.Attributes[a] value with
            | ValueSome mine -> mine
            | ValueNone -> Lines.fail path line 1 $"0 or 1 for the label \"{header.Attributes[a].Name}\"" $"\"{value}\""

        let feature (a, value) =
            match ArffAttribute.feature path line header.Attributes[a] value with
            | ValueSome(struct (at, v)) -> Some(struct (header.Starts[a] + at, v))
            | ValueNone -> None

        {
            Line = line
            Text =
                others
                |> Array.filter (fun (a, _) -> header.Attributes[a].Kind = ArffKind.Text)
                |> Array.map snd
                |> String.concat "\n"
            Features = others |> Array.choose feature |> Array.sortBy (fun (struct (at, _)) -> at)
            Labels =
                labels
                |> Array.filter isMine
                |> Array.map (fun (a, _) -> header.Attributes[a].Name)
        }

    let private keyword (word: string) (line: string) =
        line.StartsWith(word, StringComparison.OrdinalIgnoreCase)

    /// The lines that say something, with their numbers; the cell holds that of the last line read.
    let private lines (reached: int ref) (reader: TextReader) : string seq =
        Seq.initInfinite (fun _ -> reader.ReadLine())
        |> Seq.takeWhile (isNull >> not)
        |> Seq.map (fun line ->
            reached.Value <- reached.Value + 1
            line.Trim())
        |> Seq.filter (fun line -> line <> "" && not (line.StartsWith '%'))

    /// Takes the lines before @data, and that.
    let private readHeader (fields: Fields) path (reached: int ref) (lines: IEnumerator<string>) : Header option =
        let attributes = List<ArffAttribute>()
        let mutable relation = ""
        let mutable header = None

        while header.IsNone && lines.MoveNext() do
            match lines.Current with
            | text when keyword "@relation" text -> relation <- text[9..]
            | text when keyword "@attribute" text ->
                text[10..].Trim() |> ArffAttribute.parse path reached.Value |> attributes.Add
            | text when keyword "@data" text -> header <- Some(headerOf fields path relation (attributes.ToArray()))
            | text ->
                Lines.fail
                    path
                    reached.Value
                    1
                    "@relation, @attribute, @data or a comment (%)"
                    $"\"{text[.. min 30 (text.Length - 1)]}\""

        header

    let private fileRows path (header: Header) (texts: TextList) (rows: Row[]) : FileRows =
        let features = Array.last header.Starts

        let hasText =
            Array.zip header.Attributes header.IsLabel
            |> Array.exists (fun (attribute, isLabel) -> attribute.Kind = ArffKind.Text && not isLabel)

        {
            Rows =
                if hasText then
                    Rows.Texts texts
                else
                    rows |> Array.map _.Features |> Csr.ofSortedRows features |> Rows.Features
            Labels = rows |> Seq.map _.Labels |> NameSets.Of |> FileLabels.Names
            Sized = false
            Weights = RowWeights.ofFile path rows.Length None
            Columns =
                { RowColumns.none with
                    Lines = rows |> Array.map _.Line |> Some
                    Notes =
                        [
                            $"{header.IsLabel |> Seq.filter id |> Seq.length} of {header.IsLabel.Length} attributes are labels, {header.LabelledBy}"
                            if hasText && features > 0 then
                                $"{features} features beside the text are left out"
                        ]
                }
        }

    /// The rows of a file. Throws DataFormatException at the first line that is not as it should be, and where nothing says which attributes are labels.
    let read (fields: Fields) (path: string) : FileRows =
        let reached = ref 0
        let texts = TextListBuilder()

        // the text of a row is held packed, beside it
        let packed (row: Row) =
            texts.Add row.Text
            { row with Text = "" }

        let header, rows =
            Delimited.withText path (fun () -> reached.Value) (fun reader ->
                use lines = (lines reached reader).GetEnumerator()
                let header = readHeader fields path reached lines

                header,
                [|
                    match header with
                    | Some header ->
                        while lines.MoveNext() do
                            rowOf header path reached.Value lines.Current |> packed
                    | None -> ()
                |])

        match header with
        | Some header when rows.Length > 0 -> fileRows path header (texts.ToList()) rows
        | _ -> Lines.fail path (max 1 reached.Value) 1 "@data and at least one row after it" "none"

    /// Files *.arff, and others that begin with a relation.
    let format (fields: Fields) : InputFormat =
        {
            Name = "arff"
            Endings = [ ".arff" ]
            Looks =
                fun first ->
                    keyword "@relation" (first.TrimStart())
                    || (first.StartsWith '%' && not (keyword "%PDF" first))
            Read = fun _ path -> read fields path
            Write = None
        }

    /// In the registry.
    let entry: InputFormatEntry =
        {
            Format = format (Fields())
            With = format
            About = "Weka's ARFF with Mulan's XML beside it or MEKA's -C n"
            Source = "https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/"
            Examples =
                [
                    {
                        Lines =
                            [
                                "@relation 'x: -C 2'"
                                "@attribute a {0,1}"
                                "@attribute 'b c' {0,1}"
                                "@attribute f numeric"
                                "@attribute g {red, green, 'light blue'}"
                                "@data"
                                "1,1,0.5,red"
                                "% a comment"
                                "{2 7, 3 'light blue'}"
                            ]
                        Labels = [ [ "a"; "b c" ]; [] ]
                        Beside = []
                    }
                    {
                        Lines =
                            [
                                "@RELATION \"x: -C -1\""
                                "@ATTRIBUTE words STRING"
                                "@ATTRIBUTE y {no,yes}"
                                "@DATA"
                                "'it\\'s one, two',yes"
                            ]
                        Labels = [ [ "y" ] ]
                        Beside = []
                    }
                ]
            Faulty =
                [
                    {
                        Lines =
                            [
                                "@relation 'x: -C 1'"
                                "@attribute a {0,1}"
                                "@attribute f numeric"
                                "@data"
                                "1,x"
                            ]
                        Line = 5
                        Column = 1
                    }
                ]
        }
