namespace Limen.Core

open System
open Limen
open Limen.Kernels

[<RequireQualifiedAccess>]
module private TokenCharacters =

    let ofOptions (o: VectoriserOptions) : TokenCharacters =
        if o.LettersOnly then
            TokenCharacters.Letters
        else
            TokenCharacters.Words

/// A fitted vectoriser: its options, the terms (word n-grams joined by a space, in ordinal order; a term's place is
/// its feature id) and their IDF. These three are all of it: made again from them it is the same.
[<Sealed>]
type Vectoriser(options: VectoriserOptions, terms: string[], idf: float32[]) =
    let options = options.Copy()
    let index = lazy TermIndex(terms, TokenCharacters.ofOptions options)

    do Shape.require (nameof idf) "[D]" [ terms.Length ] [ idf.Length ]

    /// What it was fitted with.
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
    member internal _.Counts(texts: string[]) : CsrMatrix = index.Value.Count texts

[<RequireQualifiedAccess>]
module Vectoriser =

    /// What is wrong with options, nothing for good ones.
    let faults (o: VectoriserOptions) : string list =
        [
            if o.ShortestTerm < 1 then
                $"vectoriser: expected terms of 1 word or more, received {o.ShortestTerm}"
            if o.LongestTerm < o.ShortestTerm then
                $"vectoriser: expected a longest term of {o.ShortestTerm} words or more, received {o.LongestTerm}"
            if o.MinDocumentFrequency < 1 then
                $"vectoriser: expected a minimal document frequency of 1 or more, received {o.MinDocumentFrequency}"
            if o.MaxFeatures.HasValue && o.MaxFeatures.Value < 1 then
                $"vectoriser: expected 1 feature or more, received {o.MaxFeatures.Value}"
        ]

    /// Chooses the terms and fits their IDF on training texts, and on nothing else. Throws ConfigurationException for
    /// faulty options and where no term is in MinDocumentFrequency texts.
    let fit (options: VectoriserOptions) (texts: string[]) : Vectoriser =
        match faults options with
        | [] -> ()
        | found -> raise (ConfigurationException found)

        let selection =
            TermSelection(
                TokenCharacters.ofOptions options,
                options.ShortestTerm,
                options.LongestTerm,
                options.MinDocumentFrequency,
                options.MaxFeatures.GetValueOrDefault Int32.MaxValue
            )

        let table = TermCounter.Count(texts, selection)

        if table.Terms.Length = 0 then
            raise (
                ConfigurationException
                    [
                        $"vectoriser: no term is in {options.MinDocumentFrequency} or more of the {texts.Length} training texts"
                    ]
            )

        let idf = TfIdfWeights.idf texts.Length table.DocumentFrequency
        Vectoriser(options, table.Terms, idf)

    /// The TF-IDF features of texts [N, D], rows of Euclidean norm 1. Terms that were not fitted are passed over; a
    /// text without any is an empty row. A row depends on its own text alone. Safe for many threads at once.
    let apply (vectoriser: Vectoriser) (texts: string[]) : CsrMatrix =
        vectoriser.Counts texts |> TfIdfWeights.apply vectoriser.Weights
