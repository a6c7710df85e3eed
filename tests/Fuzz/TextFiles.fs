namespace Limen.Fuzz

open System
open System.Globalization
open System.IO
open System.Text
open System.Text.Json
open System.Text.RegularExpressions
open Limen.Core

/// Files of texts, of weights and of names, and files whose format their first line tells.
[<RequireQualifiedAccess>]
module TextFiles =

    let private bytes (texts: string[]) =
        lazy (texts |> Array.map Encoding.UTF8.GetBytes)

    let private blanks = [| ' '; '\t'; '\v'; '\f'; '\r'; '\000' |]

    let private fastTextSeeds =
        [|
            "__label__a __label__b one two\nthree __label__c\n"
            "one two\n__label__a\n\n"
            "__label__é 漢字 __label__\u00a0x ten\r\nfive\tsix __label__z\r\n"
        |]

    /// A row's labels and text, None for a line that is none.
    let private fastTextRow (line: string) : (string list * string) option =
        let words =
            line.Split(blanks, StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

        let labels, text =
            words
            |> List.partition (fun word -> word.StartsWith("__label__", StringComparison.Ordinal))

        let names = labels |> List.map (fun word -> word.Substring 9) |> List.distinct

        if words.IsEmpty || List.contains "" names then
            None
        else
            Some(names, String.Join(" ", text))

    /// Every value, where all lines have one; None for a file without lines.
    let private everyLine (row: string -> 'row option) (input: byte[]) : 'row list option =
        match PlainLines.ofText input with
        | None
        | Some [] -> None
        | Some lines ->
            let rows = lines |> List.map row

            if List.forall Option.isSome rows then
                Some(List.map Option.get rows)
            else
                None

    let private fastText (input: byte[]) (read: TextDataset option) =
        read
        |> Option.map (fun d ->
            List.zip (d.LabelNames |> Array.map List.ofArray |> List.ofArray) (List.ofArray d.Texts))
        |> Reading.beside
            (fun expected received -> if expected = received then None else Some "rows")
            (everyLine fastTextRow input)

    /// The weights of three rows that the file beside them holds.
    let private weights (folder: string) (input: byte[]) : Outcome =
        let data = Path.Combine(folder, "a.svm")
        File.WriteAllText(data, "1 1:1\n2 2:2\n3 3:3\n")

        let plain =
            everyLine
                (fun line -> let text = line.TrimEnd '\r' in if PlainNumbers.isNumber text then Some text else None)
                input
            |> Option.filter (List.forall (fun text -> not (text.ToLowerInvariant().Contains "nan")))
            |> Option.filter (fun texts -> texts.Length = 3)
            |> Option.filter (
                List.forall (fun text -> Double.Parse(text, CultureInfo.InvariantCulture) <= float Limits.rowWeight)
            )
            // below 0, unless it is so near that it is none
            |> Option.filter (List.forall (fun text -> not (text.StartsWith '-') || PlainNumbers.says text 0f))

        let says (texts: string list) (read: float32[]) =
            if List.forall2 PlainNumbers.says texts (List.ofArray read) then
                None
            else
                Some "weights"

        Reading.file
            "a.svm.weight"
            (fun _ -> (Svmlight.read Svmlight.defaults data).Weights.Value)
            (fun _ -> Reading.beside says plain)
            folder
            input

    /// Names of two labels, in a folder with rows of them.
    let private names (folder: string) (input: byte[]) : Outcome =
        File.WriteAllText(Path.Combine(folder, "train.svm"), "0 1:1\n1 2:2\n")

        let plain =
            everyLine (fun line -> let name = line.TrimEnd '\r' in if name.Trim() = "" then None else Some name) input
            |> Option.filter (fun names -> List.distinct names = names && names.Length >= 2)

        Reading.file
            "labels.txt"
            (fun _ -> (Folder.read Folder.defaults folder).Labels.Names |> List.ofSeq)
            (fun _ ->
                Reading.beside (fun expected received -> if expected = received then None else Some "names") plain)
            folder
            input

    let private jsonSeeds =
        [|
            """{"text": "one two", "labels": ["b", "a"]}""" + "\n"
            """{"labels": [], "id": {"x": [1, 2]}, "text": "thr\u00e9e \"4\""}"""
            + "\n"
            + """{"text": "é", "labels": ["c"], "weight": 0.5}"""
            + "\n"
        |]

    /// The text of every line that another parser reads, where it is one.
    let private json (input: byte[]) (read: TextDataset option) =
        match read, PlainLines.ofText input with
        | None, _ -> None
        | Some _, None -> Some "rows of a file that is no text in UTF-8"
        | Some d, Some lines ->
            // the reader finds other fields too where none has this name
            let text (line: string) =
                use document = JsonDocument.Parse line

                try
                    match document.RootElement.TryGetProperty "text" with
                    | true, text -> Some(text.GetString())
                    | _ -> None
                with :? InvalidOperationException ->
                    None // half a character, which is no text to this parser

            let texts = lines |> List.filter (fun line -> line.Trim() <> "") |> List.map text

            if
                List.forall Option.isSome texts
                && List.map Option.get texts <> List.ofArray d.Texts
            then
                Some "texts"
            else
                None

    let private numberSeeds =
        [|
            """{"text": "one two", "x": 0.5, "labels": ["b", "a"], "y": -3}""" + "\n"
            """{"y": 1e-20, "labels": [], "text": "three", "x": null}"""
            + "\n"
            + """{"text": "é", "labels": ["c"], "x": 1.17549435e-38, "weight": 0.5, "y": 2}"""
            + "\n"
        |]

    /// Rows with numbers beside their texts.
    let private jsonNumbers =
        JsonLines.entry.With(Limen.Fields(Text = [| "text" |], Features = [| "x"; "y" |]))

    /// The numbers of every line that another parser reads.
    let private numbers (input: byte[]) (read: FileRows option) =
        let isRight (numbers: float32[,]) (row: int, line: string) =
            use document = JsonDocument.Parse line

            let says (column: int) (name: string) =
                let number = numbers[row, column]

                match document.RootElement.TryGetProperty name with
                | true, value when value.ValueKind = JsonValueKind.Number ->
                    PlainNumbers.says (value.GetRawText()) number
                | true, value when value.ValueKind = JsonValueKind.String -> true // "NA", say
                | true, value -> value.ValueKind = JsonValueKind.Null && Single.IsNaN number
                | _ -> Single.IsNaN number

            says 0 "x" && says 1 "y"

        match read |> Option.map _.Rows, PlainLines.ofText input with
        | None, _ -> None
        | Some(Rows.Blocks [ Rows.Texts texts; Rows.Dense numbers ]), Some lines ->
            let lines = lines |> List.filter (fun line -> line.Trim() <> "")

            if lines.Length <> texts.Count then
                Some "rows"
            elif List.indexed lines |> List.forall (isRight numbers) then
                None
            else
                Some "numbers"
        | Some _, _ -> Some "rows of another kind"

    let private anySeeds =
        Array.concat
            [
                fastTextSeeds
                jsonSeeds
                [|
                    "1,2 0:0.5 3:-2\n0 1:1\n"
                    "text,labels\n\"one, two\",a;b\nthree,c\n"
                    "labels\ttext\na\tone\n"
                |]
            ]

    /// Whatever a file looks like is read or refused.
    let private anything (folder: string) (input: byte[]) : Outcome =
        try
            Reading.file "a.txt" (InputFormats.read None) (fun _ _ -> None) folder input
        with :? ConfigurationException ->
            Refused

    let private target name share seeds run : Target =
        {
            Name = name
            Share = share
            Seeds = bytes seeds
            Mutate = Edits.mutate
            Run = run
        }

    let targets: Target list =
        [
            target "fasttext" 3.0 fastTextSeeds (Reading.file "a.ft" (FastText.read FastText.prefix) fastText)
            target "jsonl" 3.0 jsonSeeds (Reading.file "a.jsonl" JsonLines.read json)
            target "jsonl-numbers" 1.0 numberSeeds (Reading.file "a.jsonl" (jsonNumbers.Read NoCache) numbers)
            target "weights" 1.0 [| "1\n0.5\n2e3\n"; "0\r\n.25\r\n7.125" |] weights
            target "names" 1.0 [| "a\nb\n"; "first label\r\nsecond label\r\nthird\r\n\r\n" |] names
            target "any-format" 2.0 anySeeds anything
        ]
