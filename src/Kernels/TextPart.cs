namespace Limen.Kernels;

/// <summary>What is kept of the tokens of a text.</summary>
internal enum Kept
{
    /// <summary>Nothing but the number of texts that hold each.</summary>
    Nothing,

    /// <summary>Each once.</summary>
    Different,

    /// <summary>All in their order, with -1 where no n-gram goes on.</summary>
    InOrder,
}

/// <summary>A stretch of the texts: the tokens of each, and the n-gram that begins at each token.</summary>
internal sealed class TextPart(int first, int end)
{
    private readonly int[] rowStart = new int[end - first + 1];
    private int[] tokens = [];
    private int[] grams = [];
    private readonly List<int> texts = [];

    public Dictionary<string, int> Ids { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>In how many texts of this part each word is.</summary>
    public IReadOnlyList<int> Texts => texts;

    /// <summary>Parts of the texts for as many threads as there are.</summary>
    public static TextPart[] Cut(int rows)
    {
        var parts = Math.Clamp(rows / 16, 1, Environment.ProcessorCount);
        return [.. Enumerable.Range(0, parts).Select(i => new TextPart(At(i), At(i + 1)))];

        int At(int i) => (int)((long)rows * i / parts);
    }

    /// <summary>Texts are there, each of them; packed ones always are.</summary>
    public static void Require(IReadOnlyList<string> texts)
    {
        if (texts is TextList) return;
        foreach (var text in texts) ArgumentNullException.ThrowIfNull(text, nameof(texts));
    }

    /// <summary>Counts the texts that hold each token.</summary>
    public void Read(IReadOnlyList<string> all, Tokeniser tokeniser, Kept kept)
    {
        var lookup = Ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var read = new List<int>();
        var lastText = new List<int>();
        for (var row = first; row < end; row++)
        {
            if (row % 256 == 0) CancellationScope.ThrowIfCancelled();
            tokeniser.Start(all[row]);
            while (tokeniser.MoveNext())
            {
                if (!lookup.TryGetValue(tokeniser.Current, out var id))
                {
                    id = texts.Count;
                    lookup[tokeniser.Current] = id;
                    texts.Add(0);
                    lastText.Add(-1);
                }
                var isNew = lastText[id] != row;
                if (isNew) texts[id]++;
                lastText[id] = row;
                if (kept == Kept.InOrder) read.Add(tokeniser.StandsAlone ? -1 : id);
                else if (kept == Kept.Different && isNew) read.Add(id);
            }
            rowStart[row - first + 1] = read.Count;
        }
        tokens = [.. read];
    }

    /// <summary>In how many texts each piece of tokens is, given the ids of the pieces of each token.</summary>
    public int[] CountPieces(int[][] ofToken, int pieces)
    {
        var counts = new int[pieces];
        var lastText = new int[pieces];
        for (var row = 0; row < rowStart.Length - 1; row++)
        {
            foreach (var token in tokens.AsSpan(rowStart[row]..rowStart[row + 1]))
            {
                foreach (var piece in ofToken[token])
                {
                    if (lastText[piece] <= row) counts[piece]++;
                    lastText[piece] = row + 1;
                }
            }
        }
        return counts;
    }

    /// <summary>Tokens become their ranks, -1 where they have none.</summary>
    public void Rename(Dictionary<string, int> rank)
    {
        var ranks = new int[texts.Count];
        foreach (var (word, id) in Ids) ranks[id] = rank.GetValueOrDefault(word, -1);
        for (var i = 0; i < tokens.Length; i++)
            if (tokens[i] >= 0) tokens[i] = ranks[tokens[i]];
        grams = tokens;
        Ids = [];
    }

    /// <summary>
    /// Counts the texts that hold each pair of an n-gram of a length and the token after it, of the n-grams of one partition.
    /// </summary>
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
                if ((uint)gram * 0x9E3779B9u >> (32 - TermCounter.PartitionBits) != partition || gram < 0 || next < 0) continue;
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
