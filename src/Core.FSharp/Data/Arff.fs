namespace Limen.Core

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open System.Xml
open System.Xml.Linq
open Limen

/// Attributes and rows as Weka's ARFF has them (https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/), dense or sparse ({index value, ...}). Which attributes are labels is said
/// by Mulan's XML beside the file (same name, .xml), by MEKA's "-C n" in the relation's name (the first n attributes, the last where n is negative), or by Fields. Numbers are
/// features; a nominal attribute of two values is 0 or 1, of more a feature for each value; a string attribute is the text.
[<RequireQualifiedAccess>]
module Arff =

    type private Kind =
        | Number
        | Nominal of string[]
        | Text

    type private Attribute = { Name: string; Kind: Kind }

    /// A value, with quotes or without, at the start of the rest: the value and where it ends. No library that reads ARFF is served.
    let private value (line: string) (from: int) (ends: char -> bool) : string * int =
        let mutable at = from

        while at < line.Length && Char.IsWhiteSpace line[at] && not (ends line[at]) do
            at <- at + 1

        if at < line.Length && (line[at] = '\'' || line[at] = '"') then
            let quote = line[at]
            let text = Text.StringBuilder()
            at <- at + 1

            while at < line.Length && line[at] <> quote do
                if line[at] = '\\' && at + 1 < line.Length then
                    at <- at + 1

                    text.Append(
                        match line[at] with
                        | 'n' -> '\n'
                        | 't' -> '\t'
                        | c -> c
                    )
                    |> ignore
                else
                    text.Append line[at] |> ignore

                at <- at + 1

            text.ToString(), min line.Length (at + 1)
        else
            let start = at

            while at < line.Length && not (ends line[at]) do
                at <- at + 1

            line[start .. at - 1].Trim(), at

    /// Values with a comma between two.
    let private values (text: string) : string[] =
        let items = List<string>()
        let mutable at = 0
        let mutable more = text.Trim() <> ""

        while more do
            let item, next = value text at ((=) ',')
            items.Add item
            let comma = text.IndexOf(',', min next text.Length)
            more <- comma >= 0
            at <- comma + 1

        items.ToArray()

    let private attribute path line (text: string) : Attribute =
        let name, next = value text 0 Char.IsWhiteSpace
        let kind = text[next..].Trim()

        let kind =
            if kind.StartsWith '{' && kind.EndsWith '}' then
                Nominal(values kind[1 .. kind.Length - 2])
            else
                match kind.ToLowerInvariant().Split([| ' '; '\t' |])[0] with
                | "numeric"
                | "real"
                | "integer" -> Number
                | "string" -> Text
                | _ ->
                    Lines.fail
                        path
                        line
                        1
                        "numeric, real, integer, string or {a, b} as the type of an attribute"
                        $"\"{kind}\""

        { Name = name; Kind = kind }

    /// The labels of Mulan's XML, in its order, those within others too.
    let private mulan (path: string) : string[] option =
        let xml = Path.ChangeExtension(Lines.unpacked path, ".xml")

        // yeast-train.arff stands beside yeast.xml
        let shared =
            Path.Combine(
                Path.GetDirectoryName xml,
                Regex.Replace(
                    Path.GetFileName xml,
                    @"[-_.](train|test|dev|valid|val|validation)\.xml$",
                    ".xml",
                    RegexOptions.IgnoreCase
                )
            )

        [ xml; shared ]
        |> List.tryFind File.Exists
        |> Option.map (fun xml ->
            try
                XDocument.Load(xml).Descendants()
                |> Seq.filter (fun e -> e.Name.LocalName = "label")
                |> Seq.map (fun e -> e.Attribute(XName.Get "name").Value)
                |> Seq.toArray
            with
            | :? XmlException as e ->
                Lines.fail xml (max 1 e.LineNumber) (max 1 e.LinePosition) "Mulan's XML of labels" e.Message
            | :? NullReferenceException -> Lines.fail xml 1 1 "a name for each label" "none")

    let private meka (relation: string) : int option =
        match Regex.Match(relation, @"-C\s+(-?\d+)") with
        | m when m.Success -> Some(int m.Groups[1].Value)
        | _ -> None

    /// Which attributes are labels, and who says so.
    let private labelsOf (fields: Fields) path (relation: string) (attributes: Attribute[]) : int[] * string =
        let names = attributes |> Array.map _.Name

        let place name =
            match FieldNames.tryFind [ name ] names with
            | Some at -> at
            | None ->
                Lines.fail
                    path
                    1
                    1
                    $"an attribute \"{name}\", as one of the labels"
                    $"the attributes {FieldNames.listed names}"

        let first n by =
            if n = 0 || abs n > names.Length then
                Lines.fail path 1 1 $"labels among the {names.Length} attributes" $"{n}, {by}"

            (if n > 0 then
                 [| 0 .. n - 1 |]
             else
                 [| names.Length + n .. names.Length - 1 |]),
            by

        match mulan path with
        | _ when fields.Labels.Count > 0 -> fields.Labels |> Seq.map place |> Seq.toArray, "as asked for"
        | _ when not (isNull fields.LabelPrefix) ->
            [|
                for at in 0 .. names.Length - 1 do
                    if names[at].StartsWith(fields.LabelPrefix, StringComparison.Ordinal) then
                        at
            |],
            "as asked for"
        | _ when fields.LabelCount.HasValue -> first fields.LabelCount.Value "as asked for"
        | Some labels -> Array.map place labels, "by the XML beside"
        | None ->
            match meka relation with
            | Some n -> first n $"by -C {n} in the name of the relation"
            | None ->
                Lines.fail
                    path
                    1
                    1
                    "an XML file of the labels beside it (Mulan), -C n in the name of the relation (MEKA), or the labels by name or number"
                    $"neither, with the attributes {FieldNames.listed names}"

    let private isTrue (kind: Kind) (text: string) : bool voption =
        match kind, text with
        | _, ("1" | "1.0" | "true" | "yes" | "y") -> ValueSome true
        | _, ("0" | "0.0" | "false" | "no" | "n" | "?") -> ValueSome false
        | Nominal [| zero; one |], v when v = zero || v = one -> ValueSome((v = one))
        | _ -> ValueNone

    /// What a value adds to the features that begin at a place.
    let private features path line (attribute: Attribute) (start: int) (text: string) : struct (int * float32)[] =
        match attribute.Kind, text with
        | _, "?" -> [| struct (start, nanf) |]
        | Nominal names, v ->
            match Array.IndexOf(names, v) with
            | -1 -> Lines.fail path line 1 $"""one of {String.Join(", ", names)} for "{attribute.Name}" """ $"\"{v}\""
            | at when names.Length <= 2 ->
                match Single.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture) with
                | true, number ->
                    [|
                        if number <> 0f then
                            struct (start, number)
                    |]
                | _ ->
                    [|
                        if at = 1 then
                            struct (start, 1f)
                    |]
            | at -> [| struct (start + at, 1f) |]
        | Number, v ->
            match Single.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture) with
            | true, number when Single.IsFinite number ->
                [|
                    if number <> 0f then
                        struct (start, number)
                |]
            | _ -> Lines.fail path line 1 $"a number for \"{attribute.Name}\"" $"\"{v}\""
        | Text, _ -> Array.empty

    let private width (attribute: Attribute) =
        match attribute.Kind with
        | Number -> 1
        | Nominal names -> if names.Length <= 2 then 1 else names.Length
        | Text -> 0

    /// The attributes' places and texts of a line of data, all that a sparse one leaves out being 0 or the first value.
    let private cells path line (attributes: Attribute[]) (text: string) : (int * string)[] * bool =
        if text.StartsWith '{' then
            if not (text.TrimEnd().EndsWith '}') then
                Lines.fail path line text.Length "} at the end of a sparse row" "none"

            let body = text.TrimEnd()[1 .. text.TrimEnd().Length - 2]
            let found = List<int * string>()
            let mutable at = 0
            let mutable more = body.Trim() <> ""

            while more do
                while at < body.Length && Char.IsWhiteSpace body[at] do
                    at <- at + 1

                let index, next = value body at Char.IsWhiteSpace
                let item, next = value body next ((=) ',')

                match Int32.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture) with
                | true, i when i < attributes.Length -> found.Add((i, item))
                | _ -> Lines.fail path line 1 $"the number of an attribute, 0 to {attributes.Length - 1}" $"\"{index}\""

                let comma = body.IndexOf(',', min next body.Length)
                more <- comma >= 0
                at <- comma + 1

            if (found |> Seq.distinctBy fst |> Seq.length) < found.Count then
                Lines.fail path line 1 "each attribute once in a row" "one twice"

            found.ToArray(), true
        else
            let items = values text

            if items.Length <> attributes.Length then
                Lines.fail path line 1 $"{attributes.Length} values, one for each attribute" $"{items.Length}"

            Array.indexed items, false

    let private isComment (line: string) = line = "" || line.StartsWith '%'

    let private keyword (line: string) (word: string) =
        line.StartsWith(word, StringComparison.OrdinalIgnoreCase)

    /// The rows of a file. Throws DataFormatException at the first line that is not as it should be, and where nothing says which attributes are labels.
    let read (fields: Fields) (path: string) : FileRows =
        let attributes = List<Attribute>()
        let lines = List<int>()
        let texts = List<string>()
        let rows = List<struct (int * float32)[]>()
        let names = List<string[]>()
        let mutable relation = ""
        let mutable line = 0
        let mutable data = false
        let mutable labels = Array.empty<int>
        let mutable said = ""
        let mutable starts = Array.empty<int>
        let mutable isLabel = Array.empty<bool>
        let mutable all = Array.empty<Attribute>

        let prepare () =
            all <- attributes.ToArray()
            let chosen, by = labelsOf fields path relation all
            labels <- chosen
            said <- by
            isLabel <- Array.init all.Length (fun a -> Array.contains a chosen)

            starts <-
                all
                |> Array.mapi (fun a attribute -> if isLabel[a] then 0 else width attribute)
                |> Array.scan (+) 0

        let row (text: string) =
            let cells, _ = cells path line all text
            let mine = List<string>()
            let numbers = List<struct (int * float32)>()
            let words = List<string>()

            for a, v in cells do
                if isLabel[a] then
                    match isTrue all[a].Kind v with
                    | ValueSome true -> mine.Add all[a].Name
                    | ValueSome false -> ()
                    | ValueNone -> Lines.fail path line 1 $"0 or 1 for the label \"{all[a].Name}\"" $"\"{v}\""
                elif all[a].Kind = Text then
                    words.Add v
                else
                    numbers.AddRange(features path line all[a] starts[a] v)

            lines.Add line
            texts.Add(String.Join("\n", words))
            names.Add(mine.ToArray())
            rows.Add(numbers.ToArray() |> Array.sortBy (fun (struct (c, _)) -> c))

        Delimited.withText path (fun () -> line) (fun reader ->
            let mutable next = reader.ReadLine()

            while not (isNull next) do
                line <- line + 1
                let text = next.Trim()

                if isComment text then
                    ()
                elif data then
                    row text
                elif keyword text "@relation" then
                    relation <- text[9..]
                elif keyword text "@attribute" then
                    attributes.Add(attribute path line (text[10..].Trim()))
                elif keyword text "@data" then
                    prepare ()
                    data <- true
                else
                    Lines.fail
                        path
                        line
                        1
                        "@relation, @attribute, @data or a comment (%)"
                        $"\"{text[.. min 30 (text.Length - 1)]}\""

                next <- reader.ReadLine())

        if rows.Count = 0 then
            Lines.fail path (max 1 line) 1 "@data and at least one row after it" "none"

        let hasText =
            all
            |> Array.mapi (fun a attribute -> attribute.Kind = Text && not isLabel[a])
            |> Array.exists id

        {
            Rows =
                if hasText then
                    Rows.Texts(texts.ToArray())
                else
                    Rows.Features(Csr.ofSortedRows (Array.last starts) (rows.ToArray()))
            Labels = FileLabels.Names(LabelSpace.share names)
            Sized = false
            Weights = RowWeights.ofFile path rows.Count None
            Columns =
                { RowColumns.none with
                    Lines = Some(lines.ToArray())
                    Notes =
                        [
                            $"{labels.Length} of {all.Length} attributes are labels, {said}"
                            if hasText && Array.last starts > 0 then
                                $"{Array.last starts} features beside the text are left out"
                        ]
                }
        }

    /// Files *.arff, and others that begin with a relation.
    let format (fields: Fields) : InputFormat =
        {
            Name = "arff"
            Endings = [ ".arff" ]
            Looks = fun first -> keyword (first.TrimStart()) "@relation" || first.StartsWith '%'
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
