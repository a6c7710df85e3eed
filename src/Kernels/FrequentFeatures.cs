namespace Limen.Kernels;

/// <summary>
/// The features by how many training rows hold them: rank 0 is the most frequent. The head of level g are the first ranks, those that together
/// cause all but 1 / 2^g of the work of multiplying every row with every row (level 0: none); for each level, the norm of every row over its head.
/// </summary>
internal sealed class FrequentFeatures
{
    public const int Levels = 10;

    /// <summary>A feature is common where one row of so many holds it, or more.</summary>
    private const int RowsPerCommon = 64;

    private readonly int[] ranks;
    private readonly int[] limits;
    private readonly float[][] norms = new float[Levels][];

    public FrequentFeatures(CsrMatrix normalised)
    {
        var counts = new int[normalised.Columns];
        foreach (var feature in normalised.Indices.AsSpan(0, normalised.NonZeros))
            counts[feature]++;
        var byCount = Enumerable.Range(0, normalised.Columns).ToArray();
        Array.Sort(byCount, (a, b) => counts[a] != counts[b] ? counts[b].CompareTo(counts[a]) : a.CompareTo(b));
        ranks = new int[normalised.Columns];
        for (var rank = 0; rank < ranks.Length; rank++)
            ranks[byCount[rank]] = rank;
        limits = Limits(Array.ConvertAll(byCount, feature => (double)counts[feature] * counts[feature]));
        var common = counts.Count(count => count > 0 && (long)count * RowsPerCommon >= normalised.Rows);
        Common = Math.Min(common, ushort.MaxValue);
        for (var level = 0; level < Levels; level++)
            norms[level] = new float[normalised.Rows];
        RowChunks.For(normalised.Rows, 4096, (from, to) =>
        {
            Span<float> of = stackalloc float[Levels];
            for (var row = from; row < to; row++)
            {
                Norms(normalised.RowIndices(row), normalised.RowValues(row), of);
                for (var level = 0; level < Levels; level++)
                    norms[level][row] = of[level];
            }
        });
    }

    /// <summary>How many features are common: the ranks below.</summary>
    public int Common { get; }

    /// <summary>The place of a feature among all, the most frequent first.</summary>
    public int Rank(int feature) => ranks[feature];

    /// <summary>How many features the head of a level holds: the ranks below.</summary>
    public int Limit(int level) => limits[level];

    /// <summary>The norms of the training rows over the head of a level.</summary>
    public ReadOnlySpan<float> Norms(int level) => norms[level];

    /// <summary>The norms of a row over the head of each level, rounded up.</summary>
    public void Norms(ReadOnlySpan<int> features, ReadOnlySpan<float> values, Span<float> of)
    {
        Span<double> squares = stackalloc double[Levels];
        squares.Clear();
        for (var at = 0; at < features.Length; at++)
            for (var level = Levels - 1; level > 0 && Rank(features[at]) < Limit(level); level--)
                squares[level] += (double)values[at] * values[at];
        for (var level = 0; level < Levels; level++)
            of[level] = squares[level] == 0.0 ? 0f : MathF.BitIncrement((float)Math.Sqrt(squares[level]));
    }

    /// <param name="work">Of each rank, the products of every row with every row.</param>
    private static int[] Limits(double[] work)
    {
        var limits = new int[Levels];
        var total = work.Sum();
        var (left, rank) = (total, 0);
        for (var level = 1; level < Levels; level++)
        {
            for (; rank < work.Length && left > total / (1 << level); rank++)
                left -= work[rank];
            limits[level] = rank;
        }
        return limits;
    }
}
