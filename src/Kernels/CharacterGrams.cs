namespace Limen.Kernels;

/// <summary>The n-grams of characters (code points) of a word between two marks of its edges, Tokeniser.Space.</summary>
internal static class CharacterGrams
{
    /// <summary>The word between its edges.</summary>
    internal static string Padded(ReadOnlySpan<char> word) => string.Concat([Tokeniser.Space], word, [Tokeniser.Space]);

    /// <summary>Where each character of a padded word begins, and the end.</summary>
    internal static int[] Bounds(string padded)
    {
        var bounds = new List<int>(padded.Length + 1);
        for (var i = 0; i < padded.Length; i++)
            if (!char.IsLowSurrogate(padded[i])) bounds.Add(i);
        return [.. bounds, padded.Length];
    }
}
