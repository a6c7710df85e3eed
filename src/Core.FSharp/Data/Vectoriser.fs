namespace Limen.Core

open System
open System.Collections.Generic
open Limen
open Limen.Kernels

/// A fitted vectoriser: its options with what was chosen from the texts, the terms (n-grams of tokens joined by a space, in ordinal order; a term's
/// place is its feature id) and their IDF. These three are all of it: made again from them it is the same.
[<Sealed>]
type Vectoriser(options: VectoriserOptions, terms: string[], idf: float32[]) =
    let options = options.Copy()
    let index = lazy Tokens.index options.Tokens terms

    do Shape.require (nameof idf) "[D]" [ terms.Length ] [ idf.Length ]

    /// What it was fitted with; numbers that were left to be chosen are those that were chosen.
    member _.Options = options.Copy()

    member _.Terms = terms

    member _.Weights: TfIdfWeights =
        {
            Tf = if options.SublinearTf then Sublinear else TermFrequency.Raw
            Idf = idf
        }

    /// D, the number of features.
    member _.Features = terms.Length

    /// How often each term is in each text, [N, D].
    member internal _.Counts(texts: IReadOnlyList<string>) : CsrMatrix =
        texts
        |> TextBeginnings.ofTexts (Option.ofNullable options.FirstWords)
        |> index.Value.Count

[<RequireQualifiedAccess>]
module Vectoriser =

    /// What is wrong with options, nothing for good ones.
    let faults (o: VectoriserOptions) : string list =
        [
            yield! Tokens.faults o.Tokens
            if
                Tokens.areCharacters o.Tokens
                && (o.ShortestTerm, TermChoice.longestTerm o) <> (1, 1)
            then
                $"vectoriser: expected terms of 1 token, where n-grams of characters are tokens, received {o.ShortestTerm} to {TermChoice.longestTerm o}"
            if o.ShortestTerm < 1 then
                $"vectoriser: expected terms of 1 token or more, received {o.ShortestTerm}"
            if TermChoice.longestTerm o < o.ShortestTerm then
                $"vectoriser: expected a longest term of {o.ShortestTerm} tokens or more, received {o.LongestTerm}"
            if o.MinDocumentFrequency.HasValue && o.MinDocumentFrequency.Value < 1 then
                $"vectoriser: expected a minimal document frequency of 1 or more, received {o.MinDocumentFrequency}"
            if o.MaxFeatures.HasValue && o.MaxFeatures.Value < 1 then
                $"vectoriser: expected 1 feature or more, received {o.MaxFeatures.Value}"
            if o.FirstWords.HasValue && o.FirstWords.Value < 1 then
                $"vectoriser: expected the first 1 word or more of a text, received {o.FirstWords}"
        ]

    /// The same options with the numbers that training texts decide.
    let private decided (texts: IReadOnlyList<string>) (options: VectoriserOptions) : VectoriserOptions =
        let o = options.Copy()
        let words = lazy TermChoice.wordsOfAll texts

        match options.Tokens with
        | FinerThanWords ->
            let tokens, longest = TermChoice.finer words.Value
            o.Tokens <- tokens
            o.LongestTerm <- longest
        | _ when options.LongestTerm.HasValue -> ()
        | _ -> o.LongestTerm <- TermChoice.longest texts.Count words options

        if not o.MinDocumentFrequency.HasValue then
            o.MinDocumentFrequency <- TermChoice.minDocumentFrequency words.Value

        if not o.MaxFeatures.HasValue then
            o.MaxFeatures <- TermChoice.maxFeatures o.Tokens |> Option.toNullable

        o

    /// Chooses the terms and fits their IDF on training texts, and on nothing else. Throws ConfigurationException for
    /// faulty options and where no term is in MinDocumentFrequency texts.
    let fit (options: VectoriserOptions) (texts: IReadOnlyList<string>) : Vectoriser =
        match faults options with
        | [] -> ()
        | found -> raise (ConfigurationException found)

        let texts = TextBeginnings.ofTexts (Option.ofNullable options.FirstWords) texts
        let o = decided texts options
        let most = o.MaxFeatures.GetValueOrDefault Int32.MaxValue

        let table =
            texts
            |> Tokens.count
                o.Tokens
                (TermSelection(o.ShortestTerm, o.LongestTerm.Value, o.MinDocumentFrequency.Value, most))

        if table.Terms.Length = 0 then
            raise (
                ConfigurationException
                    [
                        $"vectoriser: no term is in {o.MinDocumentFrequency} or more of the {texts.Count} training texts"
                    ]
            )

        let idf = TfIdfWeights.idf texts.Count table.DocumentFrequency
        Vectoriser(o, table.Terms, idf)

    /// The TF-IDF features of texts [N, D], rows of Euclidean norm 1. Terms that were not fitted are passed over; a
    /// text without any is an empty row. A row depends on its own text alone. Safe for many threads at once.
    let apply (vectoriser: Vectoriser) (texts: IReadOnlyList<string>) : CsrMatrix =
        vectoriser.Counts texts |> TfIdfWeights.apply vectoriser.Weights

    /// What it reads, in a line for reports: the tokens, the terms, and in how many training texts each is at least.
    let describe (vectoriser: Vectoriser) : string =
        let o = vectoriser.Options

        let terms =
            if o.LongestTerm = Nullable 1 then
                ""
            else
                $", {o.ShortestTerm} to {o.LongestTerm} a term"

        let read =
            if o.FirstWords.HasValue then
                $" of the first {o.FirstWords}"
            else
                ""

        $"{Tokens.describe o.Tokens}{read}{terms}, in {o.MinDocumentFrequency} or more training texts"
