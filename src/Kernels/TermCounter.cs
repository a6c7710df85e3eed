namespace Limen.Kernels;

/// <summary>
/// Terms (word n-grams, their words joined by a space) in ordinal order, each with the number of texts that hold it.
/// </summary>
public sealed record TermTable(string[] Terms, int[] DocumentFrequency);

/// <summary>
/// Which terms a vocabulary takes: n-grams of Shortest to Longest words in MinDf or more texts, the MaxTerms with the
/// most texts.
/// </summary>
public readonly record struct TermSelection(
    TokenCharacters Characters, int Shortest, int Longest, int MinDf, int MaxTerms);

/// <summary>
/// Counts the word n-grams of texts. A term is in no more texts than its words and its beginnings are, so from each
/// length to the next only what is frequent enough already is looked at. The result does not depend on the number of
/// threads.
/// </summary>
public static class TermCounter
{
    private const int PartitionBits = 4;

    /// <summary>The chosen terms of texts; of equally frequent ones at the limit the first in ordinal order.</summary>
    public static TermTable Count(string[] texts, TermSelection selection)
    {
        var parts = Cut(texts.Length);
        Parallel.For(0, parts.Length, i => parts[i].Read(texts, selection.Characters));
        var words = Words(parts, selection.MinDf);
        var terms = words.Terms;
        var frequencies = words.DocumentFrequency;
        var chosen = new List<(string Term, int Texts)>();
        for (var length = 1; ; length++)
        {
            if (length >= selection.Shortest) chosen.AddRange(terms.Zip(frequencies));
            if (length == selection.Longest || terms.Length == 0) break;
            var last = length + 1 == selection.Longest;
            (terms, frequencies) = Longer(parts, length, terms, words.Terms, selection.MinDf, last);
        }
        var best = chosen
            .OrderByDescending(t => t.Texts)
            .ThenBy(t => t.Term, StringComparer.Ordinal)
            .Take(selection.MaxTerms)
            .ToArray();
        Array.Sort(best, (a, b) => string.CompareOrdinal(a.Term, b.Term));
        return new TermTable(Array.ConvertAll(best, t => t.Term), Array.ConvertAll(best, t => t.Texts));
    }

    private static Part[] Cut(int rows)
    {
        var parts = Math.Clamp(rows / 16, 1, Environment.ProcessorCount);
        return [.. Enumerable.Range(0, parts).Select(i => new Part(At(i), At(i + 1)))];

        int At(int i) => (int)((long)rows * i / parts);
    }

    /// <summary>
    /// The words in enough texts, in ordinal order; the parts' tokens become their ranks, -1 for the others.
    /// </summary>
    private static TermTable Words(Part[] parts, int minDf)
    {
        var frequency = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in parts)
            foreach (var (word, id) in part.Ids)
                frequency[word] = frequency.GetValueOrDefault(word) + part.Texts[id];
        var terms = frequency.Where(f => f.Value >= minDf).Select(f => f.Key).ToArray();
        Array.Sort(terms, StringComparer.Ordinal);
        var rank = new Dictionary<string, int>(terms.Length, StringComparer.Ordinal);
        foreach (var term in terms) rank.Add(term, rank.Count);
        Parallel.ForEach(parts, part => part.Rename(rank));
        return new TermTable(terms, Array.ConvertAll(terms, t => frequency[t]));
    }

    /// <summary>
    /// The terms one word longer than the given ones. Pairs (term, next word) are counted in partitions of the terms,
    /// each with a table of its own.
    /// </summary>
    private static (string[] Terms, int[] Texts) Longer(
        Part[] parts, int length, string[] terms, string[] words, int minDf, bool last)
    {
        var tables = new PairTable[1 << PartitionBits];
        Parallel.For(0, tables.Length, p =>
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
            Parallel.ForEach(parts, part => part.Lengthen(ids, length));
        }
        var longer = Array.ConvertAll(kept, e => $"{terms[e.First]} {words[e.Second]}");
        return (longer, Array.ConvertAll(kept, e => e.Value));
    }

    /// <summary>A stretch of the texts: the words of each, and the n-gram that begins at each word.</summary>
    private sealed class Part(int first, int end)
    {
        private readonly int[] rowStart = new int[end - first + 1];
        private int[] tokens = [];
        private int[] grams = [];
        private readonly List<int> texts = [];

        public Dictionary<string, int> Ids { get; private set; } = new(StringComparer.Ordinal);

        /// <summary>In how many texts of this part each word is.</summary>
        public IReadOnlyList<int> Texts => texts;

        public void Read(string[] all, TokenCharacters characters)
        {
            var lookup = Ids.GetAlternateLookup<ReadOnlySpan<char>>();
            var read = new List<int>();
            var lastText = new List<int>();
            var buffer = new char[64];
            for (var row = first; row < end; row++)
            {
                var tokeniser = new Tokeniser(all[row], characters, buffer);
                while (tokeniser.MoveNext())
                {
                    if (!lookup.TryGetValue(tokeniser.Current, out var id))
                    {
                        id = texts.Count;
                        lookup[tokeniser.Current] = id;
                        texts.Add(0);
                        lastText.Add(-1);
                    }
                    if (lastText[id] != row) texts[id]++;
                    lastText[id] = row;
                    read.Add(id);
                }
                rowStart[row - first + 1] = read.Count;
            }
            tokens = [.. read];
        }

        public void Rename(Dictionary<string, int> rank)
        {
            var ranks = new int[texts.Count];
            foreach (var (word, id) in Ids) ranks[id] = rank.GetValueOrDefault(word, -1);
            for (var i = 0; i < tokens.Length; i++) tokens[i] = ranks[tokens[i]];
            grams = tokens;
            Ids = [];
        }

        public void CountPairs(PairTable table, int length, uint partition)
        {
            // pairs wait in a ring while their places are fetched
            Span<(int Gram, int Next, int Text)> ring = stackalloc (int, int, int)[PairTable.Ahead];
            var pairs = 0L;
            for (var row = 0; row < rowStart.Length - 1; row++)
            {
                for (var at = rowStart[row]; at + length < rowStart[row + 1]; at++)
                {
                    var (gram, next) = (grams[at], tokens[at + length]);
                    if ((uint)gram * 0x9E3779B9u >> (32 - PartitionBits) != partition || gram < 0 || next < 0) continue;
                    ref var waiting = ref ring[(int)(pairs % ring.Length)];
                    if (pairs++ >= ring.Length) CountPair(table, waiting);
                    waiting = (gram, next, first + row);
                    table.Fetch(gram, next);
                }
            }
            for (var i = Math.Max(0L, pairs - ring.Length); i < pairs; i++)
                CountPair(table, ring[(int)(i % ring.Length)]);
        }

        private static void CountPair(PairTable table, (int Gram, int Next, int Text) pair)
        {
            ref var entry = ref table.Add(pair.Gram, pair.Next);
            if (entry.Stamp != pair.Text) entry.Value++;
            entry.Stamp = pair.Text;
        }

        /// <summary>
        /// From the n-grams of a length to those one word longer; the grams of the last words of a text have none.
        /// </summary>
        public void Lengthen(PairTable ids, int length)
        {
            var longer = grams.ToArray();
            for (var row = 0; row < rowStart.Length - 1; row++)
            {
                var text = longer.AsSpan(rowStart[row]..rowStart[row + 1]);
                var whole = Math.Max(0, text.Length - length);
                ids.FindAll(text[..whole], tokens.AsSpan(rowStart[row + 1] - whole, whole));
                text[whole..].Fill(-1);
            }
            grams = longer;
        }
    }
}
