module Limen.Properties.FileShapeProperties

open System
open System.IO
open System.Threading
open Expecto
open Limen
open Limen.Core
open Limen.Properties.Shape

/// Every shape.
let shapes: Shape list =
    [
        yield! TextShapes.shapes
        yield! FeatureShapes.shapes
        yield! ImageShapes.shapes
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
                                        Convert.write format.Format out d.Columns d.Rows |> ignore

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

                                            Require.equal
                                                (a |> Seq.map words |> List.ofSeq)
                                                (b |> Seq.map words |> List.ofSeq)
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
                            Convert.write Arff.entry.Format folder d.Columns d.Rows |> box)

                    Require.contains "arff can be read, not written" said))

            testTheory
                "the column of a value that is none of its raters' is that of the table"
                [
                    "Path,Sex,Age,No Finding,Edema\np/1.jpg,F,50,1.0,2.0\n", "chexpert", ":2:5: expected 1, 0, -1"
                    "rad_id,image_id,Mass,Edema\nR1,i1,0,1\nR2,i1,0,x\n", "vindr", ":3:4: expected 0 or 1"
                    "Mass,image_id,rad_id,Edema\nx,i1,R1,1\n", "vindr", ":2:1: expected 0 or 1"
                ]
                (fun (text, format, expected) ->
                    TemporaryFolder.usingFile "labels.csv" text (fun path ->
                        Require.refusal<DataFormatException>(fun () ->
                            DataSource.read (DataSource.withFormat format options) [ path ] |> box)
                        |> Require.contains expected))

            testTheory
                "Parquet files of a set whose columns are not the first's are refused"
                [
                    [ "labels", false; "tags", false ], "the columns text, labels"
                    [ "labels", false; "labels", true ], "values of one type for \"labels\""
                ]
                (fun (columns, expected) ->
                    TemporaryFolder.using (fun folder ->
                        let path = Path.Combine(folder, "train")
                        ParquetShapes.set path columns

                        Require.refusal<DataFormatException>(fun () ->
                            Parquet.read (Fields()) $"{path}-00000-of-00002.parquet" |> box)
                        |> Require.contains expected))
        ]
