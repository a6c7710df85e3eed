namespace Limen;

/// <summary>
/// How texts become features: TF-IDF over word n-grams, fitted on training texts only and saved with the model.
/// </summary>
public sealed record VectoriserOptions
{
    private static readonly Core.VectoriserOptions Defaults = Core.VectoriserModule.defaults;

    /// <summary>What a token is. Default: <see cref="TokenRule.Words"/>.</summary>
    public TokenRule Tokens { get; init; } = TokenRule.Words;

    /// <summary>Words of the shortest term, at least 1. Default: 1.</summary>
    public int ShortestTerm { get; init; } = Defaults.Shortest;

    /// <summary>Words of the longest term, at least <see cref="ShortestTerm"/>. Default: 2.</summary>
    public int LongestTerm { get; init; } = Defaults.Longest;

    /// <summary>Training texts that a term must be in, at least 1. Default: 2.</summary>
    public int MinDocumentFrequency { get; init; } = Defaults.MinDf;

    /// <summary>The terms in the most training texts, up to this many; null for all, the default.</summary>
    public int? MaxFeatures { get; init; }

    /// <summary>How a term's weight grows with its count. Default: <see cref="TermFrequency.Sublinear"/>.</summary>
    public TermFrequency TermFrequency { get; init; } = TermFrequency.Sublinear;

    internal Core.VectoriserOptions ToCore() =>
        new(
            Tokens == TokenRule.Letters ? Core.TokenRule.Letters : Core.TokenRule.Words,
            ShortestTerm,
            LongestTerm,
            MinDocumentFrequency,
            Interop.ToOption(MaxFeatures),
            TermFrequency == TermFrequency.Raw ? Core.TermFrequency.Raw : Core.TermFrequency.Sublinear
        );
}
