namespace Limen

open System
open System.Collections.Generic

/// What the terms of texts are made of. Upper and lower case are one (full case folding of Unicode), and so are ways of writing a character by parts (NFC), with
/// ICU and without.
[<NoEquality; NoComparison>]
type Tokens =
    internal
    | WordRuns
    | LetterRuns
    | WithinWords of shortest: int * longest: int
    | Own of Func<string, IEnumerable<string>>
    | FinerThanWords

    /// Longest runs of two or more letters, numbers and underscores with their marks, as in scikit-learn's \b\w\w+\b: years, article numbers and names with
    /// digits count. Han, Kana, Thai, Lao, Myanmar and Khmer, which write no space between words, give single characters and pairs of neighbours. The default.
    static member Words = WordRuns

    /// As Words, of letters alone: numbers, and what is glued to them by digits or underscores, fall apart.
    static member Letters = LetterRuns

    /// The n-grams of so many characters, the shortest at least 1, within what stands between white space, punctuation with it. The edges of a word count as characters,
    /// written U+2423, as with scikit-learn's analyzer char_wb. For spelling, endings and languages.
    static member Characters(shortest: int, longest: int) = WithinWords(shortest, longest)

    /// What a function cuts a text into: always the same for the same text, and safe for many threads at once. Tokens are taken as they are, case
    /// and all; a space within one is written U+2423. A model saves no code: who loads it gives the function again. What the function throws comes within an
    /// AggregateException, as texts are read on many threads.
    static member Of(tokeniser: Func<string, IEnumerable<string>>) =
        if isNull tokeniser then
            nullArg (nameof tokeniser)

        Own tokeniser

    /// What single words do not tell, for a view beside them: Characters(3, 5) where all training texts together have fewer than 2,000,000 words, else words with pairs of
    /// words (docs/text.md). A fitted vectoriser says which.
    static member Finer = FinerThanWords

namespace Limen.Core

open System
open System.Collections.Generic
open System.Security.Cryptography
open System.Text
open Limen
open Limen.Kernels

[<RequireQualifiedAccess>]
module internal Tokens =

    let faults (tokens: Tokens) : string list =
        match tokens with
        | WithinWords(shortest, longest) when shortest < 1 || longest < shortest ->
            [
                $"vectoriser: expected n-grams of 1 character or more, the longest not below the shortest, received {shortest} to {longest}"
            ]
        | WithinWords _
        | WordRuns
        | LetterRuns
        | FinerThanWords
        | Own _ -> []

    let areCharacters (tokens: Tokens) : bool =
        match tokens with
        | WithinWords _
        | FinerThanWords -> true
        | WordRuns
        | LetterRuns
        | Own _ -> false

    let private tokeniser (tokens: Tokens) : Tokeniser =
        match tokens with
        | WordRuns
        | FinerThanWords -> WordTokeniser TokenCharacters.Words
        | LetterRuns -> WordTokeniser TokenCharacters.Letters
        | WithinWords _ -> SpaceTokeniser()
        | Own cut -> OwnTokeniser cut

    /// The chosen terms of texts; of characters those of as many as the tokens say.
    let count (tokens: Tokens) (selection: TermSelection) (texts: IReadOnlyList<string>) : TermTable =
        match tokens with
        | WithinWords(shortest, longest) ->
            CharacterCounter.Count(texts, TermSelection(shortest, longest, selection.MinDf, selection.MaxTerms))
        | WordRuns
        | FinerThanWords
        | LetterRuns
        | Own _ -> TermCounter.Count(texts, (fun () -> tokeniser tokens), selection)

    /// What finds terms in texts.
    let index (tokens: Tokens) (terms: string[]) : TermIndex =
        match tokens with
        | WithinWords(shortest, longest) -> CharacterIndex(terms, shortest, longest)
        | WordRuns
        | FinerThanWords
        | LetterRuns
        | Own _ -> WordIndex(terms, (fun () -> tokeniser tokens))

    let private sample =
        "The quick brown fox, isn't it? GRÖSSE 3.14 e-mail: a_b@c.de naïve 漢字かな ไทย Привет مرحبا\tfoo  Bar\nbaz"

    /// What tells tokenisers apart: SHA-256 of what one makes of a sample text.
    let fingerprint (tokeniser: Func<string, IEnumerable<string>>) : string =
        String.Join('\n', tokeniser.Invoke sample)
        |> Encoding.UTF8.GetBytes
        |> SHA256.HashData
        |> Convert.ToHexStringLower

    /// In words, for reports.
    let describe (tokens: Tokens) : string =
        match tokens with
        | WordRuns -> "words"
        | LetterRuns -> "words of letters"
        | FinerThanWords -> "characters or pairs of words"
        | WithinWords(shortest, longest) -> $"{shortest} to {longest} characters within words"
        | Own _ -> "tokens of a tokeniser of one's own"
