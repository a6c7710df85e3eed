namespace Limen.Core

open System
open System.Threading.Tasks
open Limen.Kernels

/// How a term's weight grows with its count tf in a row.
type TermFrequency =
    /// tf.
    | Raw
    /// 1 + ln tf; 0 for tf = 0.
    | Sublinear

/// TF-IDF weights fitted on training rows, for count features [N, D]: one IDF a feature.
type TfIdfWeights = { Tf: TermFrequency; Idf: float32[] }

[<RequireQualifiedAccess>]
module TfIdfWeights =

    /// ln((1 + N) / (1 + df)) + 1 for each feature: a feature in every row keeps weight 1 (Salton and Buckley 1988
    /// with add-one smoothing, as scikit-learn's TfidfTransformer,
    /// https://scikit-learn.org/stable/modules/feature_extraction.html).
    let ofFrequencies (tf: TermFrequency) (rows: int) (df: int[]) : TfIdfWeights =
        {
            Tf = tf
            Idf =
                df
                |> Array.map (fun n -> float32 (log (float (1 + rows) / float (1 + n)) + 1.0))
        }

    /// Fits on the counts of training rows; df of a feature is the number of rows with an entry other than 0.
    let fit (tf: TermFrequency) (counts: CsrMatrix) : TfIdfWeights =
        let df = Array.zeroCreate counts.Columns

        for at in 0 .. counts.NonZeros - 1 do
            if counts.Values[at] <> 0f then
                df[counts.Indices[at]] <- df[counts.Indices[at]] + 1

        ofFrequencies tf counts.Rows df

    let private frequency tf (count: float32) =
        match tf with
        | Raw -> float count
        | Sublinear when count > 0f -> 1.0 + log (float count)
        | Sublinear -> 0.0

    /// tf(count) * IDF, each row divided by its Euclidean norm; a zero row stays zero. Throws ArgumentException where
    /// the columns are not the fitted ones, and for a negative count under Sublinear.
    let apply (weights: TfIdfWeights) (counts: CsrMatrix) : CsrMatrix =
        if counts.Columns <> weights.Idf.Length then
            invalidArg (nameof counts) $"expected {weights.Idf.Length} columns, received {counts.Columns}"

        if
            weights.Tf = Sublinear
            && counts.Values.AsSpan(0, counts.NonZeros).ContainsAnyInRange(Single.NegativeInfinity, -Single.Epsilon)
        then
            invalidArg (nameof counts) "expected counts of 0 or more, received a negative value"

        let values = GC.AllocateUninitializedArray<float32> counts.NonZeros

        let weighRow row =
            let first, last = counts.RowStart[row], counts.RowStart[row + 1] - 1
            let mutable squares = 0.0

            for at in first..last do
                let w =
                    frequency weights.Tf counts.Values[at] * float weights.Idf[counts.Indices[at]]

                values[at] <- float32 w
                squares <- squares + w * w

            let norm = sqrt squares

            if norm > 0.0 then
                for at in first..last do
                    values[at] <- float32 (float values[at] / norm)

        if counts.Rows < 256 then
            Seq.iter weighRow (seq { 0 .. counts.Rows - 1 })
        else
            Parallel.For(0, counts.Rows, weighRow) |> ignore

        CsrMatrix.Trusted(counts.Rows, counts.Columns, counts.RowStart, counts.Indices, values)

/// What a token is: a longest run of two or more of these characters, in lower case.
type TokenRule =
    /// Letters, numbers and underscores, as in scikit-learn's default \b\w\w+\b: years, article numbers and names
    /// with digits count.
    | Words
    /// Letters alone: numbers and what is glued to them by digits or underscores falls apart.
    | Letters

[<RequireQualifiedAccess>]
module TokenRule =

    let internal characters =
        function
        | Words -> TokenCharacters.Words
        | Letters -> TokenCharacters.Letters

/// How texts become features.
type VectoriserOptions =
    {
        /// Default Words.
        Tokens: TokenRule
        /// Words of the shortest term. Default 1.
        Shortest: int
        /// Words of the longest term, at least Shortest. Default 2.
        Longest: int
        /// Training texts that a term must be in. Default 2.
        MinDf: int
        /// The terms in the most training texts, up to this many; None for all. Default None.
        MaxFeatures: int option
        /// Default Sublinear.
        Tf: TermFrequency
    }

/// A fitted vectoriser: its options, the terms (word n-grams joined by a space, in ordinal order; a term's place is
/// its feature id) and their IDF. These three are all of it: made again from them it is the same.
[<Sealed>]
type Vectoriser(options: VectoriserOptions, terms: string[], idf: float32[]) =
    let index = lazy TermIndex(terms, TokenRule.characters options.Tokens)

    do Shape.require (nameof idf) "[D]" [ terms.Length ] [ idf.Length ]

    member _.Options = options
    member _.Terms = terms
    member _.Weights: TfIdfWeights = { Tf = options.Tf; Idf = idf }

    /// D, the number of features.
    member _.Features = terms.Length

    /// How often each term is in each text, [N, D].
    member internal _.Counts(texts: string[]) : CsrMatrix = index.Value.Count texts

[<RequireQualifiedAccess>]
module Vectoriser =

    let defaults =
        {
            Tokens = Words
            Shortest = 1
            Longest = 2
            MinDf = 2
            MaxFeatures = None
            Tf = Sublinear
        }

    /// What is wrong with options, nothing for good ones.
    let faults (o: VectoriserOptions) : string list =
        [
            if o.Shortest < 1 then
                $"vectoriser: expected terms of 1 word or more, received {o.Shortest}"
            if o.Longest < o.Shortest then
                $"vectoriser: expected a longest term of {o.Shortest} words or more, received {o.Longest}"
            if o.MinDf < 1 then
                $"vectoriser: expected a minimal document frequency of 1 or more, received {o.MinDf}"
            match o.MaxFeatures with
            | Some n when n < 1 -> $"vectoriser: expected 1 feature or more, received {n}"
            | _ -> ()
        ]

    /// Chooses the terms and fits their IDF on training texts, and on nothing else. Throws ConfigurationException for
    /// faulty options and where no term is in MinDf texts.
    let fit (options: VectoriserOptions) (texts: string[]) : Vectoriser =
        match faults options with
        | [] -> ()
        | found -> raise (ConfigurationException found)

        let selection =
            TermSelection(
                TokenRule.characters options.Tokens,
                options.Shortest,
                options.Longest,
                options.MinDf,
                defaultArg options.MaxFeatures Int32.MaxValue
            )

        let table = TermCounter.Count(texts, selection)

        if table.Terms.Length = 0 then
            raise (
                ConfigurationException
                    [
                        $"vectoriser: no term is in {options.MinDf} or more of the {texts.Length} training texts"
                    ]
            )

        let weights =
            TfIdfWeights.ofFrequencies options.Tf texts.Length table.DocumentFrequency

        Vectoriser(options, table.Terms, weights.Idf)

    /// The TF-IDF features of texts [N, D], rows of Euclidean norm 1. Terms that were not fitted are passed over; a
    /// text without any is an empty row. A row depends on its own text alone. Safe for many threads at once.
    let apply (vectoriser: Vectoriser) (texts: string[]) : CsrMatrix =
        vectoriser.Counts texts |> TfIdfWeights.apply vectoriser.Weights
