namespace Limen.Kernels;

/// <summary>
/// Counts the n-grams of characters within the words of texts, as scikit-learn's analyzer char_wb does but for words shorter than n, which give nothing
/// (https://scikit-learn.org/stable/modules/feature_extraction.html). What the words of a text hold is looked up once for each different word, so the
/// time grows with the texts. From each length to the next only n-grams are counted whose beginning and end are frequent enough, so memory grows with the
/// different words and the frequent n-grams. The result does not depend on the number of threads.
/// </summary>
public static class CharacterCounter
{
    /// <summary>The chosen n-grams of texts; of equally frequent ones at the limit the first in ordinal order.</summary>
    public static TermTable Count(IReadOnlyList<string> texts, TermSelection selection)
    {
        ArgumentNullException.ThrowIfNull(texts);
        TextPart.Require(texts);
        var parts = TextPart.Cut(texts.Count);
        CancellationScope.For(parts.Length, i => parts[i].Read(texts, new SpaceTokeniser(), Kept.Different));
        var words = Array.ConvertAll(parts, Words);
        var chosen = new List<(string Term, int Texts)>();
        HashSet<string>? shorter = null;
        for (var length = 1; length <= selection.Longest && shorter is not { Count: 0 }; length++)
        {
            var counts = new (Dictionary<string, int> Ids, int[] Texts)[parts.Length];
            CancellationScope.For(parts.Length, i => counts[i] = Part(parts[i], words[i], length, shorter));
            var frequent = Frequent(counts, TermCounter.Least(chosen, selection));
            if (length >= selection.Shortest) chosen.AddRange(frequent);
            shorter = [.. frequent.Select(gram => gram.Term)];
        }
        return TermCounter.Best(chosen, selection.MaxTerms);
    }

    private readonly record struct Word(string Padded, int[] Bounds);

    private static Word[] Words(TextPart part)
    {
        var words = new Word[part.Ids.Count];
        foreach (var (word, id) in part.Ids)
        {
            var padded = CharacterGrams.Padded(word);
            words[id] = new Word(padded, CharacterGrams.Bounds(padded));
        }
        return words;
    }

    /// <summary>The n-grams of a length whose beginning and end are among the shorter ones, and in how many texts of a part each is.</summary>
    private static (Dictionary<string, int> Ids, int[] Texts) Part(TextPart part, Word[] words, int length, HashSet<string>? shorter)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var grams = new int[words.Length][];
        var found = new List<int>();
        for (var i = 0; i < words.Length; i++)
        {
            found.Clear();
            var (padded, bounds) = words[i];
            for (var at = 0; at + length < bounds.Length; at++)
            {
                if (shorter is not null && !(Has(at, at + length - 1) && Has(at + 1, at + length))) continue;
                var gram = padded.AsSpan(bounds[at]..bounds[at + length]);
                if (!lookup.TryGetValue(gram, out var id)) lookup[gram] = id = ids.Count;
                found.Add(id);
            }
            grams[i] = [.. found];

            bool Has(int from, int to) =>
                shorter.GetAlternateLookup<ReadOnlySpan<char>>().Contains(padded.AsSpan(bounds[from]..bounds[to]));
        }
        return (ids, part.CountPieces(grams, ids.Count));
    }

    private static (string Term, int Texts)[] Frequent((Dictionary<string, int> Ids, int[] Texts)[] parts, int least)
    {
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in parts)
            foreach (var (gram, id) in part.Ids)
                texts[gram] = texts.GetValueOrDefault(gram) + part.Texts[id];
        return [.. texts.Where(t => t.Value >= least).Select(t => (t.Key, t.Value))];
    }
}
