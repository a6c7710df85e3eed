module Limen.Properties.CsvProperties

open System
open System.IO
open System.Text
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core

/// A table of two columns with any characters, and how it is written.
type TableCase =
    {
        Rows: (string * string list) list
        Delimiter: char
        NewLine: string
        Bom: bool
    }

type CsvArbitraries =
    static member Tables() =
        let text characters =
            Gen.elements characters |> Gen.nonEmptyListOf |> Gen.map (String.concat "")

        let any =
            [ "a"; "B"; " "; "\n"; "\""; ","; ";"; "\t"; "|"; "é"; "漢"; "😀"; "'"; "\r\n" ]

        gen {
            let! rows =
                Gen.zip (text any) (text [ "a"; "b"; "c"; "d"; "é" ] |> Gen.listOf |> Gen.map List.distinct)
                |> Gen.nonEmptyListOf

            let! delimiter = Gen.elements [ ','; ';'; '\t'; '|' ]
            let! newLine = Gen.elements [ "\n"; "\r\n" ]
            let! bom = Gen.elements [ true; false ]

            return
                {
                    Rows = rows
                    Delimiter = delimiter
                    NewLine = newLine
                    Bom = bom
                }
        }
        |> Arb.fromGen

let private cases = Cases.from [ typeof<CsvArbitraries> ]

let private fields = Fields()

let private contents (rows: FileRows) =
    match rows.Rows, rows.Labels with
    | Rows.Texts texts, FileLabels.Names names -> Seq.toArray texts, Seq.toArray names
    | _ -> failtest "expected texts with names"

/// A value as RFC 4180 writes it: quotes around it, and twice within.
let private quoted (value: string) =
    "\"" + value.Replace("\"", "\"\"") + "\""

let private written (table: TableCase) : byte[] =
    let lines =
        [
            $"text{table.Delimiter}labels"
            for text, labels in table.Rows do
                $"""{quoted text}{table.Delimiter}{quoted (String.Join("#", labels))}"""
        ]

    Array.append
        (if table.Bom then [| 0xEFuy; 0xBBuy; 0xBFuy |] else [||])
        (Encoding.UTF8.GetBytes(String.Join(table.NewLine, lines)))

let private read (fields: Fields) (text: string) : FileRows =
    TemporaryFolder.usingFile "f.csv" text (Csv.read fields)

let private refused (text: string) : string =
    TemporaryFolder.usingFile "f.csv" text (fun path ->
        Require.refusal<DataFormatException>(fun () -> Csv.read fields path |> box).Replace(path, "f"))

let private names (text: string) =
    read fields text |> contents |> snd |> Array.map Array.toList |> Array.toList

[<Tests>]
let tests =
    testList
        "Csv"
        [
            property
                (cases |> Cases.times 20)
                "a table of any characters reads as it was written, whatever stands between columns and lines"
                (fun (table: TableCase) ->
                    TemporaryFolder.using (fun folder ->
                        let path = Path.Combine(folder, "f.csv")
                        File.WriteAllBytes(path, written table)
                        let texts, labels = Csv.read (Fields(Separator = "#")) path |> contents

                        List.map fst table.Rows = List.ofArray texts
                        && List.map snd table.Rows = (labels |> Array.map Array.toList |> Array.toList)))

            property
                (cases |> Cases.times 20)
                "written rows read back as they were, with labels of any characters"
                (fun (table: TableCase) (labels: NonEmptyString list) ->
                    TemporaryFolder.using (fun folder ->
                        let path = Path.Combine(folder, "f.csv.gz")

                        let clean =
                            labels
                            |> List.map (fun l ->
                                String(
                                    l.Get
                                    |> Seq.filter (fun c -> not (Char.IsControl c || Char.IsSurrogate c))
                                    |> Seq.toArray
                                )
                                    .Trim())
                            |> List.filter ((<>) "")
                            |> List.distinct
                            |> List.toArray

                        let rows =
                            FileRows.ofTexts
                                {
                                    Texts = table.Rows |> List.map fst |> List.toArray
                                    LabelNames =
                                        table.Rows
                                        |> List.mapi (fun i _ -> if i % 2 = 0 then clean else [||])
                                        |> List.toArray
                                    Weights = None
                                }

                        Csv.write path rows
                        contents (Csv.read fields path) = contents rows))

            testTheory
                "lists of labels are read in the forms that people write them"
                [
                    "text,tags\nx,a;b\ny,c", [ [ "a"; "b" ]; [ "c" ] ]
                    "text,tags\nx,\"a, b\"\ny,", [ [ "a"; "b" ]; [] ]
                    "text;tags\nx;a|b\ny;", [ [ "a"; "b" ]; [] ]
                    "text,tags\nx,\"['a b', 'c']\"\ny,[]", [ [ "a b"; "c" ]; [] ]
                    "text,tags\nx,\"[\"\"a, b\"\", \"\"c\\\"\"\"\"]\"", [ [ "a, b"; "c\"" ] ]
                    "text,tags\nx,\"[\"\"it's\"\", 'd']\"", [ [ "it's"; "d" ] ]
                    "text,tags\nx,[1 2 3]\ny,[4]", [ [ "1"; "2"; "3" ]; [ "4" ] ]
                    "text,label\nx,a\ny,b", [ [ "a" ]; [ "b" ] ]
                    "text,labels\nx,a; a;;b;", [ [ "a"; "b" ] ]
                    "Text,Labels\nx,a", [ [ "a" ] ]
                    "text\tlabels\nx\ta;b", [ [ "a"; "b" ] ]
                ]
                (fun (text: string, expected: string list list) -> Require.equal expected (names text))

            testTheory
                "columns of 0 and 1 are labels"
                [
                    "id,text,birds,kites\n1,x,1,0\n2,y,1.0,1", fields, [ [ "birds" ]; [ "birds"; "kites" ] ]
                    "text,y_a,y_b,n\nx,1,0,1\ny,0,1,1", Fields(LabelPrefix = "y_"), [ [ "a" ]; [ "b" ] ]
                    "text,a,b,n\nx,True,0,1\ny,0,1,1", Fields(Labels = [ "a"; "b" ]), [ [ "a" ]; [ "b" ] ]
                    "text,a,count\nx,1,17\ny,0,1", fields, [ [ "a" ]; [] ]
                ]
                (fun (text: string, fields: Fields, expected: string list list) ->
                    Require.equal
                        expected
                        (read fields text |> contents |> snd |> Array.map Array.toList |> Array.toList))

            testCase "columns are chosen by name, or by number where there is no header" (fun () ->
                let text, labels =
                    read
                        (Fields(Text = [ "title"; "body" ], Labels = [ "tags" ], Separator = "/"))
                        "tags,title,body,text\na/b,one,two,no\n"
                    |> contents

                Require.equal [| "one\ntwo" |] text
                Require.equal [| [| "a"; "b" |] |] labels

                let text, labels =
                    read (Fields(Header = false, Text = [ "3" ], Labels = [ "1" ])) "4,t,\"one\"\n2,u,two\n"
                    |> contents

                Require.equal [| "one"; "two" |] text
                Require.equal [| [| "4" |]; [| "2" |] |] labels)

            testCase "numbers are features, empty ones are missing" (fun () ->
                match (read fields "f1,f2,labels\n0.5,,a\n-2,1e3,b\n").Rows with
                | Rows.Dense x ->
                    Require.equal [ 0.5f; -2f; 1000f ] [ x[0, 0]; x[1, 0]; x[1, 1] ]
                    Require.isTrue (Single.IsNaN x[0, 1])
                | _ -> failtest "expected numbers")

            testCase "weights, ids, groups and times come from their columns" (fun () ->
                let rows =
                    read
                        (Fields(Weight = "w", Id = "n", Group = "p", Time = "t", Part = "s"))
                        "n,p,t,s,w,text,labels\n7,ann,2020,train,0.5,x,a\n8,bob,2021,val,2,y,b\n"

                Require.equal (Some [| 0.5f; 2f |]) rows.Weights
                let c = rows.Columns

                Require.equal
                    [
                        Some [| "7"; "8" |]
                        Some [| "ann"; "bob" |]
                        Some [| "2020"; "2021" |]
                        Some [| "train"; "val" |]
                    ]
                    [ c.Ids; c.Groups; c.Times; c.Parts ])

            testTheory
                "a bad table is refused with the line, the column of the table, and what to do"
                [
                    "text,labels\nx,a\ny\n", "f:3:2: expected 2 columns as in the header, found 1"
                    "text,labels\nx,a,b\n",
                    "f:2:3: expected 2 columns as in the header, found 3 (a value with \",\" in it stands in quotes)"
                    "text,labels\n", "f:1:1: expected at least one row after the names of the columns, found none"
                    "", "f:1:1: expected at least one row after the names of the columns, found none"
                    "text,labels\n\"x,a\ny,b\n",
                    "f:2:1: expected quotes around a whole value, and twice where they stand within one, found \"\"x,a y,b \""
                    "text,labels\n5\" disk,a\n6\" disk,b\n",
                    "f:2:1: expected quotes around a whole value, and twice where they stand within one, found \"5\" disk,a 6\" disk,b\""
                    "text,words\nx,a\n",
                    "f:1:1: expected a column of labels (labels, label, tags, tag, categories, category, topics, topic, genres, genre, classes, codes and 7 more), columns of 0 and 1, or the name of one, found the columns text, words"
                    "text,text,labels\nx,y,a\n", "f:1:2: expected each column's name once, found \"text\""
                ]
                (fun (text: string, expected: string) -> Require.equal expected (refused text))

            testCase "bytes that are no UTF-8 are refused with what to do" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "f.csv")
                    File.WriteAllBytes(path, [| yield! "text,labels\ncaf"B; 0xE9uy; yield! ",a\n"B |])

                    let said =
                        Require.refusal<DataFormatException>(fun () -> Csv.read fields path |> box)

                    Require.contains "f.csv:2:4: expected text in UTF-8, found \"\\xE9,a\"" said
                    Require.contains "save the file as UTF-8" said))

            testCase "what is written between columns is what a table may have there" (fun () ->
                for code in 0..255 do
                    let mark = char code
                    let table = $"text{mark}labels\nA B{mark}C\n"

                    let plain = not (Char.IsLetterOrDigit mark || mark = ' ')

                    if Csv.isDelimiter mark && plain then
                        let texts, labels = read (Fields(Delimiter = string mark)) table |> contents
                        Require.equal [ "A B" ] (List.ofArray texts)
                        Require.equal [ [ "C" ] ] (labels |> Array.map List.ofArray |> List.ofArray)
                    elif not (Csv.isDelimiter mark) then
                        Require.refusal<ArgumentException>(fun () ->
                            read (Fields(Delimiter = string mark)) table |> box)
                        |> Require.contains "Delimiter: expected one character of ASCII")

            testCase "labels in several columns of lists are those of all columns" (fun () ->
                let fields = Fields(Labels = [| "topic"; "place" |])

                read fields "text,topic,place\nx,a;b,p\ny,,q;a\nz,a,a\n"
                |> contents
                |> snd
                |> Array.map Array.toList
                |> Array.toList
                |> Require.equal [ [ "a"; "b"; "p" ]; [ "q"; "a" ]; [ "a" ] ])
        ]
