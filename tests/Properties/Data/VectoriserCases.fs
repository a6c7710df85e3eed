namespace Limen.Properties

open System
open System.Text.RegularExpressions
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core
open Limen.Kernels

/// Texts over few words, and options.
[<NoComparison>]
type Corpus =
    {
        Texts: string[]
        Others: string[]
        Options: VectoriserOptions
    }

/// The plain definition: regular expressions, lists and maps.
module PlainVectoriser =

    /// A corpus whose values scikit-learn gives.
    let small =
        [|
            "The cat sat on the mat."
            "The dog sat; the dog ran!"
            "A cat, a dog, a cat"
        |]

    /// A tokeniser of one's own: what stands between dots and commas, spaces and all.
    let own =
        Tokens.Of(fun text -> text.Split([| '.'; ',' |], StringSplitOptions.RemoveEmptyEntries))

    let private unspaced =
        Regex @"^[\p{IsCJKUnifiedIdeographs}\p{IsHiragana}\p{IsKatakana}\p{IsThai}\p{IsLao}\p{IsKhmer}\p{IsMyanmar}]"

    /// Words of two or more characters, each with the marks after it; characters of scripts without spaces alone and in pairs, which stand alone.
    let private words (character: string) (text: string) : (string * bool) list =
        [
            for run in Regex.Matches(text, $@"({character}\p{{M}}*)+") do
                let characters =
                    [ for c in Regex.Matches(run.Value, $@"{character}\p{{M}}*") -> c.Value ]

                let mutable rest = characters

                while not rest.IsEmpty do
                    let alone = unspaced.IsMatch rest.Head
                    let part = rest |> List.takeWhile (fun c -> unspaced.IsMatch c = alone)
                    rest <- List.skip part.Length rest

                    if alone then
                        for c in part do
                            c, true

                        for first, second in List.pairwise part do
                            first + second, true
                    elif part.Length > 1 then
                        String.Join("", part), false
        ]
        |> List.map (fun (token, alone) -> Unicode.Folded token, alone)

    /// The n-grams of shortest to longest characters of a word between its edges.
    let private characters shortest longest (text: string) : (string * bool) list =
        [
            for word in text.Split(Unchecked.defaultof<char[]>, StringSplitOptions.RemoveEmptyEntries) do
                let padded =
                    [ for rune in $"␣{Unicode.Folded word}␣".EnumerateRunes() -> string rune ]

                for n in shortest..longest do
                    for gram in List.windowed n padded -> String.Join("", gram), false
        ]

    /// Tokens, and whether each stands alone.
    let private tokens (tokens: Tokens) (text: string) : (string * bool) list =
        match tokens with
        | FinerThanWords
        | WordRuns -> words @"[\p{L}\p{N}_]" text
        | LetterRuns -> words @"\p{L}" text
        | WithinWords(shortest, longest) -> characters shortest longest text
        | Own cut -> [ for token in cut.Invoke text -> token.Replace(' ', '␣'), false ]

    let terms (o: VectoriserOptions) (text: string) =
        [
            for n in o.ShortestTerm .. o.LongestTerm.Value do
                for gram in List.windowed n (tokens o.Tokens text) do
                    if n = 1 || List.forall (snd >> not) gram then
                        String.Join(" ", List.map fst gram)
        ]

    let vocabulary (o: VectoriserOptions) (texts: string[]) =
        texts
        |> Seq.collect (terms o >> List.distinct)
        |> Seq.countBy id
        |> Seq.filter (fun (_, df) -> df >= o.MinDocumentFrequency.Value)
        |> Seq.sortWith (fun (a, dfA) (b, dfB) ->
            if dfA <> dfB then
                compare dfB dfA
            else
                String.CompareOrdinal(a, b))
        |> Seq.truncate (o.MaxFeatures.GetValueOrDefault Int32.MaxValue)
        |> Seq.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b))
        |> Seq.toArray

    let idf rows df =
        log ((1.0 + float rows) / (1.0 + float df)) + 1.0

    let row (o: VectoriserOptions) rows (vocabulary: (string * int)[]) (text: string) : (int * float) list =
        let counts = terms o text |> List.countBy id |> Map.ofList

        let weights =
            [
                for i in 0 .. vocabulary.Length - 1 do
                    let term, df = vocabulary[i]

                    match counts.TryFind term with
                    | Some n ->
                        let tf = if o.SublinearTf then 1.0 + log (float n) else float n

                        i, tf * idf rows df
                    | None -> ()
            ]

        let norm = sqrt (List.sumBy (fun (_, w) -> w * w) weights)
        weights |> List.map (fun (i, w) -> i, w / norm)

type VectoriserArbitraries =
    static member Corpus() =
        let texts =
            Gen.elements
                [
                    "one"
                    "Two"
                    "THREE"
                    "a"
                    "élan"
                    "x_1"
                    "2024"
                    "42nd"
                    "漢字"
                    "abc東京タワー2024"
                    "ไทยดี"
                    "e\u0301lan"
                    "हिन्दी"
                    "GRÖSSE"
                    "größe"
                    "😀two"
                    "²³"
                    "na-ive"
                    "don't"
                    "...,"
                    "ß"
                    "oNe"
                ]
            |> Gen.listOf
            |> Gen.map (String.concat " ")
            |> Gen.listOf
            |> Gen.map List.toArray

        gen {
            let! corpus = texts
            let! others = texts

            let! tokens =
                Gen.elements
                    [
                        Tokens.Words
                        Tokens.Words
                        Tokens.Letters
                        Tokens.Characters(1, 2)
                        Tokens.Characters(3, 5)
                        PlainVectoriser.own
                    ]

            let isSingle = Tokens.areCharacters tokens
            let! shortest = if isSingle then Gen.constant 1 else Gen.choose (1, 3)
            let! more = if isSingle then Gen.constant 0 else Gen.choose (0, 2)
            let! minDf = Gen.choose (1, 3)
            let! most = Gen.elements [ Nullable(); Nullable 1; Nullable 5 ]
            let! sublinear = Gen.elements [ false; true ]

            return
                {
                    Texts = corpus
                    Others = others
                    Options =
                        VectoriserOptions(
                            Tokens = tokens,
                            ShortestTerm = shortest,
                            LongestTerm = shortest + more,
                            MinDocumentFrequency = Nullable minDf,
                            MaxFeatures = most,
                            SublinearTf = sublinear
                        )
                }
        }
        |> Arb.fromGen
