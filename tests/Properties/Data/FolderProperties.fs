module Limen.Properties.FolderProperties

open System
open System.IO
open Expecto
open Limen.Core

let private folder (files: (string * string) list) (test: string -> 'a) =
    TemporaryFolder.using (fun path ->
        for name, text in files do
            Lines.write (Path.Combine(path, name)) [ text.TrimEnd '\n' ]

        test path)

let private read files =
    folder files (Folder.read Folder.defaults)

let private refusal<'e when 'e :> exn> options files : string =
    folder files (fun path ->
        let read () = Folder.read options path |> ignore

        Require
            .thrown<'e>(fun () -> read ())
            .Message.Replace(path + string Path.DirectorySeparatorChar, "")
            .Replace(path, "DIR"))

let private names (d: DataFolder) = Seq.toList d.Labels.Names

let private row text labels =
    let quoted = labels |> List.map (fun l -> $"\"{l}\"")
    $"""{{"text": "{text}", "labels": [{String.Join(", ", quoted)}]}}"""

let private texts (rows: LabelledRows) =
    match rows.Rows with
    | Rows.Texts texts -> Seq.toArray texts
    | _ -> failtest "expected texts"

let private features (rows: LabelledRows) =
    match rows.Rows with
    | Rows.Features x -> x
    | _ -> failtest "expected features"

let private sets (rows: LabelledRows) =
    let (LabelSets sets) = rows.Truth
    sets

let private svmlight = Svmlight.format Svmlight.defaults

[<Tests>]
let tests =
    testList
        "Folder"
        [
            testCase
                "labels of train and dev are the label space, in ordinal order, and only test rows know their own"
                (fun () ->
                    let d =
                        read
                            [
                                "train.jsonl", row "one" [ "b" ]
                                "dev.jsonl.gz", row "two" [ "a"; "B" ]
                                "test.jsonl.bz2", row "three" [ "z"; "b" ]
                            ]

                    Require.equal ([ "B"; "a"; "b" ]) (names d)
                    Require.equal [ "B"; "a"; "b"; "z" ] (Seq.toList d.Rows.Test.Value.Space.Names)
                    Require.equal ([| "one" |]) (texts d.Rows.Train)
                    Require.equal ([| "two" |]) (texts d.Rows.Validation.Value)
                    Require.equal ([| 2; 3 |]) (sets d.Rows.Test.Value |> Csr.set 0))

            testCase "svmlight parts share D; without name files labels are named by their ids" (fun () ->
                let d =
                    read [ "train.svm", "0 3:1"; "validation.svm.gz", "1 0:1"; "test.txt.bz2", "2 5:1" ]

                let split = d.Rows
                Require.equal ([ "0"; "1" ]) (names d)

                let sizes part =
                    (features part).Columns, (sets part).Columns

                Require.equal [ 6, 2; 6, 2; 6, 3 ] (Split.parts split |> List.map sizes)

                Require.isTrue (split.Validation.IsSome && split.Test.IsSome))

            testCase "where both kinds are, text wins; a chosen kind wins over that" (fun () ->
                let files =
                    [
                        "train.jsonl", row "one" [ "a" ]
                        "test.jsonl", row "two" [ "a" ]
                        "train.svm", "0 3:1"
                        "labels.txt", "a\n"
                    ]

                Require.equal 1 ((texts (read files).Rows.Train).Length)

                let chosen =
                    folder
                        files
                        (Folder.read
                            { Folder.defaults with
                                Format = Some svmlight
                            })

                Require.equal 4 ((features chosen.Rows.Train).Columns)
                Require.isTrue chosen.Rows.Test.IsNone)

            testCase "labels.txt and features.txt name the ids, unused ones too" (fun () ->
                let d =
                    read
                        [
                            "train.svm", "0 3:1"
                            "labels.txt", "x\ny\nz"
                            "features.txt", "a\nb\nc\nd\ne"
                        ]

                Require.equal ([ "x"; "y"; "z" ]) (names d)
                Require.equal 5 (Seq.length d.FeatureNames.Value)
                Require.equal 5 ((features d.Rows.Train).Columns)
                Require.equal 3 (sets d.Rows.Train).Columns)

            testCase "a name file of another length is refused with both counts" (fun () ->
                let refused = refusal<DataFormatException> Folder.defaults

                Require.equal
                    ("labels.txt:3:1: expected 5 names or more, as the data files have labels, found 3")
                    (refused [ "train.svm", "0 3:1"; "test.svm", "4 3:1"; "labels.txt", "x\ny\nz" ])

                Require.equal
                    ("labels.txt:3:1: expected 2 names, as the data files have labels, found 3")
                    (refused [ "train.svm", "1 5 2\n0 3:1"; "labels.txt", "x\ny\nz" ])

                Require.equal
                    ("features.txt:2:1: expected 5 names, as the data files have features, found 2")
                    (refused [ "train.svm", "1 5 2\n0 3:1"; "features.txt", "a\nb" ]))

            testCase "names stand once and are not empty" (fun () ->
                let refused = refusal<DataFormatException> Folder.defaults

                Require.equal
                    ("labels.txt:3:1: expected each name once, found \"x\"")
                    (refused [ "train.svm", "0 3:1"; "labels.txt", "x\ny\nx" ])

                Require.equal
                    ("labels.txt:2:1: expected a name, found the end of the line")
                    (refused [ "train.svm", "0 3:1"; "labels.txt", "x\n\ny" ]))

            testCase "a label that labels.txt does not name is refused with its line" (fun () ->
                Require.equal
                    ("test.jsonl:2:1: expected one of the 2 known labels, found \"c\"")
                    (refusal<DataFormatException>
                        Folder.defaults
                        [
                            "train.jsonl", row "one" [ "a" ]
                            "test.jsonl", row "two" [ "a" ] + "\n" + row "three" [ "a"; "c" ]
                            "labels.txt", "a\nb"
                        ]))

            testCase "each part has the weights of its own file" (fun () ->
                let d =
                    read
                        [
                            "train.svm", "0 1:1\n1 1:1"
                            "train.svm.weight", "2\n0.5"
                            "test.svm", "0 1:1"
                        ]

                Require.equal (Some [| 2f; 0.5f |]) d.Rows.Train.Weights
                Require.equal None d.Rows.Test.Value.Weights)

            testCase "a folder without a training file, or with two, is refused" (fun () ->
                let refused = refusal<ConfigurationException>

                let none = refused Folder.defaults [ "test.svm", "0 1:1" ]
                Require.contains "DIR: expected train.jsonl, train." none
                Require.contains " (plain, .gz or .bz2), or one file of data, found test.svm" none
                Require.contains "give the path of its file, test.svm" none

                for ending in InputFormats.endings |> List.truncate 12 do
                    Require.contains $"train{ending}" none

                Require.contains
                    "training rows: expected one file, found train.svm and train.svm.gz: move all but one away"
                    (refused Folder.defaults [ "train.svm", "0 1:1"; "train.svm.gz", "0 1:1" ])

                let text =
                    { Folder.defaults with
                        Format = Some JsonLines.format
                    }

                Require.contains
                    "expected train.jsonl, train.ndjson (plain, .gz or .bz2), or one file of data, found train.svm (read as jsonl, as chosen)"
                    (refused text [ "train.svm", "0 1:1" ]))

            testCase "real data sets read with as many rows, features and labels as their makers say" (fun () ->
                match Environment.GetEnvironmentVariable "LIMEN_DATA" with
                | null
                | "" -> skiptest "LIMEN_DATA is not set"
                | data ->
                    let read name format =
                        Folder.read
                            { Folder.defaults with
                                Format = Some format
                            }
                            (Path.Combine(data, name))

                    let train = (read "rcv1sub1" svmlight).Rows.Train
                    Require.equal [ 4800; 47236; 101 ] [ train.Count; (features train).Columns; train.Space.Count ]
                    let codiesp = read "codiesp-d" svmlight
                    let text = read "codiesp-d" JsonLines.format
                    Require.equal 2557 (codiesp.Labels.Count)

                    for rows, part in List.zip (Split.parts text.Rows) (Split.parts codiesp.Rows) do
                        let fromText = sets (LabelledRows.relabel codiesp.Labels rows)
                        Require.equal ((sets part).RowStart) (fromText.RowStart)
                        Require.equal ((sets part).Indices) (fromText.Indices))
        ]
