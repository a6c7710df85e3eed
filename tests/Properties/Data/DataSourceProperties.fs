module Limen.Properties.DataSourceProperties

open System
open System.IO
open Expecto
open Limen
open Limen.Core

let private folder (files: (string * string) list) (test: string -> 'a) =
    TemporaryFolder.using (fun path ->
        for name, text in files do
            File.WriteAllText(Path.Combine(path, name), text)

        test path)

let private csv (rows: int) =
    "text,labels\n"
    + String.Join("\n", Seq.init rows (fun i -> $"text {i},l{i % 3}"))

let private counts (d: DataFolder) = Split.parts d.Rows |> List.map _.Count

let private refused options files paths =
    folder files (fun path ->
        let full = paths |> List.map (fun p -> Path.Combine(path, p))

        (Require.refusal<ConfigurationException>(fun () -> DataSource.read options full |> box))
            .Replace(path + string Path.DirectorySeparatorChar, ""))

[<Tests>]
let tests =
    testList
        "DataSource"
        [
            testTheory
                "parts are found under the names that people give them"
                [ "valid"; "val"; "dev"; "validation"; "VAL" ]
                (fun name ->
                    folder [ "train.csv", csv 4; $"{name}.csv", csv 3; "test.csv", csv 2 ] (fun path ->
                        Require.equal [ 4; 3; 2 ] (counts (DataSource.read DataSource.defaults [ path ]))))

            testCase "names in capitals are the same names" (fun () ->
                folder [ "TRAIN.JSONL", "{\"text\":\"x\",\"labels\":[\"a\"]}" ] (fun path ->
                    Require.equal [ 1 ] (counts (DataSource.read DataSource.defaults [ path ]))))

            testCase "a file in the place of a folder is its rows, and the one file of a folder too" (fun () ->
                folder [ "reviews.csv", csv 6 ] (fun path ->
                    Require.equal [ 6 ] (counts (DataSource.read DataSource.defaults [ path ]))

                    Require.equal
                        [ 6 ]
                        (counts (DataSource.read DataSource.defaults [ Path.Combine(path, "reviews.csv") ]))))

            testCase "files of parts are told by their names, else by their order" (fun () ->
                folder [ "a.csv", csv 5; "b.csv", csv 2; "test.csv", csv 1; "train.csv", csv 4 ] (fun path ->
                    let read names =
                        counts (
                            DataSource.read DataSource.defaults (names |> List.map (fun n -> Path.Combine(path, n)))
                        )

                    Require.equal [ 5; 2 ] (read [ "a.csv"; "b.csv" ])
                    Require.equal [ 4; 1 ] (read [ "test.csv"; "train.csv" ])))

            testCase "a column says which part a row is of" (fun () ->
                let text = "text,labels,split\nx,a,train\ny,b,test\nz,a,val\nw,a,train\n"

                folder [ "data.csv", text ] (fun path ->
                    let options =
                        { DataSource.defaults with
                            Fields = Fields(Part = "split")
                        }

                    Require.equal [ 2; 1; 1 ] (counts (DataSource.read options [ path ]))))

            testCase "what is not there, or is two, is said" (fun () ->
                Require.contains
                    "nothing.csv: expected a file or a folder, found nothing of that name"
                    (refused DataSource.defaults [] [ "nothing.csv" ])

                let two = refused DataSource.defaults [ "a.csv", csv 1; "b.csv", csv 1 ] [ "." ]
                Require.contains "or one file of data, found a.csv, b.csv" two)

            testCase "a wrong guess says what the file was taken for, and why" (fun () ->
                folder [ "train.csv", "text,labels\nx\n" ] (fun path ->
                    let read options () = DataSource.read options [ path ] |> box
                    let said = Require.refusal<DataFormatException>(read DataSource.defaults)

                    Require.contains
                        "(read as csv: its name ends in .csv and its first line is like that; another format can be chosen by its name)"
                        said

                    let chosen =
                        Require.refusal<DataFormatException>(read (DataSource.withFormat "csv" DataSource.defaults))

                    Require.isFalse (chosen.Contains "read as")))

            testTheory
                "a file is told by its first line where its name says nothing or something else"
                [
                    "data.dat", "0 1:1\n", "svmlight"
                    "data.txt", "{\"text\":\"x\",\"labels\":[\"a\"]}\n", "jsonl"
                    "data", "text\tlabels\nx\ta\n", "csv"
                    "data.json", "{\"text\":\"x\",\"labels\":[\"a\"]}\n", "jsonl"
                    "data.txt", "__label__a x\n", "fasttext"
                    "data.csv", "0 1:1 3:2\n", "svmlight"
                ]
                (fun (name, text, format) ->
                    TemporaryFolder.usingFile name text (fun path ->
                        let d = DataSource.read DataSource.defaults [ path ]
                        Require.equal format d.Report.Parts.Head.Format))

            testCase "the report says what was read, chosen and kept" (fun () ->
                folder [ "train.csv", "text,tags\nx,a;b\nx,\n,c\n"; "test.csv", "text,tags\nx,a\n" ] (fun path ->
                    Require.equal
                        [
                            "train: 3 rows, 3 labels, train.csv read as csv (its name ends in .csv and its first line is like that)"
                            "  texts from text"
                            "  labels from tags, separated by \";\""
                            "  1 rows have no label (kept: none is right for them; leave them out where theirs are only unknown)"
                            "  1 texts are empty (kept: see whether the texts stand in another column, --text)"
                            "  1 texts occur again (kept: leave out copies that are no rows of their own)"
                            "test: 1 rows, 1 labels, test.csv read as csv (as the training rows)"
                            "  texts from text"
                            "  labels from tags, one a row"
                            "  1 texts are training texts too (kept: figures measured on them look better than they are; leave them out of one part)"
                        ]
                        (ReadReport.lines (DataSource.read DataSource.defaults [ path ]).Report)))
        ]
