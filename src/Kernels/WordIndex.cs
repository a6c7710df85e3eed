using System.Runtime.InteropServices;

namespace Limen.Kernels;

/// <summary>
/// Finds terms of one or more tokens: a trie over tokens, whose nodes are the beginnings of terms. Tokens outside the vocabulary end the n-grams that reach them.
/// </summary>
public sealed class WordIndex : TermIndex
{
    private readonly Func<Tokeniser> tokeniser;
    private readonly int longest = 1;
    private readonly Dictionary<string, int> words = new(StringComparer.Ordinal);
    private readonly PairTable children;
    private readonly int[] termOf;

    /// <summary>The index of terms, each of one or more tokens joined by a space; a term's id is its place. A tokeniser is made for each thread.</summary>
    public WordIndex(IReadOnlyList<string> terms, Func<Tokeniser> tokeniser)
        : base(terms)
    {
        ArgumentNullException.ThrowIfNull(tokeniser);
        this.tokeniser = tokeniser;
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

    private protected override Action<string, IdCounter> Finder()
    {
        var cut = tokeniser();
        var (found, nodes) = (new List<int>(), new List<int>());
        return (text, counter) => Find(text, cut, found, nodes, counter);
    }

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

    /// <summary>Counts every occurrence of a term: first of one word, then, word by word, of longer ones.</summary>
    private void Find(string text, Tokeniser tokens, List<int> ids, List<int> grams, IdCounter counter)
    {
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        ids.Clear();
        tokens.Start(text);
        while (tokens.MoveNext())
        {
            if (!lookup.TryGetValue(tokens.Current, out var word)) word = -1;
            ids.Add(tokens.StandsAlone ? -1 : word);
            if (tokens.StandsAlone && word >= 0 && termOf[word] >= 0) counter.Add(termOf[word]);
        }
        var all = CollectionsMarshal.AsSpan(ids);
        grams.Clear();
        grams.AddRange(all);
        var nodes = CollectionsMarshal.AsSpan(grams);
        for (var length = 1; ; length++)
        {
            foreach (var node in nodes)
                if (node >= 0 && termOf[node] >= 0) counter.Add(termOf[node]);
            if (length == longest || nodes.Length < 2) return;
            nodes = nodes[..^1];
            children.FindAll(nodes, all[length..]);
        }
    }
}
