namespace Limen.Kernels;

/// <summary>Finds the n-grams of characters within words. What frequent words hold is kept.</summary>
public sealed class CharacterIndex : TermIndex
{
    /// <summary>Words of which each thread keeps what they hold; then it starts anew.</summary>
    private const int KnownWords = 1 << 16;

    private readonly int shortest;
    private readonly int longest;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);

    /// <summary>The index of n-grams of shortest to longest characters; an n-gram's id is its place.</summary>
    public CharacterIndex(IReadOnlyList<string> terms, int shortest, int longest)
        : base(terms)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shortest, 1);
        (this.shortest, this.longest) = (shortest, longest);
        foreach (var term in terms) ids.Add(term, ids.Count);
    }

    private protected override Action<string, IdCounter> Finder()
    {
        var tokens = new SpaceTokeniser();
        var known = new Dictionary<string, int[]>(StringComparer.Ordinal);
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        return (text, counter) =>
        {
            tokens.Start(text);
            while (tokens.MoveNext())
            {
                if (!lookup.TryGetValue(tokens.Current, out var held))
                {
                    if (known.Count == KnownWords) known.Clear();
                    lookup[tokens.Current] = held = Held(tokens.Current);
                }
                foreach (var id in held) counter.Add(id);
            }
        };
    }

    /// <summary>The ids of the n-grams of a word, as often as it holds them.</summary>
    private int[] Held(ReadOnlySpan<char> word)
    {
        var padded = CharacterGrams.Padded(word);
        var bounds = CharacterGrams.Bounds(padded);
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var held = new List<int>();
        for (var at = 0; at < bounds.Length; at++)
            for (var length = shortest; length <= longest && at + length < bounds.Length; length++)
                if (lookup.TryGetValue(padded.AsSpan(bounds[at]..bounds[at + length]), out var id)) held.Add(id);
        return [.. held];
    }
}
