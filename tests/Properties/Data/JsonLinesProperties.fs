module Limen.Properties.JsonLinesProperties

open System
open System.IO
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen.Core

/// Text rows with any characters that UTF-8 can hold.
type TextCase = { Rows: TextDataset }

type JsonLinesArbitraries =
    static member TextRows() =
        let text =
            Gen.elements
                [
                    "a"
                    "B"
                    " "
                    "\n"
                    "\""
                    "\\"
                    "\t"
                    "é"
                    "ß"
                    "漢"
                    "😀"
                    "\u0000"
                    "<"
                    "'"
                ]
            |> Gen.listOf
            |> Gen.map (String.concat "")

        gen {
            let! texts = Gen.nonEmptyListOf text
            let name = text |> Gen.map (fun t -> t + "x")

            let! labels =
                Gen.listOfLength texts.Length (Gen.listOf name |> Gen.map (List.distinct >> List.toArray))

            let! weights =
                Gen.choose (0, 9)
                |> Gen.map (fun n -> float32 n / 3f)
                |> Gen.arrayOfLength texts.Length
                |> Gen.optionOf

            return
                {
                    Rows =
                        {
                            Texts = List.toArray texts
                            LabelNames = List.toArray labels
                            Weights = weights
                        }
                }
        }
        |> Arb.fromGen

let private fault (text: string) : string =
    TemporaryFolder.usingFile "f.jsonl" text (fun path ->
        [ 1; 7; Lines.blockBytes ]
        |> List.map (fun block ->
            Require.thrown<DataFormatException>(fun () -> JsonLines.readBlocks block path).Message)
        |> List.distinct
        |> List.map (fun said -> said.Replace(path, "f"))
        |> List.exactlyOne)

let private cases = Cases.from [ typeof<JsonLinesArbitraries> ]

[<Tests>]
let tests =
    testList
        "JsonLines"
        [
            property
                (cases |> Cases.times 20)
                "written rows read back as they were, packed or not, whatever the block size"
                (fun ({ Rows = rows }: TextCase) (PositiveInt block) ->
                    TemporaryFolder.using (fun folder ->
                        [ "a.jsonl"; "a.jsonl.gz"; "a.jsonl.bz2" ]
                        |> List.forall (fun name ->
                            let path = Path.Combine(folder, name)
                            JsonLines.write path rows
                            JsonLines.readBlocks block path = rows && JsonLines.read path = rows)))

            testCase "other fields, their order and blanks do not matter" (fun () ->
                let text =
                    "{\"id\": {\"text\": [1, {\"labels\": 2}]}, \"labels\" : [ \"b\", \"a\" ], \"text\": \"one\\ntwo \\u00e9\"}\r\n"
                    + " {\"text\":\"\",\"labels\":[],\"n\":null}"

                let rows = TemporaryFolder.usingFile "f.jsonl" text JsonLines.read
                Require.equal ([| "one\ntwo é"; "" |]) (rows.Texts)
                Require.equal ([| [| "b"; "a" |]; [||] |]) (rows.LabelNames))

            testCase "a weight that is not there is 1, unless no row has one" (fun () ->
                let weights lines =
                    TemporaryFolder.usingFile "f.jsonl" (String.Join("\n", (lines: string list))) (fun path ->
                        (JsonLines.readBlocks 1 path).Weights)

                let plain = "{\"text\":\"\",\"labels\":[]}"
                let weighted = "{\"weight\":0.25,\"text\":\"\",\"labels\":[]}"
                Require.equal None (weights [ plain; plain ])
                Require.equal (Some [| 1f; 0.25f; 1f |]) (weights [ plain; weighted; plain ]))

            testTheory
                "a bad file is refused with the place, what was expected and what was found"
                [
                    "", "f:1:1: expected at least one row, found none"
                    "{\"text\":\"a\",\"labels\":[]}\n\n{}", "f:2:1: expected a JSON object, found the end of the line"
                    "[1]\n", "f:1:1: expected a JSON object, found \"[1]\""
                    "{\"text\":\"a\",\"labels\":[\"x\"]}\n{\"labels\":[]}\n",
                    "f:2:13: expected a field \"text\", found \"}\""
                    "{\"text\":\"a\"}\n", "f:1:12: expected a field \"labels\", found \"}\""
                    "{\"text\":5,\"labels\":[]}\n", "f:1:9: expected a string as \"text\", found \"5,\"labels\":[]}\""
                    "{\"text\": null ,\"labels\":[]}\n", "f:1:10: expected a string as \"text\", found \"null\""
                    "{\"text\":\"a\",\"labels\":\"x\"}\n",
                    "f:1:22: expected an array of strings as \"labels\", found \"\"x\"}\""
                    "{\"text\":\"a\",\"labels\":[\"x\", 3]}\n", "f:1:28: expected a string as a label, found \"3]}\""
                    "{\"text\":\"a\",\"labels\":[\"\"]}\n",
                    "f:1:23: expected a label that is not empty, found \"\"\"]}\""
                    "{\"text\":\"a\",\"labels\":[\"x\", \"x\"]}\n",
                    "f:1:28: expected each label of a row once, found \"\"x\"]}\""
                    "{\"text\":\"a\", \"text\": \"b\",\"labels\":[]}\n",
                    "f:1:14: expected \"text\" once, found \"\"text\":\""
                    "{\"text\":\"a\",\"labels\":[], \"labels\": []}\n",
                    "f:1:26: expected \"labels\" once, found \"\"labels\":\""
                    "{\"text\":\"a\",\"labels\":[],\"weight\":\"2\"}\n",
                    "f:1:34: expected a finite number of at least 0 as \"weight\", found \"\"2\"}\""
                    "{\"text\":\"a\",\"labels\":[],\"weight\":-0.5}\n",
                    "f:1:34: expected a finite number of at least 0 as \"weight\", found \"-0.5}\""
                    "{\"text\":\"a\",\"labels\":[],\"weight\":null}\n",
                    "f:1:34: expected a finite number of at least 0 as \"weight\", found \"null}\""
                    "{\"text\":\"a\",\"labels\":[],\"weight\":1e60}\n",
                    "f:1:34: expected a finite number of at least 0 as \"weight\", found \"1e60}\""
                    "{\"text\":\"a\",\"labels\":[],\"weight\":[1]}\n",
                    "f:1:34: expected a finite number of at least 0 as \"weight\", found \"[1]}\""
                    "{\"weight\":1,\"weight\":1,\"text\":\"a\",\"labels\":[]}\n",
                    "f:1:13: expected \"weight\" once, found \"\"weight\":1,\"text\":\"a\",\"l...\""
                    "{\"text\":\"a\",\"labels\":[]} x\n", "f:1:26: expected valid JSON, found \"x\""
                    "{\"text\":\"a\", labels:[]}\n", "f:1:14: expected valid JSON, found \"labels:[]}\""
                    "{\"text\":\"a\",\"labels\":[]\n", "f:1:24: expected valid JSON, found the end of the line"
                    "{\"text\":\"a\\ud800\",\"labels\":[]}\n",
                    "f:1:9: expected valid UTF-8, found \"\"a\\ud800\",\"labels\":[]}\""
                ]
                (fun (text: string, expected: string) -> Require.equal expected (fault text))

            testCase "bytes that are no UTF-8 are refused" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "f.jsonl")
                    File.WriteAllBytes(path, [| yield! "{\"text\":\""B; 0xFFuy; yield! "\",\"labels\":[]}"B |])
                    let refuse () = JsonLines.read path |> ignore
                    let said = Require.refusal<DataFormatException>(fun () -> refuse ())
                    Require.matches (@":1:\d+: expected valid") said))
        ]
