namespace Limen

open System

/// How texts become features: TF-IDF over n-grams of tokens, fitted on training texts only and saved with the model. What is null is chosen from the
/// training texts, and the options of the fitted vectoriser name what was chosen. A builder and a fitted vectoriser keep copies: changes after that have no effect.
[<Sealed>]
type VectoriserOptions() =

    /// What terms are made of. Default: Tokens.Words.
    member val Tokens = Tokens.Words with get, set

    /// Tokens of the shortest term, at least 1. Default: 1.
    member val ShortestTerm = 1 with get, set

    /// Tokens of the longest term, at least ShortestTerm; with Tokens.Characters both are 1. Default: null, as many as ShortestTerm, and pairs of words too from 10,000
    /// training texts on with fewer than 2,000,000 words in all (docs/text.md).
    member val LongestTerm = Nullable<int>() with get, set

    /// Training texts that a term must be in, at least 1. Default: null, by the words of all training texts together: 1 below 100,000, 2 below
    /// 10,000,000, else 5 (docs/text.md).
    member val MinDocumentFrequency = Nullable<int>() with get, set

    /// The terms in the most training texts, up to this many, at least 1. Default: null, all words, 200,000 n-grams of characters.
    member val MaxFeatures = Nullable<int>() with get, set

    /// Words of each text that are read, from its beginning, as white space parts them; at least 1. For a view of titles beside one of whole texts. Default: null, all.
    member val FirstWords = Nullable<int>() with get, set

    /// Whether a term's weight grows with 1 + ln of its count, the default; else with the count itself.
    member val SublinearTf = true with get, set

    /// The same options, which changes of these do not reach.
    member o.Copy() : VectoriserOptions =
        o.MemberwiseClone() :?> VectoriserOptions
