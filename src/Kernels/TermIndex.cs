namespace Limen.Kernels;

/// <summary>
/// Finds the terms of a vocabulary in texts: a trie over words, whose nodes are the beginnings of terms. Immutable once built, so safe for many threads.
/// </summary>
public sealed class TermIndex
{
    private const int ChunkRows = 128;

    private readonly TokenCharacters characters;
    private readonly int longest = 1;
    private readonly Dictionary<string, int> words = new(StringComparer.Ordinal);
    private readonly PairTable children;
    private readonly int[] termOf;
    private readonly int count;

    /// <summary>The index of terms, each of one or more words joined by a space; a term's id is its place.</summary>
    public TermIndex(IReadOnlyList<string> terms, TokenCharacters characters)
    {
        this.characters = characters;
        count = terms.Count;
        var split = terms.Select(t => t.Split(' ')).ToArray();
        foreach (var word in split.SelectMany(t => t)) words.TryAdd(word, words.Count);
        var found = Enumerable.Repeat(-1, words.Count).ToList();
        children = new PairTable(terms.Count);
        for (var term = 0; term < split.Length; term++)
        {
            longest = Math.Max(longest, split[term].Length);
            var node = words[split[term][0]];
            foreach (var word in split[term].Skip(1)) node = Child(node, words[word], found);
            found[node] = term;
        }
        termOf = [.. found];
    }

    /// <summary>How often each term is in each text: [N, terms]. Words outside the vocabulary end the n-grams that reach them.</summary>
    public CsrMatrix Count(string[] texts)
    {
        if (texts.Length <= ChunkRows)
        {
            var only = CountChunk(texts);
            return new CsrMatrix(texts.Length, count, [0, .. only.RowEnd], [.. only.Indices], [.. only.Values]);
        }
        var chunks = new Chunk[(texts.Length + ChunkRows - 1) / ChunkRows];
        Parallel.For(0, chunks.Length, i => chunks[i] = CountChunk(texts.AsSpan(i * ChunkRows, Math.Min(ChunkRows, texts.Length - i * ChunkRows))));
        var rowStart = new int[texts.Length + 1];
        var starts = new int[chunks.Length + 1];
        for (var i = 0; i < chunks.Length; i++)
        {
            starts[i + 1] = checked(starts[i] + chunks[i].Indices.Count);
            for (var row = 0; row < chunks[i].RowEnd.Length; row++) rowStart[i * ChunkRows + row + 1] = starts[i] + chunks[i].RowEnd[row];
        }
        var indices = GC.AllocateUninitializedArray<int>(starts[^1]);
        var values = GC.AllocateUninitializedArray<float>(starts[^1]);
        Parallel.For(0, chunks.Length, i =>
        {
            chunks[i].Indices.CopyTo(indices, starts[i]);
            chunks[i].Values.CopyTo(values, starts[i]);
        });
        return new CsrMatrix(texts.Length, count, rowStart, indices, values);
    }

    private readonly record struct Chunk(int[] RowEnd, List<int> Indices, List<float> Values);

    private int Child(int node, int word, List<int> found)
    {
        ref var entry = ref children.Add(node, word);
        if (entry.Stamp < 0)
        {
            entry.Stamp = 0;
            entry.Value = found.Count;
            found.Add(-1);
        }
        return entry.Value;
    }

    private Chunk CountChunk(ReadOnlySpan<string> texts)
    {
        var chunk = new Chunk(new int[texts.Length], [], []);
        var buffer = new char[64];
        var found = new List<int>();
        for (var row = 0; row < texts.Length; row++)
        {
            found.Clear();
            Find(texts[row], buffer, found);
            found.Sort();
            for (int at = 0, next; at < found.Count; at = next)
            {
                for (next = at + 1; next < found.Count && found[next] == found[at];) next++;
                chunk.Indices.Add(found[at]);
                chunk.Values.Add(next - at);
            }
            chunk.RowEnd[row] = chunk.Indices.Count;
        }
        return chunk;
    }

    /// <summary>Adds the id of every occurrence of a term. open[k] is the node of the k + 1 words before the present one, -1 where no term begins so.</summary>
    private void Find(ReadOnlySpan<char> text, char[] buffer, List<int> found)
    {
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<int> open = stackalloc int[longest];
        open.Fill(-1);
        var tokeniser = new Tokeniser(text, characters, buffer);
        while (tokeniser.MoveNext())
        {
            if (!lookup.TryGetValue(tokeniser.Current, out var word))
            {
                open.Fill(-1);
                continue;
            }
            for (var k = longest - 1; k > 0; k--)
            {
                open[k] = open[k - 1] < 0 ? -1 : children.Find(open[k - 1], word);
                if (open[k] >= 0 && termOf[open[k]] >= 0) found.Add(termOf[open[k]]);
            }
            open[0] = word;
            if (termOf[word] >= 0) found.Add(termOf[word]);
        }
    }
}
