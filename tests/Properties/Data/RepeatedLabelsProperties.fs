module Limen.Properties.RepeatedLabelsProperties

open System
open Expecto
open Limen.Core

/// A file of each format with one label that stands in its row twice, and another one three times: three are dropped.
let private files: (string * string) list =
    [
        "a.jsonl", "{\"text\":\"x\",\"labels\":[\"a\",\"b\",\"a\"]}\n{\"text\":\"y\",\"labels\":[\"b\",\"b\",\"b\"]}\n"
        "a.jsonl", "{\"text\":\"x\",\"labels\":\"a;b;a\"}\n{\"text\":\"y\",\"labels\":\"b;b;b\"}\n"
        "a.jsonl", "{\"text\":\"x\",\"labels\":[5,7,5]}\n{\"text\":\"y\",\"labels\":[7,7,7]}\n"
        "a.json",
        "[{\"text\":\"x\",\"labels\":[\"a\",\"b\",\"a\"]},\n {\"text\":\"y\",\"labels\":[\"b\",\"b\",\"b\"]}]\n"
        "a.csv", "text,labels\nx,a;b;a\ny,b;b;b\n"
        "a.csv", "text,labels\nx,\"['a', 'b', 'a']\"\ny,\"['b', 'b', 'b']\"\n"
        "a.tsv", "x\t<http://a> <http://b> <http://a>\ny\t<http://b> <http://b> <http://b>\n"
        "a.ft", "__label__a __label__b __label__a x\n__label__b __label__b __label__b y\n"
        "a.svm", "1,2,1 0:1\n2,+2,2.0 1:1\n"
    ]

[<Tests>]
let tests =
    testList
        "RepeatedLabels"
        [
            testTheory
                "a label that stands in its row again is taken once, and the report says so"
                files
                (fun (name, text) ->
                    TemporaryFolder.usingFile name text (fun path ->
                        let read = DataSource.read DataSource.defaults [ path ]
                        Require.equal 3 read.Rows.Train.Truth.Matrix.NonZeros
                        Require.equal 2 read.Report.Parts.Head.Labels

                        ReadReport.lines read.Report
                        |> String.concat "\n"
                        |> Require.contains "3 labels stand in their row again (taken once"))

            testCase "flags of rows that are not alike are no ids that stand again" (fun () ->
                let text =
                    "{\"text\":\"x\",\"labels\":[0,1,1]}\n{\"text\":\"y\",\"labels\":[1,0]}\n"

                TemporaryFolder.usingFile "a.jsonl" text (fun path ->
                    Require.refusal<DataFormatException>(fun () ->
                        DataSource.read DataSource.defaults [ path ] |> box)
                    |> Require.contains "0 and 1 for each label"))
        ]
