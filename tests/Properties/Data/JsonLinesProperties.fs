namespace Limen.Properties

open System
open System.IO
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
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

            return
                {
                    Rows =
                        {
                            Texts = List.toArray texts
                            LabelNames = List.toArray labels
                        }
                }
        }
        |> Arb.fromGen

[<Properties(Arbitrary = [| typeof<JsonLinesArbitraries> |])>]
module JsonLinesProperties =

    let private fault (text: string) : string =
        TemporaryFolder.usingFile "f.jsonl" text (fun path ->
            [ 1; 7; Lines.blockBytes ]
            |> List.map (fun block ->
                Assert
                    .Throws<DataFormatException>(Action(fun () -> JsonLines.readBlocks block path |> ignore))
                    .Message)
            |> List.distinct
            |> List.map (fun said -> said.Replace(path, "f"))
            |> List.exactlyOne)

    [<Property(MaxTest = 20)>]
    let ``written rows read back as they were, packed or not, whatever the block size``
        ({ Rows = rows }: TextCase)
        (PositiveInt block)
        =
        TemporaryFolder.using (fun folder ->
            [ "a.jsonl"; "a.jsonl.gz"; "a.jsonl.bz2" ]
            |> List.forall (fun name ->
                let path = Path.Combine(folder, name)
                JsonLines.write path rows
                JsonLines.readBlocks block path = rows && JsonLines.read path = rows))

    [<Test>]
    let ``other fields, their order and blanks do not matter`` () =
        let text =
            "{\"id\": {\"text\": [1, {\"labels\": 2}]}, \"labels\" : [ \"b\", \"a\" ], \"text\": \"one\\ntwo \\u00e9\"}\r\n"
            + " {\"text\":\"\",\"labels\":[],\"n\":null}"

        let rows = TemporaryFolder.usingFile "f.jsonl" text JsonLines.read
        Require.equal ([| "one\ntwo é"; "" |]) (rows.Texts)
        Require.equal ([| [| "b"; "a" |]; [||] |]) (rows.LabelNames)

    [<TestCase("", "f:1:1: expected at least one row, found none")>]
    [<TestCase("{\"text\":\"a\",\"labels\":[]}\n\n{}", "f:2:1: expected a JSON object, found the end of the line")>]
    [<TestCase("[1]\n", "f:1:1: expected a JSON object, found \"[1]\"")>]
    [<TestCase("{\"text\":\"a\",\"labels\":[\"x\"]}\n{\"labels\":[]}\n",
               "f:2:13: expected a field \"text\", found \"}\"")>]
    [<TestCase("{\"text\":\"a\"}\n", "f:1:12: expected a field \"labels\", found \"}\"")>]
    [<TestCase("{\"text\":5,\"labels\":[]}\n", "f:1:9: expected a string as \"text\", found \"5,\"labels\":[]}\"")>]
    [<TestCase("{\"text\": null ,\"labels\":[]}\n", "f:1:10: expected a string as \"text\", found \"null\"")>]
    [<TestCase("{\"text\":\"a\",\"labels\":\"x\"}\n",
               "f:1:22: expected an array of strings as \"labels\", found \"\"x\"}\"")>]
    [<TestCase("{\"text\":\"a\",\"labels\":[\"x\", 3]}\n", "f:1:28: expected a string as a label, found \"3]}\"")>]
    [<TestCase("{\"text\":\"a\",\"labels\":[\"\"]}\n", "f:1:23: expected a label that is not empty, found \"\"\"]}\"")>]
    [<TestCase("{\"text\":\"a\",\"labels\":[\"x\", \"x\"]}\n",
               "f:1:28: expected each label of a row once, found \"\"x\"]}\"")>]
    [<TestCase("{\"text\":\"a\", \"text\": \"b\",\"labels\":[]}\n",
               "f:1:14: expected \"text\" once, found \"\"text\":\"")>]
    [<TestCase("{\"text\":\"a\",\"labels\":[], \"labels\": []}\n",
               "f:1:26: expected \"labels\" once, found \"\"labels\":\"")>]
    [<TestCase("{\"text\":\"a\",\"labels\":[]} x\n", "f:1:26: expected valid JSON, found \"x\"")>]
    [<TestCase("{\"text\":\"a\", labels:[]}\n", "f:1:14: expected valid JSON, found \"labels:[]}\"")>]
    [<TestCase("{\"text\":\"a\",\"labels\":[]\n", "f:1:24: expected valid JSON, found the end of the line")>]
    [<TestCase("{\"text\":\"a\\ud800\",\"labels\":[]}\n",
               "f:1:9: expected valid UTF-8, found \"\"a\\ud800\",\"labels\":[]}\"")>]
    let ``a bad file is refused with the place, what was expected and what was found``
        (text: string)
        (expected: string)
        =
        Require.equal expected (fault text)

    [<Test>]
    let ``bytes that are no UTF-8 are refused`` () =
        TemporaryFolder.using (fun folder ->
            let path = Path.Combine(folder, "f.jsonl")
            File.WriteAllBytes(path, [| yield! "{\"text\":\""B; 0xFFuy; yield! "\",\"labels\":[]}"B |])
            let refuse () = JsonLines.read path |> ignore
            let said = Assert.Throws<DataFormatException>(Action refuse).Message
            Assert.That(said, Does.Match @":1:\d+: expected valid"))
