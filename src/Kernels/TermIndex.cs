using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Limen.Kernels;

/// <summary>
/// Finds the terms of a vocabulary in texts: a trie over words, whose nodes are the beginnings of terms. Safe for
/// many threads at once.
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
    private readonly ConcurrentBag<IdCounter> counters = [];

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

    /// <summary>
    /// How often each term is in each text: [N, terms]. Words outside the vocabulary end the n-grams that reach them.
    /// </summary>
    public CsrMatrix Count(string[] texts)
    {
        if (texts.Length <= ChunkRows)
        {
            var only = CountChunk(texts);
            return CsrMatrix.Trusted(texts.Length, count, [0, .. only.RowEnd], [.. only.Indices], [.. only.Values]);
        }
        var chunks = new Chunk[Lanes.Tasks(texts.Length, ChunkRows)];
        Parallel.For(0, chunks.Length, i =>
        {
            var first = i * ChunkRows;
            chunks[i] = CountChunk(texts.AsSpan(first..Lanes.End(i, ChunkRows, texts.Length)));
        });
        var rowStart = new int[texts.Length + 1];
        var starts = new int[chunks.Length + 1];
        for (var i = 0; i < chunks.Length; i++)
        {
            starts[i + 1] = Shapes.Length((long)starts[i] + chunks[i].Indices.Count, nameof(texts));
            for (var row = 0; row < chunks[i].RowEnd.Length; row++)
                rowStart[i * ChunkRows + row + 1] = starts[i] + chunks[i].RowEnd[row];
        }
        var indices = GC.AllocateUninitializedArray<int>(starts[^1]);
        var values = GC.AllocateUninitializedArray<float>(starts[^1]);
        Parallel.For(0, chunks.Length, i =>
        {
            chunks[i].Indices.CopyTo(indices, starts[i]);
            chunks[i].Values.CopyTo(values, starts[i]);
        });
        return CsrMatrix.Trusted(texts.Length, count, rowStart, indices, values);
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
        var scratch = new Scratch(new char[64], [], []);
        if (!counters.TryTake(out var counter)) counter = new IdCounter(count);
        for (var row = 0; row < texts.Length; row++)
        {
            Find(texts[row], scratch, counter);
            counter.MoveTo(chunk.Indices, chunk.Values);
            chunk.RowEnd[row] = chunk.Indices.Count;
        }
        counters.Add(counter);
        return chunk;
    }

    /// <summary>Counts every occurrence of a term: first of one word, then, word by word, of longer ones.</summary>
    private void Find(ReadOnlySpan<char> text, Scratch scratch, IdCounter found)
    {
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        var tokeniser = new Tokeniser(text, characters, scratch.Characters);
        scratch.Words.Clear();
        while (tokeniser.MoveNext()) scratch.Words.Add(lookup.TryGetValue(tokeniser.Current, out var word) ? word : -1);
        var all = CollectionsMarshal.AsSpan(scratch.Words);
        scratch.Nodes.Clear();
        scratch.Nodes.AddRange(all);
        var nodes = CollectionsMarshal.AsSpan(scratch.Nodes);
        for (var length = 1; ; length++)
        {
            foreach (var node in nodes)
                if (node >= 0 && termOf[node] >= 0) found.Add(termOf[node]);
            if (length == longest || nodes.Length < 2) return;
            nodes = nodes[..^1];
            children.FindAll(nodes, all[length..]);
        }
    }

    private sealed record Scratch(char[] Characters, List<int> Words, List<int> Nodes);
}
