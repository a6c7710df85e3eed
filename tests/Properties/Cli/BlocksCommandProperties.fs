/// Rows that have a text and numbers side by side, on the command line.
module Limen.Properties.BlocksCommandProperties

open System
open System.IO
open Expecto
open Limen.Core

let private words = [| "red"; "round"; "small"; "soft"; "sweet"; "sour"; "old" |]

/// A text, a number, and whether there is one, and the labels that follow from both.
let private rows =
    [
        for i in 0..179 ->
            let text = $"{words[i % 7]} {words[i / 7 % 7]} {words[i * 5 / 3 % 7]}"
            let price = i * 37 % 100

            text,
            price,
            [ if text.Contains "red" then "crimson" else "other" ]
            @ [
                if price > 60 then
                    "dear"
            ]
    ]

let private table =
    "text,price,is_crimson,is_other,is_dear\n"
    + String.concat
        "\n"
        [
            for text, price, labels in rows ->
                let isCrimson, isDear = List.contains "crimson" labels, List.contains "dear" labels
                $"{text},{price},{isCrimson},{not isCrimson},{isDear}"
        ]
    + "\n"

let private objects =
    String.concat
        ""
        [
            for text, price, _ in rows -> $"{{\"text\": \"{text}\", \"price\": {price}}}\n"
        ]

let private both = [ "--text"; "text"; "--numbers"; "price" ]

/// A model of the table, in a folder with it and the same rows as objects.
let private trained =
    lazy
        (let folder = Directory.CreateTempSubdirectory("limen-").FullName
         AppDomain.CurrentDomain.ProcessExit.Add(fun _ -> Directory.Delete(folder, true))
         File.WriteAllText(Path.Combine(folder, "rows.csv"), table)
         File.WriteAllText(Path.Combine(folder, "rows.jsonl"), objects)

         CommandLine.run
             folder
             ([
                 "train"
                 "--data"
                 "rows.csv"
                 "--split"
                 "0.2,0"
                 "--label-prefix"
                 "is_"
                 "--scorer"
                 "linear"
                 "--out"
                 "out"
              ]
              @ both)
         |> CommandLine.succeeds
         |> ignore

         folder)

let private predict arguments =
    CommandLine.run trained.Value ([ "predict"; "--model"; "out/model" ] @ arguments)

[<Tests>]
let tests =
    testList
        "BlocksCommand"
        [
            testCase "objects of a file, objects of standard input and a table are predicted alike" (fun () ->
                let ofTable =
                    predict ([ "--data"; "rows.csv"; "--label-prefix"; "is_" ] @ both)
                    |> CommandLine.succeeds

                let ofFile = predict ([ "--data"; "rows.jsonl" ] @ both) |> CommandLine.succeeds

                let ofInput =
                    CommandLine.runWith objects trained.Value ([ "predict"; "--model"; "out/model" ] @ both)
                    |> CommandLine.succeeds

                Require.equal ofTable.Output ofFile.Output
                Require.equal ofTable.Output ofInput.Output

                let dear =
                    List.zip rows (CommandLine.lines ofTable.Output)
                    |> List.filter (fun ((_, _, labels), line) -> line.Contains "dear" = List.contains "dear" labels)

                Require.above 170 dear.Length)

            testTheory
                "what is not both is refused, with what to give"
                [
                    [ "red"; "old" ],
                    "expected a JSON object with a text and numbers (--text and --numbers name its fields)"
                    [ "red"; "old" ] @ both, "for the model reads texts and features, found another line"
                    [ "--data"; "rows.csv"; "--text"; "text"; "--label-prefix"; "is_" ],
                    "rows.csv: the model reads texts and features (--text and --numbers name their columns), and these rows are texts"
                    [ "--data"; "rows.jsonl"; "--numbers"; "text" ],
                    "rows.jsonl:1:1: expected a finite number as \"text\", found \"red red red\""
                ]
                (fun (arguments, fault) ->
                    let ran = predict arguments
                    Require.equal 1 ran.Code
                    Require.contains fault ran.Error)

            testCase "the model says what it reads" (fun () ->
                let ran =
                    CommandLine.run trained.Value [ "info"; "out/model" ] |> CommandLine.succeeds

                Require.matches "reads +texts and features" ran.Output)
        ]
