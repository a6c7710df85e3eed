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

let private texts (d: DataFolder) =
    match d.Rows with
    | TextRows split -> split
    | CountRows _ -> failwith "expected text"

let private counts (d: DataFolder) =
    match d.Rows with
    | CountRows split -> split
    | TextRows _ -> failwith "expected counts"

[<Tests>]
let tests =
    testList
        "Folder"
        [
            testCase "labels that only dev or test rows have belong to the label space, in ordinal order" (fun () ->
                let d =
                    read
                        [
                            "train.jsonl", row "one" [ "b" ]
                            "dev.jsonl.gz", row "two" [ "a"; "B" ]
                            "test.jsonl.bz2", row "three" [ "z"; "b" ]
                        ]

                Require.equal ([ "B"; "a"; "b"; "z" ]) (names d)
                let split = texts d
                Require.equal ([| "one" |]) (split.Train.Texts)
                Require.equal ([| "two" |]) (split.Validation.Value.Texts)
                Require.equal ([| 2; 3 |]) (LabelSpace.encode "test" d.Labels split.Test.Value |> Csr.set 0))

            testCase "svmlight parts share D and L; without name files labels are named by their ids" (fun () ->
                let d =
                    read [ "train.svm", "0 3:1"; "validation.svm.gz", "1 0:1"; "test.txt.bz2", "2 5:1" ]

                let split = counts d
                Require.equal ([ "0"; "1"; "2" ]) (names d)

                for part in Split.parts split do
                    Require.equal (6, 3) ((part.Features.Columns, part.Labels.Columns))

                Require.isTrue (split.Validation.IsSome && split.Test.IsSome))

            testCase "where both kinds are, text wins; a chosen kind wins over that" (fun () ->
                let files =
                    [
                        "train.jsonl", row "one" [ "a" ]
                        "test.jsonl", row "two" [ "a" ]
                        "train.svm", "0 3:1"
                        "labels.txt", "a\n"
                    ]

                Require.equal 1 ((texts (read files)).Train.Rows)

                let chosen =
                    folder
                        files
                        (Folder.read
                            { Folder.defaults with
                                Kind = Some InputKind.Svmlight
                            })

                Require.equal 4 ((counts chosen).Train.Features.Columns)
                Require.isTrue ((counts chosen).Test.IsNone))

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
                Require.equal 5 ((counts d).Train.Features.Columns)
                Require.equal 3 ((counts d).Train.Labels.Columns))

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

            testCase "a folder without a training file, or with two, is refused" (fun () ->
                let refused = refusal<ConfigurationException>

                Require.contains
                    "DIR: expected train.jsonl or train.svm or train.svmlight or train.txt (plain, .gz or .bz2), found none"
                    (refused Folder.defaults [ "test.svm", "0 1:1" ])

                Require.contains
                    "expected one file, found train.svm and train.svm.gz"
                    (refused Folder.defaults [ "train.svm", "0 1:1"; "train.svm.gz", "0 1:1" ])

                let text =
                    { Folder.defaults with
                        Kind = Some InputKind.Text
                    }

                Require.contains
                    "expected train.jsonl (plain, .gz or .bz2), found none"
                    (refused text [ "train.svm", "0 1:1" ]))

            testCase "real data sets read with as many rows, features and labels as their makers say" (fun () ->
                match Environment.GetEnvironmentVariable "LIMEN_DATA" with
                | null
                | "" -> skiptest "LIMEN_DATA is not set"
                | data ->
                    let read name kind =
                        Folder.read
                            { Folder.defaults with
                                Kind = Some kind
                            }
                            (Path.Combine(data, name))

                    let rcv1 = read "rcv1sub1" InputKind.Svmlight
                    let train = (counts rcv1).Train
                    Require.equal ([ 4800; 47236; 101 ]) ([ train.Rows; train.Features.Columns; train.Labels.Columns ])
                    let codiesp = read "codiesp-d" InputKind.Svmlight
                    let text = texts (read "codiesp-d" InputKind.Text)
                    Require.equal 2557 (codiesp.Labels.Count)

                    for rows, part in List.zip (Split.parts text) (Split.parts (counts codiesp)) do
                        let fromText = LabelSpace.encode "codiesp-d" codiesp.Labels rows
                        Require.equal (part.Labels.RowStart) (fromText.RowStart)
                        Require.equal (part.Labels.Indices) (fromText.Indices))
        ]
