namespace Limen

open System

/// How texts become features: TF-IDF over word n-grams, fitted on training texts only and saved with the model. A builder and a fitted vectoriser
/// keep copies: changes after that have no effect.
[<Sealed>]
type VectoriserOptions() =

    /// Whether a token is a longest run of two or more letters, so that numbers and what is glued to them by digits or underscores falls apart; else, the default,
    /// of letters, numbers and underscores, as in scikit-learn's \b\w\w+\b: years, article numbers and names with digits count. Always in lower case.
    member val LettersOnly = false with get, set

    /// Words of the shortest term, at least 1. Default: 1.
    member val ShortestTerm = 1 with get, set

    /// Words of the longest term, at least ShortestTerm. Default: 2.
    member val LongestTerm = 2 with get, set

    /// Training texts that a term must be in, at least 1. Default: 2.
    member val MinDocumentFrequency = 2 with get, set

    /// The terms in the most training texts, up to this many, at least 1; null for all, the default.
    member val MaxFeatures = Nullable<int>() with get, set

    /// Whether a term's weight grows with 1 + ln of its count, the default; else with the count itself.
    member val SublinearTf = true with get, set

    /// The same options, which changes of these do not reach.
    member o.Copy() : VectoriserOptions =
        o.MemberwiseClone() :?> VectoriserOptions
