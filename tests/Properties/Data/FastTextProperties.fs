module Limen.Properties.FastTextProperties

open System
open System.IO
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen.Core

/// Rows as words, so that fastText's format has a form for them.
type WordRows = { Rows: TextDataset }

type FastTextArbitraries =
    static member WordRows() =
        let word =
            Gen.elements [ "a"; "B"; "é"; "漢"; "😀"; "_"; "__label"; ","; "\"" ]
            |> Gen.nonEmptyListOf
            |> Gen.map (String.concat "")
            |> Gen.filter (fun w -> not (w.StartsWith(FastText.prefix, StringComparison.Ordinal)))

        let row =
            gen {
                let! words = Gen.listOf word
                let! labels = Gen.listOf word |> Gen.map (List.distinct >> List.toArray)
                return String.Join(' ', words), labels
            }
            |> Gen.filter (fun (text, labels) -> text <> "" || labels.Length > 0)

        gen {
            let! rows = Gen.nonEmptyListOf row |> Gen.map List.toArray

            let! weights =
                Gen.choose (0, 9)
                |> Gen.map (fun n -> float32 n / 3f)
                |> Gen.arrayOfLength rows.Length
                |> Gen.optionOf

            return
                {
                    Rows =
                        {
                            Texts = Array.map fst rows
                            LabelNames = Array.map snd rows
                            Weights = weights
                        }
                }
        }
        |> Arb.fromGen

let private cases = Cases.from [ typeof<FastTextArbitraries> ]

let private fault (text: string) : string =
    TemporaryFolder.usingFile "f.ft" text (fun path ->
        [ 1; 7; Lines.blockBytes ]
        |> List.map (fun block ->
            Require.refusal<DataFormatException>(fun () -> FastText.readBlocks block FastText.prefix path))
        |> List.distinct
        |> List.map (fun said -> said.Replace(path, "f"))
        |> List.exactlyOne)

let private read prefix (text: string) =
    TemporaryFolder.usingFile "f.ft" text (FastText.read prefix)

[<Tests>]
let tests =
    testList
        "FastText"
        [
            property
                (cases |> Cases.times 20)
                "written rows read back as they were, packed or not, whatever the block size"
                (fun ({ Rows = rows }: WordRows) (PositiveInt block) ->
                    TemporaryFolder.using (fun folder ->
                        [ "a.ft"; "a.fasttext.gz"; "a.txt.bz2" ]
                        |> List.forall (fun name ->
                            let path = Path.Combine(folder, name)
                            FastText.write FastText.prefix path rows
                            FastText.readBlocks block FastText.prefix path = rows)))

            property
                (cases |> Cases.times 20)
                "blanks, line ends and the place of labels do not matter"
                (fun ({ Rows = rows }: WordRows) (seed: int) ->
                    let random = Random seed

                    let blank () =
                        [| " "; "  "; "\t"; "\v \f"; "\u0000" |][random.Next 5]

                    let line (text: string, labels: string[]) =
                        let words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        let at = random.Next(words.Length + 1)
                        let labels = labels |> Array.map (fun name -> FastText.prefix + name)

                        Array.concat [ words[.. at - 1]; labels; words[at..] ]
                        |> Seq.collect (fun word -> [ blank (); word ])
                        |> String.concat ""

                    let lines = Seq.zip rows.Texts rows.LabelNames |> Seq.map line
                    let again = read FastText.prefix (String.Join("\r\n", lines))
                    again = { rows with Weights = None })

            testCase "the prefix can be another one" (fun () ->
                let rows = read "#" "#a #b __label__c text\n"
                Require.equal [| [| "a"; "b" |] |] rows.LabelNames
                Require.equal [| "__label__c text" |] rows.Texts

                for prefix in [ ""; "two words" ] do
                    Require.throws<ArgumentException>(fun () -> FastText.format prefix |> box))

            testTheory
                "a bad file is refused with the place, what was expected and what was found"
                [
                    "", "f:1:1: expected at least one row, found none"
                    "__label__a one\n\ntwo\n", "f:2:1: expected a label or a word, found the end of the line"
                    "one\n \t\ntwo", "f:2:1: expected a label or a word, found a blank"
                    "é __label__ one\n", "f:1:4: expected a label's name after __label__, found \"__label__\""
                ]
                (fun (text: string, expected: string) -> Require.equal expected (fault text))

            testCase "bytes that are no UTF-8 are refused" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let path = Path.Combine(folder, "f.ft")
                    File.WriteAllBytes(path, [| yield! "one\ntwo "B; 0xFFuy; 10uy |])

                    let said =
                        Require.refusal<DataFormatException>(fun () -> FastText.read FastText.prefix path)

                    Require.contains ":2:5: expected valid UTF-8" said))

            testTheory
                "rows that the format has no form for are not written"
                [
                    "one", [| "a b" |], "row 1: expected labels of one word, received \"a b\""
                    "one", [| "" |], "row 1: expected labels of one word, received \"\""
                    "one __label__a",
                    [||],
                    "row 1: expected words that do not begin with __label__, received \"__label__a\""
                    " ", [||], "row 1: expected a label or a word, received neither"
                ]
                (fun (text, labels, expected) ->
                    TemporaryFolder.using (fun folder ->
                        let path = Path.Combine(folder, "f.ft")

                        let rows =
                            {
                                Texts = [| text |]
                                LabelNames = [| labels |]
                                Weights = None
                            }

                        let said =
                            Require.refusal<ArgumentException>(fun () ->
                                FastText.write FastText.prefix path rows |> box)

                        Require.startsWith expected said
                        Require.isFalse (File.Exists path)))

            testTheory
                "a *.txt whose first line begins with the prefix is fastText's, any other is svmlight's"
                [
                    "__label__a one", "fasttext"
                    " __label__a one", "fasttext"
                    "0 1:1", "svmlight"
                ]
                (fun (first, name) ->
                    TemporaryFolder.usingFile "train.txt" first (fun path ->
                        Require.equal name (InputFormats.tryOfFile path).Value.Name
                        let folder = Folder.read Folder.defaults (Path.GetDirectoryName path)
                        Require.equal (if name = "fasttext" then "a" else "0") folder.Labels.Names[0]))
        ]
