namespace Limen.Kernels;

/// <summary>
/// Terms (word n-grams, their words joined by a space) in ordinal order, each with the number of texts that hold it.
/// </summary>
public sealed record TermTable(string[] Terms, int[] DocumentFrequency);

/// <summary>
/// Which terms a vocabulary takes: n-grams of Shortest to Longest words (of CharacterCounter: characters) in MinDf or more texts, the MaxTerms with
/// the most texts.
/// </summary>
public readonly record struct TermSelection(int Shortest, int Longest, int MinDf, int MaxTerms);

/// <summary>
/// Counts the word n-grams of texts. A term is in no more texts than its words and its beginnings are, so from each
/// length to the next only what is frequent enough already is looked at. The result does not depend on the number of
/// threads.
/// </summary>
public static class TermCounter
{
    internal const int PartitionBits = 4;

    /// <summary>
    /// The chosen terms of texts, of tokens as a tokeniser cuts them, one of which is made for each thread; of equally frequent terms at the limit the first
    /// in ordinal order.
    /// </summary>
    public static TermTable Count(IReadOnlyList<string> texts, Func<Tokeniser> tokeniser, TermSelection selection)
    {
        ArgumentNullException.ThrowIfNull(texts);
        TextPart.Require(texts);
        ArgumentNullException.ThrowIfNull(tokeniser);
        var parts = TextPart.Cut(texts.Count);
        CancellationScope.For(parts.Length, i => parts[i].Read(texts, tokeniser(), selection.Longest > 1 ? Kept.InOrder : Kept.Nothing));
        var words = Words(parts, selection.MinDf);
        var terms = words.Terms;
        var frequencies = words.DocumentFrequency;
        var chosen = new List<(string Term, int Texts)>();
        for (var length = 1; ; length++)
        {
            if (length >= selection.Shortest) chosen.AddRange(terms.Zip(frequencies));
            if (length == selection.Longest || terms.Length == 0) break;
            var last = length + 1 == selection.Longest;
            (terms, frequencies) = Longer(parts, length, terms, words.Terms, Least(chosen, selection), last);
        }
        return Best(chosen, selection.MaxTerms);
    }

    /// <summary>The least number of texts of a longer term that can be among the MaxTerms best beside those chosen: longer terms are in no more texts.</summary>
    internal static int Least(List<(string Term, int Texts)> chosen, TermSelection selection)
    {
        if (chosen.Count <= selection.MaxTerms) return selection.MinDf;
        var texts = chosen.Select(t => t.Texts).OrderDescending().ElementAt(selection.MaxTerms - 1);
        return Math.Max(texts, selection.MinDf);
    }

    /// <summary>The terms in the most texts, in ordinal order.</summary>
    internal static TermTable Best(IEnumerable<(string Term, int Texts)> terms, int most)
    {
        var best = terms
            .OrderByDescending(t => t.Texts)
            .ThenBy(t => t.Term, StringComparer.Ordinal)
            .Take(most)
            .ToArray();
        Array.Sort(best, (a, b) => string.CompareOrdinal(a.Term, b.Term));
        return new TermTable(Array.ConvertAll(best, t => t.Term), Array.ConvertAll(best, t => t.Texts));
    }

    /// <summary>
    /// The words in enough texts, in ordinal order; the parts' tokens become their ranks, -1 for the others.
    /// </summary>
    private static TermTable Words(TextPart[] parts, int minDf)
    {
        var frequency = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in parts)
            foreach (var (word, id) in part.Ids)
                frequency[word] = frequency.GetValueOrDefault(word) + part.Texts[id];
        var terms = frequency.Where(f => f.Value >= minDf).Select(f => f.Key).ToArray();
        Array.Sort(terms, StringComparer.Ordinal);
        var rank = new Dictionary<string, int>(terms.Length, StringComparer.Ordinal);
        foreach (var term in terms) rank.Add(term, rank.Count);
        CancellationScope.For(parts.Length, i => parts[i].Rename(rank));
        return new TermTable(terms, Array.ConvertAll(terms, t => frequency[t]));
    }

    /// <summary>
    /// The terms one word longer than the given ones. Pairs (term, next word) are counted in partitions of the terms,
    /// each with a table of its own.
    /// </summary>
    private static (string[] Terms, int[] Texts) Longer(
        TextPart[] parts, int length, string[] terms, string[] words, int minDf, bool last)
    {
        var tables = new PairTable[1 << PartitionBits];
        CancellationScope.For(tables.Length, p =>
        {
            var table = new PairTable(terms.Length >> PartitionBits);
            foreach (var part in parts) part.CountPairs(table, length, (uint)p);
            tables[p] = table;
        });
        var kept = tables.SelectMany(t => t.Entries).Where(e => e.Value >= minDf).OrderBy(e => e.Key).ToArray();
        if (!last)
        {
            var ids = new PairTable(kept.Length);
            for (var i = 0; i < kept.Length; i++) ids.Add(kept[i].First, kept[i].Second).Value = i;
            CancellationScope.For(parts.Length, i => parts[i].Lengthen(ids, length));
        }
        var longer = Array.ConvertAll(kept, e => $"{terms[e.First]} {words[e.Second]}");
        return (longer, Array.ConvertAll(kept, e => e.Value));
    }
}
