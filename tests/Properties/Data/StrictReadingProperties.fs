/// What the readers of line files refuse, and what they take for the same: damage, other encodings, empty lines, limits.
module Limen.Properties.StrictReadingProperties

open System
open System.Diagnostics
open System.IO
open System.IO.Compression
open System.Text
open Expecto
open Limen.Core
open Limen.Kernels

let private inFile (name: string) (bytes: byte[]) (test: string -> 'result) : 'result =
    TemporaryFolder.using (fun folder ->
        let path = Path.Combine(folder, name)
        File.WriteAllBytes(path, bytes)
        test path)

/// Label sets and features of every row of an svmlight file.
let private rows (text: string) : (int list * struct (int * float32) list) list =
    inFile "a.svm" (Encoding.UTF8.GetBytes text) (fun path ->
        let d = Svmlight.read Svmlight.defaults path
        List.init d.Rows (fun r -> List.ofArray (Csr.set r d.Labels), List.ofArray (Csr.row r d.Features)))

let private refusal (name: string) (bytes: byte[]) : string =
    inFile name bytes (fun path ->
        let said =
            Require.refusal<DataFormatException>(fun () -> InputFormats.read (InputFormats.tryOfFile path) path)

        said.Substring(Path.GetDirectoryName(path).Length + 1))

let private refused (text: string) : string =
    refusal "a.svm" (Encoding.UTF8.GetBytes text)

let private gzip (text: string) : byte[] =
    use packed = new MemoryStream()

    using (new GZipStream(packed, CompressionLevel.Fastest)) (fun stream ->
        let bytes = Encoding.UTF8.GetBytes text
        stream.Write(bytes, 0, bytes.Length))

    packed.ToArray()

let private lines count = String.replicate count "1 2:0.5\n"

let private packed =
    testList
        "packed"
        [
            testTheory
                "a packed file of which any byte is changed is refused or reads as before"
                [ ".gz"; ".bz2" ]
                (fun (ending: string) ->
                    TemporaryFolder.using (fun folder ->
                        let path = Path.Combine(folder, "a.svm" + ending)
                        Lines.write path (Seq.init 50 (fun i -> $"{i % 7} {i}:{i}.5"))
                        let once = File.ReadAllBytes path
                        let whole = Array.append once once
                        File.WriteAllBytes(path, whole)
                        let before = Svmlight.read Svmlight.defaults path
                        let mutable refused = 0

                        for at in 0 .. whole.Length - 1 do
                            for bits in [ 1uy; 0x15uy; 0x80uy ] do
                                let changed = Array.copy whole
                                changed[at] <- changed[at] ^^^ bits
                                File.WriteAllBytes(path, changed)

                                try
                                    let after = Svmlight.read Svmlight.defaults path
                                    Require.equal before.Labels.Indices after.Labels.Indices
                                    Require.equal before.Features.Values after.Features.Values
                                with :? DataFormatException ->
                                    refused <- refused + 1

                        // what is not: time stamps, tables of symbols that do not occur
                        Require.above (9 * 3 * whole.Length / 10) refused))

            testCase "bytes behind the last gzip member are refused" (fun () ->
                for more in [ [| 0uy |]; [| 0x1Fuy |]; [| 0x1Fuy; 0x8Buy |]; [| 1uy; 2uy; 3uy |] ] do
                    Require.startsWith
                        "a.svm.gz:1:1: expected a whole .gz file, found damage: "
                        (refusal "a.svm.gz" (Array.append (gzip (lines 2)) more)))
        ]

let private lineByLine =
    testList
        "lines"
        [
            testCase "NUL bytes after a number are refused" (fun () ->
                for text in [ "1 1:2\000\000\n"; "1 1:2" + String('\000', 4096); "1 1:0.25\000 2:1\n" ] do
                    Require.startsWith "a.svm:1:5: expected a number, found \"" (refused text))

            testCase "an indented comment is no row" (fun () ->
                Require.equal (rows "1 1:2\n0 3:4\n") (rows "1 1:2\n  # a comment\n\t# 5 6:7\n0 3:4\n"))

            testCase "empty lines at the end are passed over, those between rows refused with their line" (fun () ->
                for ending in [ "\n"; "\n\n\n"; "\r\n\r\n"; "\n\r\n\n" ] do
                    Require.equal (rows "1 1:2") (rows ("1 1:2" + ending))

                Require.startsWith "a.svm:2:1: expected a label id" (refused "1 1:2\n\n0 3:4\n")
                Require.startsWith "a.svm:1:1: expected a label id" (refused "\n1 1:2\n"))

            testProperty
                "empty lines at the end are passed over for blocks of any length"
                (fun (length: byte) (count: byte) ->
                    let text = lines 3 + String.replicate (int count) "\r\n"

                    inFile "a.svm" (Encoding.UTF8.GetBytes text) (fun path ->
                        let options =
                            { Svmlight.defaults with
                                BlockBytes = int length
                            }

                        (Svmlight.read options path).Rows = 3))

            testCase "names may end in empty lines" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let write name (text: string) =
                        File.WriteAllText(Path.Combine(folder, name), text)

                    write "train.svm" "0 0:1\n1 1:1\n"
                    write "labels.txt" "a\nb\n\n\r\n"
                    write "features.txt" "x\ny\n\n"
                    let read = Folder.read Folder.defaults folder
                    Require.equal [ "a"; "b" ] (List.ofSeq read.Labels.Names)
                    Require.equal (Some [| "x"; "y" |]) read.FeatureNames
                    write "labels.txt" "a\n\nb\n"

                    Require.contains
                        "labels.txt:2:1: expected a name"
                        (Require.refusal<DataFormatException>(fun () -> Folder.read Folder.defaults folder))))

            testCase "a header is three numbers of digits" (fun () ->
                Require.equal [ [ 1 ], [] ] (rows "1 3 2\n1\n")

                for text, expected in
                    [
                        "+1 +2 +1\n1\n", "a feature id"
                        "1 \r10 7\n1\n", "a feature id"
                        "1 3 2\000\n1\n", "':' and a value after the feature id"
                    ] do
                    Require.matches $@"^a\.svm:1:\d: expected {expected}, found " (refused text))

            testCase "labels may be written +1 and 1.0, and qid is passed over" (fun () ->
                Require.equal (rows "1,2 3:0.5\n 3:1\n0\n") (rows "+1,2.00 qid:7 3:0.5\n qid:12 3:1\n0 qid:1\n")

                Require.startsWith
                    "a.svm:1:1: expected a whole number as label id, found \"1.5\""
                    (refused "1.5 1:1\n")

                Require.startsWith "a.svm:1:1: expected a label id" (refused "-1 1:1\n")

                Require.startsWith
                    "a.svm:1:7: expected a whole number after qid:, found \"x\""
                    (refused "1 qid:x 1:1\n")

                Require.startsWith "a.svm:1:7: expected a feature id, found \"qid:1\"" (refused "1 2:3 qid:1\n"))

            testCase "ids from 1 are read where they are asked for, and never guessed" (fun () ->
                let read features labels path =
                    (InputFormats.findAmong
                        InputFormats.all
                        (Limen.Fields(FirstFeature = features, FirstLabel = labels))
                        "svmlight")
                        .Read
                        NoCache
                        path

                inFile "a.svm" "1,2 1:0.5 3:2\n"B (fun path ->
                    let d = read 1 1 path |> FileRows.dataset
                    Require.equal [| struct (0, 0.5f); struct (2, 2f) |] (Csr.row 0 d.Features)
                    Require.equal [| 0; 1 |] (Csr.set 0 d.Labels)
                    let d = read 0 0 path |> FileRows.dataset
                    Require.equal [| struct (1, 0.5f); struct (3, 2f) |] (Csr.row 0 d.Features)

                    Require.equal
                        [ "1"; "2" ]
                        (List.ofSeq (read 1 1 path |> List.singleton |> FileRows.labelSpace).Names))

                inFile "a.svm" "1 0:0.5\n"B (fun path ->
                    Require.contains
                        ":1:3: expected feature ids from 1, found "
                        (Require.refusal<DataFormatException>(fun () -> read 1 0 path))))
        ]

/// What actions take of all processors: other programs on the machine do not matter.
let private work (action: unit -> unit) : float =
    let here = Process.GetCurrentProcess()
    let before = here.TotalProcessorTime
    action ()
    here.Refresh()
    (here.TotalProcessorTime - before).TotalSeconds

let private wide =
    testList
        "wide"
        [
            testCase "a row of many labels in any order takes time by their number" (fun () ->
                let text count =
                    let ids =
                        Seq.init count (fun i -> int (uint32 i * 2654435761u >>> 12)) |> Seq.distinct

                    Encoding.UTF8.GetBytes(String.Join(",", ids) + " 0:1\n")

                let read (text: byte[]) =
                    let block =
                        SvmlightParser.Parse(text, false, SvmlightIds(0, Int32.MaxValue, 0, Int32.MaxValue))

                    Require.isTrue (isNull block.Fault)

                // as many labels, in sixteen rows and in one: quadratic work is 16 times as much
                let few, many = text 40_000, text 640_000

                let each =
                    work (fun () ->
                        for _ in 1..16 do
                            read few)

                Require.below 6.0 (work (fun () -> read many) / max 0.05 each))

            testCase "a label that a long row has twice is taken once" (fun () ->
                let before = String.Join(",", Seq.init 1000 (fun i -> 2000 - i))

                TemporaryFolder.usingFile "a.svm" (before + ",1500,3 0:1\n") (fun path ->
                    Require.equal 1001 (Svmlight.read Svmlight.defaults path).Labels.NonZeros))
        ]

let private limits =
    testList
        "limits"
        [
            testCase "a longer line than is read is refused at its place" (fun () ->
                inFile "a.svm" (Encoding.ASCII.GetBytes("1 1:2\n" + String('7', 100) + "\n")) (fun path ->
                    let said =
                        Require.refusal<DataFormatException>(fun () ->
                            Lines.mapBlocksWithin 64 10 (fun line _ -> line) path)

                    Require.endsWith "a.svm:2:1: expected lines of at most 64 bytes, found a longer one" said))

            testCase "ids beyond what an array counts are refused at their place" (fun () ->
                Require.startsWith
                    "a.svm:1:3: expected feature ids below 2147483647, found "
                    (refused "1 2147483647:1\n")

                Require.startsWith
                    "a.svm:1:1: expected label ids below 2147483647, found "
                    (refused "99999999999 1:1\n"))

            testCase "more rows or entries than one matrix holds are refused at their block" (fun () ->
                let blocks =
                    [|
                        for firstLine in [ 1; 3 ] do
                            firstLine, SvmlightParser.Parse("1 1:2\n2 1:2\n"B, false, SvmlightIds(0, 9, 0, 9))
                    |]

                Require.equal 4 (SvmlightBlocks.total "a.svm" "rows" 4 _.Rows blocks)

                Require.equal
                    "a.svm:3:1: expected at most 3 rows in a file, found more"
                    (Require.refusal<DataFormatException>(fun () ->
                        SvmlightBlocks.total "a.svm" "rows" 3 _.Rows blocks)))
        ]

let private encodings =
    testList
        "encodings"
        [
            testTheory "text in another encoding is named" [ "utf-16"; "utf-16BE"; "utf-32" ] (fun (name: string) ->
                let encoding = Encoding.GetEncoding name

                for file in [ "a.svm"; "a.jsonl"; "a.fasttext" ] do
                    for mark in [ encoding.GetPreamble(); [||] ] do
                        if mark.Length > 0 || encoding.GetByteCount "1" = 2 then
                            let said = refusal file (Array.append mark (encoding.GetBytes "1 2:0.5\n"))

                            Require.startsWith $"{file}:1:1: expected text in UTF-8, found " said
                            Require.contains "UTF-" said)

            testCase "a packed file without its ending is named" (fun () ->
                Require.endsWith "found what gzip packs: its name should end in .gz" (refusal "a.svm" (gzip (lines 1))))

            testProperty "no message holds what a console would obey" (fun (bytes: byte[]) ->
                let said = refusal "a.svm" (Array.append "x "B bytes)
                said |> Seq.forall (fun c -> not (Char.IsControl c)))

            testCase "what is quoted shows characters, and numbers of what has no look" (fun () ->
                Require.equal
                    "\"\\u{1B}[31mé\\xFF\\u{202E}\""
                    (ParseFault.Quote(
                        ReadOnlySpan [| 0x1Buy; yield! "[31m"B; 0xC3uy; 0xA9uy; 0xFFuy; 0xE2uy; 0x80uy; 0xAEuy |]
                    )))
        ]

[<Tests>]
let tests = testList "StrictReading" [ packed; lineByLine; wide; limits; encodings ]
