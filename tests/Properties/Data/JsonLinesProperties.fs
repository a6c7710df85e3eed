module Limen.Properties.JsonLinesProperties

open System
open System.IO
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
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
            Require.thrown<DataFormatException>(fun () -> JsonLines.readBlocks block (Fields()) path).Message)
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

                            (JsonLines.readBlocks block (Fields()) path |> FileRows.texts) = rows
                            && JsonLines.read path = rows)))

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
                        (JsonLines.readBlocks 1 (Fields()) path).Weights)

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
                    "f:2:13: expected a field \"text\", or the name of the field with the text (--text, Fields.Text), found the field \"labels\" alone"
                    "{\"text\":\"a\", \"about\": {\"x\": 1}}\n",
                    "f:1:31: expected a field \"labels\", or the name of the field with the labels (--labels, Fields.Labels), found the fields \"text\", \"about\""
                    "{\"text\":5,\"labels\":[]}\n", "f:1:9: expected a string as \"text\", found \"5,\"labels\":[]}\""
                    "{\"text\": null ,\"labels\":[]}\n", "f:1:10: expected a string as \"text\", found \"null\""
                    "{\"text\":\"a\",\"labels\":true}\n",
                    "f:1:22: expected a list of labels as \"labels\", found \"true}\""
                    "{\"text\":\"a\",\"labels\":[\"x\", 3.5]}\n",
                    "f:1:28: expected a string or a whole number as a label, found \"3.5]}\""
                    "{\"text\":\"a\",\"labels\":[1]}\n{\"text\":\"a\",\"labels\":[1,0,1]}\n",
                    "f:2:1: expected each label of a row once, or 0 and 1 for each label in every row, found [1, 0, 1]"
                    "{\"text\":\"a\",\"labels\":[-1]}\n", "f:1:1: expected ids of labels from 0 on, found -1"
                    "{\"text\":\"a\",\"labels\":[\"\"]}\n",
                    "f:1:23: expected a label that is not empty, found \"\"\"]}\""
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
                ]
                (fun (text: string, expected: string) -> Require.equal expected (fault text))

            testTheory
                "bytes that are no UTF-8 are refused where they stand, in what is passed over too"
                [
                    "{\"text\":\"a\",\"labels\":[],\"by\":\"", 31
                    "{\"text\":\"a\",\"labels\":[],\"by\":[{\"x", 34
                    "{\"text\":\"é", 12
                ]
                (fun (before: string, column: int) ->
                    TemporaryFolder.using (fun folder ->
                        let refusal name (start: byte[]) =
                            let path = Path.Combine(folder, name)

                            File.WriteAllBytes(
                                path,
                                [|
                                    yield! start
                                    yield! Text.Encoding.UTF8.GetBytes before
                                    0xFFuy
                                    yield! "\":1}]}"B
                                |]
                            )

                            Require.refusal<DataFormatException>(fun () ->
                                DataSource.read DataSource.defaults [ path ] |> box)

                        refusal "f.jsonl" [||]
                        |> Require.contains $"f.jsonl:1:{column}: expected valid UTF-8, found \"\\xFF"

                        refusal "f.json" "["B
                        |> Require.contains $"f.json:1:{column + 1}: expected text in UTF-8, found \"\\xFF"

                        refusal "f.json" "[{\"text\":\"a\",\"labels\":[]},\n\n "B
                        |> Require.contains $"f.json:3:{column + 1}: expected text in UTF-8, found \"\\xFF"))

            testCase "bytes that are no UTF-8 are refused" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "f.jsonl")
                    File.WriteAllBytes(path, [| yield! "{\"text\":\""B; 0xFFuy; yield! "\",\"labels\":[]}"B |])
                    let refuse () = JsonLines.read path |> ignore
                    let said = Require.refusal<DataFormatException>(fun () -> refuse ())
                    Require.matches (@":1:\d+: expected valid") said))

            testTheory
                "half a surrogate pair becomes U+FFFD, a whole one its character"
                [
                    "kite \\ud83d", "kite \uFFFD"
                    "\\udc00\\ud83d\\ude00\\ud83dx", "\uFFFD😀\uFFFDx"
                    "\\\\ud83d \\\"\\ud83d", "\\ud83d \"\uFFFD"
                    "\\uD83D\\u0041", "\uFFFDA"
                ]
                (fun (written: string, expected: string) ->
                    let line = $"{{\"text\": \"{written}\", \"labels\": [\"{written}\"]}}"

                    TemporaryFolder.usingFile "f.jsonl" line (fun path ->
                        let rows = JsonLines.read path
                        Require.equal expected rows.Texts[0]
                        Require.equal [| expected |] rows.LabelNames[0]
                        let notes = (JsonLines.readBlocks 1 (Fields()) path).Columns.Notes
                        Require.contains "became U+FFFD" (String.Join(" ", notes))))

            testCase "a row of 40,000 labels is read in a time that follows its length" (fun () ->
                let names = Array.init 40_000 (sprintf "label%d")
                let quoted = String.Join(",", names |> Array.map (fun n -> $"\"{n}\""))
                let clock = Diagnostics.Stopwatch.StartNew()

                let rows =
                    TemporaryFolder.usingFile "f.jsonl" $"{{\"text\":\"x\",\"labels\":[{quoted}]}}" JsonLines.read

                Require.equal names rows.LabelNames[0]
                Require.isTrue (clock.Elapsed.TotalSeconds < 3.0))

            testCase "blank lines stand at the end alone" (fun () ->
                let row = "{\"text\":\"x\",\"labels\":[]}\n"

                for blank in [ "\n"; "\r\n \n"; "\n\n\n\n" ] do
                    TemporaryFolder.usingFile "f.jsonl" (row + blank) (fun path ->
                        for block in [ 1; 7; 1000 ] do
                            Require.equal 1 (JsonLines.readBlocks block (Fields()) path).Rows.Count)

                Require.equal "f:2:1: expected a JSON object, found the end of the line" (fault (row + "\n\n" + row)))

            testTheory "a field that is passed over may be as deep as it likes" [ 70; 5000 ] (fun depth ->
                let deep = String('[', depth) + String(']', depth)

                let rows =
                    TemporaryFolder.usingFile "f.jsonl" $"{{\"x\":{deep},\"text\":\"a\",\"labels\":[]}}" JsonLines.read

                Require.equal [| "a" |] rows.Texts)

            testTheory
                "labels are read in the forms that data sets have them"
                [
                    "[\"b\",\"a\"]", "null", [ [ "a"; "b" ]; [] ]
                    "[3, 1]", "[]", [ [ "1"; "3" ]; [] ]
                    "[1.0]", "[0]", [ [ "1" ]; [ "0" ] ]
                    "[1, 0, 1]", "[0, 1, 0]", [ [ "0"; "2" ]; [ "1" ] ]
                    "[0.0, 1.0, 1.0]", "[0.0, 0.0, 0.0]", [ [ "1"; "2" ]; [] ]
                    "5", "2", [ [ "5" ]; [ "2" ] ]
                    "\"a; b\"", "\"c\"", [ [ "a"; "b" ]; [ "c" ] ]
                    "\"['a', 'b']\"", "\"[]\"", [ [ "a"; "b" ]; [] ]
                    "{\"a\": 1, \"b\": 0}", "{\"a\": false, \"b\": true}", [ [ "a" ]; [ "b" ] ]
                    "[\"a\"]", "[7]", [ [ "a" ]; [ "7" ] ]
                ]
                (fun (first: string, second: string, expected: string list list) ->
                    let text =
                        $"{{\"text\":\"x\",\"labels\":{first}}}\n{{\"text\":\"y\",\"labels\":{second}}}\n"

                    TemporaryFolder.usingFile "f.jsonl" text (fun path ->
                        let rows = InputFormats.read (Some JsonLines.format) path
                        let (LabelSets sets) = rows.Truth

                        Require.equal
                            expected
                            [
                                for row in 0..1 ->
                                    Csr.set row sets |> Array.map rows.Space.Name |> Array.sort |> Array.toList
                            ]))

            testTheory
                "fields are found by their usual names, or named"
                [
                    "{\"body\":\"x\",\"tags\":[\"a\"]}", Fields()
                    "{\"Text\":\"x\",\"Labels\":[\"a\"]}", Fields()
                    "{\"id\":1,\"comment_text\":\"x\",\"a\":1,\"b\":0}", Fields()
                    "{\"text\":\"no\",\"words\":\"x\",\"marks\":\"a\"}",
                    Fields(Text = [ "words" ], Labels = [ "marks" ])
                    "{\"text\":\"x\",\"y_a\":1,\"y_b\":0,\"n\":7}", Fields(LabelPrefix = "y_")
                    "{\"tokens\":[\"x\"],\"labels\":[\"a\"]}", Fields(Text = [ "tokens" ])
                ]
                (fun (line: string, fields: Fields) ->
                    TemporaryFolder.usingFile "f.jsonl" line (fun path ->
                        let rows = JsonLines.readBlocks 1 fields path |> FileRows.texts
                        Require.equal [| "x" |] rows.Texts
                        let name = rows.LabelNames[0][0]
                        Require.equal "a" (name.Replace("y_", ""))))

            property
                (cases |> Cases.times 10)
                "a JSON array has the rows of its objects as lines"
                (fun ({ Rows = rows }: TextCase) (spread: bool) ->
                    TemporaryFolder.using (fun folder ->
                        let path = Path.Combine(folder, "a.json")
                        JsonArray.entry.Format.Write.Value path (FileRows.ofTexts rows)

                        if spread then
                            File.WriteAllText(path, File.ReadAllText(path).Replace("{\"text\":", "{\n  \"text\" :\n"))

                        (JsonArray.read (Fields()) path |> FileRows.texts) = rows))

            testTheory
                "a bad array is refused with its place"
                [
                    "[", "f:1:2: expected a JSON object, found the end of the file"
                    "{}", "f:1:1: expected a JSON array, found \"{}\""
                    "[{\"text\":\"a\",\"labels\":[]}",
                    "f:1:26: expected \",\" or \"]\" after an object, found the end of the file"
                    "[{\"text\":\"a\",\"labels\":[]},\n{\"text\":\"a\",\n\"labels\":true}]",
                    "f:3:10: expected a list of labels as \"labels\", found \"true}]\""
                    "[{\"text\":\"a\",\"labels\":[]}] x",
                    "f:1:28: expected the end of the file after the array, found \"x\""
                    "[{\"text\":\"a\", \"labels\":[]", "f:1:26: expected valid JSON, found the end of the file"
                    "[]", "f:1:1: expected at least one row, found none"
                ]
                (fun (text: string, expected: string) ->
                    TemporaryFolder.usingFile "f.json" text (fun path ->
                        let said =
                            Require.refusal<DataFormatException>(fun () -> JsonArray.read (Fields()) path |> box)

                        Require.equal expected (said.Replace(path, "f"))))
        ]
