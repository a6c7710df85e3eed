namespace Limen.Properties

open System
open System.Text.RegularExpressions
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core

/// Texts over few words, and options.
[<NoComparison>]
type Corpus =
    {
        Texts: string[]
        Others: string[]
        Options: VectoriserOptions
    }

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
            let! letters = Gen.elements [ false; true ]
            let! shortest = Gen.choose (1, 3)
            let! more = Gen.choose (0, 2)
            let! minDf = Gen.choose (1, 3)
            let! most = Gen.elements [ Nullable(); Nullable 1; Nullable 5 ]
            let! sublinear = Gen.elements [ false; true ]

            return
                {
                    Texts = corpus
                    Others = others
                    Options =
                        VectoriserOptions(
                            LettersOnly = letters,
                            ShortestTerm = shortest,
                            LongestTerm = shortest + more,
                            MinDocumentFrequency = minDf,
                            MaxFeatures = most,
                            SublinearTf = sublinear
                        )
                }
        }
        |> Arb.fromGen

/// The plain definition: regular expressions, lists and maps.
module PlainVectoriser =

    let terms (o: VectoriserOptions) (text: string) =
        let pattern = if o.LettersOnly then @"\p{L}{2,}" else @"[\p{L}\p{N}_]{2,}"

        let tokens = [ for m in Regex.Matches(text, pattern) -> m.Value.ToLowerInvariant() ]

        [
            for n in o.ShortestTerm .. o.LongestTerm do
                for gram in List.windowed n tokens -> String.Join(" ", gram)
        ]

    let vocabulary (o: VectoriserOptions) (texts: string[]) =
        texts
        |> Seq.collect (terms o >> List.distinct)
        |> Seq.countBy id
        |> Seq.filter (fun (_, df) -> df >= o.MinDocumentFrequency)
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
