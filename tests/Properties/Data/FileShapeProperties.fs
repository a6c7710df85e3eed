module Limen.Properties.FileShapeProperties

open System
open System.IO
open System.Text
open System.Threading
open Expecto
open Google.Protobuf
open Limen
open Limen.Core

/// Rows of invented content, which every shape below holds in its own form.
type private Row =
    {
        Number: int
        Text: string
        Labels: string list
    }

let private labels = [ "birds"; "kites"; "rivers" ]

let private words =
    Map
        [
            "birds", "wings over \"fields\""
            "kites", "a string, pulled"
            "rivers", "slow water"
        ]

let private row number =
    let mine =
        labels
        |> List.indexed
        |> List.filter (fun (l, _) -> (number + l) % 3 = 0 || (number % 4 = l))
        |> List.map snd

    {
        Number = number
        Text = $"""note {number}: {String.Join("; ", mine |> List.map (fun l -> words[l]))}"""
        Labels = mine
    }

let private train = List.init 30 row
let private test = List.init 9 (fun i -> row (i + 40))

/// Numbers that tell the labels.
let private vector (row: Row) : float32[] =
    [|
        for l in labels do
            (if List.contains l row.Labels then 1f else 0f) + float32 (row.Number % 5) / 10f
    |]

let private matrix (rows: Row list) =
    let vectors = rows |> List.map vector |> List.toArray
    Array2D.init vectors.Length labels.Length (fun r c -> vectors[r][c])

let private ids (row: Row) =
    row.Labels |> List.map (fun l -> List.findIndex ((=) l) labels)

let private flags (row: Row) =
    labels |> List.map (fun l -> if List.contains l row.Labels then 1 else 0)

let private join (separator: string) (items: 'a list) = String.Join(separator, items)

let private quoted (text: string) =
    "\"" + text.Replace("\"", "\"\"") + "\""

let private json (text: string) = Json.JsonSerializer.Serialize text

/// A shape: its files, of the training and the test rows, and how it is read.
[<NoEquality; NoComparison>]
type private Shape =
    {
        Name: string
        Write: string -> unit
        Options: DataOptions
        /// The paths to read, in the folder.
        Paths: string list
        /// Labels are named by their ids.
        ById: bool
    }

let private options =
    { DataSource.defaults with
        Formats = DataFormats.all
    }

let private lines (name: string) (all: string list) folder =
    let path = Path.Combine(folder, name)
    Directory.CreateDirectory(Path.GetDirectoryName path) |> ignore
    File.WriteAllLines(path, all)

/// A shape of a file for each part.
let private parts name ending (header: string list) (line: Row -> string) : Shape =
    {
        Name = name
        Write =
            fun folder ->
                lines $"train{ending}" (header @ List.map line train) folder
                lines $"test{ending}" (header @ List.map line test) folder
        Options = options
        Paths = [ "" ]
        ById = false
    }

let private withFields fields (shape: Shape) =
    { shape with
        Options = { shape.Options with Fields = fields }
    }

let private byId (shape: Shape) = { shape with ById = true }

let private also write (shape: Shape) =
    { shape with
        Write =
            fun folder ->
                shape.Write folder
                write folder
    }

let private vectors (ending: string) write (shape: Shape) =
    shape
    |> also (fun folder ->
        write (Path.Combine(folder, $"train{ending}")) train
        write (Path.Combine(folder, $"test{ending}")) test)
    |> fun (shape: Shape) ->
        { shape with
            Options =
                { shape.Options with
                    Vectors = Some ending
                }
        }

let private npy path rows = Npy.writeMatrix path (matrix rows)

let private sparse (row: Row) =
    vector row |> Array.mapi (fun i v -> $"{i}:{v}") |> Array.toList |> join " "

let private attributes first =
    let ofLabels = labels |> List.map (fun l -> $"@attribute {l} {{0,1}}")
    let ofFeatures = labels |> List.mapi (fun i _ -> $"@attribute f{i} numeric")

    if first then
        ofLabels @ ofFeatures
    else
        ofFeatures @ ofLabels

let private cells (row: Row) =
    vector row |> Array.map string |> Array.toList

/// A record of YouTube-8M.
let private youTube (row: Row) : byte[] =
    let message (write: CodedOutputStream -> unit) =
        use memory = new MemoryStream()
        let output = new CodedOutputStream(memory)
        write output
        output.Flush()
        memory.ToArray()

    let field number (bytes: byte[]) (output: CodedOutputStream) =
        output.WriteTag(number, WireFormat.WireType.LengthDelimited)
        output.WriteBytes(ByteString.CopyFrom bytes)

    let entry (key: string) kind (content: byte[]) =
        message (fun output ->
            field 1 (Encoding.UTF8.GetBytes key) output
            field 2 (message (field kind content)) output)

    let floats (values: float32[]) =
        message (field 1 (values |> Array.collect BitConverter.GetBytes))

    let integers (values: int list) =
        message (field 1 (message (fun output -> values |> List.iter (fun v -> output.WriteInt64 v))))

    let features =
        message (fun output ->
            field 1 (entry "id" 1 (message (field 1 (Encoding.UTF8.GetBytes $"v{row.Number}")))) output
            field 1 (entry "labels" 3 (integers (ids row))) output
            field 1 (entry "mean_rgb" 2 (floats (vector row))) output
            field 1 (entry "mean_audio" 2 (floats [| 0.5f |])) output)

    message (field 1 features)

let private shapes =
    [
        parts "a table of posts with tags" ".csv" [ "Id,Body,Tags" ] (fun r ->
            $"""{r.Number},{quoted r.Text},{join "|" r.Labels}""")
        parts "a table from Excel, with semicolons" ".csv" [ "text;labels" ] (fun r ->
            $"""{quoted r.Text};{quoted (join ", " r.Labels)}""")
        parts "Jigsaw's comments, one-hot" ".csv" [ $"""id,comment_text,{join "," labels}""" ] (fun r ->
            $"""{r.Number},{quoted r.Text},{flags r |> join ","}""")
        parts "SemEval's tweets, one-hot with tabs" ".txt" [ $"""ID{'\t'}Tweet{'\t'}{join "\t" labels}""" ] (fun r ->
            $"""{r.Number}{'\t'}{r.Text.Replace("\"", "'")}{'\t'}{flags r |> join "\t"}""")
        parts "a table of Python lists" ".csv" [ "title,genres" ] (fun r ->
            let list = r.Labels |> List.map (sprintf "'%s'") |> join ", "
            $"""{quoted r.Text},{quoted $"[{list}]"}""")
        parts
            "a table of numbers with prefixed labels"
            ".csv"
            [ $"""f0,f1,f2,{labels |> List.map ((+) "y_") |> join ","}""" ]
            (fun r -> $"""{join "," (cells r)},{flags r |> join ","}""")
        |> withFields (Fields(LabelPrefix = "y_"))
        parts "JSON lines of names" ".jsonl" [] (fun r ->
            $"""{{"text": {json r.Text}, "labels": [{r.Labels |> List.map json |> join ", "}]}}""")
        parts "GoEmotions of Hugging Face: ids, names in dataset_info.json" ".jsonl" [] (fun r ->
            $"""{{"text": {json r.Text}, "labels": [{ids r |> join ", "}], "id": "e{r.Number}"}}""")
        |> also (
            lines
                "dataset_info.json"
                [
                    $"""{{"features": {{"labels": {{"feature": {{"names": [{labels |> List.map json |> join ", "}], "_type": "ClassLabel"}}}}}}}}"""
                ]
        )
        parts "multi-hot labels of Hugging Face" ".jsonl" [] (fun r ->
            $"""{{"text": {json r.Text}, "labels": [{flags r |> List.map (sprintf "%d.0") |> join ", "}]}}""")
        |> byId
        parts "EURLEX57K's documents" ".jsonl" [] (fun r ->
            $"""{{"celex_id": "3{r.Number}", "title": "no", "text": {json r.Text}, "eurovoc_concepts": [{r.Labels |> List.map json |> join ", "}]}}""")
        parts "XMC's raw texts with target_ind" ".json" [] (fun r ->
            $"""{{"uid": "{r.Number}", "title": {json r.Text}, "target_ind": [{ids r |> join ", "}], "target_rel": [1.0]}}""")
        |> byId
        { parts "one JSON array" ".json" [] (fun _ -> "") with
            Write =
                fun folder ->
                    for name, rows in [ "train", train; "test", test ] do
                        let item r =
                            $"""{{"body": {json r.Text}, {'\n'} "tags": "{join ";" r.Labels}"}}"""

                        File.WriteAllText(
                            Path.Combine(folder, $"{name}.json"),
                            $"""[{rows |> List.map item |> join ","}]"""
                        )
        }
        parts "fastText's lines" ".txt" [] (fun r ->
            $"""{r.Labels |> List.map ((+) "__label__") |> join " "} {r.Text}""")
        parts "LibMultiLabel's lines" ".txt" [] (fun r -> $"""{r.Number}{'\t'}{join " " r.Labels}{'\t'}{r.Text}""")
        parts "Annif's short texts" ".tsv" [] (fun r ->
            $"""{r.Text}{'\t'}{r.Labels |> List.map (sprintf "<%s>") |> join " "}""")
        {
            Name = "Annif's full texts"
            Write =
                fun folder ->
                    for name, rows in [ "train", train; "test", test ] do
                        for r in rows do
                            lines $"{name}/d{r.Number:D3}.txt" [ r.Text ] folder

                            if r.Number % 2 = 0 then
                                lines
                                    $"{name}/d{r.Number:D3}.tsv"
                                    (r.Labels |> List.map (fun l -> $"<{l}>\tword"))
                                    folder
                            else
                                lines $"{name}/d{r.Number:D3}.key" r.Labels folder
            Options = options
            Paths = [ "" ]
            ById = false
        }
        parts "svmlight's lines" ".svm" [] (fun r -> $"""{ids r |> join ","} {sparse r}""")
        |> byId
        parts "XMC's one file" ".txt" [] (fun r -> $"""{ids r |> join ","} {sparse r}""")
        |> byId
        |> also (fun folder ->
            for name, rows in [ "train", train; "test", test ] do
                let path = Path.Combine(folder, $"{name}.txt")
                File.WriteAllText(path, $"{rows.Length} 3 3\n" + File.ReadAllText path))
        {
            Name = "XMC's two files"
            Write =
                fun folder ->
                    for name, rows in [ "trn", train; "tst", test ] do
                        lines $"{name}_X_Xf.txt" ($"{rows.Length} 3" :: List.map sparse rows) folder

                        lines
                            $"{name}_X_Y.txt"
                            ($"{rows.Length} 3"
                             :: (rows |> List.map (fun r -> ids r |> List.map (sprintf "%d:1") |> join " ")))
                            folder
            Options = options
            Paths = [ "" ]
            ById = true
        }
        { parts "Mulan's ARFF with XML" "" [] (fun _ -> "") with
            Write =
                fun folder ->
                    for name, rows in [ "notes-train", train; "notes-test", test ] do
                        let line (r: Row) =
                            join "," (cells r @ List.map string (flags r))

                        lines
                            $"{name}.arff"
                            ([ "@relation notes" ] @ attributes false @ [ "@data" ] @ List.map line rows)
                            folder

                    let xml = labels |> List.map (fun l -> $"""<label name="{l}"></label>""")

                    lines
                        "notes.xml"
                        ([ "<labels xmlns=\"http://mulan.sourceforge.net/labels\">" ]
                         @ xml
                         @ [ "</labels>" ])
                        folder
        }
        parts
            "MEKA's ARFF, sparse, -C 3"
            ".arff"
            ([ "@relation 'notes: -C 3'" ] @ attributes true @ [ "@data" ])
            (fun r ->
                let cells =
                    List.map string (flags r) @ cells r
                    |> List.indexed
                    |> List.filter (fun (_, v) -> v <> "0")

                $"""{{{cells |> List.map (fun (i, v) -> $"{i} {v}") |> join ","}}}""")
        parts "labels in a table, vectors in .npy" ".csv" [ "image,labels" ] (fun r ->
            $"""{r.Number}.png,{join ";" r.Labels}""")
        |> vectors ".npy" npy
        parts "NIH's chest X-rays" ".csv" [ "Image Index,Finding Labels,Patient ID" ] (fun r ->
            $"""{r.Number}.png,{join "|" r.Labels},{r.Number / 2}""")
        |> withFields (Fields(Labels = [ "Finding Labels" ], Group = "Patient ID"))
        |> vectors ".npy" npy
        parts
            "CheXpert's labels, uncertain ones among them"
            ".csv"
            [ $"""Path,Sex,No Finding,{join "," labels}""" ]
            (fun r ->
                let value l f =
                    if f = 1 then "1.0"
                    elif (r.Number + l) % 2 = 0 then "-1.0"
                    else ""

                $"""p/{r.Number}.jpg,Female,0.0,{flags r |> List.mapi value |> join ","}""")
        |> vectors ".npy" npy
        parts "VinDr-CXR's labels of three raters" ".csv" [ $"""image_id,rad_id,{join "," labels}""" ] (fun r ->
            [
                for rater in 1..3 ->
                    let vote f =
                        if rater = 1 + r.Number % 3 then 1 - f else f

                    $"""i{r.Number},R{rater},{flags r |> List.map vote |> join ","}"""
            ]
            |> join "\n")
        |> vectors ".npy" npy
        parts "PadChest's labels" ".csv" [ "ImageID,Labels,Report" ] (fun r ->
            let list = r.Labels |> List.map (sprintf "'%s'") |> join ", "
            $"""{r.Number}.png,{quoted $"[{list}]"},{quoted r.Text}""")
        |> withFields (Fields(Text = [ "Report" ]))
        { parts "YouTube-8M's videos" "" [] (fun _ -> "") with
            Write =
                fun folder ->
                    for name, rows in [ "train", train; "test", test ] do
                        TfRecords.write (Path.Combine(folder, $"{name}.tfrecord")) (rows |> List.map youTube)
        }
        |> byId
        yield!
            ParquetShapes.shapes
            |> List.map (fun (name, write, isById) ->
                {
                    Name = name
                    Write =
                        fun folder ->
                            for part, rows in [ "train", train; "test", test ] do
                                write
                                    (Path.Combine(folder, part))
                                    (rows |> List.map (fun r -> r.Text, r.Labels, ids r, vector r))
                    Options = options
                    Paths = [ "" ]
                    ById = isById
                })
    ]

let private read (shape: Shape) folder : DataFolder =
    shape.Write folder
    DataSource.read shape.Options (shape.Paths |> List.map (fun p -> Path.Combine(folder, p)))

let private setsOf (rows: LabelledRows) : string list list =
    let (LabelSets sets) = rows.Truth

    [
        for row in 0 .. rows.Count - 1 -> Csr.set row sets |> Array.map rows.Space.Name |> Array.sort |> Array.toList
    ]

let private tiny =
    { ModelOptions.defaults with
        Scorers = [ Linear.scorer LinearOptions.standard ]
        Candidates = 3
    }

[<Tests>]
let tests =
    testList
        "FileShape"
        [
            testCase "there are 25 shapes or more, each of its own name" (fun () ->
                Require.isTrue (
                    (shapes |> List.distinctBy _.Name).Length >= 25
                    && shapes.Length = (shapes |> List.distinctBy _.Name).Length
                ))

            testTheory
                "is read as its rows are, trained on, predicts and is measured"
                (shapes |> List.map _.Name)
                (fun name ->
                    let shape = shapes |> List.find (fun s -> s.Name = name)

                    TemporaryFolder.using (fun folder ->
                        let d = read shape folder

                        let expected rows =
                            rows
                            |> List.map (fun r -> if shape.ById then ids r |> List.map string else r.Labels)

                        Require.equal (expected train) (setsOf d.Rows.Train)
                        Require.equal (expected test) (setsOf d.Rows.Test.Value)

                        let model =
                            Pipeline.fit
                                tiny
                                [ VectoriserOptions(MinDocumentFrequency = 1) ]
                                FeatureKind.Automatic
                                d.Rows.Train
                                None
                                ignore
                                CancellationToken.None

                        let rows = LabelledRows.dataset model.Input d.Rows.Test.Value
                        let (LabelSets predicted) = Model.predict rows.Features model
                        Require.equal test.Length predicted.Rows
                        let f1 = Metric.number (Metrics.find "micro_f1") (Evaluation.model rows model)
                        Require.isTrue (f1 > 0.6)))

            testTheory
                "is written in each format that has a form for it, and reads back as it was"
                (shapes |> List.map _.Name)
                (fun name ->
                    let shape = shapes |> List.find (fun s -> s.Name = name)

                    TemporaryFolder.using (fun folder ->
                        let d = read shape (Directory.CreateDirectory(Path.Combine(folder, "in")).FullName)

                        let wanted =
                            if d.Rows.Train.Rows.IsTexts then
                                [ "jsonl"; "json"; "csv"; "annif"; "fasttext"; "libmultilabel" ]
                            else
                                [ "svmlight" ]

                        let written =
                            [
                                for format in Convert.writable options.Formats do
                                    if List.contains format.Format.Name wanted then
                                        let out = Path.Combine(folder, format.Format.Name)
                                        Convert.write format.Format out d.Rows |> ignore

                                        let again =
                                            DataSource.read (DataSource.withFormat format.Format.Name options) [ out ]

                                        Require.equal (setsOf d.Rows.Train) (setsOf again.Rows.Train)
                                        Require.equal (setsOf d.Rows.Test.Value) (setsOf again.Rows.Test.Value)

                                        match d.Rows.Train.Rows, again.Rows.Train.Rows with
                                        | Rows.Texts a, Rows.Texts b ->
                                            let words (t: string) =
                                                t.Split(
                                                    [| ' '; '\n'; '\r'; '\t' |],
                                                    StringSplitOptions.RemoveEmptyEntries
                                                )

                                            Require.equal (Array.map words a) (Array.map words b)
                                        | a, b ->
                                            Require.equal
                                                (SmallProblem.entries (Rows.tryFeatures a).Value)
                                                (SmallProblem.entries (Rows.tryFeatures b).Value)

                                        format.Format.Name
                            ]

                        Require.equal (List.sort wanted) (List.sort written)))

            testCase "a format without a writer says so" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let d =
                        read shapes.Head (Directory.CreateDirectory(Path.Combine(folder, "in")).FullName)

                    let said =
                        Require.refusal<ConfigurationException>(fun () ->
                            Convert.write Arff.entry.Format folder d.Rows |> box)

                    Require.contains "arff can be read, not written" said))
        ]
