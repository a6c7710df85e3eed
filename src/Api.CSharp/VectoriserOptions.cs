namespace Limen;

/// <summary>
/// How texts become features: TF-IDF over word n-grams, fitted on training texts only and saved with the model.
/// </summary>
public sealed record VectoriserOptions
{
    private static readonly Core.VectoriserOptions Defaults = Core.VectoriserModule.defaults;

    /// <summary>
    /// Whether a token is a longest run of two or more letters; else, the default, of letters, numbers and underscores. Always in lower case.
    /// </summary>
    public bool LettersOnly { get; init; }

    /// <summary>Words of the shortest term, at least 1. Default: 1.</summary>
    public int ShortestTerm { get; init; } = Defaults.Shortest;

    /// <summary>Words of the longest term, at least <see cref="ShortestTerm"/>. Default: 2.</summary>
    public int LongestTerm { get; init; } = Defaults.Longest;

    /// <summary>Training texts that a term must be in, at least 1. Default: 2.</summary>
    public int MinDocumentFrequency { get; init; } = Defaults.MinDf;

    /// <summary>The terms in the most training texts, up to this many; null for all, the default.</summary>
    public int? MaxFeatures { get; init; }

    /// <summary>Whether a term's weight grows with 1 + ln of its count, the default; else with the count itself.</summary>
    public bool SublinearTf { get; init; } = true;

    internal static VectoriserOptions OfCore(Core.VectoriserOptions options) =>
        new()
        {
            LettersOnly = options.Tokens.IsLetters,
            ShortestTerm = options.Shortest,
            LongestTerm = options.Longest,
            MinDocumentFrequency = options.MinDf,
            MaxFeatures = options.MaxFeatures?.Value,
            SublinearTf = options.Tf.IsSublinear,
        };

    internal Core.VectoriserOptions ToCore() =>
        new(
            LettersOnly ? Core.TokenRule.Letters : Core.TokenRule.Words,
            ShortestTerm,
            LongestTerm,
            MinDocumentFrequency,
            MaxFeatures.ToOption(),
            SublinearTf ? Core.TermFrequency.Sublinear : Core.TermFrequency.Raw
        );
}
