namespace Limen.Kernels;

/// <summary>
/// The frequent features of an index, at several depths: level g holds the most frequent features that together cause all but 1 / 2^g
/// of the work of multiplying every row with every row (level 0: none). For each level, the norm of every row over those features.
/// </summary>
internal sealed class CosineHead
{
    public const int Levels = 10;

    private readonly byte[] firstLevel;
    private readonly float[][] norms;

    public CosineHead(CsrMatrix normalised)
    {
        firstLevel = FirstLevels(normalised);
        norms = new float[Levels][];
        for (var level = 0; level < Levels; level++)
            norms[level] = new float[normalised.Rows];
        RowChunks.For(normalised.Rows, 4096, (from, to) =>
        {
            for (var row = from; row < to; row++)
                for (var level = 1; level < Levels; level++)
                    norms[level][row] = Norm(normalised.RowIndices(row), normalised.RowValues(row), level);
        });
    }

    /// <summary>The first level whose head holds the feature; <see cref="Levels"/> where none does.</summary>
    public int Level(int feature) => firstLevel[feature];

    /// <summary>The norms of the training rows over the head of a level.</summary>
    public ReadOnlySpan<float> Norms(int level) => norms[level];

    /// <summary>The norm of a row over the head of a level, rounded up.</summary>
    public float Norm(ReadOnlySpan<int> features, ReadOnlySpan<float> values, int level)
    {
        var square = 0.0;
        for (var at = 0; at < features.Length; at++)
            if (Level(features[at]) <= level)
                square += (double)values[at] * values[at];
        return square == 0.0 ? 0f : MathF.BitIncrement((float)Math.Sqrt(square));
    }

    private static byte[] FirstLevels(CsrMatrix m)
    {
        var counts = new int[m.Columns];
        foreach (var feature in m.Indices.AsSpan(0, m.NonZeros))
            counts[feature]++;
        var byCount = Enumerable.Range(0, m.Columns).ToArray();
        Array.Sort(byCount, (a, b) => counts[a] != counts[b] ? counts[b].CompareTo(counts[a]) : a.CompareTo(b));
        var total = counts.Sum(count => (double)count * count);
        var first = new byte[m.Columns];
        var (left, level) = (total, 1);
        foreach (var feature in byCount)
        {
            while (level < Levels && left <= total / (1 << level))
                level++;
            first[feature] = (byte)level;
            left -= (double)counts[feature] * counts[feature];
        }
        return first;
    }
}
