namespace Limen.Core

open System
open System.Collections.Generic
open Limen

/// What is chosen from training texts where the options leave it open (docs/text.md has the figures).
[<RequireQualifiedAccess>]
module internal TermChoice =

    /// Words of a text, as white space parts them.
    let private words (text: string) : int64 =
        let mutable count = 0L
        let mutable within = false

        for c in text do
            let now = not (Char.IsWhiteSpace c)

            if now && not within then
                count <- count + 1L

            within <- now

        count

    /// Texts that a term must be in, while all texts together have fewer words than this.
    let private levels = [ 100_000L, 1; 10_000_000L, 2 ]

    /// Words of all texts together.
    let wordsOfAll (texts: IReadOnlyList<string>) : int64 = texts |> Texts.map words |> Array.sum

    /// Above this many words, n-grams of characters are too many to be worth their time, and so are pairs of words among words.
    let private fewWords = 2_000_000L

    /// Tokens and longest term that stand for tokens finer than words, by the words of all texts.
    let finer (words: int64) : Tokens * int =
        if words < fewWords then
            Tokens.Characters(3, 5), 1
        else
            Tokens.Words, 2

    let minDocumentFrequency (words: int64) : int =
        levels
        |> List.tryFind (fun (fewer, _) -> words < fewer)
        |> Option.map snd
        |> Option.defaultValue 5

    /// The longest term at least.
    let longestTerm (o: VectoriserOptions) : int =
        o.LongestTerm.GetValueOrDefault o.ShortestTerm

    /// Pairs of words among words pay where short texts are many, so that pairs occur again.
    let private manyTexts = 10_000

    /// The longest term, where the options leave it open, of so many texts with so many words.
    let longest (texts: int) (words: Lazy<int64>) (o: VectoriserOptions) : int =
        if Tokens.areCharacters o.Tokens || texts < manyTexts || words.Value >= fewWords then
            o.ShortestTerm
        else
            max 2 o.ShortestTerm

    /// None: all.
    let maxFeatures (tokens: Tokens) : int option =
        if Tokens.areCharacters tokens then Some 200_000 else None
