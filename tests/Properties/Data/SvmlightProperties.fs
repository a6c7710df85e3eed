module Limen.Properties.SvmlightProperties

open System
open System.Globalization
open System.IO
open System.Text
open Expecto
open FsCheck
open Limen.Core
open Limen.Kernels

let private rows (d: Dataset) =
    [
        for r in 0 .. d.Rows - 1 ->
            List.ofArray (Csr.set r d.Labels), [ for struct (c, v) in Csr.row r d.Features -> c, v ]
    ]

let private blocks n =
    { Svmlight.defaults with
        BlockBytes = n
    }

let private message (action: unit -> Dataset) : string =
    Require.refusal<DataFormatException>(fun () -> action ())

/// Line, column, expected and found for a file's text, the same for every block size.
let private fault (options: SvmlightOptions) (text: string) : string =
    TemporaryFolder.usingFile "f.svm" text (fun path ->
        [ 1; 5; Lines.blockBytes ]
        |> List.map (fun n -> message (fun () -> Svmlight.read { options with BlockBytes = n } path))
        |> List.distinct
        |> List.map (fun (said: string) -> said.Replace(path, "f"))
        |> List.exactlyOne)

let private read (text: string) =
    TemporaryFolder.usingFile "f.svm" text (Svmlight.read Svmlight.defaults)

let private cases = Cases.from [ typeof<Arbitraries>; typeof<SvmlightArbitraries> ]

[<Tests>]
let tests =
    testList
        "Svmlight"
        [
            property cases "numbers are read as float.Parse reads them, to the bit" (fun (Written text) ->
                let expected = Single.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
                let mutable at = 0
                let mutable value = 0f

                let whole =
                    DecimalParser.TryRead(ReadOnlySpan(Encoding.UTF8.GetBytes(text + " ")), &at, &value)

                whole
                && at = text.Length
                && BitConverter.SingleToInt32Bits value = BitConverter.SingleToInt32Bits expected)

            property
                (cases |> Cases.times 1000)
                "numbers beside the middle of two floats are rounded as float.Parse rounds them"
                (fun (NonNegativeInt n) (d: int) ->
                    let middle = 16777216m + 2m * decimal (n % 8000000) + 1m

                    let near =
                        (middle + decimal (d % 3) * 0.0000000001m).ToString CultureInfo.InvariantCulture

                    let mutable at = 0
                    let mutable value = 0f

                    DecimalParser.TryRead(ReadOnlySpan(Encoding.UTF8.GetBytes(near + "\n")), &at, &value)
                    && value = Single.Parse(near, CultureInfo.InvariantCulture))

            property
                (cases |> Cases.times 20)
                "written rows read back as they were, packed or not, whatever the block size"
                (fun ({ Data = d }: DataCase) (PositiveInt block) ->
                    TemporaryFolder.using (fun folder ->
                        [ "a.svm"; "a.svm.gz"; "a.svm.bz2" ]
                        |> List.forall (fun name ->
                            let path = Path.Combine(folder, name)
                            Svmlight.write path d
                            let again = Svmlight.read (blocks block) path
                            rows again = rows d && rows (Svmlight.read Svmlight.defaults path) = rows d)))

            property
                cases
                "lines mean what they say, with any blanks, comments, line ends and order of labels"
                (fun (w: WrittenRows) (PositiveInt block) ->
                    TemporaryFolder.usingFile "a.svm" w.Text (fun path ->
                        rows (Svmlight.read (blocks block) path) = w.Meaning))

            property (cases |> Cases.times 30) "ids from 1 are ids from 0 moved by one" (fun ({ Data = d }: DataCase) ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "a.svm")
                    Svmlight.write path d

                    let shifted =
                        File.ReadAllText path
                        |> fun text ->
                            RegularExpressions.Regex.Replace(
                                text,
                                @"(?<![\d.:-])(\d+)(?=[:, \n])",
                                fun m -> string (int m.Value + 1)
                            )

                    File.WriteAllText(path, shifted)

                    let options =
                        { Svmlight.defaults with
                            FeatureIds = IdBase.One
                            LabelIds = IdBase.One
                        }

                    rows (Svmlight.read options path) = rows d))

            testCase "D and L are the largest ids plus one, or as given, or as in the header" (fun () ->
                let sizes (d: Dataset) = d.Features.Columns, d.Labels.Columns
                let text = "3,1 0:1 7:2.5\n 2:1\n"
                Require.equal (8, 4) (sizes (read text))
                Require.equal (10, 20) (sizes (read ("2 10 20\n" + text)))

                let given =
                    { Svmlight.defaults with
                        Features = Some 9
                        Labels = Some 5
                    }

                Require.equal (9, 5) (TemporaryFolder.usingFile "f" text (Svmlight.read given >> sizes)))

            testCase "the files of one task get the same D and L" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let file (name: string) (text: string) =
                        let path = Path.Combine(folder, name)
                        File.WriteAllText(path, text)
                        path

                    let parts =
                        [ file "a" "0 5:1\n"; file "b" "9 1:1\n" ]
                        |> Svmlight.readTogether Svmlight.defaults

                    for d in parts do
                        Require.equal (6, 10) ((d.Features.Columns, d.Labels.Columns))))

            testCase "a value that is NaN is missing, and is written and read as such" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let first, second = Path.Combine(folder, "a"), Path.Combine(folder, "b")
                    File.WriteAllText(first, "1 1:nan 3:2\n0 1:-1 2:NaN\n")
                    let d = Svmlight.read Svmlight.defaults first
                    Svmlight.write second d

                    for d in [ d; Svmlight.read Svmlight.defaults second ] do
                        Require.equal
                            [ "NaN"; "2"; "-1"; "NaN" ]
                            [ for at in 0 .. d.Features.NonZeros - 1 -> string d.Features.Values[at] ]))

            testTheory
                "a bad file is refused with the place, what was expected and what was found"
                [
                    "0 1:1\n1 1:Infinity\n", "f:2:5: expected a finite number or NaN, found \"Infinity\""
                    "0 1:1\n1 1:-1e39\n", "f:2:5: expected a finite number or NaN, found \"-1e39\""
                    "-1 1:1\n", "f:1:1: expected a label id, or a blank where the row has no labels, found \"-1\""
                    "1 -1:1\n", "f:1:3: expected a feature id, found \"-1:1\""
                    "1 4:1 2:1\n", "f:1:7: expected feature ids that ascend (the one before is 4), found \"2:1\""
                    "1 4:1 4:1\n", "f:1:7: expected feature ids that ascend (the one before is 4), found \"4:1\""
                    "1, 4:1\n", "f:1:3: expected a label id, or a blank where the row has no labels, found a blank"
                    "1;2 4:1\n", "f:1:2: expected a comma or a blank after the label id, found \";2\""
                    "0 1:1\n4:1 5:1\n",
                    "f:2:1: expected labels before features (a line without labels begins with a blank), found \"4:1\""
                    "1 4\n", "f:1:4: expected ':' and a value after the feature id, found the end of the line"
                    "1 4:\n", "f:1:5: expected a number, found the end of the line"
                    "1 4: 5\n", "f:1:5: expected a number, found a blank"
                    "1 4:1x\n", "f:1:5: expected a number, found \"1x\""
                    "1 4:1 rubbish\n", "f:1:7: expected a feature id, found \"rubbish\""
                    "1 4:1 qid:3\n", "f:1:7: expected a feature id, found \"qid:3\""
                    "1 99999999999:1\n", "f:1:3: expected feature ids below 2147483647, found \"99999999999:1\""
                    "0 1:1\n\n0 1:1\n",
                    "f:2:1: expected a label id, or a blank where the row has no labels, found the end of the line"
                    "", "f:1:1: expected at least one row, found none"
                    "# only a comment", "f:1:1: expected at least one row, found none"
                    "2 5 3\n1 4:1\n3 1:1\n", "f:3:1: expected label ids below 3, found \"3\""
                    "2 5 3\n1 4:1\n2 1:1 5:1\n", "f:3:7: expected feature ids below 5, found \"5:1\""
                    "3 5 3\n1 4:1\n2 1:1\n", "f:1:1: expected 2 rows in the header, as in the file, found 3"
                    "0 5 3\n", "f:1:1: expected at least one row, found none"
                    "1 4:1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
                    "f:1:7: expected a feature id, found \"aaaaaaaaaaaaaaaaaaaaaaaa...\""
                ]
                (fun (text: string, expected: string) -> Require.equal expected (fault Svmlight.defaults text))

            testCase "sizes that the caller gives are limits, and a header must agree with them" (fun () ->
                let options =
                    { Svmlight.defaults with
                        FeatureIds = IdBase.One
                        Features = Some 4
                        Labels = Some 2
                    }

                Require.equal "f:1:1: expected label ids below 2, found \"2\"" (fault options "2 1:1\n")
                Require.equal "f:1:3: expected feature ids below 5, found \"5:1\"" (fault options "1 5:1\n")
                Require.equal "f:1:3: expected feature ids from 1, found \"0:1\"" (fault options "1 0:1\n")
                Require.equal "f:1:1: expected a header of 2 labels, found one of 3" (fault options "1 4 3\n1 1:1\n"))

            testCase "of several faults the first in the file is reported" (fun () ->
                let text =
                    String.Join("\n", Seq.init 500 (fun i -> if i % 100 = 50 then "0 x" else "0 1:1"))

                Require.equal "f:51:3: expected a feature id, found \"x\"" (fault Svmlight.defaults text))

            testCase "a byte order mark is passed over" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "f.svm")
                    File.WriteAllText(path, "2 5 3\n1 4:1\n0 1:1\n", UTF8Encoding true)
                    Require.equal 2 ((Svmlight.read Svmlight.defaults path).Rows)))
        ]
