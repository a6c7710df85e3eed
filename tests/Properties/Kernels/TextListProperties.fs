module Limen.Properties.TextListProperties

open System
open System.IO
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

/// Texts of any characters, some longer than a block and many empty, and some of their places in any order.
type TextListCase = { Texts: string[]; Chosen: int[] }

type TextListArbitraries =
    static member Case() =
        let character =
            Gen.frequency
                [
                    6, Gen.elements [ "a"; "b"; " "; "é"; "漢"; "😀"; "\n" ]
                    1, Gen.elements [ "\000"; "\uD83D"; "\uDE00"; "\uFFFF"; "\uFEFF" ]
                    1, ArbMap.defaults |> ArbMap.generate<char> |> Gen.map string
                ]

        let short = Gen.listOf character |> Gen.map (String.concat "")

        let long =
            gen {
                let! part = Gen.nonEmptyListOf character |> Gen.map (String.concat "")
                let! times = Gen.choose (1, 2 * TextListBuilder.BlockLength / part.Length)
                return String.replicate times part
            }

        gen {
            let! texts =
                Gen.frequency [ 20, short; 1, long ] |> Gen.listOf |> Gen.map List.toArray

            let! chosen =
                if texts.Length = 0 then
                    Gen.constant [||]
                else
                    Gen.choose (0, texts.Length - 1) |> Gen.arrayOf

            return { Texts = texts; Chosen = chosen }
        }
        |> Arb.fromGen

let private cases = Cases.from [ typeof<TextListArbitraries> ]

let private same (expected: string[]) (actual: TextList) : bool =
    actual.Count = expected.Length
    && Array.forall2 (fun (a: string) b -> String.Equals(a, b, StringComparison.Ordinal)) expected (Seq.toArray actual)

/// Sentences of a few hundred words, so many characters in all or a little more.
let private english (characters: int) : string[] =
    let words =
        "the of and to in regulation council member states shall be by for article which having regard commission community treaty decision this on with as is been european market products whereas measures import agreement"
            .Split
            ' '

    let random = Random 1

    let text _ =
        Seq.init (random.Next(5, 300)) (fun _ ->
            if random.Next 8 = 0 then
                string (random.Next 10_000)
            else
                words[random.Next words.Length])
        |> String.concat " "

    Seq.initInfinite text
    |> Seq.scan (fun (sum, _) text -> sum + text.Length, text) (0, "")
    |> Seq.skip 1
    |> Seq.takeWhile (fun (sum, _) -> sum < characters)
    |> Seq.map snd
    |> Seq.toArray

[<Tests>]
let tests =
    testList
        "packed texts"
        [
            property cases "come back exactly, in order and by number" (fun (c: TextListCase) ->
                let packed = TextList.Of c.Texts

                same c.Texts packed
                && c.Chosen |> Array.forall (fun row -> String.Equals(packed[row], c.Texts[row])))

            property cases "of several lists are those of each" (fun (a: TextListCase) (b: TextListCase) ->
                let chosen = Array.map (Array.get b.Texts) b.Chosen

                [
                    TextList.Of a.Texts
                    (TextList.Of b.Texts).Select b.Chosen
                    TextList.Of a.Texts
                ]
                |> TextList.Concat
                |> same (Array.concat [ a.Texts; chosen; a.Texts ]))

            property cases "are chosen as strings are, twice over too" (fun (c: TextListCase) ->
                let packed = TextList.Of c.Texts
                let expected = Array.map (Array.get c.Texts) c.Chosen
                let again = Array.init expected.Length (fun i -> expected.Length - 1 - i)

                same expected (packed.Select c.Chosen)
                && same (Array.sort c.Chosen |> Array.map (Array.get c.Texts)) (packed.Select(Array.sort c.Chosen))
                && same (Array.rev expected) ((packed.Select c.Chosen).Select again)
                && same
                    (Array.sort c.Chosen |> Array.rev |> Array.map (Array.get c.Texts))
                    ((packed.Select(Array.sort c.Chosen)).Select again))

            property cases "give the features that strings give" (fun (c: TextListCase) ->
                let texts = Array.append c.Texts [| "a ab ab"; "ab a" |]

                [
                    VectoriserOptions(MinDocumentFrequency = Nullable 1, LongestTerm = Nullable 2)
                    VectoriserOptions(MinDocumentFrequency = Nullable 1, Tokens = Tokens.Characters(1, 3))
                ]
                |> List.forall (fun options ->
                    let a = Vectoriser.fit options texts
                    let b = TextList.Of texts |> Vectoriser.fit options

                    a.Terms = b.Terms
                    && SmallProblem.entries (Vectoriser.apply a texts) =
                        SmallProblem.entries (Vectoriser.apply b (TextList.Of texts))))

            testCase "are chosen in any order, many of them" (fun () ->
                let texts = english 1_000_000
                let chosen = Seed.permutation texts.Length (Seed 3UL)
                Require.isTrue (same (Array.map (Array.get texts) chosen) ((TextList.Of texts).Select chosen)))

            testCase "are read by many threads at once" (fun () ->
                let texts = english 500_000
                let packed = TextList.Of texts

                let read seed =
                    Seed.permutation texts.Length (Seed seed)
                    |> Array.forall (fun row -> String.Equals(packed[row], texts[row]))

                Require.isTrue (Array.Parallel.map read [| 1UL .. 8UL |] |> Array.forall id))

            testCase "no text of a number is an ArgumentOutOfRangeException" (fun () ->
                let packed = TextList.Of [ "a"; "b" ]

                for wrong in [ -1; 2 ] do
                    Require.throws<ArgumentOutOfRangeException>(fun () -> packed[wrong])
                    Require.throws<ArgumentOutOfRangeException>(fun () -> packed.Select [| 0; wrong |]))

            testCase "take less than a third of the memory of strings" (fun () ->
                let texts = english 10_000_000
                let bytes = texts |> Array.sumBy (fun text -> 2L * int64 text.Length)
                let held = (TextList.Of texts).Bytes
                Require.below (bytes / 3L) held)

            // strings of these 6 MB would be 12 MB; alone, as all memory of the process is measured
            testSequenced
            <| testCase "a table that was read holds no strings of its texts" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let file = Path.Combine(folder, "rows.csv")

                    let lines =
                        english 6_000_000
                        |> Seq.mapi (fun row text -> $"{text},label {row % 7};label {row % 3}")

                    File.WriteAllLines(file, Seq.append [ "text,labels" ] lines)
                    let before = GC.GetTotalMemory true
                    let read = DataSource.read DataSource.defaults [ file ]
                    let held = GC.GetTotalMemory true - before
                    let count = read.Rows.Train.Count
                    Require.above 5_000 count
                    Require.below 4_000_000L held))
        ]
