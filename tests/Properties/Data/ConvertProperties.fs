module Limen.Properties.ConvertProperties

open System.IO
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core

/// Rows of texts as a file gives them, and two formats that can be written.
[<ReferenceEquality>]
type ConvertCase =
    {
        Train: FileRows
        Test: FileRows
        First: string
        Second: string
    }

let private textFormats =
    Convert.writable InputFormats.all
    |> List.map _.Format.Name
    |> List.except [ "svmlight" ]

type ConvertArbitraries =
    static member Cases() =
        // one word each and one blank between two: what every format of texts has a form for
        let words = [ "kite"; "river"; "été"; "漢字"; "10"; "a,b"; "x;y"; "\"q\""; "0:1" ]

        let text = Gen.elements words |> Gen.nonEmptyListOf |> Gen.map (String.concat " ")

        let rows byId weighted kept =
            gen {
                let! texts = Gen.nonEmptyListOf text
                let n = texts.Length

                let! names =
                    Gen.subListOf [ "red"; "2"; "10"; "Öl"; "007" ]
                    |> Gen.map List.toArray
                    |> Gen.listOfLength n

                let! ids =
                    Gen.subListOf [ 0; 1; 2; 10; 900 ] |> Gen.map List.toArray |> Gen.listOfLength n

                let! weights = Gen.elements [ 0.5f; 1f; 3f; 0.1f ] |> Gen.listOfLength n
                let column name = Array.init n (fun i -> $"{name} {i}")

                return
                    {
                        Rows = Rows.Texts(Array.ofList texts)
                        Labels =
                            if byId then
                                IdLists.ofIds 0 (Array.ofList ids)
                            else
                                FileLabels.Names(NameSets.Of names)
                        Sized = false
                        Weights = if weighted then Some(Array.ofList weights) else None
                        Columns =
                            if kept then
                                { RowColumns.none with
                                    Ids = Some(column "id")
                                    Groups = Some(column "g\"")
                                    Times = Some(column "t")
                                }
                            else
                                RowColumns.none
                    }
            }

        gen {
            let! byId = Gen.elements [ true; false ]
            let! weighted = Gen.elements [ true; false ]
            let! kept = Gen.elements [ true; false ]
            let! train = rows byId weighted kept
            let! test = rows byId weighted kept
            let! first = Gen.elements textFormats
            let! second = Gen.elements textFormats

            return
                {
                    Train = train
                    Test = test
                    First = first
                    Second = second
                }
        }
        |> Arb.fromGen

let private cases = Cases.from [ typeof<ConvertArbitraries> ]

let private keeps (format: string) =
    List.contains format [ "jsonl"; "json"; "csv" ]

/// The rows as they are before they are written for the first time.
let private parts (case: ConvertCase) : Split<RowColumns> * Split<LabelledRows> =
    let known = FileRows.labelSpace [ case.Train ]
    let all = FileRows.labelSpace [ case.Test ] |> LabelSpace.union known

    {
        Train = case.Train.Columns
        Validation = None
        Test = Some case.Test.Columns
    },
    {
        Train = FileRows.labelled known "train" case.Train
        Validation = None
        Test = Some(FileRows.labelled all "test" case.Test)
    }

/// Writes the rows in a format and reads the files.
let private through
    (folder: string)
    (number: int)
    (name: string)
    (columns: Split<RowColumns>, rows: Split<LabelledRows>)
    =
    let out = Path.Combine(folder, string number)
    Convert.write (InputFormats.find name) out columns rows |> ignore

    let fields =
        if keeps name && columns.Train.Ids.IsSome then
            Fields(Id = "id", Group = "group", Time = "time")
        else
            Fields()

    let read =
        DataSource.read
            (DataSource.withFormat
                name
                { DataSource.defaults with
                    Fields = fields
                })
            [ out ]

    read.Columns, read.Rows

let private setsOf (rows: LabelledRows) =
    [
        for row in 0 .. rows.Count - 1 -> Csr.set row rows.Truth.Matrix |> Array.map rows.Space.Name |> set
    ]

let private textsOf (rows: LabelledRows) =
    match rows.Rows with
    | Rows.Texts texts -> List.ofSeq texts
    | _ -> failtest "expected texts"

/// Texts, label sets by name and weights of each part.
let private contents (_, rows: Split<LabelledRows>) =
    Split.parts rows
    |> List.map (fun part -> textsOf part, setsOf part, part.Weights |> Option.map List.ofArray)

let private columnsOf (columns: Split<RowColumns>, _) =
    Split.parts columns |> List.map (fun c -> c.Ids, c.Groups, c.Times)

let private spaces (_, rows: Split<LabelledRows>) =
    Split.parts rows |> List.map (fun part -> List.ofSeq part.Space.Names)

[<Tests>]
let tests =
    testList
        "Convert"
        [
            property
                (cases |> Cases.times 60)
                "rows that are written in one format, then in another, then in the first again are the same labelled rows"
                (fun (case: ConvertCase) ->
                    TemporaryFolder.using (fun folder ->
                        let before = parts case
                        let first = through folder 1 case.First before
                        let second = through folder 2 case.Second first
                        let again = through folder 3 case.First second

                        for after in [ first; second; again ] do
                            Require.equal (contents before) (contents after)

                        if keeps case.First && keeps case.Second then
                            Require.equal (columnsOf before) (columnsOf again)))

            property
                (cases |> Cases.times 20)
                "labels by id keep their order in JSON, where they are numbers"
                (fun (case: ConvertCase) ->
                    TemporaryFolder.using (fun folder ->
                        let json = if keeps case.First then "json" else "jsonl"
                        let before = parts case
                        Require.equal (spaces before) (spaces (through folder 1 json before))))

            testCase "ids of labels are written as numbers, names as strings" (fun () ->
                let written (lines: string) =
                    TemporaryFolder.using (fun folder ->
                        let source = Path.Combine(folder, "train.jsonl")
                        File.WriteAllText(source, lines)
                        let read = DataSource.read DataSource.defaults [ source ]
                        let out = Path.Combine(folder, "out")

                        Convert.write JsonLines.format out read.Columns read.Rows |> ignore
                        File.ReadAllText(Path.Combine(out, "train.jsonl")))

                for lines in
                    [
                        "{\"labels\":[3,17],\"text\":\"a kite\"}\n{\"labels\":[],\"text\":\"b\"}\n"
                        "{\"labels\":[\"17\",\"3\"],\"text\":\"a kite\"}\n"
                        "{\"labels\":[\"03\"],\"text\":\"a kite\"}\n"
                    ] do
                    Require.equal lines (written lines))

            testTheory
                "rows of the other kind are refused before anything is written"
                [ "svmlight", true; "csv", false; "jsonl", false ]
                (fun (name, areTexts) ->
                    let rows =
                        if areTexts then
                            Rows.Texts [| "a" |]
                        else
                            Rows.Dense(Array2D.create 1 2 1f)

                    let part = LabelledRows.ofNames rows [| [| "x" |] |]

                    TemporaryFolder.using (fun folder ->
                        let out = Path.Combine(folder, "out")

                        Require.refusal<ConfigurationException>(fun () ->
                            Convert.write
                                (InputFormats.find name)
                                out
                                {
                                    Train = RowColumns.none
                                    Validation = None
                                    Test = None
                                }
                                {
                                    Train = part
                                    Validation = None
                                    Test = None
                                }
                            |> box)
                        |> Require.contains (
                            if areTexts then
                                "expected jsonl or"
                            else
                                "expected svmlight"
                        )

                        Require.isFalse (Directory.Exists out)))
        ]
